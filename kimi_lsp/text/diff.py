"""The smallest parts in which two texts differ: lines first, then words, then characters.

A line that is matched by the same line is in no hunk. In a group of changed lines, those that differ in their
indentation only are paired, then as many lines with as many; what is paired is compared by words.
Hunks that change more than is kept between them become one: what two texts share by chance is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import AnyStr

from kimi_lsp.text.endings import split_lines
from kimi_lsp.text.myers import Budget, Difference, differences

_TOKENS = re.compile(r"\r\n|[ \t]+|\w+|\W")
_MAX_PASSAGE = 20_000  # code points; beyond it only what both begin and end with is kept


def hunks(before: str, after: str) -> list[Difference]:
    """What became of what, in code points of both texts: sorted, neither overlapping nor adjacent.

    No hunk begins or ends between ``\\r`` and ``\\n``. Linear: where there is too much to do, hunks grow.
    """
    if before == after:
        return []
    start, kept = _common_lines(before, after)
    old = split_lines(before[start : len(before) - kept])
    new = split_lines(after[start : len(after) - kept])
    old_at, new_at = (list(accumulate(map(len, lines), initial=start)) for lines in (old, new))
    budget = Budget(200_000 + 10 * (len(old) + len(new)))
    found: list[Difference] = []
    for a, b, c, d in differences(old, new, budget):
        found += _moved(_in_group(old[a:b], new[c:d], budget), old_at[a], new_at[c])
    found = _joined(found, _adjacent)
    if "\r" in before or "\r" in after:
        found = _joined((_around_pairs(before, after, hunk) for hunk in found), _adjacent)
    return found


def common_prefix(one: AnyStr, other: AnyStr) -> int:
    """How many code points, or bytes, the two begin with in common. Compares halves, in C."""
    low, high = 0, min(len(one), len(other))
    if one[:high] == other[:high]:
        return high
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def common_suffix(one: str, other: str, limit: int) -> int:
    """How many code points, at most ``limit``, the two end with in common. Compares halves, in C."""
    low, high = 0, limit
    end, other_end = len(one), len(other)
    while low < high:
        middle = (low + high + 1) // 2
        if one[end - middle : end - low] == other[other_end - middle : other_end - low]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_lines(before: str, after: str) -> tuple[int, int]:
    """How many code points at the start, and at the end, are whole lines that both texts have."""
    prefix = common_prefix(before, after)
    suffix = common_suffix(before, after, min(len(before), len(after)) - prefix)
    newline = before.find("\n", len(before) - suffix)
    return before.rfind("\n", 0, prefix) + 1, len(before) - newline - 1 if newline >= 0 else 0


def _in_group(old: Sequence[str], new: Sequence[str], budget: Budget) -> list[Difference]:
    """The hunks in a group of changed lines, counted from its start."""
    found: list[Difference] = []
    at = other_at = 0
    for before, after in _pairs(old, new, budget):
        found += _moved(_in_passage(before, after, budget), at, other_at)
        at, other_at = at + len(before), other_at + len(after)
    return _joined(found, _larger_than_what_is_kept)


def _pairs(old: Sequence[str], new: Sequence[str], budget: Budget) -> Iterator[tuple[str, str]]:
    """Cut a group into passages to be compared, which in order make up all of it."""
    keys, new_keys = ([line.strip() for line in lines] for lines in (old, new))
    at = other_at = 0
    whole = (len(old), len(old), len(new), len(new))
    for a, b, c, d in (*differences(keys, new_keys, budget), whole):
        yield from zip(old[at:a], new[other_at:c], strict=True)
        if b - a == d - c:
            yield from zip(old[a:b], new[c:d], strict=True)
        else:
            yield "".join(old[a:b]), "".join(new[c:d])
        at, other_at = b, d


def _in_passage(before: str, after: str, budget: Budget) -> Iterator[Difference]:
    if before == after:
        return
    start, end, other_start, other_end = tight = _tight(before, after)
    if start == end or other_start == other_end or end - start + other_end - other_start > _MAX_PASSAGE:
        yield tight
        return
    old, new = _TOKENS.findall(before[start:end]), _TOKENS.findall(after[other_start:other_end])
    old_at = list(accumulate(map(len, old), initial=start))
    new_at = list(accumulate(map(len, new), initial=other_start))
    for a, b, c, d in differences(old, new, budget):
        a, b, c, d = old_at[a], old_at[b], new_at[c], new_at[d]
        yield from _moved([_tight(before[a:b], after[c:d])], a, c)


def _tight(before: str, after: str) -> Difference:
    """The one hunk that is left when what both begin and end with is taken away."""
    prefix = common_prefix(before, after)
    suffix = common_suffix(before, after, min(len(before), len(after)) - prefix)
    return prefix, len(before) - suffix, prefix, len(after) - suffix


def _around_pairs(before: str, after: str, hunk: Difference) -> Difference:
    """``hunk``, widened where it would part ``\\r`` from ``\\n`` in one of the texts."""
    a, b, c, d = hunk
    if before[a - 1 : a + 1] == "\r\n" or after[c - 1 : c + 1] == "\r\n":
        a, c = a - 1, c - 1
    if before[b - 1 : b + 1] == "\r\n" or after[d - 1 : d + 1] == "\r\n":
        b, d = b + 1, d + 1
    return a, b, c, d


def _moved(found: Iterable[Difference], at: int, other_at: int) -> list[Difference]:
    return [(a + at, b + at, c + other_at, d + other_at) for a, b, c, d in found]


def _adjacent(one: Difference, other: Difference) -> bool:
    return one[1] == other[0]


def _larger_than_what_is_kept(one: Difference, other: Difference) -> bool:
    return other[0] - one[1] < min(max(b - a, d - c) for a, b, c, d in (one, other))


def _joined(
    found: Iterable[Difference], together: Callable[[Difference, Difference], bool]
) -> list[Difference]:
    """Make neighbours one that belong together."""
    joined: list[Difference] = []
    for hunk in found:
        while joined and together(joined[-1], hunk):
            a, _, c, _ = joined.pop()
            hunk = (a, hunk[1], c, hunk[3])
        joined.append(hunk)
    return joined
