import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.context.budget import Budgeted, fit, tokens_of
from kimi_lsp.context.gather import LARGE, SymbolContext, gather
from kimi_lsp.context.parts import Priority
from kimi_lsp.context.render import render
from kimi_lsp.context.window import piece, size, window
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span
from tests.syntax.tables import tree

TEXTS = st.text(alphabet="ab\u00e9\U0001f600\n\r", max_size=200)
HUGE = (
    "import os\n\n\ndef huge():\n"
    + "".join(f"    x{number} = {number} + len('x')\n" for number in range(3_000))
    + "    TARGET = 1\n"
)


def context(text: str, marked: str, *, grammar: bool = True, instructions: str = "") -> SymbolContext:
    span = Span(text.index(marked), text.index(marked) + len(marked))
    parsed = tree("python", text) if grammar else None
    return gather(Snapshot.of("a.py", text), parsed, span, instructions=instructions)


def focus_of(budgeted: Budgeted) -> tuple[str, str]:
    (part,) = (part for part in budgeted.parts if part.priority is Priority.FOCUS)
    return part.title, part.text


@settings(deadline=None)
@given(text=TEXTS, numbers=st.lists(st.integers(0, 200), min_size=4, max_size=4), limit=st.integers(0, 300))
def test_a_window_is_whole_lines_around_the_place_and_as_large_as_may_be(
    text: str, numbers: list[int], limit: int
) -> None:
    snapshot = Snapshot.of("a.py", text)
    lines = snapshot.lines
    first, last = sorted(number % len(lines) for number in numbers[:2])
    within = Span(lines.start(first), lines.start(last) + len(lines.line(last)))
    last = lines.position(max(within.start, within.end - 1), "utf-32").line  # the empty last line is none
    start, end = sorted(within.start + number % (len(within) + 1) for number in numbers[2:])
    found = window(snapshot, within, Span(start, end), limit)
    at = min(max(lines.position(start, "utf-32").line, first), last)
    if found is None:
        assert size(lines.line(at)) > limit
        return
    borders = [lines.start(line) for line in range(len(lines))] + [len(text)]
    assert {found.start, found.end} <= set(borders)
    assert within.contains(found)
    assert found.start <= lines.start(at)
    assert found.end >= lines.start(at) + len(lines.line(at))
    assert size(found.of(text)) <= limit
    after = [line for line in range(first, last + 1) if lines.start(line) == found.end and lines.line(line)]
    assert all(size(found.of(text) + lines.line(line)) > limit for line in after)


@settings(deadline=None)
@given(
    line=st.text(alphabet="ab\u00e9\U0001f600", max_size=300),
    at=st.integers(0, 300),
    limit=st.integers(0, 99),
)
def test_a_piece_of_a_line_is_around_the_place_and_fits(line: str, at: int, limit: int) -> None:
    at = min(at, max(len(line) - 1, 0))
    text = f"one\n{line}\ntwo\n"
    start = len("one\n")
    within = Span(start, start + len(line) + 1)
    found = piece(Snapshot.of("a.py", text), within, Span(start + at, start + at), limit)
    assert within.contains(found)
    assert size(found.of(text)) <= limit
    assert limit < 8 or found.start <= start + at < found.end


@settings(deadline=None, max_examples=50)
@given(
    widths=st.lists(st.integers(0, 60), min_size=1, max_size=60),
    number=st.integers(0, 59),
    limit=st.integers(60, 500),
    wishes=st.integers(0, 400),
)
def test_the_line_in_question_is_always_there_under_its_true_number(
    widths: list[int], number: int, limit: int, wishes: int
) -> None:
    text = "".join("x" * width + "\n" for width in widths)
    starts = Snapshot.of("a.py", text).lines
    at = starts.start(number % len(widths))
    made = gather(Snapshot.of("a.py", text), None, Span(at, at), instructions="w" * wishes)
    budgeted = fit(made, limit)
    assert budgeted.tokens <= limit
    for part in budgeted.parts:
        if part.priority in (Priority.FOCUS, Priority.FILE):
            first, last = map(int, re.findall(r"lines (\d+)-(\d+)", part.title)[0])
            assert part.text.splitlines(keepends=True) == text.splitlines(keepends=True)[first - 1 : last]
            assert first <= number % len(widths) + 1 <= last


def test_what_is_cut_says_so_and_keeps_the_place() -> None:
    budgeted = fit(context(HUGE, "TARGET", instructions="Use tabs."), 2_000)
    title, text = focus_of(budgeted)
    first, last = map(int, re.findall(r"lines (\d+)-(\d+)", title)[0])
    assert title == f"a.py lines {first}-3005 of 3005: the code in question (cut)"
    assert text.endswith("    TARGET = 1\n")
    assert last - first > 100
    assert HUGE.splitlines(keepends=True)[first - 1 : last] == text.splitlines(keepends=True)
    prompt = render(budgeted)
    assert "### instructions\n```\nUse tabs.\n```" in prompt
    assert "### imports of a.py\n```\nimport os\n```" in prompt
    assert any("; cut to a.py lines" in one.why for one in budgeted.left_out)


def test_a_place_in_the_middle_is_in_the_middle() -> None:
    title, _ = focus_of(fit(context(HUGE, "x1500 ="), 2_000))
    first, last = map(int, re.findall(r"lines (\d+)-(\d+)", title)[0])
    assert abs((1505 - first) - (last - 1505)) <= 2


def test_imports_that_are_not_small_do_not_push_the_focus_out() -> None:
    text = "".join(f"import module_{number}\n" for number in range(200)) + HUGE
    budgeted = fit(context(text, "TARGET"), 1_000)
    assert "TARGET = 1" in focus_of(budgeted)[1]
    assert any(one.what == "imports of a.py" for one in budgeted.left_out)


def test_of_an_endless_line_the_part_around_the_place_is_shown() -> None:
    text = "one\n" + "a" * 50_000 + "TARGET" + "b" * 50_000 + "\ntwo\n"
    budgeted = fit(context(text, "TARGET", grammar=False), 1_000)
    title, shown = focus_of(budgeted)
    columns = re.fullmatch(
        r"a\.py lines 2-2 of 3: the code in question \(cut: characters (\d+)-(\d+) of a line .*\)", title
    )
    assert columns is not None
    assert shown == text.splitlines()[1][int(columns[1]) - 1 : int(columns[2])]
    assert "aTARGETb" in shown
    assert tokens_of(shown) <= budgeted.tokens <= 1_000


def test_no_outline_is_made_of_a_large_file() -> None:
    text = "".join(f"def f{number}(x):\n    return x\n\n\n" for number in range(LARGE // 25))
    assert len(text) > LARGE
    made = context(text, "f9000(x):\n    return")
    assert made.symbol is not None
    assert (made.symbol.name, made.selected) == ("f9000", True)
    assert Priority.OUTLINE not in {part.priority for part in made.parts}
    assert "outline of the file: the file is too large for one" in map(str, fit(made, 1_000).left_out)


@pytest.mark.parametrize(("marked", "symbol"), [("x = 1\n\n\ndef", None), ("def g", "g"), ("return 2", "g")])
def test_the_symbol_of_a_place_in_a_large_file(marked: str, symbol: str | None) -> None:
    text = "def f():\n    x = 1\n\n\ndef g():\n    return 2\n" + 'z = "filling"\n' * (LARGE // 14)
    made = context(text, marked)
    assert (made.symbol.path if made.symbol else None) == symbol
