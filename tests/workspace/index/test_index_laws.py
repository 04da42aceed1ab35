"""Whatever happened to the files: the index says what one made anew says."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.workspace.index.trees import all_said, built, write

NAMES = ["lock", "Berth", "moor", "release", "mooring_fee"]
FILES = ["a.py", "b.py", "deep/a.py", "deep/c.ts", "d.rs", "notes.md", ".kimiignore"]

lines = st.sampled_from(
    [
        *(f"def {name}(): ..." for name in NAMES),
        *(f"x = {name}()" for name in NAMES),
        *(f"class {name}: ..." for name in NAMES),
        *(f"export function {name}() {{}}" for name in NAMES),
        *(f"fn {name}() {{ moor() }}" for name in NAMES),
        "# @gen" + "erated",
        "deep/",
        "b.py",
        "",
    ]
)
texts = st.lists(lines, max_size=6).map("\n".join)
files = st.sampled_from(FILES)
steps = st.one_of(
    st.tuples(st.just("write"), files, texts),
    st.tuples(st.just("delete"), files, st.just("")),
    st.tuples(st.just("rename"), files, files),
    st.tuples(st.just("look"), st.just(""), st.just("")),
)
Steps = Sequence[tuple[str, str, str]]


def take(root: Path, what: str, name: str, other: str) -> None:
    if what == "write":
        write(root, {name: other})
    elif what == "delete":
        (root / name).unlink(missing_ok=True)
    elif (root / name).exists():
        (root / other).parent.mkdir(parents=True, exist_ok=True)
        (root / name).replace(root / other)


@settings(deadline=None, max_examples=60)
@example([("write", "a.py", "def lock(): ..."), ("look", "", ""), ("write", "a.py", "def moor(): ...")], {})
@example([("write", "b.py", "lock()"), ("look", "", ""), ("write", ".kimiignore", "b.py")], {})
@given(st.lists(steps, max_size=12), st.dictionaries(files, texts, max_size=3))
def test_an_index_kept_equals_an_index_made_anew(before: Steps, typed: dict[str, str]) -> None:
    with TemporaryDirectory() as scratch:
        root, kept = Path(scratch, "root").resolve(), Path(scratch, "kept")
        root.mkdir()
        for what, name, other in before:
            if what == "look":
                built(root, kept)
            else:
                take(root, what, name, other)
        said = all_said(built(root, kept), NAMES)
        assert said == all_said(built(root, Path(scratch, "fresh")), NAMES)
        typed.pop(".kimiignore", None)
        over = all_said(built(root, kept, {root / name: text for name, text in typed.items()}), NAMES)
        shutil.copytree(root, Path(scratch, "copy", "root"))
        write(Path(scratch, "copy", "root"), typed)
        assert over == all_said(built(Path(scratch, "copy", "root"), Path(scratch, "written")), NAMES)
