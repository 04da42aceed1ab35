"""One turn against one fault, and what is left behind by it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

from kimi_lsp.model.config import Deadlines, GatewayConfig
from kimi_lsp.model.errors import ModelError
from kimi_lsp.model.events import Event, Finished, ToolCall, Usage, Waiting
from kimi_lsp.model.gateway import Gateway
from kimi_lsp.model.port import Request
from kimi_lsp.model.retry import RetryPolicy
from tests.faults.script import ARGUMENTS, FAULTS, POSITIONS, Talk, play
from tests.faults.server import Connection, RawServer
from tests.faults.table import DELIVERED
from tests.model.oddities import TOOLS

DEADLINES = Deadlines(connect_s=1.0, first_byte_s=0.25, between_bytes_s=0.25, total_s=100.0, trailing_s=0.1)
PATIENT = replace(DEADLINES, first_byte_s=5.0, between_bytes_s=5.0)
"""Where nothing is to time out, a machine that stands still for a moment must not make it."""
DRIP_TOTAL_S = 0.6
HANG_S = 10.0
REQUEST = Request(({"role": "user", "content": "x = 1"},), TOOLS)


@dataclass(slots=True)
class Ran:
    """What came of it. ``wrong`` names everything that must never be."""

    outcome: str
    requests: int
    wrong: list[str]


class Client:
    """A gateway with short deadlines, whose pauses take no time."""

    def __init__(self, server: RawServer, deadlines: Deadlines, *, heals: bool) -> None:
        self._server = server
        self._heals = heals
        self._skipped = 0.0
        config = GatewayConfig(server.base_url, "m", "sk-test", deadlines=deadlines, max_bytes=6 << 20)
        self.gateway = Gateway(
            config, retry=RetryPolicy(dice=lambda: 0.0), sleep=self._sleep, clock=self._clock
        )

    def _clock(self) -> float:
        return time.monotonic() + self._skipped

    async def _sleep(self, seconds: float) -> None:
        self._skipped += seconds
        if self._heals:
            await self._server.listen()


async def run(
    fault: str,
    position: str,
    *,
    once: bool = False,
    cut: Callable[[bytes], list[bytes]] = lambda data: [data],
    cancel_after_s: float | None = None,
) -> Ran:
    """Ask for one turn, with the fault in every answer, or in the first one only."""
    number = POSITIONS.index(position)
    away = fault == "refused" and number == 0

    events: list[Event] = []

    async def respond(connection: Connection, request: int) -> None:
        faulty = not away and (request == 0 or not once)
        talk = Talk(connection, cut=cut, shown=lambda: any(not isinstance(e, Waiting) for e in events))
        await play(talk, FAULTS[fault] if faulty else None, number)

    async with RawServer(respond, listening=not away) as server:
        client = Client(server, _deadlines(fault, number), heals=once)
        try:
            return await _asked(client.gateway, server, events, cancel_after_s)
        finally:
            await client.gateway.aclose()


def _deadlines(fault: str, number: int) -> Deadlines:
    if fault == "slow drip" and number:
        return replace(DEADLINES, total_s=DRIP_TOTAL_S)
    return DEADLINES if fault in ("stall", "slow drip") else PATIENT


@contextlib.asynccontextmanager
async def nothing_left() -> AsyncIterator[list[str]]:
    """Gives a list that names, at the end, the tasks and sockets that were left behind."""
    tasks, sockets = asyncio.all_tasks(), _sockets()
    left: list[str] = []
    yield left
    for _ in range(100):
        if asyncio.all_tasks() <= tasks and _sockets() <= sockets:
            return
        await asyncio.sleep(0.01)
    left += [f"a task is left: {task.get_coro()}" for task in asyncio.all_tasks() - tasks]
    if _sockets() > sockets:
        left.append(f"{_sockets() - sockets} sockets are left")


def _sockets() -> int:
    """Open sockets of this process; 0 where the system does not tell."""
    found = 0
    with contextlib.suppress(FileNotFoundError):
        for name in os.listdir("/proc/self/fd"):
            with contextlib.suppress(OSError):
                found += os.readlink(f"/proc/self/fd/{name}").startswith("socket:")
    return found


async def _asked(
    gateway: Gateway, server: RawServer, events: list[Event], cancel_after_s: float | None
) -> Ran:
    wrong: list[str] = []

    async def ask() -> None:
        async with contextlib.aclosing(gateway.stream(REQUEST)) as stream:
            async for event in stream:
                events.append(event)

    await gateway.warm_up()
    task = asyncio.ensure_future(ask())
    done, _ = await asyncio.wait({task}, timeout=HANG_S if cancel_after_s is None else cancel_after_s)
    if not done:
        if cancel_after_s is None:
            wrong.append(f"it still hangs after {HANG_S:.0f} s")
        task.cancel()
        await asyncio.wait({task}, timeout=1.0)
    outcome = _outcome(task, wrong)
    if not await _closed(server, 1.0):
        wrong.append(f"{server.open} connections are still open a second later")
    _check(events, outcome, wrong)
    return Ran(outcome, len(server.requests), wrong)


def _outcome(task: asyncio.Future[None], wrong: list[str]) -> str:
    if not task.done():
        wrong.append("it goes on a second after it was cancelled")
        return "hangs"
    if task.cancelled():
        return "cancelled"
    error = task.exception()
    if error is None:
        return DELIVERED
    if not isinstance(error, ModelError):
        wrong.append(f"an error without a name: {error!r}")
        return type(error).__name__
    if "sk-test" in str(error) or not str(error).endswith("."):
        wrong.append(f"no sentence for a user: {error}")
    return error.name


async def _closed(server: RawServer, seconds: float) -> bool:
    for _ in range(int(seconds / 0.01)):
        if not server.open:
            return True
        await asyncio.sleep(0.01)
    return not server.open


def _check(events: list[Event], outcome: str, wrong: list[str]) -> None:
    """No half call is ever given out, and a delivered turn is whole and said once."""
    calls = [event for event in events if isinstance(event, ToolCall)]
    if outcome != DELIVERED:
        if outcome != "cancelled" and calls:
            wrong.append("a call of a turn that failed was given out")
        return
    if [(call.name, call.arguments, call.error) for call in calls] != [("edit", ARGUMENTS, None)]:
        wrong.append(f"the calls are {calls}")
    if sum(isinstance(event, Usage) for event in events) != 1 or not isinstance(events[-1], Finished):
        wrong.append("the end of the turn is not as it should be")
