import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimi_lsp.context.budget import cost, fit
from kimi_lsp.context.estimate import Estimate
from kimi_lsp.context.gather import SymbolContext, gather
from kimi_lsp.context.parts import Part, Priority, Stability
from kimi_lsp.context.render import fenced, render
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span
from tests.syntax.tables import tree

SOURCE = '''import os
from json import loads


class Lock:
    """A lock."""

    def acquire(self, seconds):
        return loads(os.environ["LOCK"], seconds)

    def release(self):
        pass


LIMIT = 3
'''


def context(marked: str, end: str = "", filling: str = "") -> SymbolContext:
    """The context of the place that stands as ``marked`` in SOURCE, up to ``end``."""
    start, text = SOURCE.index(marked), SOURCE + filling
    span = Span(start, SOURCE.index(end, start) + len(end) if end else start)
    return gather(Snapshot.of("a.py", text, language_id="python"), tree("python", text), span)


def test_a_small_file_goes_whole() -> None:
    budgeted = fit(context("loads(os"), 12_000)
    assert [part.title for part in budgeted.parts] == ["a.py lines 1-15 of 15: the whole file"]
    assert budgeted.left_out == ()
    assert SOURCE in render(budgeted)


def test_a_large_file_gives_the_symbol_its_imports_and_the_outline() -> None:
    made = context("loads(os", filling="A = 1\n" * 400)
    budgeted = fit(made, 400)
    text = render(budgeted)
    assert "### a.py lines 8-9 of 415: the code in question" in text
    assert "### imports of a.py\n```\nimport os\nfrom json import loads\n```" in text
    assert "### outline of the file\n```\na.py\n  class Lock:\n    def acquire(self, seconds):\n" in text
    assert (
        "### signatures of the same class\n```\na.py\n  5: class Lock:\n  11: def release(self):\n```" in text
    )
    assert len(budgeted.left_out) == 1
    assert text.index("outline of") < text.index("the code in question")


@pytest.mark.parametrize(
    ("marked", "end", "path", "selected", "lines"),
    [
        pytest.param("loads(os", "", "Lock.acquire", False, (9, 9), id="cursor"),
        pytest.param("return loads", "LOCK", "Lock.acquire", True, (9, 9), id="selection"),
        pytest.param("LIMIT", "", None, False, (15, 15), id="no-symbol"),
        pytest.param("import os", "LIMIT = 3\n", None, False, (1, 15), id="everything"),
        pytest.param("import os", "LIMIT = 3", None, False, (1, 15), id="everything-but-the-last-ending"),
        pytest.param("class Lock", "LIMIT = 3", None, True, (5, 15), id="not-everything"),
    ],
)
def test_what_it_is_about(
    marked: str, end: str, path: str | None, selected: bool, lines: tuple[int, int]
) -> None:
    found = context(marked, end)
    assert (found.symbol.path if found.symbol else None) == path
    assert (found.selected, (found.first_line, found.last_line)) == (selected, lines)


def test_a_language_without_a_grammar_gives_the_lines_around() -> None:
    text = "".join(f"line {number}\n" for number in range(1, 301))
    found = gather(Snapshot.of("a.xyz", text), None, Span(text.index("line 150"), text.index("line 150")))
    assert found.focus_text.splitlines()[0] == "line 110"
    assert found.focus_text.splitlines()[-1] == "line 190"


def test_a_language_without_a_grammar_gives_the_block_around_and_says_so() -> None:
    inside = "".join(f"    item {number}\n" for number in range(60))
    text = f"group one:\n{inside}end\n\ngroup two:\n{inside}end\n"
    at = text.rindex("item 30")
    found = gather(Snapshot.of("a.xyz", text), None, Span(at, at))
    assert found.focus_text == f"group two:\n{inside}end\n"
    assert [str(one) for one in found.left_out] == [
        "symbols of the file: there is no grammar for it: its indentation stands in"
    ]


@given(text=st.text(alphabet="ab`\n ", max_size=80))
def test_no_text_ends_its_own_fence(text: str) -> None:
    lines = fenced(text).split("\n")
    fence = lines[0]
    assert fence == lines[-1]
    assert all(not re.fullmatch(rf"`{{{len(fence)},}}\s*", line) for line in lines[1:-1])


@given(
    limit=st.integers(500, 3_000),
    sizes=st.tuples(st.integers(0, 9_000), st.integers(0, 3_000), st.integers(0, 3_000)),
)
def test_the_budget_is_never_exceeded_and_lines_stay_whole(limit: int, sizes: tuple[int, int, int]) -> None:
    focus, outline, wishes = ("word\n" * (size // 5) for size in sizes)
    whole = Part("whole", "x" * 100_000, Priority.FILE, Stability.FILE)
    snapshot = Snapshot.of("a.py", focus)
    parts = (
        Part("focus", focus, Priority.FOCUS, Stability.CURSOR),
        whole,
        Part("outline", outline, Priority.OUTLINE, Stability.FILE),
        Part("wishes", wishes, Priority.INSTRUCTIONS, Stability.WORKSPACE),
    )
    made = SymbolContext(snapshot, Span(0, 0), Span(0, len(focus)), False, 1, 1, None, None, parts)
    budgeted = fit(made, limit)
    assert budgeted.tokens <= limit
    assert all(part.text.endswith("\n") or not part.text for part in budgeted.parts)
    assert budgeted.tokens == sum(cost(part, Estimate()) for part in budgeted.parts)
    assert budgeted.tokens >= Estimate().tokens(render(budgeted), "python")
