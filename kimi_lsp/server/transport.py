"""Three ways to a client: stdio, TCP, WebSocket. Bytes go to ``receive``, one message body at a time."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO, Protocol

from kimi_lsp.server.framing import Framer, FramingError

logger = logging.getLogger(__name__)
READ_BYTES = 1 << 18


class Connection(Protocol):
    """The protocol's side of a connection."""

    def receive(self, body: bytes) -> None:
        """Handle one message body."""

    def connect(self, write: Callable[[bytes], None], *, headers: bool) -> None:
        """Send through ``write`` from now on."""

    async def disconnected(self) -> None:
        """The client is gone: end what is under way."""

    @property
    def exit_code(self) -> int | None:
        """Set once the client has sent ``exit``."""


async def serve_stdio(connection: Connection, stdin: BinaryIO, stdout: BinaryIO) -> int:
    """Talk over pipes until ``exit`` or the end of file; returns the process's exit status.

    A thread reads, so that every kind of stdin works on every system; it is a daemon, so that a blocked read
    never delays the exit. Another writes, so that a client that does not read never holds the loop.
    """
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    writer = _WriterThread(stdout)
    connection.connect(writer.write, headers=True)
    pump = _Pump(connection, ended)

    def read() -> None:
        while True:
            try:
                data = os.read(stdin.fileno(), READ_BYTES)
            except OSError:
                data = b""
            with contextlib.suppress(RuntimeError):  # the loop is closed: we are on our way out
                loop.call_soon_threadsafe(pump.feed, data)
            if not data:
                return

    threading.Thread(target=read, name="stdin", daemon=True).start()
    await ended.wait()
    await connection.disconnected()
    writer.close()
    return _exit_status(connection)


async def serve_tcp(connection: Connection, host: str, port: int) -> int:
    """Listen, serve the first client that connects, and end with it; others are hung up on."""
    ended = asyncio.Event()
    first = itertools.count()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if next(first):  # closing the server leaves those that waited to be accepted
            writer.close()
            return
        server.close()
        connection.connect(writer.write, headers=True)
        pump = _Pump(connection, ended)
        while not ended.is_set():
            try:
                pump.feed(await reader.read(READ_BYTES))
            except OSError:
                pump.feed(b"")
        await connection.disconnected()
        writer.close()

    server = await asyncio.start_server(serve, host, port)
    _announce(server.sockets[0].getsockname())
    await ended.wait()
    await connection.disconnected()
    return _exit_status(connection)


async def serve_websocket(connection: Connection, host: str, port: int) -> int:
    """Listen, serve the first WebSocket client, one message a frame, and end with it.

    Browsers say which page opens a connection, editors say nothing: whoever has an origin is refused (HTTP 403), for
    any web page could otherwise drive the server. Later clients are closed with 1013, "try again later".
    """
    from websockets.asyncio.server import ServerConnection
    from websockets.asyncio.server import serve as listen
    from websockets.exceptions import ConnectionClosed
    from websockets.frames import CloseCode

    ended = asyncio.Event()
    outgoing: set[asyncio.Task[None]] = set()
    first = itertools.count()

    async def send(socket: ServerConnection, text: str) -> None:
        with contextlib.suppress(ConnectionClosed):
            await socket.send(text)

    async def serve(socket: ServerConnection) -> None:
        if next(first):
            await socket.close(CloseCode.TRY_AGAIN_LATER, "kimi-lsp serves one client")
            return

        def write(data: bytes) -> None:
            task = asyncio.ensure_future(send(socket, data.decode()))
            outgoing.add(task)
            task.add_done_callback(outgoing.discard)

        connection.connect(write, headers=False)
        with contextlib.suppress(ConnectionClosed):
            while connection.exit_code is None:
                connection.receive(await socket.recv(decode=False))
        ended.set()

    async with listen(serve, host, port, max_size=None, origins=[None]) as server:
        _announce(next(iter(server.sockets)).getsockname())
        await ended.wait()
        await connection.disconnected()
    return _exit_status(connection)


class _Pump:
    """Feeds whole messages to the connection and notices the end."""

    def __init__(self, connection: Connection, ended: asyncio.Event) -> None:
        self._connection = connection
        self._ended = ended
        self._framer = Framer()

    def feed(self, data: bytes) -> None:
        """Bytes from the client; none means that it is gone."""
        if not data:
            self._ended.set()
        if self._ended.is_set():
            return
        try:
            bodies = self._framer.feed(data)
        except FramingError as error:
            logger.error("the client does not speak the base protocol: %s", error)
            self._ended.set()
            return
        for body in bodies:
            self._connection.receive(body)
            if self._connection.exit_code is not None:
                self._ended.set()
                return


class _WriterThread:
    """Writes in order, off the loop."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="stdout", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Queue ``data``; never blocks."""
        self._queue.put(data)

    def close(self) -> None:
        """Wait a moment for what is queued; a client that is gone or does not read is not waited for."""
        self._queue.put(None)
        self._thread.join(timeout=1.0)

    def _run(self) -> None:
        while (data := self._queue.get()) is not None:
            try:
                self._out.write(data)
                self._out.flush()
            except (OSError, ValueError):
                return


def _exit_status(connection: Connection) -> int:
    """LSP 3.18, Exit Notification: 1 where no shutdown preceded, and where the client just vanished."""
    return 1 if connection.exit_code is None else connection.exit_code


def _announce(address: tuple[object, ...]) -> None:
    print(f"kimi-lsp listens on {address[0]}:{address[1]}", file=sys.stderr, flush=True)
