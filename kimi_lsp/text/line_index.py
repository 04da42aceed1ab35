"""Offset <-> (line, character), in the encodings that LSP 3.18 names ("Position", "PositionEncodingKind")."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from kimi_lsp.text.endings import content_length, split_lines
from kimi_lsp.text.span import Span

Encoding = Literal["utf-8", "utf-16", "utf-32"]
"""What ``Position.character`` counts: bytes, 16-bit units, or code points."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between two characters: ``line`` from 0, ``character`` from 0 in units of some encoding.

    Raises:
        ValueError: one of them is negative.
    """

    line: int
    character: int

    def __post_init__(self) -> None:
        if self.line < 0 or self.character < 0:
            raise ValueError(f"not a position: line {self.line}, character {self.character}")


class LineIndex:
    """Where the lines of one text start. Built in linear time; for a text that is edited, see ``Lines``."""

    __slots__ = ("_starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *accumulate(map(len, split_lines(text)))]

    @property
    def line_count(self) -> int:
        """How many lines; at least 1, and an ending at the very end begins one more."""
        return len(self._starts) - 1

    def line_span(self, line: int) -> Span:
        """Where ``line`` lies, with its ending, in code points.

        Raises:
            IndexError: there is no such line.
        """
        if not 0 <= line < self.line_count:
            raise IndexError(f"no line {line}: there are {self.line_count}")
        return Span(self._starts[line], self._starts[line + 1])

    def line_at(self, offset: int) -> int:
        """The line that the code point at ``offset`` is in; the end of the text is in the last one.

        Raises:
            ValueError: ``offset`` lies outside of the text.
        """
        if not 0 <= offset <= len(self.text):
            raise ValueError(f"offset {offset} is outside of a text of {len(self.text)}")
        return min(bisect_right(self._starts, offset), self.line_count) - 1

    def position(self, offset: int, encoding: Encoding) -> Position:
        """The position of a code point; one between ``\\r`` and ``\\n`` is that of the ``\\r``.

        Raises:
            ValueError: ``offset`` lies outside of the text.
        """
        line = self.line_at(offset)
        span = self.line_span(line)
        return Position(line, character_of(span.of(self.text), offset - span.start, encoding))

    def offset(self, position: Position, encoding: Encoding) -> int:
        """The code point at ``position``, clamped as LSP says.

        Past the end of a line is its end, before its ending; past the last line is the end of the text.
        """
        if position.line >= self.line_count:
            return len(self.text)
        span = self.line_span(position.line)
        return span.start + column_of(span.of(self.text), position.character, encoding)


def character_of(line: str, column: int, encoding: Encoding) -> int:
    """How many units of ``encoding`` come before the code point ``column``, clamped to its end."""
    column = min(column, content_length(line))
    return column if line.isascii() else units(line[:column], encoding)


def column_of(line: str, character: int, encoding: Encoding) -> int:
    """The code point at ``character`` units of ``encoding``; past the end of ``line`` is before its ending.

    In the middle of a code point (a surrogate pair, a sequence of utf-8) it is rounded down to its start.
    """
    last = content_length(line)
    if line.isascii() or encoding == "utf-32":
        return min(character, last)
    low, high = 0, min(character, last)
    if units(line[:high], encoding) == high:
        return high
    # Halving measures each code point about twice, in C, however long the line is.
    while high - low > 0:
        middle = (low + high + 1) // 2
        width = units(line[low:middle], encoding)
        if width <= character:
            low, character = middle, character - width
        else:
            high = middle - 1
    return low


def units(text: str, encoding: Encoding) -> int:
    """How long ``text`` is in ``encoding``; a lone surrogate, which JSON can carry, counts as if written."""
    if encoding == "utf-32" or text.isascii():
        return len(text)
    if encoding == "utf-16":
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    return len(text.encode("utf-8", "surrogatepass"))
