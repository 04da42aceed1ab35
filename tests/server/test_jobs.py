"""Whose turn it is to deliver."""

import asyncio

import pytest

from kimi_lsp.server.jobs import Job, Jobs


def job() -> Job:
    return Job("Kimi: Fix", "file:///a.py", edits=True)


async def test_a_turn_is_given_and_given_back() -> None:
    jobs = Jobs()
    assert await jobs.turn(job())
    assert jobs.delivery.locked()


async def test_who_gave_up_while_waiting_has_no_turn() -> None:
    jobs, waiting = Jobs(), job()
    await jobs.delivery.acquire()
    turn = asyncio.ensure_future(jobs.turn(waiting))
    await asyncio.sleep(0)
    waiting.cancel()
    assert not await turn
    jobs.delivery.release()
    await asyncio.sleep(0)
    assert not jobs.delivery.locked()


async def test_who_gives_up_as_the_turn_comes_gives_it_back() -> None:
    jobs, waiting = Jobs(), job()
    await jobs.delivery.acquire()
    turn = asyncio.ensure_future(jobs.turn(waiting))
    await asyncio.sleep(0)
    jobs.delivery.release()
    waiting.given_up.set()
    assert not await turn
    assert not jobs.delivery.locked()


async def test_a_cancelled_task_leaves_no_lock() -> None:
    jobs = Jobs()
    await jobs.delivery.acquire()
    turn = asyncio.ensure_future(jobs.turn(job()))
    await asyncio.sleep(0)
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    jobs.delivery.release()
    await asyncio.sleep(0)
    assert not jobs.delivery.locked()


async def test_a_task_that_is_cancelled_as_its_turn_comes_gives_it_back() -> None:
    jobs = Jobs()
    await jobs.delivery.acquire()
    turn = asyncio.ensure_future(jobs.turn(job()))
    await asyncio.sleep(0)
    jobs.delivery.release()
    await asyncio.sleep(0)
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    assert not jobs.delivery.locked()
