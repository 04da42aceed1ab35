"""Runs the simulator inside the event loop that is there: on loopback, without signals, in silence."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn

from kimi_lsp.simulator.account import Account
from kimi_lsp.simulator.answer import Brain
from kimi_lsp.simulator.app import MAX_BODY_BYTES, Gateway, Observer
from kimi_lsp.simulator.prefix import PrefixCache

HOST = "127.0.0.1"
KEEP_ALIVE_S = 75
TOKENS_PER_SECOND = 110.0
"""The pace unless another is set: slow enough to watch, and no slower than the service."""


@asynccontextmanager
async def running(
    brain: Brain,
    *,
    port: int = 0,
    key: str | None = None,
    rate: int | None = None,
    credit_usd: float | None = None,
    slots: int | None = None,
    tokens_per_second: float = TOKENS_PER_SECOND,
    max_body_bytes: int = MAX_BODY_BYTES,
    observer: Observer | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[str]:
    """Serve ``brain``; yield the base URL, ``http://127.0.0.1:40123/v1``; leaving ends all streams at once.

    ``port`` 0 takes a free one. ``key``, ``rate``, ``credit_usd``, ``slots``: see ``Account``.
    ``tokens_per_second`` 0 is as fast as possible. ``observer`` is called with the ``Exchange`` of each chat
    request when it has ended. ``clock`` gives the seconds of rate limit and cache.

    Raises:
        OSError: the port is taken.
    """
    account = Account(key=key, rate=rate, credit_usd=credit_usd, slots=slots, clock=clock)
    gateway = Gateway(brain, account, PrefixCache(clock), tokens_per_second, max_body_bytes, observer)
    server = _Server(_configuration(gateway))
    listener = socket.create_server((HOST, port))
    # Accepted sockets inherit it; asyncio sets it only where it made the listener, and each answer then costs 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    serving.add_done_callback(lambda _: server.listening.set())
    try:
        await server.listening.wait()
        yield f"http://{HOST}:{listener.getsockname()[1]}/v1"
    finally:
        server.leave.set()
        await serving


def _configuration(gateway: Gateway) -> uvicorn.Config:
    return uvicorn.Config(
        gateway.application(),
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        server_header=False,
        headers=[("Server", "kimi-lsp-simulator")],
    )


class _Server(uvicorn.Server):
    """Without signals, and ended by an event instead of a poll: it starts and stops within milliseconds."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self.leave = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        await self.on_tick(0)
        self.listening.set()
        await self.leave.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        tasks = list(self.server_state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        for server in self.servers:
            await server.wait_closed()
