"""Two sets of replacements, one after the other, as one set."""

from __future__ import annotations

from collections.abc import Sequence

Plain = tuple[int, int, str]
"""A replacement while many are made of many: start, end, text. A ``Replacement`` costs ten times as much."""


def composed(first: Sequence[Plain], second: Sequence[Plain]) -> list[Plain]:
    """One set that does what ``first`` does and then ``second``, a set against its result. Linear."""
    result: list[Plain] = []
    count = len(first)
    at = growth = 0  # of ``first``: what comes next, and by how much all before it makes the text longer
    taken = 0
    while taken < len(second):
        low, high, _ = second[taken]
        while at < count and first[at][0] + growth + len(first[at][2]) < low:
            result.append(first[at])
            growth += len(first[at][2]) - first[at][1] + first[at][0]
            at += 1
        if at == count or high < first[at][0] + growth:
            result.append((low - growth, high - growth, second[taken][2]))
            taken += 1
            continue
        first_end, second_end, grown = _touching(first, second, at, taken, growth)
        result.append(_merged(first[at:first_end], second[taken:second_end], growth))
        at, taken, growth = first_end, second_end, grown
    result += first[at:]
    return result


def _touching(
    first: Sequence[Plain], second: Sequence[Plain], at: int, taken: int, growth: int
) -> tuple[int, int, int]:
    """Where the run at ``at`` and ``taken`` ends, of which each touches the next; the growth there."""
    high = second[taken][1]
    while True:
        if at < len(first) and first[at][0] + growth <= high:
            start, end, text = first[at]
            high = max(high, start + growth + len(text))
            growth += len(text) - end + start
            at += 1
        elif taken < len(second) and second[taken][0] <= high:
            high = max(high, second[taken][1])
            taken += 1
        else:
            return at, taken, growth


def _merged(first: Sequence[Plain], second: Sequence[Plain], growth: int) -> Plain:
    """One replacement for two runs that touch: what lies between those of ``first`` goes with ``second``."""
    low = min(first[0][0] + growth, second[0][0])
    between: list[str] = []
    position, grown = low, growth
    for start, end, text in first:
        between += (" " * (start + grown - position), text)
        position = start + grown + len(text)
        grown += len(text) - end + start
    high = max(position, second[-1][1])
    between.append(" " * (high - position))
    middle, position = "".join(between), low
    pieces: list[str] = []
    for start, end, text in second:
        pieces += (middle[position - low : start - low], text)
        position = end
    pieces.append(middle[position - low :])
    return low - growth, high - grown, "".join(pieces)
