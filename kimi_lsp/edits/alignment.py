"""Which lines two versions of a block share, in linear time (patience diff, without recursion into itself)."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise


def align(old: Sequence[str], new: Sequence[str]) -> list[int | None]:
    """For each line of ``new`` the index of the line of ``old`` that it is, or None; indices increase.

    Equal lines at both ends of a stretch are paired, then the lines that occur once in both, then again.
    """
    matched: list[int | None] = [None] * len(new)
    anchors = [(-1, -1), *_anchors(old, new), (len(old), len(new))]
    for (old_low, new_low), (old_high, new_high) in pairwise(anchors):
        if new_low >= 0:
            matched[new_low] = old_low
        low, high = _ends(old, new, (old_low + 1, new_low + 1), (old_high, new_high))
        for step in range(low):
            matched[new_low + 1 + step] = old_low + 1 + step
        for step in range(1, high + 1):
            matched[new_high - step] = old_high - step
    return matched


def _ends(
    old: Sequence[str], new: Sequence[str], low: tuple[int, int], high: tuple[int, int]
) -> tuple[int, int]:
    """How many lines the two stretches share at their beginnings, and then at their ends."""
    (old_low, new_low), (old_high, new_high) = low, high
    room = min(old_high - old_low, new_high - new_low)
    head = 0
    while head < room and old[old_low + head] == new[new_low + head]:
        head += 1
    tail = 0
    while tail < room - head and old[old_high - 1 - tail] == new[new_high - 1 - tail]:
        tail += 1
    return head, tail


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Lines that occur once on both sides, the longest chain of them that keeps the order."""
    head, tail = _ends(old, new, (0, 0), (len(old), len(new)))
    old_middle, new_middle = range(head, len(old) - tail), range(head, len(new) - tail)
    old_counts = Counter(old[i] for i in old_middle)
    new_counts = Counter(new[j] for j in new_middle)
    places = {old[i]: i for i in old_middle if old_counts[old[i]] == 1}
    pairs = [(places[new[j]], j) for j in new_middle if new[j] in places and new_counts[new[j]] == 1]
    ends = [(i, i) for i in range(head)]
    ends_after = [(len(old) - step, len(new) - step) for step in range(tail, 0, -1)]
    return [*ends, *_increasing(pairs), *ends_after]


def _increasing(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest chain of ``pairs`` (sorted by the second) in which the first increases, too."""
    tops: list[int] = []
    holders: list[int] = []
    before: list[int | None] = []
    for index, (first, _) in enumerate(pairs):
        at = bisect_left(tops, first)
        before.append(holders[at - 1] if at else None)
        tops[at : at + 1] = [first]
        holders[at : at + 1] = [index]
    chain: list[tuple[int, int]] = []
    index_or_none = holders[-1] if holders else None
    while index_or_none is not None:
        chain.append(pairs[index_or_none])
        index_or_none = before[index_or_none]
    return chain[::-1]
