"""An answer as timed bytes, with the faults it is to have, and the sending of it until the client leaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from contextlib import aclosing
from typing import Literal

import msgspec
from starlette.types import Receive, Send

from kimi_lsp.simulator.answer import Answer, Fault
from kimi_lsp.simulator.wire import DONE, Envelope, chunks, event, whole

Outcome = Literal["whole", "cut", "left"]
"""How a body ended: sent to its end, cut by a fault, or the client had left."""

_BATCH_BYTES = 4_096


class Disconnected(Exception):
    """The connection is to be closed here, in the middle of the body."""


def content_type(answer: Answer, *, stream: bool) -> str:
    """The media type of the answer's body."""
    if answer.literally is not None:
        return answer.literally.content_type
    return "text/event-stream; charset=utf-8" if stream else "application/json"


async def frames(
    answer: Answer, envelope: Envelope, *, stream: bool, include_usage: bool, pace_s: float
) -> AsyncGenerator[bytes, None]:
    """The body's bytes, each piece when it is due; ``pace_s`` is the pause before each.

    Without a pause, pieces are sent in batches of some 4 KiB.

    Raises:
        Disconnected: a fault says so.
    """
    delay_s = pace_s if answer.chunk_delay_s is None else answer.chunk_delay_s
    await asyncio.sleep(answer.first_byte_delay_s)
    batch = b""
    for sent, piece in enumerate(_pieces(answer, envelope, stream=stream, include_usage=include_usage)):
        if answer.fault is not None and sent >= answer.fault.after:
            yield batch
            await _fail(answer.fault)
            return
        batch += piece
        if delay_s > 0 or len(batch) >= _BATCH_BYTES:
            await asyncio.sleep(delay_s)
            yield batch
            batch = b""
    yield batch


async def deliver(
    body: AsyncGenerator[bytes, None], headers: Mapping[str, str], receive: Receive, send: Send
) -> Outcome:
    """Send a 200 with ``body``; headers go out with its first piece. The body is closed whatever happens."""
    sending = asyncio.ensure_future(_send(body, headers, send))
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return sending.result() if sending.done() else "left"
    finally:
        sent = sending.done()
        for task in (sending, leaving):
            task.cancel()
        try:
            await asyncio.gather(sending, leaving, return_exceptions=True)
        except (
            asyncio.CancelledError
        ):  # the simulator ends right behind its answer, which was whole all the same
            if not sent:
                raise


def _pieces(answer: Answer, envelope: Envelope, *, stream: bool, include_usage: bool) -> Iterator[bytes]:
    if answer.literally is not None:
        yield from (piece.encode(errors="surrogateescape") for piece in answer.literally.pieces)
    elif stream:
        yield from (event(chunk) for chunk in chunks(envelope, answer, include_usage=include_usage))
        yield DONE
    else:
        yield from _halves(msgspec.json.encode(whole(envelope, answer)))


def _halves(body: bytes) -> Iterable[bytes]:
    middle = len(body) // 2
    return body[:middle], body[middle:]


async def _fail(fault: Fault) -> None:
    if fault.kind == "disconnect":
        raise Disconnected
    if fault.kind == "stall":
        await asyncio.get_running_loop().create_future()


async def _send(body: AsyncGenerator[bytes, None], headers: Mapping[str, str], send: Send) -> Outcome:
    start = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    started = False
    async with aclosing(body) as pieces:
        try:
            async for piece in pieces:
                if not started:
                    await send({"type": "http.response.start", "status": 200, "headers": start})
                    started = True
                if piece:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
        except Disconnected:
            return "cut"  # uvicorn closes the connection of a body that was not ended
    await send({"type": "http.response.body", "body": b"", "more_body": False})
    return "whole"


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
