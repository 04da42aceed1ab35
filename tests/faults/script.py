"""The turn that every fault interrupts, and the faults, each at any of six positions in it."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.faults.server import Connection, head
from tests.model.wire import DONE, call, chunk, fragment, frame, think, trailing

POSITIONS = (
    "before headers",
    "before the first event",
    "in reasoning",
    "in an argument",
    "after the last call",
    "after finish_reason",
)
ARGUMENTS = {"path": "a.py", "old_string": "x = 1", "new_string": "x = 2"}

_PARTS = (
    b"",
    frame(think("Let me ")),
    frame(think("see."))
    + frame(call(fragment("", "edit", index=0, id="functions.edit:0")))
    + frame(call(fragment('{"path": "a.py", "old_st', index=0))),
    frame(call(fragment('ring": "x = 1", "new_string": "x = 2"}', index=0))),
    frame(chunk(finish="tool_calls")),
    frame(trailing()) + DONE,
)
"""What is sent after the headers, after each position: part i+1 comes after position i+1."""


@dataclass(slots=True)
class Talk:
    """One answer as it is being sent. ``drip_s`` is the pause between the bytes of a slow drip."""

    connection: Connection
    drip_s: float = 0.02
    cut: Callable[[bytes], list[bytes]] = lambda data: [data]
    shown: Callable[[], bool] = lambda: True
    """Whether the client has given out something already."""
    packed: zlib._Compress | None = None
    dripping: bool = False
    """Whether every byte is sent alone from now on."""

    async def settled(self, position: int) -> None:
        """Wait until the client has read what was sent: a fault at once could overtake it."""
        for _ in range(100):
            await asyncio.sleep(0.1 if position == len(POSITIONS) - 1 else 0.01)
            if position < 2 or self.shown():
                return

    async def send(self, data: bytes) -> None:
        if self.packed is not None:
            data = self.packed.compress(data) + self.packed.flush(zlib.Z_SYNC_FLUSH)
        await self.raw(data)

    async def raw(self, data: bytes) -> None:
        for piece in self.cut(data):
            if not self.dripping:
                await self.connection.send(piece)
                continue
            for at in range(len(piece)):
                await self.connection.send(piece[at : at + 1])
                await asyncio.sleep(self.drip_s)


class Ends(Exception):
    """The fault ended the answer."""


Fault = Callable[[Talk, int], Awaitable[None]]


async def play(talk: Talk, fault: Fault | None, position: int) -> None:
    """Send the turn, with ``fault`` at ``position`` (an index of ``POSITIONS``)."""
    encoding = ""
    if fault is gzipped:
        talk.packed = zlib.compressobj(wbits=31)
        encoding = "content-encoding: gzip\r\n"
    try:
        if fault is not None and position == 0:
            await fault(talk, 0)
        await talk.raw(head(headers=encoding))
        for number in range(1, len(POSITIONS)):
            if number > 1:
                await talk.send(_PARTS[number - 1])
            if fault is not None and position == number:
                await fault(talk, number)
        await talk.send(_PARTS[-1])
        if talk.packed is not None:
            await talk.raw(talk.packed.flush())
    except Ends:
        return


async def refused(talk: Talk, position: int) -> None:
    await talk.connection.server.refuse()
    await reset(talk, position)


async def reset(talk: Talk, position: int) -> None:
    await talk.settled(position)
    await talk.connection.reset()
    raise Ends


async def stall(talk: Talk, position: int) -> None:
    await talk.connection.gone()
    raise Ends


async def clean_end(talk: Talk, position: int) -> None:
    raise Ends


async def cut_inside(talk: Talk, position: int) -> None:
    following = _PARTS[position] or _PARTS[1]
    await talk.raw(head()[:30] if position == 0 else following[:20])
    raise Ends


async def html(talk: Talk, position: int) -> None:
    if position == 0:
        await talk.raw(head(kind="text/html; charset=utf-8"))
    await talk.raw(b"<!doctype html>\n<html><body><h1>Sign in</h1></body></html>\n")
    raise Ends


async def json_error(talk: Talk, position: int) -> None:
    if position == 0:
        await talk.raw(
            head(kind="application/json") + b'{"error": {"message": "boom", "type": "server_error"}}'
        )
    else:
        await talk.raw(frame({"error": {"message": "boom", "type": "server_error"}}))
    raise Ends


async def error_event(talk: Talk, position: int) -> None:
    await talk.raw((head() if position == 0 else b"") + b'event: error\ndata: {"message": "boom"}\n\n')
    raise Ends


def status(code: int, phrase: str, kind: str, headers: str = "") -> Fault:
    async def answer(talk: Talk, position: int) -> None:
        error = {"error": {"message": f"{phrase}.", "type": kind, "code": code}}
        if position == 0:
            body = frame(error).removeprefix(b"data: ")
            await talk.raw(head(status=f"{code} {phrase}", kind="application/json", headers=headers) + body)
        else:
            await talk.raw(frame(error))
        raise Ends

    return answer


async def slow_drip(talk: Talk, position: int) -> None:
    talk.dripping = True


async def long_line(talk: Talk, position: int) -> None:
    name = b"HTTP/1.1 200 OK\r\nx-long: " if position == 0 else b"data: "
    await talk.connection.send(name)
    for _ in range(160):
        await talk.connection.send(b"x" * 65_536)
    await talk.connection.send(b"\r\n" if position == 0 else b"\n\n")


async def endless(talk: Talk, position: int) -> None:
    more = "and so on " * 100
    ones = {0: b"x-more: yes\r\n", 2: frame(think(more)), 3: frame(call(fragment(more, index=0)))}
    one = ones.get(position, f": {more}\n\n".encode())
    if position == 0:
        await talk.raw(b"HTTP/1.1 200 OK\r\n")
    block = one * (65_536 // len(one))
    while True:
        await talk.connection.send(block)


async def invalid_utf8(talk: Talk, position: int) -> None:
    if position == 0:
        await talk.raw(b"\xff\xfe\xff\r\n")
    else:
        await talk.raw(b'data: {"choices":[{"delta":{"content":"\xff"}}]}\n\n')


async def gzipped(talk: Talk, position: int) -> None:
    """Before the headers: all of it is compressed, and rightly so. Later: from here on it is not."""
    if position:
        await talk.settled(position)
        await talk.raw(gzip.compress(b"x" * 100)[3:])
        raise Ends


FAULTS: dict[str, Fault] = {
    "refused": refused,
    "reset": reset,
    "stall": stall,
    "clean end": clean_end,
    "cut inside an event": cut_inside,
    "HTML": html,
    "JSON error": json_error,
    "error event": error_event,
    "429": status(429, "Too Many Requests", "rate_limit_error", "retry-after: 1\r\n"),
    "402": status(402, "Payment Required", "insufficient_credits"),
    "503": status(503, "Service Unavailable", "service_unavailable", "retry-after: 2\r\n"),
    "500": status(500, "Internal Server Error", "server_error"),
    "slow drip": slow_drip,
    "10 MB line": long_line,
    "endless stream": endless,
    "invalid UTF-8": invalid_utf8,
    "gzip": gzipped,
}
