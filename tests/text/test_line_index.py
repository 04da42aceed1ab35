from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.text.line_index import Encoding, LineIndex, Position
from kimi_lsp.text.lines import Lines
from kimi_lsp.text.span import Span
from tests.text.strategies import ENCODINGS, texts


@pytest.mark.parametrize(
    ("text", "encoding", "line", "character", "before"),
    [
        pytest.param("ab\ncd", "utf-16", 1, 1, "ab\nc", id="plain"),
        pytest.param("é漢😀x", "utf-8", 0, 9, "é漢😀", id="utf-8-counts-bytes"),
        pytest.param("é漢😀x", "utf-16", 0, 4, "é漢😀", id="utf-16-counts-units"),
        pytest.param("é漢😀x", "utf-32", 0, 3, "é漢😀", id="utf-32-counts-code-points"),
        pytest.param("a😀b", "utf-16", 0, 2, "a", id="inside-a-surrogate-pair-rounds-down"),
        pytest.param("a😀b", "utf-8", 0, 4, "a", id="inside-a-sequence-rounds-down"),
        pytest.param("é", "utf-8", 0, 1, "", id="inside-two-bytes-rounds-down"),
        pytest.param("ab\r\ncd", "utf-16", 0, 9, "ab", id="past-the-line-is-before-crlf"),
        pytest.param("ab\rcd", "utf-16", 0, 9, "ab", id="past-the-line-is-before-cr"),
        pytest.param("😀\ncd", "utf-16", 0, 9, "😀", id="past-the-line-after-astral"),
        pytest.param("ab\ncd", "utf-16", 7, 0, "ab\ncd", id="past-the-last-line"),
        pytest.param("ab\n", "utf-16", 1, 4, "ab\n", id="past-an-empty-last-line"),
        pytest.param("", "utf-16", 0, 3, "", id="empty-text"),
        pytest.param("\ud800\udc00b", "utf-16", 0, 2, "\ud800\udc00", id="lone-surrogates-utf-16"),
        pytest.param("\ud800b", "utf-8", 0, 3, "\ud800", id="lone-surrogate-utf-8"),
        pytest.param("\ufeffa", "utf-8", 0, 3, "\ufeff", id="bom-is-a-character"),
        pytest.param("a\u2028b\fc\nd", "utf-16", 1, 0, "a\u2028b\fc\n", id="separators-end-no-line"),
    ],
)
def test_offset(text: str, encoding: Encoding, line: int, character: int, before: str) -> None:
    check(text, encoding, Position(line, character), len(before))


def test_line_spans() -> None:
    index = LineIndex("a\r\nbc\n")
    assert [index.line_span(line) for line in range(3)] == [Span(0, 3), Span(3, 6), Span(6, 6)]
    assert index.line_count == 3
    assert [index.line_at(offset) for offset in (0, 2, 3, 6)] == [0, 0, 1, 2]


def test_between_the_two_of_an_ending() -> None:
    assert LineIndex("ab\r\nc").position(3, "utf-16") == Position(0, 2)


@pytest.mark.parametrize("line", [-1, 3])
def test_no_such_line(line: int) -> None:
    with pytest.raises(IndexError, match=f"no line {line}: there are 3"):
        LineIndex("a\nb\nc").line_span(line)


@pytest.mark.parametrize("offset", [-1, 4])
def test_no_such_offset(offset: int) -> None:
    with pytest.raises(ValueError, match=f"offset {offset} is outside of a text of 3"):
        LineIndex("abc").position(offset, "utf-8")


def test_negative_positions_are_refused() -> None:
    with pytest.raises(ValueError, match="not a position: line 0, character -1"):
        Position(0, -1)


@settings(deadline=None, max_examples=300)
@given(text=texts, encoding=ENCODINGS, data=st.data())
def test_position_and_back(text: str, encoding: Encoding, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    inside = text[max(offset - 1, 0) : offset + 1] == "\r\n"
    check(text, encoding, LineIndex(text).position(offset, encoding), offset - inside)


def check(text: str, encoding: Encoding, position: Position, offset: int) -> None:
    """Both ways to look a position up say the same."""
    assert LineIndex(text).offset(position, encoding) == offset
    assert Lines.of(text).offset(position, encoding) == offset
    assert Lines.of(text).position(offset, encoding) == LineIndex(text).position(offset, encoding)
