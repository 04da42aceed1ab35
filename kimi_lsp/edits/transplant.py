"""Rungs 3 to 5: what changes from ``old_string`` to ``new_string`` is carried to the lines that matched.

A line that both share stays as the file has it, with its indentation, trailing white space, ending and punctuation;
so do the blank lines between two such lines. A new line is indented like its place, and ends like its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from kimi_lsp.edits.alignment import Alignment
from kimi_lsp.edits.endings import joined
from kimi_lsp.edits.errors import Uncertain
from kimi_lsp.edits.folding import Wording
from kimi_lsp.edits.indentation import Reindent, indentation, learn, lone_line_style
from kimi_lsp.edits.search import Pairing, Search
from kimi_lsp.edits.searchable import SPACE
from kimi_lsp.edits.verbatim import holds_verbatim
from kimi_lsp.text.endings import content_length, dominant

Line = tuple[str, "str | None"]
"""Content and ending; None where the ending is that of the neighbours."""


def transplant(search: Search, pairing: Pairing, *, folded: bool = False) -> str:
    """The text that goes in place of ``pairing.span``. ``folded``: contents agree only with punctuation folded.

    Raises:
        Uncertain: the indentation or the punctuation of a new line cannot be known, or too much would be replaced.
    """
    transplanted = _Transplant(search, pairing, folded=folded)
    if pairing.too_long:
        raise transplanted.uncertain("but spans more than twice its lines there")
    return transplanted.text()


class _Transplant:
    def __init__(self, search: Search, pairing: Pairing, *, folded: bool) -> None:
        self._search = search
        self._pairing = pairing
        self._folded = folded
        self._old = search.old_block
        self._new = search.new_block
        self._contents = list(pairing.contents())
        self._fresh = [self._new.lines[index] for index in self._new.filled]
        self._aligned = Alignment(
            [ours.rstrip(SPACE) for ours, _ in self._contents], [line.rstrip(SPACE) for line in self._fresh]
        )
        self._strips = any(_trail(ours) and _trail(ours) != _trail(theirs) for ours, theirs in self._contents)

    def text(self) -> str:
        """All of it."""
        self._check_indentation()
        lines: list[Line] = []
        for number in range(len(self._fresh)):
            lines += self._gap(number)
            lines.append(self._line(number))
        lines += self._gap(len(self._fresh))
        table, last = self._pairing.table, (self._pairing.lines[-1], *self._pairing.after)[-1]
        default = table.ending(self._pairing.lines[0]) or self._search.source.ending
        text = joined(
            [content for content, _ in lines],
            [ending for _, ending in lines],
            default or dominant(self._search.source.text),
        )
        closed = self._new.closed and not (self._old.closed and not table.ending(last))
        return text if closed else text[: content_length(text)]

    def uncertain(self, why: str) -> Uncertain:
        """The refusal that names the lines which matched."""
        starts, lines = self._pairing.table.starts, self._pairing.lines
        first, last = (self._search.source.line_number(starts[line]) for line in (lines[0], lines[-1]))
        return Uncertain(
            f"old_string was found at lines {first}-{last}, {why}. Quote it exactly as it stands."
        )

    @cached_property
    def _reindent(self) -> Reindent:
        learnt = learn(
            ((indentation(ours), indentation(theirs)) for ours, theirs in self._contents),
            file_unit=self._search.source.indentation_unit,
            written=[indentation(line) for line in (*self._old.lines, *self._new.lines)],
        )
        if learnt is None:
            raise self.uncertain("but its lines are indented differently there, not all by the same shift")
        return learnt

    @cached_property
    def _wording(self) -> Wording:
        return Wording([(ours.strip(SPACE), theirs.strip(SPACE)) for ours, theirs in self._contents])

    def _line(self, number: int) -> Line:
        if (same := self._aligned.matched[number]) is not None:
            index = self._pairing.lines[same]
            return self._pairing.table.content(index), self._pairing.table.ending(index) or None
        written = self._fresh[number]
        indent = indentation(written)
        there = indent if number and self._is_literal else self._reindent(indent)
        if there is None:
            raise self.uncertain("but how to indent the new lines there is not certain")
        body = written[len(indent) :]
        if self._strips:
            body = body.rstrip(SPACE)
        origin = self._aligned.origin(number)
        ending = None if origin is None else self._pairing.table.ending(self._pairing.lines[origin]) or None
        return there + (self._worded(number, body) if self._folded else body), ending

    def _gap(self, number: int) -> list[Line]:
        """The blank lines before the new line ``number``, or at the end."""
        written = self._new.gap(number)
        place = self._place(number)
        if place is None or len(written) != len(self._old.gap(place)):
            fresh = len(written) - self._standing(number, place, len(written))
            return [(self._blank(blank, number), None) for blank in written[:fresh]]
        table, there = self._pairing.table, self._pairing.gap(place)
        contents = [table.content(index) for index in there]
        if len(there) == len(written):
            kept = zip(written, contents, strict=True)
            contents = [self._blank(blank, number) or content for blank, content in kept]
        return [(text, table.ending(index) or None) for text, index in zip(contents, there, strict=True)]

    def _standing(self, number: int, place: int | None, written: int) -> int:
        """How many blank lines at an end of ``new``, which ``old`` lacks, the file has there: they are not doubled.

        Only where ``old`` has other blank lines than the file at all; else it says what it means.
        """
        if number not in (0, len(self._fresh)) or place is None or self._pairing.same_blanks:
            return 0
        beside = self._pairing.blanks_above if number == 0 else self._pairing.blanks_below
        return max(0, min(written - len(self._old.gap(place)), beside))

    def _place(self, number: int) -> int | None:
        """Which gap of ``old`` the one before the new line ``number`` is; None where it is a new one.

        Raises:
            Uncertain: lines came or went where the file has other blank lines than ``old``, so that it cannot be told
                on which side of the new lines the file's blank lines belong.
        """
        if number in (0, len(self._fresh)):
            return number and len(self._contents)
        there = self._aligned.stretch(number)
        gone, come = there.high - there.low, there.last - there.first
        if gone == come:
            return there.low + number - there.first
        if gone and come:
            inner = range(there.low + 1, there.high)
            if any(len(self._old.gap(gap)) != len(self._pairing.gap(gap)) for gap in inner):
                raise self.uncertain("but with other blank lines, and where those belong is not certain")
            return {there.first: there.low, there.last: there.high}.get(number)
        gaps = range(there.low, there.high + 1)
        ours = [len(self._old.gap(gap)) for gap in gaps]
        fresh = sum(len(self._new.gap(gap)) for gap in range(there.first, there.last + 1))
        if fresh == sum(ours) and ours != [len(self._pairing.gap(gap)) for gap in gaps]:
            raise self.uncertain("but with other blank lines, and where those belong is not certain")
        return None

    def _blank(self, written: str, number: int) -> str:
        """White space on a blank line stays where it is the indentation of a line beside it, as some write it."""
        beside = {indentation(line) for line in self._fresh[max(number - 1, 0) : number + 1]}
        return written if self._reindent.identical and not self._strips and written in beside else ""

    def _worded(self, number: int, body: str) -> str:
        """A new line with the punctuation that the file has where it says the same."""
        partner = self._aligned.origin(number)
        old, theirs = self._contents[partner] if partner is not None else (None, None)
        text = self._wording.of(body, old and old.strip(SPACE), theirs and theirs.strip(SPACE))
        if text is None:
            raise self.uncertain(
                "but with other quotes, dashes or spaces, and which are meant is not certain"
            )
        return text

    @cached_property
    def _is_literal(self) -> bool:
        """Whether one line was quoted without its indentation, and only the first new line lacks it likewise."""
        return self._lone_style() == "literal"

    def _check_indentation(self) -> None:
        """Refuse where it is not certain which indentation ``new_string`` was written in: its own, or the file's."""
        why = "but indented otherwise, and how new_string is to be indented there is not certain"
        if self._lone_style() is None:
            raise self.uncertain(why)
        if (
            not self._reindent.identical
            and holds_verbatim(self._new.lines)
            and not holds_verbatim(self._old.lines)
        ):
            raise self.uncertain("but indented otherwise, and new_string holds text whose indentation counts")
        if self._fresh and not self._reindent.identical and not self._is_literal:
            ours, theirs = (_least(lines) for lines in zip(*self._contents, strict=True))
            if _least(self._fresh) == theirs != ours:
                raise self.uncertain(why)

    def _lone_style(self) -> str | None:
        ours, theirs = self._contents[0]
        base = indentation(theirs)
        if len(self._contents) > 1 or indentation(ours) or not base or not self._fresh:
            return "shifted"
        table, following = self._pairing.table, self._pairing.lines[0] + 1
        continues = following < len(table.lines) and table.lines[following].startswith(base)
        return lone_line_style(self._fresh[0], self._fresh[1:], base, continues=continues)


def _least(lines: Iterable[str]) -> str:
    """The shortest indentation."""
    return min((indentation(line) for line in lines), key=len)


def _trail(line: str) -> str:
    return line[len(line.rstrip(SPACE)) :]
