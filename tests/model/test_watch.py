from __future__ import annotations

import asyncio
import sys
import time

import pytest

from kimi_lsp.model.errors import TimedOut
from kimi_lsp.model.watch import Watch


async def test_a_wait_in_time_gives_its_value() -> None:
    with Watch(10) as watch:
        assert await watch.wait(asyncio.sleep(0.01, "x"), "first byte", 1) == "x"


async def test_a_wait_that_is_too_long_is_cancelled_and_named() -> None:
    ended = asyncio.Event()

    async def long() -> None:
        try:
            await asyncio.sleep(10)
        finally:
            ended.set()

    with Watch(10) as watch, pytest.raises(TimedOut) as caught:
        await watch.wait(long(), "first byte", 0.05)
    assert caught.value.stage == "first byte"
    assert ended.is_set()
    await asyncio.sleep(0)  # a cancel that was not taken back would strike here


async def test_each_wait_has_its_own_deadline() -> None:
    with Watch(10) as watch:
        for _ in range(6):
            await watch.wait(asyncio.sleep(0.03), "between bytes", 0.08)
        with pytest.raises(TimedOut):
            await watch.wait(asyncio.sleep(1), "between bytes", 0.08)


async def test_a_shorter_wait_after_a_longer_one() -> None:
    begun = time.monotonic()
    with Watch(10) as watch:
        await watch.wait(asyncio.sleep(0.01), "first byte", 5)
        with pytest.raises(TimedOut):
            await watch.wait(asyncio.sleep(3), "between bytes", 0.05)
    assert time.monotonic() - begun < 1


async def test_all_waits_together_have_a_deadline() -> None:
    with Watch(0.1) as watch:
        await watch.wait(asyncio.sleep(0.05), "first byte", 5)
        with pytest.raises(TimedOut) as caught:
            await watch.wait(asyncio.sleep(3), "first byte", 5)
    assert caught.value.stage == "total"


async def test_the_end_may_be_drawn_nearer_but_not_put_off() -> None:
    with Watch(0.1) as watch:
        watch.end_within(5)
        with pytest.raises(TimedOut, match=r"after 0\.1 s"):
            await watch.wait(asyncio.sleep(3), "first byte", 5)


async def test_time_between_waits_does_not_count_for_a_wait() -> None:
    with Watch(10) as watch:
        await watch.wait(asyncio.sleep(0), "first byte", 0.05)
        await asyncio.sleep(0.1)
        await watch.wait(asyncio.sleep(0.01), "first byte", 0.05)


async def test_somebody_else_s_cancel_stays_a_cancel() -> None:
    async def waiting() -> None:
        with Watch(10) as watch:
            await watch.wait(asyncio.sleep(10), "first byte", 5)

    task = asyncio.ensure_future(waiting())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.skipif(sys.version_info < (3, 11), reason="3.10 does not count cancels")
async def test_a_cancel_at_the_same_moment_wins() -> None:
    async def waiting() -> None:
        with Watch(10) as watch:
            await watch.wait(asyncio.sleep(10), "first byte", 0.05)

    task = asyncio.ensure_future(waiting())
    loop = asyncio.get_running_loop()

    def late() -> None:
        time.sleep(0.06)
        loop.call_soon(task.cancel)

    loop.call_later(0.02, late)
    with pytest.raises(asyncio.CancelledError):
        await task
