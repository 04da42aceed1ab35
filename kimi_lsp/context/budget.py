"""Keeps what fits, by priority; cuts at line borders and never in the middle of a line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kimi_lsp.context.gather import Part, Priority, SymbolContext

CHARACTERS_PER_TOKEN = 3.5
"""A careful average for source code with Kimi's vocabulary; usage reports correct the bill, not this."""


def tokens_of(text: str) -> int:
    """An estimate of the tokens of ``text``, on the high side."""
    return int(len(text.encode("utf-8", "surrogatepass")) / CHARACTERS_PER_TOKEN) + 1


@dataclass(frozen=True, slots=True)
class Budgeted:
    """What is sent, and what was left out with its reason."""

    parts: tuple[Part, ...]
    tokens: int
    left_out: tuple[str, ...]


def fit(context: SymbolContext, limit_tokens: int) -> Budgeted:
    """Take parts by priority while they fit.

    The whole file makes the focus, the imports and the outline superfluous; where it does not fit, they stand
    in for it. The focus is always there: cut to whole lines where even it alone is too long.
    """
    by_priority = {part.priority: part for part in context.parts}
    instructions = by_priority.get(Priority.INSTRUCTIONS)
    reserved = tokens_of(instructions.text) if instructions else 0
    whole = by_priority[Priority.FILE]
    if tokens_of(whole.text) + reserved <= limit_tokens:
        kept = [part for part in (whole, instructions) if part is not None]
        return Budgeted(tuple(kept), sum(tokens_of(p.text) for p in kept), ())
    return _fit_pieces([p for p in context.parts if p.priority is not Priority.FILE], whole, limit_tokens)


def _fit_pieces(parts: list[Part], whole: Part, limit_tokens: int) -> Budgeted:
    kept: list[Part] = []
    left_out = [f"{whole.title}: {tokens_of(whole.text)} tokens do not fit in {limit_tokens}"]
    used = 0
    for part in sorted(parts, key=lambda part: part.priority):
        cost = tokens_of(part.text)
        if used + cost <= limit_tokens:
            kept.append(part)
            used += cost
        elif part.priority is Priority.FOCUS:
            kept.append(cut := _cut(part, limit_tokens - used))
            used += tokens_of(cut.text)
            left_out.append(f"{part.title}: cut to whole lines that fit")
        else:
            left_out.append(f"{part.title}: {cost} tokens do not fit")
    return Budgeted(tuple(kept), used, tuple(left_out))


def _cut(part: Part, limit_tokens: int) -> Part:
    lines: list[str] = []
    used = 1.0
    for line in re.findall(r"[^\n]*\n|[^\n]+", part.text):
        used += len(line.encode("utf-8", "surrogatepass")) / CHARACTERS_PER_TOKEN
        if used > limit_tokens:
            break
        lines.append(line)
    return Part(f"{part.title} (the beginning)", "".join(lines), part.priority, part.stability)
