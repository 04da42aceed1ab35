"""What a set or a log of replacements comes to: its net effect, in the smallest hunks.

To type and to undo it is nothing, and a whole text sent anew is what is new in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kimi_lsp.text.replacement import Overlap, Replacement, apply, compose_all, minimal
from kimi_lsp.text.span import Span


def net(base: str, log: Iterable[Replacement]) -> tuple[Replacement, ...]:
    """What a log of successive changes, the first of ``base``, comes to: a set of the smallest hunks of ``base``."""
    return reduced(base, compose_all(log))


def reduced(base: str, replacements: Iterable[Replacement]) -> tuple[Replacement, ...]:
    """What a set comes to: the smallest hunks of ``base``, none adjacent; none at all if it does nothing.

    Raises:
        Overlap: the set is not sorted, or overlaps.
    """
    hunks = [hunk for each in joined(replacements) for hunk in smallest(base, each)]
    return () if does_nothing(base, hunks) else tuple(hunks)


def does_nothing(base: str, hunks: Sequence[Replacement]) -> bool:
    """Whether the set leaves ``base`` as it is; what is undone some characters further on has hunks all the same."""
    return sum(hunk.growth for hunk in hunks) == 0 and apply(base, hunks) == base


def joined(replacements: Iterable[Replacement]) -> list[Replacement]:
    """The same set, in which adjacent ones are one, and none is empty.

    Raises:
        Overlap: the set is not sorted, or overlaps.
    """
    result: list[Replacement] = []
    for each in replacements:
        if result and each.span.start < result[-1].span.end:
            last = result[-1].span
            raise Overlap(f"{each.span.start}..{each.span.end} begins before {last.start}..{last.end} ends")
        if result and each.span.start == result[-1].span.end:
            before = result.pop()
            each = Replacement(Span(before.span.start, each.span.end), before.text + each.text)
        if each.text or len(each.span):
            result.append(each)
    return result


def smallest(base: str, replacement: Replacement) -> Sequence[Replacement]:
    """One replacement as the smallest hunks of ``base``."""
    if not replacement.text or not len(replacement.span):
        return [replacement]
    hunks = minimal(replacement.span.of(base), replacement.text)
    return [Replacement(hunk.span.moved(replacement.span.start), hunk.text) for hunk in hunks]
