from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable

import pytest

from kimi_lsp.model.circuit import Circuit
from kimi_lsp.model.config import Deadlines, GatewayConfig
from kimi_lsp.model.errors import (
    BadKey,
    Down,
    ModelError,
    NoCredit,
    NotAStream,
    RateLimited,
    Redirected,
    TimedOut,
    Unreachable,
)
from kimi_lsp.model.events import Content, Event, Finished, Usage, Waiting
from kimi_lsp.model.gateway import Gateway
from kimi_lsp.model.pace import Pace
from kimi_lsp.model.port import Request
from kimi_lsp.model.presets import PRESETS
from kimi_lsp.model.retry import RetryPolicy
from kimi_lsp.model.sse import ServerSentEvent
from kimi_lsp.settings import ModelSettings
from tests.faults.server import Connection, RawServer, Respond, head, response
from tests.model.oddities import ODDITIES, REQUEST, Whole
from tests.model.wire import chunk, frame, say, stream, think, trailing, usage

KEY = "sk-aig-secret"
YES = stream(say("Yes"), chunk(finish="stop"), trailing())


class Time:
    """A clock that only sleeping moves; what was slept is in ``pauses``."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@contextlib.asynccontextmanager
async def serving(
    *answers: bytes | Respond, deadlines: Deadlines | None = None, **options: object
) -> AsyncIterator[tuple[Gateway, RawServer, Time]]:
    """A gateway and a server that gives ``answers`` one after the other, the last one for ever."""

    async def respond(connection: Connection, number: int) -> None:
        answer = answers[min(number, len(answers) - 1)]
        if isinstance(answer, bytes):
            await connection.send(answer)
        else:
            await answer(connection, number)

    passing = Time()
    async with RawServer(respond) as server:
        config = GatewayConfig(
            f"{server.base_url}", "kimi", KEY, deadlines=deadlines or Deadlines(trailing_s=0.2), tag="job"
        )
        gateway = Gateway(
            config,
            retry=RetryPolicy(dice=lambda: 0.0),
            sleep=passing.sleep,
            clock=passing.clock,
            **options,  # type: ignore[arg-type]  # pace and circuit, as the tests give them
        )
        try:
            yield gateway, server, passing
        finally:
            await gateway.aclose()


async def events_of(gateway: Gateway, request: Request = REQUEST) -> list[Event]:
    async with contextlib.aclosing(gateway.stream(request)) as events:
        return [event async for event in events]


@pytest.mark.parametrize("name", ODDITIES)
async def test_every_oddity_through_real_http(name: str) -> None:
    data, expected = ODDITIES[name]
    async with serving(response(data)) as (gateway, _, _):
        try:
            found: list[Event] | str = await events_of(gateway)
        except ModelError as error:
            found = error.name
    if isinstance(expected, Whole):
        assert not isinstance(found, str), found
        expected.check(found)
    else:
        assert found == expected


async def test_what_is_sent() -> None:
    async with serving(response(YES)) as (gateway, server, _):
        await events_of(gateway)
    sent = json.loads(server.requests[0].body)
    head = server.requests[0].head.decode().lower()
    assert head.startswith("post /v1/chat/completions ")
    assert f"authorization: bearer {KEY}\r\n" in head
    assert "x-aig-tag: job\r\n" in head
    assert "openai-organization" not in head
    assert sent == {
        "model": "kimi",
        "messages": list(REQUEST.messages),
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 16_384,
        "tools": list(REQUEST.tools),
        "tool_choice": "auto",
        "parallel_tool_calls": True,
    }


async def test_history_goes_out_as_it_came_in() -> None:
    message = {"role": "assistant", "reasoning": "", "tool_calls": [{"id": "x", "type": "function"}]}
    async with serving(response(YES)) as (gateway, server, _):
        await events_of(gateway, Request((message,), json_object=True, max_tokens=99_999))
    sent = json.loads(server.requests[0].body)
    assert sent["messages"] == [message]
    assert sent["response_format"] == {"type": "json_object"}
    assert sent["max_tokens"] == 16_384
    assert not {"tools", "tool_choice", "parallel_tool_calls"} & set(sent)


@pytest.mark.parametrize(("preset", "omitted"), [(p, sorted(PRESETS[p].omit)) for p in PRESETS])
def test_a_preset_leaves_out_what_its_service_refuses(preset: str, omitted: list[str]) -> None:
    config = GatewayConfig("http://x/v1", "m", preset=PRESETS[preset], extra_body={"temperature": 0.7})
    body = config.body(REQUEST)
    assert body["temperature"] == 0.7
    assert not set(omitted) & set(body)
    assert {"model", "messages", "max_tokens", "stream"} <= set(body)


async def test_cached_units_of_the_header_count_where_usage_is_silent() -> None:
    silent = {"prompt_tokens": 100, "completion_tokens": 20}
    for tokens, expected in ((silent, 64), (usage(100, 20, 32), 32)):
        body = stream(say("Yes"), chunk(finish="stop"), trailing(tokens))
        answer = response(body, headers="X-Cached-Input-Units: 64\r\n")
        async with serving(answer) as (gateway, _, _):
            assert Usage(100, 20, expected) in await events_of(gateway)


@pytest.mark.parametrize(
    ("status", "body", "headers", "name"),
    [
        pytest.param("401 X", {"error": {"message": f"bad key {KEY}"}}, "", "bad-key", id="401"),
        pytest.param("403 X", {}, "", "bad-key", id="403"),
        pytest.param("402 X", {"error": {"message": "none left"}}, "", "no-credit", id="402"),
        pytest.param("404 X", {}, "", "unknown-model", id="404"),
        pytest.param("400 X", {"error": {"message": "tool_choice"}}, "", "bad-request", id="400"),
        pytest.param(
            "400 X",
            {"error": {"message": "maximum context length"}},
            "",
            "too-much-context",
            id="400-context",
        ),
        pytest.param(
            "400 X", {"error": {"code": "context_length_exceeded"}}, "", "too-much-context", id="400-code"
        ),
        pytest.param("413 X", {}, "", "too-much-context", id="413"),
        pytest.param("422 X", {"detail": [{"msg": "field"}]}, "", "bad-request", id="422"),
        pytest.param("429 X", {"error": {"type": "insufficient_quota"}}, "", "no-credit", id="429-quota"),
        pytest.param("418 X", {}, "", "bad-request", id="other-4xx"),
        pytest.param("302 X", {}, "location: https://evil.example/\r\n", "redirected", id="redirect"),
    ],
)
async def test_a_refusal_is_not_retried(status: str, body: object, headers: str, name: str) -> None:
    answer = response(json.dumps(body).encode(), status=status, kind="application/json", headers=headers)
    async with serving(answer) as (gateway, server, passing):
        with pytest.raises(ModelError) as caught:
            await events_of(gateway)
    assert caught.value.name == name
    assert not caught.value.retryable
    assert KEY not in str(caught.value)
    assert (len(server.requests), passing.pauses) == (1, [])


async def test_the_key_is_not_carried_to_another_address() -> None:
    async with serving(response(YES)) as (_, other, _):
        answer = response(b"", status="307 X", headers=f"location: {other.base_url}/chat/completions\r\n")
        async with serving(answer) as (gateway, _, _):
            with pytest.raises(Redirected, match=r"correct model\.base_url"):
                await events_of(gateway)
        assert other.requests == []


async def test_402_says_where_to_add_credit() -> None:
    answer = response(b"{}", status="402 X", kind="application/json")
    async with serving(answer) as (gateway, _, _):
        with pytest.raises(NoCredit, match="add some where your key comes from"):
            await events_of(gateway)
    assert GatewayConfig(PRESETS["aigateway"].base_url, "m").credit_url == "https://aigateway.sh"


@pytest.mark.parametrize(
    ("status", "headers", "pauses", "why"),
    [
        pytest.param("429 X", "retry-after: 6\r\n", [6.0], "rate limited", id="429"),
        pytest.param("429 X", "", [6.0], "rate limited", id="429-silent"),
        pytest.param("503 X", "retry-after: 3\r\n", [3.0], "service saturated", id="503"),
        pytest.param("503 X", "", [2.0], "service saturated", id="503-silent"),
        pytest.param("500 X", "", [0.5], "service failed", id="500"),
        pytest.param("502 X", "", [0.5], "service failed", id="502"),
    ],
)
async def test_a_passing_failure_is_waited_for(
    status: str, headers: str, pauses: list[float], why: str
) -> None:
    answer = response(b"{}", status=status, kind="application/json", headers=headers)
    async with serving(answer, response(YES)) as (gateway, server, passing):
        events = await events_of(gateway)
    assert events[0] == Waiting(pauses[0], why)
    assert passing.pauses == pauses
    assert isinstance(events[-1], Finished)
    assert len(server.requests) == 2


async def test_retries_end_and_the_last_error_is_raised() -> None:
    answer = response(b"{}", status="500 X", kind="application/json")
    async with serving(answer) as (gateway, server, passing):
        with pytest.raises(ModelError, match=r"The service failed \(status 500\)") as caught:
            await events_of(gateway)
    assert passing.pauses == [0.5, 1.0, 2.0]
    assert len(server.requests) == 4
    assert not caught.value.retryable


async def test_a_pause_that_is_too_long_is_not_made() -> None:
    answer = response(b"{}", status="429 X", kind="application/json", headers="retry-after: 3600\r\n")
    async with serving(answer) as (gateway, _, passing):
        with pytest.raises(RateLimited, match="wait 3600 s") as caught:
            await events_of(gateway)
    assert caught.value.retry_after_s == 3600
    assert passing.pauses == []


async def test_nothing_is_retried_once_something_was_said() -> None:
    async with serving(response(stream(think("Hm."), done=False))) as (gateway, server, _):
        with pytest.raises(ModelError) as caught:
            await events_of(gateway)
    assert caught.value.retryable
    assert len(server.requests) == 1


async def test_ten_jobs_do_not_wait_for_a_gateway_that_is_down() -> None:
    answer = response(b"{}", status="500 X", kind="application/json")
    async with serving(answer) as (gateway, server, passing):
        for _ in range(10):
            with pytest.raises(ModelError):
                await events_of(gateway)
        assert len(server.requests) == 4
        with pytest.raises(Down, match="the next one is possible in 10 s"):
            await events_of(gateway)
        passing.now += 10
        with pytest.raises(ModelError, match="status 500"):
            await events_of(gateway)
        assert len(server.requests) == 5


async def test_jobs_share_one_pace() -> None:
    pace_time = Time()
    async with serving(response(YES), pace=Pace(10, clock=pace_time.clock)) as (gateway, server, _):
        gateway._sleep = pace_time.sleep
        waits = [e for _ in range(12) for e in await events_of(gateway) if isinstance(e, Waiting)]
    assert waits == [Waiting(60.0, "keeping to the rate limit")]
    assert len(server.requests) == 12


async def test_a_missing_key_is_said_before_anything_is_sent() -> None:
    gateway = Gateway(GatewayConfig(PRESETS["aigateway"].base_url, "m"))
    with pytest.raises(BadKey, match="No API key is set: set AIGATEWAY_API_KEY"):
        await events_of(gateway)


async def test_a_key_that_cannot_be_sent_is_not_shown() -> None:
    gateway = Gateway(GatewayConfig("http://127.0.0.1:9/v1", "m", "sk-bad\nkey"), retry=RetryPolicy(tries=1))
    with pytest.raises(ModelError) as caught:
        await events_of(gateway)
    assert "sk-bad" not in str(caught.value)
    assert "sk-bad" not in repr(gateway.config)
    await gateway.aclose()


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9/v1", "http://no.such.host.invalid/v1", "ftp://x/v1", "nonsense", "http://[::1/v1"],
)
async def test_an_address_that_leads_nowhere(url: str) -> None:
    gateway = Gateway(GatewayConfig(url, "m", KEY), retry=RetryPolicy(tries=1))
    with pytest.raises(Unreachable, match=r"check the network and model\.base_url"):
        await events_of(gateway)
    await gateway.aclose()


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        pytest.param(response(b"<html>", kind="text/html"), "a web page", id="html"),
        pytest.param(response(b" <!doctype html>"), "a web page", id="html-as-a-stream"),
        pytest.param(response(b"hello\n\n", kind="text/plain"), "a body of type text/plain", id="text"),
        pytest.param(response(b'{"hello": 1}', kind="application/json"), "type application/json", id="json"),
        pytest.param(response(b"nonsense", kind="application/json"), "type application/json", id="no-json"),
        pytest.param(response(b"", kind="application/json"), "type application/json", id="empty"),
    ],
)
async def test_a_foreign_body_is_no_stream(answer: bytes, what: str) -> None:
    async with serving(answer) as (gateway, server, _):
        with pytest.raises(ModelError, match=what) as caught:
            await events_of(gateway)
    assert isinstance(caught.value, NotAStream)
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", ["application/json", "text/event-stream", ""])
async def test_an_answer_that_is_not_streamed_is_a_turn_all_the_same(kind: str) -> None:
    message = {"role": "assistant", "content": "Yes"}
    body = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": usage(9, 3)}
    async with serving(response(json.dumps(body, indent=1).encode(), kind=kind)) as (gateway, _, _):
        events = await events_of(gateway)
    assert events[:2] == [Content("Yes"), Usage(9, 3)]


async def test_a_stream_of_another_type_is_read() -> None:
    async with serving(response(YES, kind="text/plain")) as (gateway, _, _):
        assert Content("Yes") in await events_of(gateway)


async def test_a_compressed_stream_is_read() -> None:
    async with serving(response(gzip.compress(YES), headers="content-encoding: gzip\r\n")) as (gateway, _, _):
        assert Content("Yes") in await events_of(gateway)


QUICK = Deadlines(first_byte_s=0.15, between_bytes_s=0.15, total_s=60.0, trailing_s=0.1)


def stalling(*parts: bytes) -> Respond:
    async def answer(connection: Connection, number: int) -> None:
        for part in parts:
            await connection.send(part)
        await connection.gone()

    return answer


@pytest.mark.parametrize(
    ("answer", "stage", "requests"),
    [
        pytest.param(stalling(), "first byte", 2, id="no-headers"),
        pytest.param(stalling(head()), "first byte", 2, id="no-body"),
        pytest.param(stalling(head() + frame(think("Hm."))), "between bytes", 1, id="in-the-stream"),
    ],
)
async def test_a_stall_has_a_deadline(answer: Respond, stage: str, requests: int) -> None:
    async with serving(answer, deadlines=QUICK) as (gateway, server, _):
        with pytest.raises(TimedOut) as caught:
            await events_of(gateway)
        await asyncio.sleep(0.05)
        assert server.open == 0
    assert caught.value.stage == stage
    assert len(server.requests) == requests


async def test_a_drip_ends_at_the_total_deadline() -> None:
    async def drip(connection: Connection, number: int) -> None:
        await connection.send(head())
        with contextlib.suppress(ConnectionError):
            while True:
                await connection.send(frame(think("Hm.")))
                await asyncio.sleep(0.02)

    deadlines = Deadlines(first_byte_s=5, between_bytes_s=5, total_s=0.3)
    begun = time.monotonic()
    async with serving(drip, deadlines=deadlines) as (gateway, _, _):
        with pytest.raises(TimedOut, match=r"not complete after 0\.3 s"):
            await events_of(gateway)
    assert time.monotonic() - begun < 2


async def test_a_stall_after_the_finish_is_waited_for_shortly() -> None:
    answer = stalling(head() + stream(say("Yes"), chunk(finish="stop"), done=False))
    async with serving(answer, deadlines=QUICK) as (gateway, server, _):
        events = await events_of(gateway)
        await asyncio.sleep(0.05)
        assert server.open == 0
    assert isinstance(events[-1], Finished)


async def cancelled_while(gateway: Gateway, server: RawServer, ready: Callable[[], bool]) -> float:
    """Start a turn, cancel it once ``ready``; seconds until its socket was closed."""
    task = asyncio.ensure_future(events_of(gateway))
    while not ready():
        await asyncio.sleep(0.005)
    begun = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    while server.open:
        await asyncio.sleep(0.005)
    return time.monotonic() - begun


@pytest.mark.parametrize(
    "sent", [b"", head(), head() + frame(think("Hm."))], ids=["headers", "body", "stream"]
)
async def test_a_cancel_closes_the_socket(sent: bytes) -> None:
    async with serving(stalling(sent)) as (gateway, server, _):
        assert await cancelled_while(gateway, server, lambda: len(server.requests) > 0) < 1


async def test_a_cancel_ends_a_pause() -> None:
    waiting = asyncio.Event()

    async def long_pause(seconds: float) -> None:
        waiting.set()
        await asyncio.sleep(3600)

    answer = response(b"{}", status="503 X", kind="application/json")
    async with serving(answer) as (gateway, server, _):
        gateway._sleep = long_pause
        assert await cancelled_while(gateway, server, waiting.is_set) < 1


async def test_leaving_early_closes_the_socket() -> None:
    async with serving(stalling(head() + frame(think("Hm.")))) as (gateway, server, _):
        async with contextlib.aclosing(gateway.stream(REQUEST)) as events:
            await events.__anext__()
        await asyncio.sleep(0.05)
        assert server.open == 0


async def test_a_cancelled_probe_lets_the_next_one_try() -> None:
    answers: list[bytes | Respond] = [response(b"{}", status="500 X", kind="application/json")] * 4
    passing = Time()
    circuit = Circuit(clock=passing.clock)
    async with serving(*answers, stalling(), response(YES), circuit=circuit) as (gateway, server, _):
        with pytest.raises(ModelError):
            await events_of(gateway)
        assert circuit.open
        passing.now += 10
        await cancelled_while(gateway, server, lambda: len(server.requests) == 5)
        assert Content("Yes") in await events_of(gateway)
    assert not circuit.open


async def test_the_pace_that_is_set_is_kept() -> None:
    config = GatewayConfig.of(ModelSettings(requests_per_minute=10, preset="ollama"))
    assert (config.requests_per_minute, config.model, config.needs_key) == (10, "kimi-k2.7-code", False)


async def test_a_tap_sees_what_came() -> None:
    seen: list[ServerSentEvent] = []
    async with serving(response(YES)) as (gateway, _, _):
        async for _ in gateway.stream(REQUEST, seen.append):
            pass
    assert [json.loads(one.data)["choices"][0]["delta"] for one in seen[:2]] == [{"content": "Yes"}, {}]
    assert seen[-1].data == b"[DONE]"


def test_openai_is_imported_only_when_needed() -> None:
    code = "import sys, kimi_lsp.model.gateway; print([m for m in ('openai', 'httpx2', 'anyio') if m in sys.modules])"

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
