"""Write tests, in the file where this project has them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from posixpath import basename, commonpath, dirname, splitext
from typing import TYPE_CHECKING

from kimi_lsp.actions.action import EDIT_TOOLS, Action, ActionContext, Target, Task, adding
from kimi_lsp.syntax.outline import FUNCTIONS, TYPES
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.errors import WorkspaceError

if TYPE_CHECKING:
    from kimi_lsp.text.snapshot import Snapshot
    from kimi_lsp.workspace.files import Files

TESTED = FUNCTIONS | TYPES | {"module"}
LONGEST_FILE = 24_000
"""Code points of a test file that the request shows whole; of a longer one it shows the outline and the beginning."""
LONGEST_EXAMPLE = 6_000
MANIFESTS = (
    "pyproject.toml",
    "setup.cfg",
    "package.json",
    "Cargo.toml",
    "pom.xml",
    "build.gradle",
    "composer.json",
)
"""Where a project says with what it tests; looked for in the folders around the file."""


def testable(context: ActionContext) -> tuple[Target, ...]:
    """The symbol around the cursor, or the file; nothing in tests, nor in languages without any."""
    from kimi_lsp.syntax.frameworks import framework
    from kimi_lsp.syntax.tests import is_test

    path, symbol = context.snapshot.path, context.symbol
    if context.selects or is_test(path) or framework(path, ()) is None or not context.snapshot.text.strip():
        return ()
    if symbol is None:
        return (Target("Kimi: Write tests for this file", Span(0, context.snapshot.lines.length)),)
    if symbol.kind not in TESTED:
        return ()
    return (Target(f"Kimi: Write tests for `{symbol.path}`", symbol.span),)


def with_test_file(task: Task, files: Files) -> Task:
    """The task with the place of its tests: the file that has them or is to have them, and how others look.

    Raises:
        WorkspaceError: the file that is to be tested cannot be used.
    """
    from kimi_lsp.syntax.frameworks import framework
    from kimi_lsp.syntax.tests import test_candidates

    files.snapshot(task.path)
    existing = frozenset(files.files())
    usable = (path for path in test_candidates(task.path, existing) if _is_usable(path, existing, files))
    place = next(usable, None)
    shown = _snapshot(place, files) if place in existing or place == task.path else None
    example = None if place is None or shown is not None else _example(place, existing)
    pattern = _snapshot(example, files) if example is not None else None
    texts = [one.text for one in (shown, pattern, *_manifests(task.path, existing, files)) if one is not None]
    means = framework(task.path, existing, texts) or "the test framework of the project"
    return replace(task, material=_material(task.path, place, shown, pattern, means))


def ask(task: Task, where: str) -> str:
    """The request; ``material`` says where the tests belong."""
    return (
        f"Write tests for {where}. Cover what it promises: the usual case, the edges, and each error it raises; one "
        "behaviour a test, with a name that says which. Test through its public face, in the manner of the tests "
        "that are there, with their fixtures. Read what you need before you call it. Do not change the code under "
        "test; if you find a bug, leave out the test that would fail and name the bug in your answer.\n"
        f"{task.material}{adding(task)}"
    )


def _material(
    path: str, place: str | None, shown: Snapshot | None, pattern: Snapshot | None, means: str
) -> str:
    tests_with = f"Test framework: {means}.\n"
    if place is None:
        return f"Find where this project keeps its tests and put them there. {tests_with}"
    if place == path:
        return f"Put them in {path} itself, where this language has them. {tests_with}"
    if shown is not None:
        asked = f"Put them in {place}, which exists: add to it and keep what it has. {tests_with}"
        return f"{asked}{_file(shown, LONGEST_FILE)}"
    asked = f"Put them in {place}, which does not exist yet: create it with `create_file`. {tests_with}"
    return f"{asked}Other tests look like this:\n{_file(pattern, LONGEST_EXAMPLE)}" if pattern else asked


def _file(snapshot: Snapshot, longest: int) -> str:
    """The text of a file, or its beginning and its outline."""
    from kimi_lsp.context.render import fenced

    path, text = snapshot.path, snapshot.text
    if len(text) <= longest:
        return f"{path}:\n{fenced(text)}\n"
    cut = text[:longest].rpartition("\n")[0]
    count, heads = text[: len(cut)].count("\n") + 1, _heads(snapshot)
    below = f"{path}, all it defines:\n{fenced(heads)}\n" if heads else ""
    return f"{path}, its first {count} lines:\n{fenced(cut)}\n{below}"


def _heads(snapshot: Snapshot) -> str:
    from kimi_lsp.syntax.errors import SyntaxUnavailable
    from kimi_lsp.syntax.outline import outline
    from kimi_lsp.syntax.registry import by_path
    from kimi_lsp.syntax.tree import parse

    language = by_path(snapshot.path)
    if language is None or len(snapshot.text) > 20 * LONGEST_FILE:
        return ""
    try:
        symbols = outline(parse(snapshot.text, language))
    except SyntaxUnavailable:
        return ""
    return "\n".join(symbol.path for symbol in symbols if symbol.kind in TESTED)[:LONGEST_EXAMPLE]


def _is_usable(path: str, existing: Collection[str], files: Files) -> bool:
    """Whether the policy lets us read the file, or make it."""
    try:
        if path in existing:
            files.snapshot(path)
        else:
            files.may_create(path)
            return not files.exists(path)
    except WorkspaceError:
        return False
    return True


def _example(place: str, existing: Collection[str]) -> str | None:
    """The test of the same language that is nearest to ``place``."""
    from kimi_lsp.syntax.tests import is_test

    ending = splitext(place)[1]
    tests = [path for path in existing if splitext(path)[1] == ending and is_test(path)]
    named = [path for path in tests if "test" in basename(path).lower() or "spec" in basename(path).lower()]
    return min(named, key=lambda path: (-len(commonpath((f"/{place}", f"/{path}"))), path), default=None)


def _manifests(path: str, existing: Collection[str], files: Files) -> Iterator[Snapshot]:
    """Those in the folders around ``path``, the nearest first."""
    folder = path
    while folder:
        folder = dirname(folder)
        for name in MANIFESTS:
            there = f"{folder}/{name}" if folder else name
            if there in existing and (found := _snapshot(there, files)) is not None:
                yield found


def _snapshot(path: str | None, files: Files) -> Snapshot | None:
    try:
        return None if path is None else files.snapshot(path)
    except WorkspaceError:
        return None


WRITE_TESTS = Action(
    id="test",
    verb="Write tests for",
    kind="kimi.test",
    applies=testable,
    ask=ask,
    tools=EDIT_TOOLS,
    look=with_test_file,
)
