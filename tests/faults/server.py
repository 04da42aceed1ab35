"""A server of raw bytes on loopback: it says just what a test wants said, and knows who is still connected."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable

Respond = Callable[["Connection", int], Awaitable[None]]
"""Answers one request; the number counts requests from 0."""


class Connection:
    """One request was read; what is sent now is up to the test."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server: RawServer) -> None:
        self.head = b""
        self.body = b""
        self.server = server
        self._reader = reader
        self._writer = writer

    async def read_request(self) -> bool:
        """Read one request whole; False where the client is gone."""
        try:
            self.head = await self._reader.readuntil(b"\r\n\r\n")
            self.body = await self._reader.readexactly(_content_length(self.head))
        except (asyncio.IncompleteReadError, ConnectionError):
            return False
        return True

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def gone(self) -> None:
        """Return once the client has closed its end."""
        try:
            while await self._reader.read(65_536):
                pass
        except ConnectionError:
            return

    async def reset(self) -> None:
        """End the connection with a TCP reset."""
        sock = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


class RawServer:
    """Listens on a free port from ``__aenter__`` on, or from ``listen`` on where ``listening`` is False."""

    def __init__(self, respond: Respond, *, listening: bool = True) -> None:
        self._respond = respond
        self._listening = listening
        self._port = 0
        self._reserved = socket.socket()
        self._reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.requests: list[Connection] = []
        self.open = 0
        """Connections that the client has not closed yet."""

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    async def __aenter__(self) -> RawServer:
        self._reserved.bind(("127.0.0.1", 0))
        self._port = self._reserved.getsockname()[1]
        if self._listening:
            await self.listen()
        return self

    async def listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(
                self._connected, "127.0.0.1", self._port, reuse_address=True, reuse_port=True
            )

    async def refuse(self) -> None:
        """Listen no more, so that whoever comes is refused."""
        server, self._server = self._server, None
        if server is not None:
            server.close()

    async def __aexit__(self, *_: object) -> None:
        await self.refuse()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._reserved.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.open += 1
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self.open -= 1
            self._tasks.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(reader, writer, self)
        if not await connection.read_request():
            return
        number = len(self.requests)
        self.requests.append(connection)
        await self._respond(connection, number)
        if writer.can_write_eof():
            writer.write_eof()
        await connection.gone()


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0


def response(
    body: bytes, *, status: str = "200 OK", kind: str = "text/event-stream", headers: str = ""
) -> bytes:
    """A whole response that the end of the connection ends."""
    return head(status=status, kind=kind, headers=headers) + body


def head(*, status: str = "200 OK", kind: str = "text/event-stream", headers: str = "") -> bytes:
    """Status line and headers; the body lasts until the connection ends, unless ``headers`` say otherwise."""
    return f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\nconnection: close\r\n{headers}\r\n".encode()
