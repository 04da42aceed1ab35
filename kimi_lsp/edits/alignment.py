"""Which lines two versions of a block share."""

from __future__ import annotations

from collections.abc import Sequence

from kimi_lsp.text.myers import Budget, differences

_STEPS = 200_000


def align(old: Sequence[str], new: Sequence[str]) -> list[int | None]:
    """For each line of ``new`` the index of the line of ``old`` that it is, or None; indices increase.

    Linear: where there is too much to compare, fewer lines are paired.
    """
    matched: list[int | None] = []
    kept = 0
    for removed_from, removed_to, added_from, added_to in differences(old, new, Budget(_STEPS)):
        matched += range(kept, removed_from)
        matched += [None] * (added_to - added_from)
        kept = removed_to
    return [*matched, *range(kept, len(old))]
