"""Which lines two versions of a block share."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from kimi_lsp.text.myers import Budget, differences

_STEPS = 200_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """What lies between two shared lines: ``old[low:high]`` became ``new[first:last]``; either may be empty."""

    low: int
    high: int
    first: int
    last: int


class Alignment:
    """The lines of ``new`` that are lines of ``old``, in order.

    ``matched`` has the index of the old line for each new one, or None. Linear: where there is too much to compare,
    fewer lines are paired.
    """

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        self.matched: list[int | None] = []
        kept = 0
        for removed_from, removed_to, _, added_to in differences(old, new, Budget(_STEPS)):
            self.matched += range(kept, removed_from)
            self.matched += [None] * (added_to - len(self.matched))
            kept = removed_to
        self.matched += range(kept, len(old))
        shared = [number for number, same in enumerate(self.matched) if same is not None]
        self._new = [-1, *shared, len(new)]
        self._old = [-1, *(same for same in self.matched if same is not None), len(old)]

    def stretch(self, number: int) -> Stretch:
        """What lies between the shared lines around the border before the new line ``number``."""
        after = bisect_left(self._new, number)
        return Stretch(self._old[after - 1] + 1, self._old[after], self._new[after - 1] + 1, self._new[after])

    def origin(self, number: int) -> int | None:
        """The old line that a new one is, or came from: at the same place of stretches of one length."""
        if (same := self.matched[number]) is not None:
            return same
        there = self.stretch(number)
        if there.high - there.low != there.last - there.first:
            return None
        return there.low + number - there.first
