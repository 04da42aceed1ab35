from __future__ import annotations

import asyncio

import pytest

from tests.faults.run import nothing_left, run
from tests.faults.script import FAULTS, POSITIONS
from tests.faults.table import TABLE, healed, tries


@pytest.mark.parametrize("fault", FAULTS)
async def test_every_fault_has_the_outcome_that_was_decided(fault: str) -> None:
    async def one(position: str) -> None:
        ran = await run(fault, position)
        assert (ran.outcome, ran.wrong) == (TABLE[fault, position], []), position
        sent = 0 if (fault, position) == ("refused", "before headers") else tries(fault, position)
        if fault != "refused":
            assert ran.requests == sent, position

    async with nothing_left() as left:
        await asyncio.gather(*map(one, POSITIONS))
    assert left == []


@pytest.mark.parametrize("fault", sorted({fault for fault, position in TABLE if tries(fault, position) > 1}))
async def test_a_fault_that_passes_is_retried(fault: str) -> None:
    async def one(position: str) -> None:
        ran = await run(fault, position, once=True)
        assert (ran.outcome, ran.wrong) == (healed(fault, position), []), position

    async with nothing_left() as left:
        await asyncio.gather(*(one(position) for position in POSITIONS if tries(fault, position) > 1))
    assert left == []


@pytest.mark.parametrize("position", POSITIONS)
async def test_a_cancel_closes_the_socket_at_once(position: str) -> None:
    begun = asyncio.get_running_loop().time()
    async with nothing_left() as left:
        ran = await run("stall", position, cancel_after_s=0.1)
    assert (ran.wrong, left) == ([], [])
    assert ran.outcome in ("cancelled", "delivered")
    assert asyncio.get_running_loop().time() - begun < 1.1
