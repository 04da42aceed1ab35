"""One search for one edit: what the rungs of the ladder share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from kimi_lsp.edits.block import Block
from kimi_lsp.edits.errors import Ambiguous, lines_named
from kimi_lsp.edits.indentation import indentation
from kimi_lsp.edits.searchable import LineTable, Searchable
from kimi_lsp.text.span import Span

MAX_WINDOWS = 16
"""More occurrences of the anchor than this, and the whole range is searched instead of windows around them."""

MAX_COMPARISONS = 5_000
"""How many pairs of lines are compared before a text counts as too repetitive to be certain of a place."""

SPAN_FACTOR = 2
"""A match may span at most so many times the lines of ``old_string``."""

MOST_BLANKS = 50
"""Blank lines beside a match that are counted."""

Translation = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Match:
    """A place that fits; ``write`` gives the new text there, or raises ``Uncertain``."""

    span: Span
    write: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Pairing:
    """The filled lines of a block beside lines of a file whose trimmed contents are the same.

    ``lines`` are indices in ``table``, one for each filled line of ``old``.
    """

    table: LineTable
    old: Block
    lines: tuple[int, ...]

    @property
    def before(self) -> tuple[int, ...]:
        """The file's blank lines that answer to those which ``old`` begins with, as far as there are any."""
        return self._blanks(range(self.lines[0] - 1, -1, -1), len(self.old.gap(0)))[::-1]

    @property
    def after(self) -> tuple[int, ...]:
        """The same for those which ``old`` ends with."""
        rest = range(self.lines[-1] + 1, len(self.table.lines))
        return self._blanks(rest, len(self.old.gap(len(self.lines))))

    @property
    def blanks_above(self) -> int:
        """How many blank lines the file has right above the span."""
        first = (*self.before, self.lines[0])[0]
        return len(self._blanks(range(first - 1, -1, -1), MOST_BLANKS))

    @property
    def blanks_below(self) -> int:
        """How many blank lines the file has right below the span."""
        last = (self.lines[-1], *self.after)[-1]
        return len(self._blanks(range(last + 1, len(self.table.lines)), MOST_BLANKS))

    def _blanks(self, indices: range, wanted: int) -> tuple[int, ...]:
        found: list[int] = []
        for index in indices[:wanted]:
            if not self.table.blank(index):
                break
            found.append(index)
        return tuple(found)

    def gap(self, number: int) -> tuple[int, ...]:
        """The file's blank lines where ``old`` has ``old.gap(number)``."""
        if number == 0:
            return self.before
        if number == len(self.lines):
            return self.after
        return tuple(range(self.lines[number - 1] + 1, self.lines[number]))

    @property
    def span(self) -> Span:
        """From the start of the first line to the end of the last, its ending included if ``old`` has one."""
        first = (*self.before, self.lines[0])[0]
        last = (self.lines[-1], *self.after)[-1]
        end = self.table.starts[last + 1] if self.old.closed else self.table.end(last)
        return Span(self.table.starts[first], end)

    @property
    def too_long(self) -> bool:
        """The span guard: whether more than twice the lines of ``old`` would be replaced."""
        written = self.old.filled[-1] - self.old.filled[0] + 1
        return self.lines[-1] - self.lines[0] + 1 > SPAN_FACTOR * written

    @property
    def same_blanks(self) -> bool:
        """Whether blank lines stand in the same places, and as many; white space on them does not count."""
        return all(len(self.gap(n)) == len(self.old.gap(n)) for n in range(len(self.lines) + 1))

    @property
    def same_indentation(self) -> bool:
        """Whether every line is indented as written."""
        return all(indentation(ours) == indentation(there) for ours, there in self.contents())

    @property
    def same_lines(self) -> bool:
        """Whether nothing differs but line endings."""
        return self.same_blanks and all(ours == there for ours, there in (*self.contents(), *self._gaps()))

    def contents(self) -> Iterator[tuple[str, str]]:
        """Each filled line as written, and as the file has it, without endings."""
        for index, line in zip(self.old.filled, self.lines, strict=True):
            yield self.old.lines[index], self.table.content(line)

    def _gaps(self) -> Iterator[tuple[str, str]]:
        for number in range(len(self.lines) + 1):
            for ours, index in zip(self.old.gap(number), self.gap(number), strict=True):
                yield ours, self.table.content(index)


class Search:
    """Where ``old`` occurs in ``within``, whole lines of ``source``; ``every`` where all places are wanted."""

    def __init__(self, source: Searchable, old: str, new: str, within: Span, *, every: bool = False) -> None:
        self.source = source
        self.old = old
        self.new = new
        self.within = within
        self.every = every

    @cached_property
    def old_block(self) -> Block:
        """``old`` as lines."""
        return Block.of(self.old)

    @cached_property
    def new_block(self) -> Block:
        """``new`` as lines."""
        return Block.of(self.new)

    @cached_property
    def pairings(self) -> list[Pairing]:
        """Every run of lines whose trimmed contents are those of ``old``, blank lines aside."""
        keys = self.old_block.keys
        return self.paired(keys, max(keys, key=len, default=""))

    def paired(self, keys: list[str], anchor: str, translation: Translation | None = None) -> list[Pairing]:
        """Every run of lines whose trimmed (and translated) contents are ``keys``; ``anchor`` occurs in each."""
        found: list[Pairing] = []
        limit = max(MAX_WINDOWS, MAX_COMPARISONS // max(len(keys), 1))
        for region in self._regions(anchor) if keys else ():
            table = self.source.table(region)
            runs = table.blocks(keys, dict(translation) if translation else None)
            found += (Pairing(table, self.old_block, tuple(run)) for run in islice(runs, limit + 1))
            if len(found) > limit:
                raise self.ambiguous(
                    [pairing.span.start for pairing in found],
                    f"in more than {limit} places, white space aside",
                )
        return found

    def _regions(self, anchor: str) -> list[Span]:
        """Whole lines around each occurrence of ``anchor``, far enough to hold any match; or all of ``within``."""
        text, within = self.source.text, self.within
        reach = SPAN_FACTOR * len(self.old_block.lines) + 1
        spans: list[Span] = []
        occurrences = 0
        at = text.find(anchor, within.start, within.end)
        while at >= 0:
            occurrences += 1
            if occurrences * len(self.old) > len(within) or occurrences > MAX_WINDOWS:
                return [within]
            window = self._window(at, reach)
            if spans and spans[-1].end >= window.start:
                window = Span(spans.pop().start, window.end)
            spans.append(window)
            at = text.find(anchor, at + 1, within.end)
        return spans

    def _window(self, at: int, reach: int) -> Span:
        start = end = self.source.line_start(at)
        for _ in range(reach):
            if start <= self.within.start:
                break
            start = self.source.line_start(start - 1)
        for _ in range(reach):
            if end >= self.within.end:
                break
            end = self.source.next_line(end)
        return Span(max(start, self.within.start), min(end, self.within.end))

    def ambiguous(self, offsets: list[int], times: str = "") -> Ambiguous:
        """The refusal that names the lines of ``offsets``."""
        lines = [self.source.line_number(offset) for offset in offsets[: 2 * MAX_WINDOWS]]
        return Ambiguous(
            f"old_string occurs {times or f'{len(offsets)} times'} "
            f"({lines_named(lines, len(offsets))}). Quote more lines around the place that is meant, "
            "so that they occur only once.",
            lines,
            len(offsets),
        )
