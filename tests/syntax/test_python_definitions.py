"""The definitions by lines are those by the tree, wherever lines tell them."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.syntax.definitions_only import Named, definitions_only
from kimi_lsp.syntax.python_definitions import Unclear, python_definitions
from kimi_lsp.syntax.python_lines import blanked, logical_lines
from kimi_lsp.syntax.registry import by_id
from kimi_lsp.syntax.tree import SyntaxTree, parse

REPOSITORY = Path(__file__).parents[2]
SOURCES = sorted(file for part in ("kimi_lsp", "tests") for file in (REPOSITORY / part).rglob("*.py"))
LIBRARY = sorted(Path(sys.modules["os"].__file__ or "").parent.glob("*.py"))


def tree_of(text: str) -> SyntaxTree:
    python = by_id("python")
    assert python is not None
    return parse(text, python)


def by_lines(text: str) -> list[Named] | None:
    lines = logical_lines(blanked(text))
    try:
        return None if lines is None else python_definitions(text, lines, 300)
    except Unclear:
        return None


def check(text: str) -> None:
    assert by_lines(text) == list(definitions_only(tree_of(text), 300))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("x = 1\ny: int\nz: int = 3\nw = v = 4\n", id="values"),
        pytest.param("a, b = 1, 2\nc += 1\nd.e = 1\nf[0] = 1\ng == 1\n(h) = 1\n", id="no-values"),
        pytest.param(
            "x = (  # why\n    1,\n)\ny = '''\ntext = 1\n'''\nz = \\\n    2  # end\n", id="long-values"
        ),
        pytest.param(
            "if x:\n    y = 1\nelse:\n    y = 2\ntry:\n    z = 3\nfinally:\n    pass\n", id="below-if"
        ),
        pytest.param("class A:\n    x = 1\n    if x:\n        y = 2\n    z: int = 3\n", id="fields"),
        pytest.param("def f():\n    x = 1\n    class A:\n        y = 2\n    def g(): ...\n", id="nested"),
        pytest.param(
            "class A:\n    def f(self): ...\n    async  def g(self) -> int: return 1\n", id="one-line"
        ),
        pytest.param("def f(a={1: 2}, *, b=lambda: 3) -> d[1:2]: return {4: 5}\n", id="colons"),
        pytest.param(
            "def f(\n    a,  # one\n    b=(\n1),\n):  # two\n    # three\n    pass\n", id="long-head"
        ),
        pytest.param("@a\n# b\n\n@c(\n    1\n)\ndef f(): ...\n\n@d\nclass E:\n    pass\n", id="decorators"),
        pytest.param("def f():\n    a\n    # own\n\n    # own\n# not\nx = 1\n", id="comments-behind"),
        pytest.param(
            "class A:\n    def f():\n        a\n    # of A\n        # of A\n# not\n", id="comments-of-outer"
        ),
        pytest.param(
            "def f():\n    a\n# of f, for more comes\n    b\n    # own, at the end", id="comments-between"
        ),
        pytest.param("type A = int\ntype B[T: (int, str)] = list[T]\ntype = 1\nmatch = 2\n", id="types"),
        pytest.param("x = 'def f(): ...'\n'''\nclass A:\n    pass\n'''\n# def g(): ...\n", id="in-strings"),
        pytest.param("größe = 1\ndef naïve(): ...\n\u05d0\u05b4 = 2\n", id="letters"),
        pytest.param("def f(): return 1 \\\n\nx = 1\n", id="backslash-at-the-end"),
        pytest.param('x = f"{a["b"]}"\ndef f(): ...\n', id="quotes-in-splice"),
        pytest.param("class A: pass\nclass B: ...\nclass C: 'doc'\n", id="empty-classes"),
    ],
)
def test_lines_tell(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = 1; y = 2\n", id="two-statements"),
        pytest.param("class A: x = 1\n", id="class-in-a-line"),
        pytest.param("def f():\n\tpass\n", id="tab"),
        pytest.param("\tx = 1\n", id="tab-at-first"),
        pytest.param("def f(:\n    pass\n", id="bracket"),
        pytest.param("def f()):\n    pass\n", id="closed-twice"),
        pytest.param("x = '''\n", id="string"),
        pytest.param("x = 'a\ny = b'\n", id="string-over-lines"),
        pytest.param("def f():\nx = 1\n", id="no-block"),
        pytest.param("def f():\n", id="no-block-at-the-end"),
        pytest.param("x = 1\n    y = 2\n", id="indented"),
        pytest.param("if x:\n        y\n    z\n", id="dedented"),
        pytest.param("@a\nx = 1\n", id="decorated-value"),
        pytest.param("def f()\n    pass\n", id="no-colon"),
        pytest.param("\f\nx = 1\n", id="form-feed"),
    ],
)
def test_lines_do_not_tell(text: str) -> None:
    assert by_lines(text) is None


@pytest.mark.parametrize("files", [SOURCES, LIBRARY], ids=["ours", "the-library"])
def test_real_files(files: list[Path]) -> None:
    told = 0
    for file in files[:: max(1, len(files) // 60)]:
        text = file.read_text("utf-8")
        tree = tree_of(text)
        if (found := by_lines(text)) is not None and not tree.root.has_error:
            assert found == list(definitions_only(tree, 300)), file
            told += 1
    assert told > 30


names = st.sampled_from(["moor", "Berth", "x", "type", "match"])
values = st.sampled_from(
    ["1", "(1,\n2)", "'''a\nb'''", "f'{x}'", "{1: 2}", "lambda: 3", "[\n# in\n]", "a \\\n+ b"]
)
behind = st.sampled_from(["", "  # why", " "])
simple = st.one_of(
    st.tuples(names, st.sampled_from([" = ", ": int = ", "=", " += ", ".y = ", " == "]), values, behind).map(
        "".join
    ),
    st.sampled_from(
        [
            "pass",
            "'''doc\n  string'''",
            "import a",
            "return 1",
            "x: int",
            "...",
            "# note",
            "  # in",
            "",
            "x(\n)",
        ]
    ),
)
heads = st.one_of(
    st.tuples(
        st.sampled_from(["def ", "async def "]),
        names,
        st.sampled_from(["():", "(a,\n  b=':'):", "(a: int) -> b[1:2]:"]),
    ),
    st.tuples(st.just("class "), names, st.sampled_from([":", "(A):", "(A,\n# c\nB):"])),
    st.sampled_from(
        [("if x:",), ("with a as b, c:",), ("for x in (1,\n2):",), ("try:\n    pass\nexcept A:",)]
    ),
).map("".join)
above = st.sampled_from(["", "@a\n", "@a(\n1)\n# c\n@b\n", "# note\n"])


@st.composite
def blocks(draw: st.DrawFn, depth: int = 0) -> list[str]:
    """The lines of a block, not yet indented; what is inside of brackets and strings is left where it is."""
    found: list[str] = []
    for _ in range(draw(st.integers(1, 4))):
        if depth < 3 and draw(st.booleans()):
            head = draw(heads)
            decorators = draw(above) if head.startswith(("def", "async", "class")) else ""
            step = " " * draw(st.integers(1, 5))
            inner = [f"{step}{line}" if line else line for line in draw(blocks(depth + 1))]
            found += [*(line for line in decorators.split("\n") if line), *head.split("\n"), *inner]
        else:
            found.append(draw(simple))
    return (
        [*found, "pass"]
        if draw(st.booleans()) or all(not line or line.lstrip()[0] == "#" for line in found)
        else found
    )


@settings(deadline=None, max_examples=400)
@given(blocks())
def test_lines_and_tree_agree(lines: list[str]) -> None:
    text = "\n".join(lines)
    tree = tree_of(text)
    found = by_lines(text)
    if found is not None and not tree.root.has_error:
        assert found == list(definitions_only(tree, 300))


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="ab= :\n\t\v\r'\"\\#()[]{}@fr\u05b4\udcff", max_size=60))
def test_blanking_moves_nothing(text: str) -> None:
    code = blanked(text)
    assert len(code) == len(text)
    lines = logical_lines(code)
    assert lines is None or (len(lines) == len(text) and lines.count("\n") <= text.count("\n"))
    by_lines(text)


@pytest.mark.parametrize(
    "piece", ['f"{a}', "f'{", "(", "x = (\n", "def f():\n ", "class A: ...\n", "#", "'''a", "\\\n", "@a\n"]
)
def test_no_text_takes_long(piece: str) -> None:
    started = time.process_time()
    by_lines(piece * (200_000 // len(piece)))
    assert time.process_time() - started < 2.0
