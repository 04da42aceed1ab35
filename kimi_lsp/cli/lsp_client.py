"""A small LSP client over a child's pipes: what an editor does, as far as the demo needs it."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from kimi_lsp.server.framing import Framer

Handler = Callable[[Any], Awaitable[Any]]
STDERR_KEPT = 4_000


class ServerEnded(Exception):
    """The server's process ended; ``str()`` is what it last said on stderr."""


class RequestFailed(Exception):
    """The server answered a request with an error."""


class Client:
    """Talks to one server; ``handlers`` answer its requests and take its notifications, by method."""

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        self._handlers = handlers
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._said = ""

    async def start(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start the server as a child."""
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=pipe, env=dict(environment)
        )
        self._spawn(self._read())
        self._spawn(self._read_stderr())

    async def request(self, method: str, params: object) -> Any:
        """Ask and wait for the answer.

        Raises:
            RequestFailed: the answer is an error.
            ServerEnded: there will be no answer.
        """
        number = next(self._numbers)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._send({"id": number, "method": method, "params": params})
        return await future

    def notify(self, method: str, params: object) -> None:
        """Tell."""
        self._send({"method": method, "params": params})

    async def stop(self) -> int:
        """Leave as the protocol wants it; returns the server's exit status."""
        if self._process.returncode is None:
            await asyncio.wait_for(self.request("shutdown", None), 5)
            self.notify("exit", None)
        status = await asyncio.wait_for(self._process.wait(), 5)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        return status

    def kill(self) -> None:
        """End the server where it does not leave by itself."""
        if self._process.returncode is None:
            self._process.kill()

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    async def _read(self) -> None:
        framer = Framer()
        assert self._process.stdout is not None
        while data := await self._process.stdout.read(1 << 16):
            for body in framer.feed(data):
                self._handle(json.loads(body))
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(ServerEnded(self._said.strip() or "the server ended"))

    async def _read_stderr(self) -> None:
        assert self._process.stderr is not None
        while data := await self._process.stderr.read(1 << 12):
            self._said = (self._said + data.decode("utf-8", "replace"))[-STDERR_KEPT:]

    def _handle(self, message: dict[str, Any]) -> None:
        if "method" in message:
            self._spawn(self._answer(message))
            return
        future = self._waiting.pop(message["id"], None)
        if future is None or future.done():
            return
        if "error" in message:
            future.set_exception(RequestFailed(message["error"].get("message", "no reason given")))
        else:
            future.set_result(message.get("result"))

    async def _answer(self, message: dict[str, Any]) -> None:
        handler = self._handlers.get(message["method"])
        result = await handler(message.get("params")) if handler is not None else None
        if "id" in message:
            self._send({"id": message["id"], "result": result})

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
