"""A text with what a search needs of it, made when first asked for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate, pairwise

from kimi_lsp.text.endings import content_length, dominant, ending, split_lines
from kimi_lsp.text.span import Span

SPACE = " \t\f\v\r\n"
"""White space of a line's borders. U+0085, U+2028 and the like are text."""

BYTE_ORDER_MARK = "\ufeff"
_UNIT_SAMPLE = 100_000
_INDENTED = re.compile(r"^( *)[^\s]", re.MULTILINE)


class Searchable:
    """``text``, searched often: what is computed from the whole of it is kept."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.body = Span(1 if text.startswith(BYTE_ORDER_MARK) else 0, len(text))
        self._tables: dict[Span, LineTable] = {}

    @cached_property
    def has_returns(self) -> bool:
        """Whether a carriage return occurs."""
        return "\r" in self.text

    @cached_property
    def ending(self) -> str | None:
        """The one style in which all its lines end (``\\n`` where there are none); None where styles mix."""
        if not self.has_returns:
            return "\n"
        pairs, returns = self.text.count("\r\n"), self.text.count("\r")
        feeds = self.text.count("\n")
        if pairs == returns == feeds:
            return "\r\n"
        return "\r" if not feeds else None

    def ending_at(self, offset: int) -> str:
        """How the line of ``offset`` ends, or the line before where it has no ending; else as most lines do."""
        if self.ending is not None:
            return self.ending
        start = self.line_start(offset)
        for line in (self.text[start : self.next_line(offset)], self.text[max(start - 2, 0) : start]):
            if style := ending(line):
                return style
        return dominant(self.text)

    @cached_property
    def indentation_unit(self) -> int | None:
        """How many spaces one level of indentation has, by most of the steps inwards; None where none is."""
        widths = [0, *(len(match[1]) for match in _INDENTED.finditer(self.text[:_UNIT_SAMPLE]))]
        steps = Counter(after - before for before, after in pairwise(widths) if after > before)
        return steps.most_common(1)[0][0] if steps else None

    def line_number(self, offset: int) -> int:
        """The line of ``offset``, counted from 1."""
        return line_number(self.text, offset)

    def line_start(self, offset: int) -> int:
        """Where the line of ``offset`` begins, the byte order mark left out."""
        start = self.text.rfind("\n", 0, offset) + 1
        if self.has_returns:
            before = self.text.rfind("\r", 0, offset)
            if before + 1 == offset and self.text.startswith("\n", offset):
                before = self.text.rfind("\r", 0, max(before, 0))
            start = max(start, before + 1)
        return max(start, self.body.start)

    def line_end(self, offset: int) -> int:
        """Where the content of the line of ``offset`` ends, before its line ending."""
        end = self.text.find("\n", offset)
        end = len(self.text) if end < 0 else end
        if self.has_returns:
            before = self.text.find("\r", offset, end)
            end = end if before < 0 else before
        return end

    def next_line(self, offset: int) -> int:
        """Where the line after that of ``offset`` begins, or the end of the text."""
        end = self.line_end(offset)
        return end + len("\r\n") if self.text.startswith("\r\n", end) else min(end + 1, len(self.text))

    def whole_lines(self, span: Span) -> Span:
        """``span`` widened to whole lines, the last one's ending included."""
        start = self.line_start(span.start)
        if span.end > span.start and span.end == self.line_start(span.end):
            return Span(start, span.end)
        return Span(start, max(start, self.next_line(span.end)))

    def table(self, span: Span) -> LineTable:
        """The lines of ``span``, which begins and ends at line borders."""
        if span not in self._tables:
            self._tables[span] = LineTable(self.text, span)
        return self._tables[span]


class LineTable:
    """Whole lines of a text, and a string of their trimmed contents in which blocks are found.

    ``lines`` have their endings, ``starts`` are offsets in the text, ``filled`` the indices of the lines that
    are not blank.
    """

    def __init__(self, text: str, span: Span) -> None:
        self.lines = split_lines(text[span.start : span.end])
        if not self.lines[-1]:
            self.lines.pop()
        self.starts = list(accumulate(map(len, self.lines), initial=span.start))
        trimmed = [line.strip(SPACE) for line in self.lines]
        self.filled = [index for index, line in enumerate(trimmed) if line]
        self._haystack = joined([line for line in trimmed if line])

    def content(self, index: int) -> str:
        """A line without its ending."""
        line = self.lines[index]
        return line[: content_length(line)]

    def ending(self, index: int) -> str:
        """How a line ends; empty for a last line without an ending."""
        return ending(self.lines[index])

    def end(self, index: int) -> int:
        """Where a line's content ends, before its ending."""
        return self.starts[index] + content_length(self.lines[index])

    def blank(self, index: int) -> bool:
        """Whether there is such a line, and nothing but white space on it."""
        return 0 <= index < len(self.lines) and not self.lines[index].strip(SPACE)

    def blocks(self, keys: Sequence[str], table: dict[int, str] | None = None) -> Iterator[list[int]]:
        """The indices of each run of filled lines whose trimmed contents are ``keys``; runs may overlap.

        ``table`` is a translation that ``keys`` have been through and that the contents are put through.
        """
        haystack = self._haystack
        if table is not None and not haystack.isascii():
            haystack = haystack.translate(table)
        needle = joined(keys)
        at = haystack.find(needle)
        counted, first = 0, 0
        while at >= 0:
            first += haystack.count("\n", counted, at)
            counted = at
            yield self.filled[first : first + len(keys)]
            at = haystack.find(needle, at + 1)


def line_number(text: str, offset: int) -> int:
    """The line of the code point at ``offset``, counted from 1; counted in C."""
    number = text.count("\n", 0, offset) + 1
    if "\r" in text:
        number += text.count("\r", 0, offset) - text.count("\r\n", 0, offset)
        number -= offset > 0 and text[offset - 1 : offset + 1] == "\r\n"
    return number


def joined(keys: Sequence[str]) -> str:
    """Trimmed lines as one string with a line feed on either side of each."""
    return "\n" + "\n".join(keys) + "\n"
