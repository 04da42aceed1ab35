"""CPU per chunk from the socket to events, beside iterating the openai package's own stream, in one run.

Wanted (issue 4): at most a tenth. Also: time grows linearly with the arguments, and memory is what is kept.
The server is a child, so that its work is not counted; it sends a canned stream as fast as it is read.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import socket
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Iterator

from kimi_lsp.model.assemble import Assembler
from kimi_lsp.model.config import GatewayConfig
from kimi_lsp.model.gateway import Gateway
from kimi_lsp.model.port import Request
from kimi_lsp.model.sse import Splitter
from tests.benchmarks.arguments import arguments

MOST = 0.1
TOOLS = ({"type": "function", "function": {"name": "edit", "parameters": {"type": "object"}}},)
_BLOCK = 1 << 16
REQUEST = Request(({"role": "user", "content": "x"},), TOOLS)
_ENVELOPE = {
    "id": "chatcmpl-7117912c-7176-9997-b5bf-7b4bc0b1659b",
    "object": "chat.completion.chunk",
    "created": 1,
    "model": "kimi",
}


def frames(chunks: int) -> Iterator[bytes]:
    """A turn as Kimi streams it: a third reasoning, a third text, a third arguments of one call."""
    third = chunks // 3
    raw = arguments(4 * third)
    deltas: list[dict[str, object]] = [{"role": "assistant", "content": ""}]
    for key in ("reasoning_content", "content"):
        deltas += [{key: " word"} for _ in range(third)]
    deltas.append(
        {
            "tool_calls": [
                {
                    "index": 0,
                    "id": "edit:0",
                    "type": "function",
                    "function": {"name": "edit", "arguments": ""},
                }
            ]
        }
    )
    deltas += [
        {"tool_calls": [{"index": 0, "function": {"arguments": raw[at : at + 4]}}]}
        for at in range(0, len(raw), 4)
    ]
    for delta in deltas:
        yield _frame({**_ENVELOPE, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    yield _frame({**_ENVELOPE, "choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]})
    yield _frame({**_ENVELOPE, "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": chunks}})
    yield b"data: [DONE]\n\n"


def _frame(value: object) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def serve(listening: socket.socket, chunks: int, pause_s: float) -> None:
    """Answer every request with the same stream, until killed; ``pause_s`` 0 sends it in one piece."""
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
    pieces = list(frames(chunks))
    while True:
        connection, _ = listening.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, contextlib.suppress(ConnectionError):
            request = b""
            while not request.endswith(b"}"):
                request += connection.recv(65_536)
            connection.sendall(head)
            for piece in pieces if pause_s else [b"".join(pieces)]:
                connection.sendall(piece)
                time.sleep(pause_s)


@contextlib.contextmanager
def server(chunks: int, pause_s: float) -> Iterator[str]:
    """The base URL of a server in a child process."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        child = multiprocessing.get_context("fork").Process(
            target=serve, args=(listening, chunks, pause_s), daemon=True
        )
        child.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        child.terminate()
        child.join()


async def ours(base_url: str) -> None:
    """Every event of a turn, through the gateway."""
    gateway = Gateway(GatewayConfig(base_url, "kimi", "sk-x"))
    async with contextlib.aclosing(gateway.stream(REQUEST)) as events:
        async for _ in events:
            pass
    await gateway.aclose()


async def theirs(base_url: str) -> None:
    """Every chunk of the same turn, through the package's own stream."""
    import openai

    async with openai.AsyncOpenAI(base_url=base_url, api_key="sk-x", max_retries=0) as client:
        stream = await client.chat.completions.create(
            model="kimi", messages=[{"role": "user", "content": "x"}], stream=True
        )
        async for _ in stream:
            pass


def microseconds(ask: Callable[[str], Awaitable[None]], base_url: str, chunks: int, rounds: int) -> float:
    """The least CPU time per chunk of a few rounds."""

    async def timed() -> float:
        begun = time.process_time()
        await ask(base_url)
        return time.process_time() - begun

    return min(asyncio.run(timed()) for _ in range(rounds)) / chunks * 1e6


def growth(megabytes: int) -> tuple[float, float]:
    """Seconds of CPU to read so much of arguments in 4-byte fragments, and bytes kept for each character of them."""
    raw = arguments(megabytes << 20)
    seconds, _ = _read(raw)
    tracemalloc.start()
    _, assembler = _read(raw[: len(raw) // 4])
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del assembler
    return seconds, kept / (len(raw) / 4)


def _read(raw: str) -> tuple[float, Assembler]:
    """Read ``raw`` as the arguments of a call; only the reading is timed, and frames are not kept."""
    assembler, splitter, seconds = Assembler(Request((), TOOLS)), Splitter(), 0.0
    head = {"index": 0, "id": "x", "function": {"name": "edit", "arguments": ""}}
    for at in range(0, len(raw), _BLOCK):
        pieces = [raw[begin : begin + 4] for begin in range(at, min(at + _BLOCK, len(raw)), 4)]
        fragments = [{"index": 0, "function": {"arguments": piece}} for piece in pieces]
        calls = fragments if at else [head, *fragments]
        frames = [_frame({"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}) for call in calls]
        begun = time.process_time()
        for frame in frames:
            for event in splitter.push(frame):
                assembler.push(event)
        seconds += time.process_time() - begun
    return seconds, assembler


def main(argv: list[str]) -> int:
    """Print the figures; 1 where they are not as wanted."""
    parser = argparse.ArgumentParser(prog="streams", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--chunks", type=int, default=15_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(argv)
    with server(options.chunks, 0.0) as base_url:
        package = microseconds(theirs, base_url, options.chunks, options.rounds)
        own = microseconds(ours, base_url, options.chunks, options.rounds)
    print(f"the package's own stream {package:7.1f} us of CPU per chunk")
    print(f"socket to our events     {own:7.1f} us, {own / package:.3f} times (wanted: at most {MOST})")
    few = min(options.chunks, 3_000)
    with server(few, 0.000_2) as base_url:
        slow_package, slow_own = (microseconds(ask, base_url, few, 1) for ask in (theirs, ours))
    print(
        f"one chunk a packet: {slow_package:.0f} us and {slow_own:.0f} us (most of it the event loop's own reading)"
    )
    times = {megabytes: growth(megabytes) for megabytes in (1, 2, 4)}
    for megabytes, (seconds, size) in times.items():
        print(f"{megabytes} MB of arguments {seconds:6.2f} s, {size:.1f} bytes kept for each character")
    linear = times[4][0] <= 1.3 * 4 * times[1][0]
    return 0 if own <= MOST * package and linear else 1
