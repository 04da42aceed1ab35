"""Keeps what fits, by priority; cuts at symbol and line borders, and in a line only where it alone is too long.

Each kind of part has its share of the budget, so that none takes the room of all others; what is left goes to the
bodies of definitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kimi_lsp.context import listing
from kimi_lsp.context.estimate import Estimate
from kimi_lsp.context.gather import FOCUS_NOTE, SymbolContext, source
from kimi_lsp.context.knowledge import Excerpt
from kimi_lsp.context.listing import Entry, Kind, listed
from kimi_lsp.context.parts import LeftOut, Part, Priority, Stability, on_one_line
from kimi_lsp.context.render import block
from kimi_lsp.context.rules import cut_rules, rules
from kimi_lsp.context.window import piece, size, window
from kimi_lsp.text.span import Span

SMALL = 0.25
"""The share up to which instructions, and imports, are kept before a focus is cut."""

WHOLE_FILE = 0.55
"""The share of the budget that the whole file may take where there is more to say than what stands in it."""

CUT_FOCUS = 0.75
"""The share that a focus which is too long is cut to where there is more to say."""

SHARES = {
    Priority.RELATED: 0.10,
    Priority.CLASS: 0.15,
    Priority.DEFINITIONS: 0.40,
    Priority.CALLERS: 0.08,
    Priority.TESTS: 0.08,
    Priority.OUTLINE: 0.12,
    Priority.MAP: 0.08,
    Priority.BODIES: 0.15,
}
"""The most that a list takes, and that one body takes, as shares of the budget."""


def tokens_of(text: str) -> int:
    """An estimate of the tokens of ``text``, on the high side, where nothing more is known."""
    return Estimate().tokens(text)


def cost(part: Part, estimate: Estimate) -> int:
    """An estimate of what a part takes in the prompt, with its heading and its fence."""
    around = size(block(part)) - size(part.text) + 2  # the empty line before the next part
    return estimate.tokens(part.text, part.language_id) + estimate.of_size(around)


@dataclass(frozen=True, slots=True)
class Budgeted:
    """What is sent, and what was left out with its reason."""

    parts: tuple[Part, ...]
    tokens: int
    left_out: tuple[LeftOut, ...]


def fit(context: SymbolContext, limit_tokens: int, estimate: Estimate | None = None) -> Budgeted:
    """Take parts by priority while they fit.

    The whole file makes the focus, the imports and the outline superfluous; where it does not fit, they stand
    in for it. The focus is always there: where it is too long, a window of whole lines around the place that the task
    is about, and of a line that is too long by itself the part around it. ``limit_tokens`` is never exceeded,
    headings and fences counted, unless it is too small for the focus's heading alone.
    """
    return _Fitting(context, limit_tokens, estimate or Estimate()).made()


class _Fitting:
    """One prompt in the making; ``_room`` is what is left of the budget."""

    def __init__(self, context: SymbolContext, limit: int, estimate: Estimate) -> None:
        self._context = context
        self._limit = limit
        self._estimate = estimate
        self._room = limit
        self._parts: list[Part] = []
        self._left_out = [*context.left_out]

    def made(self) -> Budgeted:
        """Best first; what the whole file shows is not shown again."""
        knowledge, file = self._context.knowledge, self._context.path
        self._instructions()
        whole = self._whole()
        if not whole:
            self._focus()
        self._list(map(listing.mention, knowledge.related), listing.RELATED)
        if not whole:
            self._imports(self._room)
            self._list(listing.siblings(self._context), listing.CLASS)
        definitions = [one for one in knowledge.definitions if not (whole and one.file == file)]
        told = self._list(map(listing.signature, definitions), listing.DEFINITIONS)
        for mentions, kind in ((knowledge.callers, listing.CALLERS), (knowledge.tests, listing.TESTS)):
            lines = (one for one in mentions if not (whole and one.file == file))
            self._list(map(listing.mention, lines), kind)
        if not whole:
            self._outline()
        self._list(listing.mapped(knowledge.map), listing.MAP)
        self._bodies(definitions, told)
        left_out = (*self._left_out, *knowledge.left_out)
        return Budgeted(tuple(self._parts), sum(self._cost(part) for part in self._parts), left_out)

    def _instructions(self) -> None:
        """As far as all of them together are small; what is too long is cut."""
        least = self._room - int(self._limit * SMALL)
        for part in self._of(Priority.INSTRUCTIONS):
            most = self._room - least
            if self._cost(part) <= most:
                self._keep(part)
            else:
                self._cut_instructions(part, most)

    def _cut_instructions(self, part: Part, most: int) -> None:
        def shorter(text: str) -> Part:
            return replace(part, title=f"{part.title} (cut)", text=text)

        kept = shorter(cut_rules(part.text, lambda text: self._cost(shorter(text)) <= most))
        kept_some = bool(kept.text) and self._keep(kept)
        self._leave_out(part.title, f"{'cut: ' if kept_some else ''}{self._cost(part):,} tokens do not fit")

    def _whole(self) -> bool:
        """Keep the whole file if it leaves room for what else there is."""
        (whole,) = self._of(Priority.FILE)
        most = int(self._limit * WHOLE_FILE) if self._context.knowledge else self._room
        return self._keep(whole, most)

    def _focus(self) -> None:
        """The focus, or what fits of it; small imports come before one that must be cut."""
        (focus,) = self._of(Priority.FOCUS)
        if self._cost(focus) > self._room:
            self._imports(int(self._limit * SMALL))
        if self._cost(focus) <= self._room:
            self._keep(focus)
            return
        most = int(self._limit * CUT_FOCUS) if self._context.knowledge else self._room
        cut = self._cut(min(most, self._room))
        self._leave_out(focus.title, f"{self._cost(focus):,} tokens do not fit; cut to {cut.title}")
        self._parts.append(cut)
        self._room -= self._cost(cut)

    def _cut(self, most: int) -> Part:
        """The lines around the place in question that take ``most`` tokens; of a line that is too long a part."""
        context, language_id = self._context, self._of(Priority.FOCUS)[0].language_id
        snapshot, room = context.snapshot, most
        while True:
            limit_bytes = self._estimate.bytes(room, language_id)
            if (shown := window(snapshot, context.focus, context.span, limit_bytes)) is not None:
                note = f"{FOCUS_NOTE} (cut)"
            else:
                shown = piece(snapshot, context.focus, context.span, limit_bytes)
                note = f"{FOCUS_NOTE} (cut: {_columns(context, shown)} of a line that is too long)"
            part = source(snapshot, shown, note, Priority.FOCUS, Stability.CURSOR)
            if (over := self._cost(part) - most) <= 0 or limit_bytes <= 0:
                return part
            room -= over

    def _imports(self, most: int) -> None:
        if not any(part.priority is Priority.IMPORTS for part in self._parts):
            for part in self._of(Priority.IMPORTS):
                self._keep(part, most)

    def _outline(self) -> None:
        """As much of it as its share allows: first the values go, then what is inside of something."""
        most = min(int(self._limit * SHARES[Priority.OUTLINE]), self._room)
        for entries in listing.outlined(self._context):
            at_least = self._estimate.of_size(sum(len(entry.text) for entry in entries))
            if entries and at_least <= most and self._cost(part := listed(entries, listing.OUTLINE)) <= most:
                self._keep(part)
                return
        if self._context.definitions:
            self._leave_out(listing.OUTLINE.title, "it does not fit")

    def _list(self, entries: Iterable[Entry], kind: Kind) -> list[Entry]:
        """Keep those entries that fit, best first; they are returned."""
        most = min(int(self._limit * SHARES[kind.priority]), self._room)
        kept: list[Entry] = []
        files: set[str] = set()
        used, missed = self._cost(listed((), kind)), 0
        for entry in entries:
            wanted = self._estimate.tokens(f"{entry}\n")
            if entry.file not in files:
                wanted += self._estimate.tokens(f"{on_one_line(entry.file)}\n")
            if used + wanted > most:
                missed += 1
                continue
            used += wanted
            kept.append(entry)
            files.add(entry.file)
        if missed:
            self._leave_out(kind.title, f"{missed} of its {missed + len(kept)} entries do not fit")
        if kept:
            self._keep(listed(kept, kind))
        return kept

    def _bodies(self, definitions: Sequence[Excerpt], entries: list[Entry]) -> None:
        """Definitions as a whole while there is room; their signatures, and what is in them, are no longer listed."""
        most = int(self._limit * SHARES[Priority.BODIES])
        listed_ones = set(entries)
        for excerpt in definitions:
            entry = listing.signature(excerpt)
            is_more = excerpt.body is not None and excerpt.first_line < excerpt.last_line
            if is_more and entry in listed_ones and not self._shows(entry):
                part = listing.body(excerpt)
                if self._cost(part) <= min(most, self._room):
                    self._keep(part)
        rest = [entry for entry in entries if not self._shows(entry)]
        self._parts = [part for part in self._parts if part.priority is not Priority.DEFINITIONS]
        if rest:
            self._parts.append(listed(rest, listing.DEFINITIONS))

    def _shows(self, entry: Entry) -> bool:
        """Whether the lines of an entry are there already, as they stand in their file."""
        return any(
            shown.whole and shown.file == entry.file
            and shown.first_line <= entry.line and entry.last_line <= shown.last_line
            for part in self._parts
            for shown in part.shown
        )  # fmt: skip

    def _of(self, priority: Priority) -> list[Part]:
        own = [part for part in self._context.parts if part.priority is priority]
        return (
            [*own, *map(rules, self._context.knowledge.rules)] if priority is Priority.INSTRUCTIONS else own
        )

    def _cost(self, part: Part) -> int:
        return cost(part, self._estimate)

    def _keep(self, part: Part, most: int | None = None) -> bool:
        """Keep a part that fits, and takes no more than ``most``."""
        wanted = self._cost(part)
        if wanted > (self._room if most is None else min(self._room, most)):
            self._leave_out(part.title, f"{wanted:,} tokens do not fit")
            return False
        self._parts.append(part)
        self._room -= wanted
        return True

    def _leave_out(self, what: str, why: str) -> None:
        self._left_out.append(LeftOut(what, why))


def _columns(context: SymbolContext, span: Span) -> str:
    """The code points of a part of a line, counted from 1."""
    column = context.snapshot.lines.position(span.start, "utf-32").character + 1
    return f"characters {column}-{column + max(len(span), 1) - 1}"
