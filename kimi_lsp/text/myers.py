"""Where two sequences differ: the shortest script (Myers 1986) while that is cheap, else a good one.

Myers' greedy search takes the length of the sequences and the square of the number of differences. Beyond a
limit the elements that occur once in both sequences, in their longest common order, cut the task into pieces
(patience diff). A piece that has none is taken as far as the search has come, and searched anew from there.
All of it is bounded by a ``Budget``; when that is spent, what is left is one difference.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Difference = tuple[int, int, int, int]
"""``before[a:b]`` became ``after[c:d]``: a, b, c, d."""

EXACT = 100
"""Up to so many elements inserted and deleted the script is the shortest."""


@dataclass(slots=True)
class Budget:
    """How many more steps a search may take; some 5 million are done in a second."""

    steps: int


def differences(before: Sequence[str], after: Sequence[str], budget: Budget) -> Iterator[Difference]:
    """Yield what became of what, in order; what lies between two differences is equal."""
    ranges: list[Difference] = [(0, len(before), 0, len(after))]  # still to be compared, the first on top
    while ranges:
        a, b, c, d = _trimmed(before, after, ranges.pop())
        if a == b or c == d:
            if a < b or c < d:
                yield a, b, c, d
            continue
        old, new = before[a:b], after[c:d]
        script, x, y = _searched(old, new, budget)
        if (x, y) != (len(old), len(new)) and (anchors := _anchors(old, new, budget)):
            corners = [(a, c), *((a + i, c + j) for i, j in anchors), (b, d)]
            ranges += [
                (low[0], high[0], low[1], high[1])
                for low, high in zip(corners[-2::-1], corners[:0:-1], strict=True)
            ]
            continue
        yield from ((a + i, a + j, c + k, c + m) for i, j, k, m in script)
        ranges.append((a + x, b, c + y, d))


def _trimmed(before: Sequence[str], after: Sequence[str], within: Difference) -> Difference:
    a, b, c, d = within
    while a < b and c < d and before[a] == after[c]:
        a, c = a + 1, c + 1
    while a < b and c < d and before[b - 1] == after[d - 1]:
        b, d = b - 1, d - 1
    return a, b, c, d


def _searched(
    before: Sequence[str], after: Sequence[str], budget: Budget
) -> tuple[list[Difference], int, int]:
    """The shortest script, and how far in both it leads: to the end, if it is no longer than ``EXACT``."""
    n, m = len(before), len(after)
    reach = {1: 0}  # diagonal x - y -> the furthest x reached on it
    history: list[dict[int, int]] = []
    while len(history) <= EXACT and budget.steps > 0:
        length = len(history)
        history.append(reach.copy())
        for diagonal in range(-length, length + 1, 2):
            down = diagonal == -length or (diagonal != length and reach[diagonal - 1] < reach[diagonal + 1])
            x = start = reach[diagonal + 1] if down else reach[diagonal - 1] + 1
            y = x - diagonal
            while x < n and y < m and before[x] == after[y]:
                x, y = x + 1, y + 1
            budget.steps -= x - start + 1
            reach[diagonal] = x
            if x >= n and y >= m:
                return _walked_back(history, n, m), n, m
    inside = [
        (2 * reach[diagonal] - diagonal, reach[diagonal], reach[diagonal] - diagonal)
        for diagonal in range(1 - len(history), len(history), 2)
        if reach[diagonal] <= n and reach[diagonal] - diagonal <= m
    ]
    if not inside:
        return [(0, n, 0, m)], n, m
    _, x, y = max(inside)
    return _walked_back(history, x, y), x, y


def _walked_back(history: list[dict[int, int]], x: int, y: int) -> list[Difference]:
    """The script that led to ``x`` and ``y``, single steps side by side joined into one difference."""
    script: list[Difference] = []
    for length in range(len(history) - 1, 0, -1):
        reach, diagonal = history[length], x - y
        down = diagonal == -length or (diagonal != length and reach[diagonal - 1] < reach[diagonal + 1])
        came_from = diagonal + 1 if down else diagonal - 1
        x, y = reach[came_from], reach[came_from] - came_from
        step = (x, x, y, y + 1) if down else (x, x + 1, y, y)
        if script and step[1] == script[-1][0] and step[3] == script[-1][2]:
            step = (step[0], script[-1][1], step[2], script[-1][3])
            script.pop()
        script.append(step)
    return script[::-1]


def _anchors(before: Sequence[str], after: Sequence[str], budget: Budget) -> list[tuple[int, int]]:
    """The places of elements that occur once in both, of these the longest run that is in order in both."""
    budget.steps -= len(before) + len(after)
    if budget.steps < 0:
        return []
    places = _unique(before)
    pairs = sorted((places[element], place) for element, place in _unique(after).items() if element in places)
    tails: list[int] = []  # the smallest place in ``after`` that ends an increasing run of each length
    last: list[int] = []  # the pair that has it
    previous: list[int] = []
    for index, (_, place) in enumerate(pairs):
        length = len(tails) if not tails or tails[-1] < place else bisect_left(tails, place)
        if length == len(tails):
            tails.append(place)
            last.append(index)
        else:
            tails[length], last[length] = place, index
        previous.append(last[length - 1] if length else -1)
    run: list[tuple[int, int]] = []
    at = last[-1] if last else -1
    while at >= 0:
        run.append(pairs[at])
        at = previous[at]
    return run[::-1]


def _unique(elements: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, element in enumerate(elements):
        places[element] = -1 if element in places else place
    return {element: place for element, place in places.items() if place >= 0}
