from __future__ import annotations

import pytest

from tests.interleavings import run_all


@pytest.mark.parametrize("seed", [pytest.param(1, id="seed-1"), pytest.param(2, id="seed-2")])
def test_nothing_is_lost(seed: int) -> None:
    check(150, seed)


def check(runs: int, seed: int) -> None:
    tally = run_all(runs, seed)
    assert tally.failures == []
    assert tally.counts["runs"] == runs
    # The runs are worth something only if the two sides meet.
    assert tally.counts["conflicts"] > runs // 4
    assert tally.counts["hunks applied"] > runs
    assert tally.counts["characters kept"] > 10 * runs
