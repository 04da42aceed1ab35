"""A span and its new text; ordered sets of them.

A set is a sequence sorted by start in which nothing overlaps; adjacent is fine. All its spans are offsets in
the one text that it applies to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kimi_lsp.text.span import Span


class Overlap(ValueError):
    """Two replacements overlap, or they are not sorted by start."""


@dataclass(frozen=True, slots=True, order=True)
class Replacement:
    """``text`` in place of ``span``. An empty span inserts, an empty text deletes."""

    span: Span
    text: str

    @property
    def growth(self) -> int:
        """By how many code points the text gets longer."""
        return len(self.text) - len(self.span)


def apply(text: str, replacements: Sequence[Replacement]) -> str:
    """Make all ``replacements`` in ``text``, in linear time.

    Raises:
        Overlap: two of them overlap, or they are not sorted.
        ValueError: one lies beyond the end of ``text``.
    """
    pieces: list[str] = []
    position = 0
    for replacement in replacements:
        span = replacement.span
        if span.start < position:
            raise Overlap(
                f"the replacement of {span.start}..{span.end} begins before {position}, where the last ends"
            )
        pieces += (text[position : span.start], replacement.text)
        position = span.end
    if position > len(text):
        raise ValueError(f"a replacement ends at {position}, but the text at {len(text)}")
    pieces.append(text[position:])
    return "".join(pieces)


def invert(text: str, replacements: Sequence[Replacement]) -> tuple[Replacement, ...]:
    """What undoes ``replacements``: ``apply(apply(text, r), invert(text, r)) == text``."""
    inverse: list[Replacement] = []
    growth = 0
    for replacement in replacements:
        start = replacement.span.start + growth
        inverse.append(Replacement(Span(start, start + len(replacement.text)), replacement.span.of(text)))
        growth += replacement.growth
    return tuple(inverse)
