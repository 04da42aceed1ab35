"""What goes wrong on purpose, as a client sees it, and clients that go away."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from kimi_lsp.simulator.answer import Fault, FaultKind, Literally
from kimi_lsp.simulator.app import Exchange
from kimi_lsp.simulator.running import running
from tests.simulator.asking import KEY, body, events, post, saying, scripted

WORDS = "one two three four five six seven eight nine ten"


def words(kind: FaultKind, after: int) -> Any:
    return saying(content=WORDS, fault=Fault(kind, after))


@pytest.mark.parametrize("after", [0, 1, 4])
async def test_a_clean_end_without_done(after: int) -> None:
    async with running(words("end", after), tokens_per_second=0) as url:
        answer = await post(url, body(stream=True))
        assert len(events(answer.content) if after else []) == after
        assert b"[DONE]" not in answer.content


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("after", [0, 1])
async def test_a_broken_connection(after: int, stream: bool) -> None:
    seen: list[Exchange] = []
    async with running(words("disconnect", after), tokens_per_second=0, observer=seen.append) as url:
        with pytest.raises(httpx2.RemoteProtocolError, match="incomplete chunked read"):
            await post(url, body(stream=stream))
    assert [exchange.outcome for exchange in seen] == ["cut"]


async def test_a_stall_ends_when_the_client_leaves() -> None:
    seen: list[Exchange] = []
    async with running(words("stall", 3), tokens_per_second=0, observer=seen.append) as url:
        reader, writer = await send(url, body(stream=True))
        got = [await reader.readuntil(b"data: ") for _ in range(3)]
        assert len(got) == 3
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(reader.readuntil(b"data: "), 0.3)
        writer.close()
        await until(lambda: bool(seen))
    assert seen[0].outcome == "left"


async def test_a_client_that_leaves_in_mid_stream_ends_the_answer() -> None:
    seen: list[Exchange] = []
    brain = saying(content="word " * 5_000)
    async with running(brain, tokens_per_second=200, observer=seen.append) as url:
        reader, writer = await send(url, body(stream=True))
        await reader.readuntil(b"content")
        left = time.monotonic()
        writer.close()
        await until(lambda: bool(seen))
        assert time.monotonic() - left < 0.5
    assert (seen[0].outcome, seen[0].status) == ("left", 200)


async def test_a_client_that_leaves_before_its_body_is_whole() -> None:
    seen: list[Exchange] = []
    async with running(saying(content="Hi"), observer=seen.append) as url:
        _, writer = await send(url, body(), declared=10_000)
        writer.close()
        await until(lambda: bool(seen))
        assert seen[0].outcome == "left"
        assert (await post(url, body())).status_code == 200


async def test_leaving_the_block_ends_open_streams_at_once() -> None:
    async with running(words("stall", 2)) as url:
        reader, writer = await send(url, body(stream=True))
        await reader.readuntil(b"content")
        left = time.monotonic()
    assert time.monotonic() - left < 0.5
    await reader.read()
    writer.close()


async def test_starting_and_stopping_is_quick_and_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    started = time.monotonic()
    for _ in range(20):
        async with running(words("disconnect", 1), tokens_per_second=0) as url:
            with pytest.raises(httpx2.RemoteProtocolError):
                await post(url, body(stream=True))
    assert time.monotonic() - started < 10
    assert capfd.readouterr() == ("", "")


async def test_times() -> None:
    brain = saying(content="abcdef", piece_length=1, first_byte_delay_s=0.2, chunk_delay_s=0.05)
    async with running(brain) as url:
        started = time.monotonic()
        async with (
            httpx2.AsyncClient(trust_env=False, headers=KEY) as client,
            client.stream("POST", f"{url}/chat/completions", json=body(stream=True)) as answer,
        ):
            headers_after = time.monotonic() - started
            arrived = [time.monotonic() - started async for _ in answer.aiter_bytes()]
    assert headers_after >= 0.2
    assert len(arrived) >= 6
    assert arrived[-1] >= 0.2 + 8 * 0.05


async def test_the_pace_is_kept_in_both_ways() -> None:
    async with running(saying(content="word " * 40), tokens_per_second=200) as url:
        for stream in (True, False):
            started = time.monotonic()
            assert (await post(url, body(stream=stream))).status_code == 200
            assert 0.19 < time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("turn", "content_type", "content"),
    [
        ({"literal": ["<html>", "no</html>"], "content_type": "text/html"}, "text/html", b"<html>no</html>"),
        ({"literal": ['data: {"a"', ": 1}\n\n"]}, "text/event-stream", b'data: {"a": 1}\n\n'),
        ({"literal": ["data: \udcff\n\n"]}, "text/event-stream", b"data: \xff\n\n"),
    ],
)
async def test_anything_at_all_can_be_sent(turn: dict[str, Any], content_type: str, content: bytes) -> None:
    literally = Literally(tuple(turn["literal"]), turn.get("content_type", "text/event-stream"))
    async with running(saying(literally=literally), tokens_per_second=0) as url:
        answer = await post(url, body(stream=True))
        assert (answer.status_code, answer.headers["content-type"], answer.content) == (
            200,
            content_type,
            content,
        )


@pytest.mark.parametrize(
    ("status", "retry_after_s", "kind"),
    [
        (400, None, "invalid_request_error"),
        (402, None, "insufficient_credits"),
        (413, None, "invalid_request_error"),
        (429, 7, "rate_limit_error"),
        (500, None, "server_error"),
        (502, None, "server_error"),
        (503, 2, "service_unavailable"),
    ],
)
async def test_statuses_of_a_scenario(status: int, retry_after_s: int | None, kind: str) -> None:
    turn = {"status": status, "error": "on purpose", "retry_after_s": retry_after_s}
    async with running(scripted(turn, {"content": "Hi"}), tokens_per_second=0) as url:
        answer = await post(url, body(stream=True))
        assert answer.status_code == status
        assert answer.json()["error"]["type"] == kind
        assert answer.json()["error"]["message"] == "on purpose"
        assert answer.headers.get("retry-after") == (None if retry_after_s is None else str(retry_after_s))
        assert (await post(url, body())).json()["choices"][0]["message"]["content"] == "Hi"


async def test_a_fault_after_the_end_never_happens() -> None:
    async with running(words("stall", 10_000), tokens_per_second=0) as url:
        assert events((await post(url, body(stream=True))).content)[-1] == "[DONE]"


async def until(done: Any) -> None:
    deadline = time.monotonic() + 5
    while not done():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def send(
    url: str, content: dict[str, Any], declared: int | None = None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A request by hand, so that the socket is ours; ``declared`` is a false length."""
    port = urlsplit(url).port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sent = json.dumps(content).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: {KEY['Authorization']}\r\n"
        f"Content-Length: {declared or len(sent)}\r\n\r\n"
    )
    writer.write(head.encode() + sent)
    await writer.drain()
    return reader, writer
