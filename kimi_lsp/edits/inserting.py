"""``insert``: new lines beside or inside a definition, or at the top or end of a file.

Blank lines follow the habit of the place: as many as there mostly are between the definitions beside it, around what
has several lines; none are added where they are already there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kimi_lsp.edits.endings import restyled
from kimi_lsp.edits.errors import BadArguments, Uncertain
from kimi_lsp.edits.indentation import indentation
from kimi_lsp.edits.reindented import reindented
from kimi_lsp.edits.searchable import SPACE, Searchable
from kimi_lsp.syntax.outline import TYPES, VALUES, Symbol
from kimi_lsp.text.endings import split_lines
from kimi_lsp.text.replacement import Replacement
from kimi_lsp.text.span import Span

_DOCSTRING = r"[rRuU]?(?:\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?'''|\"[^\"\n]*\"|'[^'\n]*')[ \t]*\r?\n"
_COMMENTS = r"(?:[ \t]*(?:#[^\n]*)?\n)*"
_SHEBANG = re.compile(r"(?:#![^\n]*\n)?(?:#[^\n]*coding[:=][^\n]*\n)?")
_PYTHON_HEADER = re.compile(
    rf"(?:{_COMMENTS}{_DOCSTRING})?(?:{_COMMENTS}from __future__ import (?:\([^)]*\)[^\n]*|[^\n(]*)\n)*"
)
_INNER_DOCSTRING = re.compile(_DOCSTRING)


@dataclass(frozen=True, slots=True)
class Place:
    """A border between two lines, with its indentation.

    ``above`` and ``below`` are how many blank lines there should at least be on either side of the new text.
    """

    offset: int
    base: str
    above: int = 0
    below: int = 0


@dataclass(frozen=True, slots=True)
class Insertion:
    """What is inserted into a file with these ``symbols``."""

    source: Searchable
    symbols: Sequence[Symbol]
    text: str
    python: bool

    def into_file(self, where: str) -> Replacement:
        """At the ``start`` or ``end`` of the file.

        The start is below a ``#!`` line, and in Python below the module's docstring and its ``__future__`` imports,
        unless the text is a comment or a docstring itself.

        Raises:
            BadArguments: ``where`` needs a symbol, or the text is empty.
        """
        whole = self.source.body
        if where == "end":
            return self._at(Place(whole.end, "", above=self._habit(whole) if self._is_block else 0))
        if where != "start":
            raise BadArguments(f"`{where}` needs a `symbol`; without one use `start` or `end`.")
        top = self.source.text[whole.start :]
        header = _SHEBANG.match(top)
        if self.python and self.text.lstrip()[:1] not in ("#", '"', "'"):
            header = max(header, _PYTHON_HEADER.match(top), key=lambda match: match.end() if match else 0)
        return self._at(Place(whole.start + (header.end() if header else 0), ""))

    def beside(self, symbol: Symbol, where: str) -> Replacement:
        """On lines of its own ``before`` or ``after`` a symbol and what belongs to it.

        Raises:
            BadArguments: the text is empty.
            Uncertain: the symbol shares a line with something else.
        """
        at = symbol.lines.start if where == "before" else symbol.lines.end
        if at != self.source.line_start(at) and at != len(self.source.text):
            raise Uncertain(f"`{symbol.path}` shares a line with other code. Use `edit`.")
        base = indentation(self.source.text[self.source.line_start(symbol.span.start) :])
        habit = self._habit(self._around(symbol)) if self._is_block or symbol.kind not in VALUES else 0
        return self._at(Place(at, base, above=habit, below=habit))

    def inside(self, symbol: Symbol, where: str) -> Replacement:
        """At the ``start`` or ``end`` of a symbol's body; the start is below a docstring.

        Raises:
            BadArguments: the text is empty, or the symbol has no body.
            Uncertain: the body shares a line with something else.
        """
        body, text = symbol.body, self.source.text
        if body is None:
            raise BadArguments(f"`{symbol.path}` has no body to insert into. Use `before` or `after`.")
        first = self._first_line(symbol, body)
        last = body.start + len(body.of(text).rstrip(SPACE))
        end = self.source.next_line(max(last, first - 1)) if last > first else first
        filled = text[first:end].lstrip("\r\n")
        if first > body.end or (
            end > body.end and not self.python and text[body.end : body.end + 1] in "}])"
        ):
            raise Uncertain(f"The body of `{symbol.path}` is not on lines of its own. Use `replace_symbol`.")
        base = indentation(filled) if filled.strip(SPACE) else self._deeper(symbol)
        habit = self._habit(body) if symbol.kind in TYPES and self._is_block else 0
        if where == "end":
            return self._at(Place(end, base, above=habit if last > first else 0))
        doc = _INNER_DOCSTRING.match(text, body.start) if self.python else None
        start = doc.end() if doc else first
        return self._at(Place(start, base, above=habit if doc else 0, below=habit if last > start else 0))

    @property
    def _is_block(self) -> bool:
        return "\n" in self.text.strip()

    def _first_line(self, symbol: Symbol, body: Span) -> int:
        """Where the first line of a body begins that is its own."""
        text = self.source.text
        start = self.source.line_start(body.start)
        if start > symbol.head.start and not text[start : body.start].strip(SPACE) and self.python:
            return start
        opening = text[body.start : self.source.line_end(body.start)]
        return len(text) + 1 if self.python or opening.strip(SPACE) else self.source.next_line(body.start)

    def _deeper(self, symbol: Symbol) -> str:
        text = self.source.text
        tabs = "\n\t" in text and "\n  " not in text
        unit = "\t" if tabs else " " * (self.source.indentation_unit or 4)
        return indentation(text[self.source.line_start(symbol.head.start) :]) + unit

    def _around(self, symbol: Symbol) -> Span:
        """The body that the symbol is in, or the whole file."""
        bodies = (other.body for other in self.symbols if other.body and other.body.contains(symbol.span))
        inner = (body for body in bodies if body != symbol.body)
        return min(inner, key=len, default=self.source.body)

    def _habit(self, within: Span) -> int:
        """How many blank lines there mostly are between the definitions right inside ``within``."""
        members: list[Symbol] = []
        for symbol in self.symbols:
            nested = members and members[-1].lines.contains(symbol.span)
            if within.contains(symbol.span) and symbol.kind not in VALUES and not nested:
                members.append(symbol)
        text = self.source.text
        gaps = (text[one.lines.end : other.lines.start] for one, other in pairwise(members))
        counts = Counter(len(split_lines(gap)) - 1 for gap in gaps if not gap.strip(SPACE))
        default = 2 if self.python and within == self.source.body else 1
        return counts.most_common(1)[0][0] if counts else default

    def _at(self, place: Place) -> Replacement:
        new = reindented(self.text, place.base, file_unit=self.source.indentation_unit)
        if not new:
            raise BadArguments("text is empty: there is nothing to insert.")
        before, after = (
            self.source.text[self.source.body.start : place.offset],
            self.source.text[place.offset :],
        )
        open_end = before[-1:] not in ("", "\n", "\r")
        lines_above = split_lines(before) if open_end else split_lines(before)[:-1]
        above = place.above - _blank_lines(lines_above[::-1]) if before.strip(SPACE) else 0
        below = place.below - _blank_lines(split_lines(after)) if after.strip(SPACE) else 0
        new = "\n" * (max(above, 0) + open_end) + new + "\n" * (max(below, 0) + (not open_end))
        style = self.source.ending_at(max(place.offset - 1, 0))
        return Replacement(Span(place.offset, place.offset), restyled(new, style))


def _blank_lines(lines: Sequence[str]) -> int:
    """How many of ``lines`` are blank before the first that is not."""
    return next((count for count, line in enumerate(lines) if line.strip(SPACE)), len(lines))
