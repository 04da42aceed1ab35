"""A text as an immutable sequence of lines, made so that an edit copies only its own surroundings.

The lines lie in blocks of some hundreds. An edit builds new blocks where it happens and shares all others, so
its cost is that of a few blocks and of three lists with an entry a block. The lists are never changed once a
value has them; they are not tuples only because a list is copied four times as fast.

Invariants: there is at least one line; every line but the last ends with ``\\n``, ``\\r\\n`` or ``\\r``, and
has none before; a line that ends with ``\\r`` comes before none that begins with ``\\n``; no block is empty.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, chain

from kimi_lsp.text.endings import split_lines
from kimi_lsp.text.line_index import Encoding, Position, character_of, column_of
from kimi_lsp.text.replacement import Replacement
from kimi_lsp.text.span import Span

BLOCK = 512
"""Lines a block when a text is opened. Edits leave blocks of a quarter to twice as many."""

_Block = list[str]


class Lines:
    """The lines of one text, each with its ending. A value: compared by its text, never changed."""

    __slots__ = ("_blocks", "_firsts", "_sizes", "_starts", "_text", "length")

    def __init__(self, blocks: list[_Block], sizes: list[int], firsts: list[int]) -> None:
        """See ``Lines.of``. ``sizes``: code points of a block; ``firsts``: its first line, then the count."""
        self._blocks, self._sizes, self._firsts = blocks, sizes, firsts
        self._text: str | None = None
        self._starts: list[int] | None = None
        self.length = sum(sizes)
        """Code points in all."""

    @classmethod
    def of(cls, text: str) -> Lines:
        """Split ``text``, in linear time."""
        blocks = _blocks(split_lines(text))
        return cls(blocks, [*map(_size, blocks)], [*accumulate(map(len, blocks), initial=0)])

    def __len__(self) -> int:
        """How many lines; at least 1, and an ending at the very end begins one more."""
        return self._firsts[-1]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Lines):
            return NotImplemented
        return self is other or (self.length == other.length and self.text == other.text)

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Lines({len(self)} lines, {self.length} code points)"

    @property
    def text(self) -> str:
        """All of it, joined at the first call."""
        if self._text is None:
            self._text = "".join(chain.from_iterable(self._blocks))
        return self._text

    def line(self, line: int) -> str:
        """One line with its ending.

        Raises:
            IndexError: there is no such line.
        """
        block = self._block_of(line)
        return self._blocks[block][line - self._firsts[block]]

    def start(self, line: int) -> int:
        """The offset of the first code point of ``line``.

        Raises:
            IndexError: there is no such line.
        """
        block = self._block_of(line)
        return sum(self._sizes[:block]) + sum(map(len, self._blocks[block][: line - self._firsts[block]]))

    def offset(self, position: Position, encoding: Encoding) -> int:
        """The code point at ``position``, clamped as LSP says: see ``LineIndex.offset``."""
        if position.line >= len(self):
            return self.length
        return self.start(position.line) + column_of(self.line(position.line), position.character, encoding)

    def position(self, offset: int, encoding: Encoding) -> Position:
        """The position of a code point; one between ``\\r`` and ``\\n`` is that of the ``\\r``.

        Raises:
            ValueError: ``offset`` lies outside of the text.
        """
        line, column = self._locate(offset)
        return Position(line, character_of(self.line(line), column, encoding))

    def changed(
        self, start: Position, end: Position, text: str, encoding: Encoding
    ) -> tuple[Lines, Replacement]:
        """Put ``text`` between two positions, clamped as LSP says; also say what that is in code points.

        Raises:
            ValueError: ``start`` comes after ``end``.
        """
        if end < start:
            raise ValueError(f"the range starts at {_shown(start)}, after its end at {_shown(end)}")
        first, column = self._clamped(start, encoding)
        last, end_column = (first, column) if end == start else self._clamped(end, encoding)
        offset = self.start(first) + column
        length = end_column - column if last == first else self.start(last) + end_column - offset
        replacement = Replacement(Span(offset, offset + length), text)
        return self._replaced(first, column, last, end_column, text), replacement

    def _replaced(self, first: int, column: int, last: int, end_column: int, text: str) -> Lines:
        block = self._block_of(first)
        head, tail = self.line(first)[:column], self.line(last)[end_column:]
        new = f"{head}{text}{tail}"
        # Two lines can become one that the edit itself does not join: "\r" before, and now "\n" in front.
        if first and new.startswith("\n") and self.line(first - 1).endswith("\r"):
            return self._spliced(first - 1, last, self.line(first - 1) + new)
        if first == last and "\n" not in text and "\r" not in text:
            return self._with_line(block, first - self._firsts[block], new)
        return self._spliced(first, last, new)

    def _with_line(self, block: int, index: int, line: str) -> Lines:
        """The commonest edit: one line stays one line, so no line and no block moves."""
        lines, blocks, sizes = [*self._blocks[block]], [*self._blocks], [*self._sizes]
        sizes[block] += len(line) - len(lines[index])
        lines[index] = line
        blocks[block] = lines
        return Lines(blocks, sizes, self._firsts)

    def _spliced(self, first: int, last: int, text: str) -> Lines:
        """``text`` in place of whole lines, ``last`` included."""
        low, high = self._block_of(first), self._block_of(last)
        new = split_lines(text)
        if last < len(self) - 1:
            new.pop()  # the empty line after the last ending: the line that follows takes its place
        lines = [
            *self._blocks[low][: first - self._firsts[low]],
            *new,
            *self._blocks[high][last + 1 - self._firsts[high] :],
        ]
        if len(lines) < BLOCK // 4 and high + 1 < len(self._blocks):
            high += 1
            lines += self._blocks[high]
        elif len(lines) < BLOCK // 4 and low:
            low -= 1
            lines = [*self._blocks[low], *lines]
        new_blocks = _blocks(lines) if len(lines) > 2 * BLOCK else [lines]
        growth = len(lines) - (self._firsts[high + 1] - self._firsts[low])
        blocks, sizes, firsts = [*self._blocks], [*self._sizes], self._firsts[:low]
        blocks[low : high + 1] = new_blocks
        sizes[low : high + 1] = map(_size, new_blocks)
        firsts += accumulate(map(len, new_blocks[:-1]), initial=self._firsts[low])
        firsts += [first + growth for first in self._firsts[high + 1 :]]
        return Lines(blocks, sizes, firsts)

    def _block_of(self, line: int) -> int:
        if not 0 <= line < self._firsts[-1]:
            raise IndexError(f"no line {line}: there are {len(self)}")
        return bisect_right(self._firsts, line) - 1

    def _clamped(self, position: Position, encoding: Encoding) -> tuple[int, int]:
        if position.line >= len(self):
            return len(self) - 1, len(self._blocks[-1][-1])
        return position.line, column_of(self.line(position.line), position.character, encoding)

    def _locate(self, offset: int) -> tuple[int, int]:
        """The line and the column in code points; the end of the text is in the last line."""
        if not 0 <= offset <= self.length:
            raise ValueError(f"offset {offset} is outside of a text of {self.length}")
        if self._starts is None:
            self._starts = list(accumulate(self._sizes, initial=0))
        block = min(bisect_right(self._starts, offset), len(self._blocks)) - 1
        lines = self._blocks[block]
        starts = list(accumulate(map(len, lines), initial=self._starts[block]))
        index = min(bisect_right(starts, offset), len(lines)) - 1
        return self._firsts[block] + index, offset - starts[index]


def _blocks(lines: list[str]) -> list[_Block]:
    return [lines[at : at + BLOCK] for at in range(0, len(lines), BLOCK)]


def _size(block: _Block) -> int:
    return sum(map(len, block))


def _shown(position: Position) -> str:
    return f"{position.line}:{position.character}"
