"""Keeps what fits, by priority; cuts at line borders, and in a line only where it alone is too long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from kimi_lsp.context.gather import FOCUS_NOTE, Part, Priority, Stability, SymbolContext, source
from kimi_lsp.context.window import piece, size, window
from kimi_lsp.text.span import Span

CHARACTERS_PER_TOKEN = 3.5
"""A careful average for source code with Kimi's vocabulary; usage reports correct the bill, not this."""

SMALL = 4
"""What takes no more than this part of the budget, as one of so many, is kept before the focus is cut."""


def tokens_of(text: str) -> int:
    """An estimate of the tokens of ``text``, on the high side."""
    return int(size(text) / CHARACTERS_PER_TOKEN) + 1


@dataclass(frozen=True, slots=True)
class Budgeted:
    """What is sent, and what was left out with its reason."""

    parts: tuple[Part, ...]
    tokens: int
    left_out: tuple[str, ...]


def fit(context: SymbolContext, limit_tokens: int) -> Budgeted:
    """Take parts by priority while they fit.

    The whole file makes the focus, the imports and the outline superfluous; where it does not fit, they stand
    in for it. The focus is always there: where it is too long, a window of whole lines around the place that the task
    is about, and of a line that is too long by itself the part around it. ``limit_tokens`` is at least 1 and never
    exceeded; headings and fences are not counted.
    """
    by_priority = {part.priority: part for part in context.parts}
    instructions = by_priority.get(Priority.INSTRUCTIONS)
    whole = by_priority.pop(Priority.FILE)
    kept = [part for part in (whole, instructions) if part is not None]
    if (used := _cost(*kept)) <= limit_tokens:
        return Budgeted(tuple(kept), used, ())
    left_out = [
        f"{whole.title}: {tokens_of(whole.text)} tokens do not fit in {limit_tokens}",
        *context.left_out,
    ]
    kept = []
    for part in _in_order(by_priority, limit_tokens):
        room = limit_tokens - _cost(*kept)
        if tokens_of(part.text) <= room:
            kept.append(part)
        elif part.priority is Priority.FOCUS:
            kept.append(cut := _cut(context, room))
            left_out.append(f"{part.title}: cut to {cut.title}")
        else:
            left_out.append(f"{part.title}: {tokens_of(part.text)} tokens do not fit")
    return Budgeted(tuple(kept), _cost(*kept), tuple(left_out))


def _cost(*parts: Part) -> int:
    return sum(tokens_of(part.text) for part in parts)


def _in_order(parts: dict[Priority, Part], limit_tokens: int) -> Iterator[Part]:
    """Best first: small instructions, the focus, the rest; small imports too before a focus that must be cut."""
    small = {key for key, part in parts.items() if tokens_of(part.text) <= limit_tokens // SMALL}
    first = [Priority.INSTRUCTIONS] if Priority.INSTRUCTIONS in small else []
    if (
        _cost(parts[Priority.FOCUS], *(parts[key] for key in first)) > limit_tokens
        and Priority.IMPORTS in small
    ):
        first.append(Priority.IMPORTS)
    yield from (parts[key] for key in first)
    yield from (parts[key] for key in sorted(parts) if key not in first)


def _cut(context: SymbolContext, limit_tokens: int) -> Part:
    snapshot, focus = context.snapshot, context.focus
    limit_bytes = ceil(limit_tokens * CHARACTERS_PER_TOKEN) - 1
    shown = window(snapshot, focus, context.span, limit_bytes)
    note = f"{FOCUS_NOTE} (cut)"
    if shown is None:
        shown = piece(snapshot, focus, context.span, limit_bytes)
        note = f"{FOCUS_NOTE} (cut: {_columns(context, shown)} of a line that is too long)"
    return source(snapshot, shown, note, Priority.FOCUS, Stability.CURSOR)


def _columns(context: SymbolContext, span: Span) -> str:
    """The code points of a part of a line, counted from 1."""
    column = context.snapshot.lines.position(span.start, "utf-32").character + 1
    return f"characters {column}-{column + max(len(span), 1) - 1}"
