"""A span and its new text; ordered sets of them.

A set is a sequence sorted by start in which nothing overlaps; adjacent is fine. All its spans are offsets in
the one text that it applies to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kimi_lsp.text.composition import Plain, composed
from kimi_lsp.text.diff import hunks
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


def minimal(before: str, after: str) -> tuple[Replacement, ...]:
    """The smallest hunks that make ``before`` into ``after``.

    Lines that did not change are not touched, and in a line only the words that changed. Nothing overlaps or
    is adjacent, no ``\\r\\n`` is parted. Linear: where there is too much to compare, hunks grow.
    """
    return tuple(Replacement(Span(a, b), after[c:d]) for a, b, c, d in hunks(before, after))


def compose(first: Sequence[Replacement], second: Sequence[Replacement]) -> tuple[Replacement, ...]:
    """One set that does what ``first`` does and then ``second``, a set against its result. Linear.

    Where the two touch they become one replacement; all others stay as they are.
    """
    return _hardened(composed(_plain(first), _plain(second)))


def compose_all(log: Iterable[Replacement]) -> tuple[Replacement, ...]:
    """One set that does what the ``log`` does, each of whose replacements applies to the text of its moment.

    Takes n log n for n replacements: neighbours are composed in pairs, and the pairs again.
    """
    sets = [_plain([replacement]) for replacement in log]
    while len(sets) > 1:
        pairs = [composed(*sets[at : at + 2]) for at in range(0, len(sets) - 1, 2)]
        sets = pairs + sets[len(pairs) * 2 :]
    return _hardened(sets[0]) if sets else ()


def _plain(replacements: Iterable[Replacement]) -> list[Plain]:
    return [(each.span.start, each.span.end, each.text) for each in replacements]


def _hardened(plain: Iterable[Plain]) -> tuple[Replacement, ...]:
    return tuple(Replacement(Span(start, end), text) for start, end, text in plain)
