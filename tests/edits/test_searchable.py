"""Lines, numbers and tables of a text, against a plain list of lines."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimi_lsp.edits.endings import restyled, with_endings
from kimi_lsp.edits.searchable import SPACE, Searchable, line_number
from kimi_lsp.text.endings import content_length, ending, split_lines
from kimi_lsp.text.span import Span

TEXTS = st.text("ab \n\r", max_size=30)


@given(text=TEXTS, mark=st.booleans())
def test_lines_of_every_offset(text: str, mark: bool) -> None:
    head = "\ufeff" if mark else ""
    source = Searchable(head + text)
    start = len(head)
    for number, line in enumerate(split_lines(text), start=1):
        content_end = start + content_length(line)
        for offset in range(start, max(start + len(line), start + 1)):
            if offset <= content_end:
                assert source.line_end(offset) == content_end
                assert source.next_line(offset) == start + len(line)
            if offset < start + max(len(line), 1):
                assert source.line_start(offset) == start
                assert source.line_number(offset) == number
        start += len(line)


@given(text=TEXTS, ends=st.tuples(st.integers(0, 30), st.integers(0, 30)))
def test_whole_lines(text: str, ends: tuple[int, int]) -> None:
    first, last = sorted(min(end, len(text)) for end in ends)
    if any(text[at - 1 : at + 1] == "\r\n" for at in (first, last) if at):
        return
    whole = Searchable(text).whole_lines(Span(first, last))
    starts = [0, *accumulate(map(len, split_lines(text)[:-1]))]
    assert whole.contains(Span(first, last))
    assert whole.start == max(start for start in starts if start <= first)
    if last > first and last in starts:
        assert whole.end == last
    else:
        assert whole.end == min((start for start in starts if start > last), default=len(text))


@given(text=TEXTS)
def test_a_table_has_the_lines(text: str) -> None:
    source = Searchable(text)
    table = source.table(source.body)
    lines = [line for line in split_lines(text) if line]
    assert table.lines == lines
    assert [table.content(at) + table.ending(at) for at in range(len(lines))] == lines
    assert [table.end(at) for at in range(len(lines))] == [
        table.starts[at] + content_length(line) for at, line in enumerate(lines)
    ]
    assert table.filled == [at for at, line in enumerate(lines) if line.strip(SPACE)]
    for at in range(-1, len(lines) + 1):
        assert table.blank(at) == (0 <= at < len(lines) and not lines[at].strip(SPACE))
    assert source.table(source.body) is table


@given(
    lines=st.lists(st.sampled_from(["a", "b", " a", ""]), max_size=12),
    keys=st.lists(st.sampled_from("ab"), min_size=1, max_size=3),
)
def test_every_run_of_lines_is_found(lines: list[str], keys: list[str]) -> None:
    source = Searchable("".join(f"{line}\n" for line in lines))
    filled = [(at, line.strip()) for at, line in enumerate(lines) if line.strip()]
    runs = [filled[at : at + len(keys)] for at in range(len(filled))]
    wanted = [[at for at, _ in run] for run in runs if [key for _, key in run] == keys]
    assert list(source.table(source.body).blocks(keys)) == wanted


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("", "\n"),
        ("a\nb", "\n"),
        ("a\r\nb\r\n", "\r\n"),
        ("a\rb", "\r"),
        ("a\r\nb\n", None),
        ("a\rb\n", None),
        ("a\r\nb\r", None),
        ("\r\n\r", None),
    ],
)
def test_the_one_style_of_a_text(text: str, style: str | None) -> None:
    assert Searchable(text).ending == style


@given(text=TEXTS, at=st.integers(0, 30))
def test_the_style_at_an_offset_is_the_style_of_its_line_or_of_the_one_before(text: str, at: int) -> None:
    source, at = Searchable(text), min(at, len(text))
    if at and text[at - 1 : at + 1] == "\r\n":
        return
    before, line = "", ""
    end = 0
    for candidate in split_lines(text):
        before, line, end = line, candidate, end + len(candidate)
        if at < end or end == len(text):
            break
    style = ending(line) or ending(before)
    if style:
        assert source.ending_at(at) == style
    else:
        assert source.ending_at(at) == "\n" or source.ending is None


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("a\n  b\n    c\nd\n  e\n", 2),
        ("a\n    b\n", 4),
        ("a\n    b\n        c\n  d\n", 4),
        ("    a\n", 4),
        ("a\nb\n", None),
        ("a\n\tb\n", None),
        ("", None),
    ],
)
def test_the_unit_of_indentation(text: str, unit: int | None) -> None:
    assert Searchable(text).indentation_unit == unit


@given(text=TEXTS)
def test_line_numbers_count_line_endings(text: str) -> None:
    offset = 0
    for number, line in enumerate(split_lines(text), start=1):
        assert all(line_number(text, offset + step) == number for step in range(len(line)))
        offset += len(line)


@given(text=TEXTS, style=st.sampled_from(["\n", "\r\n", "\r"]))
def test_restyled(text: str, style: str) -> None:
    lines = [line[: content_length(line)] for line in split_lines(text)]
    assert restyled(text, style) == style.join(lines)


@pytest.mark.parametrize(
    ("found", "new", "around", "after"),
    [
        pytest.param("a\r\nb\nc", "a\nb\nc", "", "a\r\nb\nc", id="each-keeps-its-own"),
        pytest.param("a\r\nb\nc", "x\ny\nc", "", "x\r\ny\nc", id="in-the-place-of-another"),
        pytest.param("a\r\nc\n", "a\nx\ny\nc\n", "", "a\r\nx\r\ny\r\nc\n", id="like-the-line-before"),
        pytest.param("a\r\nc\n", "x\na\nc\n", "", "x\r\na\r\nc\n", id="the-first-like-the-first"),
        pytest.param("a", "x\na", "q\r\nr\r\ns\n", "x\r\na", id="like-most-around"),
        pytest.param("a\n", "", "", "", id="nothing"),
    ],
)
def test_with_endings(found: str, new: str, around: str, after: str) -> None:
    assert with_endings(found, new, around) == after
