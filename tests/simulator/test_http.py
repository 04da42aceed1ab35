"""The routes over real HTTP on loopback: who may ask, what is refused and how, and what strange bodies come to."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from typing import Any

import httpx2
import pytest

from kimi_lsp.simulator.account import WINDOW_S
from kimi_lsp.simulator.app import Exchange
from kimi_lsp.simulator.request import ChatRequest
from kimi_lsp.simulator.rules import MODEL
from kimi_lsp.simulator.running import running
from tests.simulator.asking import KEY, body, events, get, post, saying, tool

HI = saying(reasoning="Simulator: hm.", content="Hello.")


def error(answer: httpx2.Response) -> dict[str, Any]:
    """The error of an answer in the gateway's shape."""
    (key, found), *rest = answer.json().items()
    assert key == "error"
    assert rest == []
    assert set(found) == {"message", "type", "code"}
    return dict(found)


async def test_it_says_what_it_is() -> None:
    async with running(HI, tokens_per_second=0) as url:
        page = await get(url.removesuffix("/v1") + "/", headers={})
        assert page.headers["server"] == "kimi-lsp-simulator"
        assert page.headers["content-type"].startswith("text/plain")
        assert "simulator" in page.text
        assert url in page.text
        answer = await post(url, body())
        assert answer.headers["server"] == "kimi-lsp-simulator"
        assert answer.json()["system_fingerprint"] == "simulator"
        assert answer.json()["choices"][0]["message"]["reasoning_content"].startswith("Simulator: ")


async def test_models() -> None:
    async with running(HI) as url:
        listed = (await get(f"{url}/models")).json()
        assert [model["id"] for model in listed["data"]] == [MODEL]
        one = (await get(f"{url}/models/{MODEL}")).json()
        assert one == listed["data"][0]
        assert (one["context_window"], one["max_output_tokens"]) == (262_144, 16_384)
        assert (await get(f"{url}/models/moonshot/kimi-k1")).status_code == 404
        assert (await get(f"{url}/models/{MODEL}", headers={})).status_code == 401


@pytest.mark.parametrize(
    ("key", "sent", "status"),
    [
        pytest.param(None, "Bearer sk-aig-anything", 200, id="any-of-the-prefix"),
        pytest.param(None, "bearer   sk-aig-x", 200, id="scheme-in-lower-case"),
        pytest.param(None, "Bearer sk-other", 401, id="other-prefix"),
        pytest.param(None, "Basic sk-aig-x", 401, id="other-scheme"),
        pytest.param(None, "Bearer", 401, id="no-key"),
        pytest.param(None, None, 401, id="no-header"),
        pytest.param("my-key", "Bearer my-key", 200, id="fixed"),
        pytest.param("my-key", "Bearer sk-aig-simulator", 401, id="not-the-fixed-one"),
    ],
)
async def test_keys(key: str | None, sent: str | None, status: int) -> None:
    async with running(HI, key=key, tokens_per_second=0) as url:
        answer = await post(url, body(), headers={} if sent is None else {"Authorization": sent})
        assert answer.status_code == status
        if status == 401:
            assert error(answer)["type"] == "authentication_error"
            assert "my-key" not in answer.text


@pytest.mark.parametrize(
    ("content", "status", "sentence"),
    [
        pytest.param(b"", 400, "body is empty", id="empty"),
        pytest.param(b"{", 400, "not a JSON object", id="half-json"),
        pytest.param(b"[]", 400, "not a JSON object", id="array"),
        pytest.param(b'{"model": "\xff"}', 400, "not a JSON object", id="bad-utf-8"),
        pytest.param(b"[" * 100_000, 400, "not a JSON object", id="deep"),
        pytest.param(b'{"model": 1, "messages": []}', 400, "model", id="wrong-type"),
        pytest.param(body(model="moonshot/kimi-k3"), 404, "does not exist", id="slug"),
        pytest.param(body(tool_choice="required"), 400, "incompatible with thinking", id="rule"),
        pytest.param(b"x" * 3_000_000, 413, "over the limit of 1000000 bytes", id="huge"),
    ],
)
async def test_bad_bodies(content: Any, status: int, sentence: str) -> None:
    async with running(HI, max_body_bytes=1_000_000) as url:
        answer = await post(url, content)
        assert answer.status_code == status
        assert sentence in error(answer)["message"]
        assert (await post(url, body(stream=True))).status_code == 200


@pytest.mark.parametrize(("depth", "status"), [(60, 200), (5_000, 400)])
async def test_deep_schemas(depth: int, status: int) -> None:
    schema = '{"type": "object", "properties": {"x": ' * depth + "{}" + "}}" * depth
    schema = schema.replace("{}", '{"type": "string"}')
    content = json.dumps(body(tools=[tool("f")])).replace('{"type": "object", "properties": {}}', schema)
    assert schema in content
    async with running(HI, tokens_per_second=0) as url:
        assert (await post(url, content.encode())).status_code == status


async def test_no_such_page_and_no_such_method() -> None:
    async with running(HI) as url, httpx2.AsyncClient(trust_env=False, headers=KEY) as client:
        missing = await client.get(f"{url}/nope")
        assert (missing.status_code, error(missing)["type"]) == (404, "not_found_error")
        wrong = await client.get(f"{url}/chat/completions")
        assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
        assert "Method Not Allowed" in error(wrong)["message"]
        assert (await client.post(f"{url}/models")).status_code == 405


async def test_the_rate_tier_rolls() -> None:
    now = [100.0]
    async with running(HI, rate=10, tokens_per_second=0, clock=lambda: now[0]) as url:
        for _ in range(10):
            now[0] += 1
            assert (await post(url, body())).status_code == 200
        refused = await post(url, body())
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "51")
        assert error(refused)["type"] == "rate_limit_error"
        assert (await post(url, body(), headers={"Authorization": "Bearer sk-aig-two"})).status_code == 200
        now[0] = 101 + WINDOW_S
        assert (await post(url, body())).status_code == 200
        assert (await post(url, body())).status_code == 429


async def test_credit_runs_out() -> None:
    async with running(HI, credit_usd=0.000_02, tokens_per_second=0) as url:
        assert (await post(url, body())).status_code == 200
        refused = await post(url, body())
        assert (refused.status_code, error(refused)["type"]) == (402, "insufficient_credits")
        assert "retry-after" not in refused.headers


async def test_saturation() -> None:
    slow = saying(content="Hello.", first_byte_delay_s=0.3)
    async with running(slow, slots=1, tokens_per_second=0) as url:
        answers = await asyncio.gather(*(post(url, body()) for _ in range(3)))
        assert sorted(answer.status_code for answer in answers) == [200, 503, 503]
        refused = next(answer for answer in answers if answer.status_code == 503)
        assert (refused.headers["retry-after"], error(refused)["type"]) == ("2", "service_unavailable")
        assert (await post(url, body())).status_code == 200


async def test_the_stream_and_its_usage() -> None:
    async with running(HI, tokens_per_second=0) as url:
        plain = await post(url, body(stream=True))
        assert plain.headers["content-type"].startswith("text/event-stream")
        assert all(chunk["choices"] for chunk in events(plain.content)[:-1])
        counted = await post(url, body(stream=True, stream_options={"include_usage": True}))
        *_, finish, usage, done = events(counted.content)
        assert done == "[DONE]"
        assert (usage["choices"], finish["choices"][0]["finish_reason"]) == ([], "stop")
        assert usage["usage"]["total_tokens"] == (
            usage["usage"]["prompt_tokens"] + usage["usage"]["completion_tokens"]
        )
        assert usage["usage"]["completion_tokens_details"]["reasoning_tokens"] == 4


async def test_the_limit_of_output_ends_the_stream_with_length() -> None:
    async with running(saying(content="word " * 200), tokens_per_second=0) as url:
        answer = (await post(url, body(max_tokens=10))).json()
        assert answer["choices"][0]["finish_reason"] == "length"
        assert answer["usage"]["completion_tokens"] == 10


async def test_cached_units_are_the_common_prefix() -> None:
    tools = [tool("edit", path="string", old_string="string", new_string="string")]
    system = {"role": "system", "content": "Rules. " * 800}
    async with running(HI, tokens_per_second=0) as url:

        async def ask(*said: str, **fields: Any) -> int:
            messages = [system, *({"role": "user", "content": text} for text in said)]
            answer = await post(url, body(messages=messages, **fields))
            usage, cached = answer.json()["usage"], int(answer.headers["x-cached-input-units"])
            assert cached == usage["cached_tokens"] == usage["prompt_tokens_details"]["cached_tokens"]
            assert cached % 256 == 0
            assert cached <= usage["prompt_tokens"]
            return cached

        assert await ask("one", tools=tools) == 0
        assert await ask("two", tools=tools) == 1_280
        assert await ask("two", "three", tools=tools, stream=False) == 1_280
        assert await ask("two") == 0


async def test_the_observer_sees_each_exchange_but_no_key() -> None:
    seen: list[Exchange] = []
    async with running(HI, tokens_per_second=0, observer=seen.append) as url:
        await post(url, body(), headers={**KEY, "x-aig-tag": "kimi-lsp"})
        await post(url, b"{")
    fine, bad = seen
    assert (fine.status, fine.outcome, fine.tag, fine.request["model"]) == (200, "whole", "kimi-lsp", MODEL)
    assert (fine.prompt_tokens, fine.output_tokens) == (9, 6)
    assert (bad.status, bad.prompt_tokens) == (400, 0)
    assert "sk-aig" not in repr(seen)


async def test_an_error_of_the_brain_is_an_error_of_the_server() -> None:
    class Broken:
        name = "broken"

        async def answer(self, request: ChatRequest) -> Any:
            raise ZeroDivisionError("on purpose")

    async with running(Broken()) as url:
        answer = await post(url, body(stream=True))
        assert answer.status_code == 500
        assert "Simulator: internal error" in error(answer)["message"]
        assert "on purpose" in error(answer)["message"]


async def test_no_answer_waits_for_an_acknowledgement() -> None:
    """A listener without TCP_NODELAY costs 40 ms for each answer on a connection that is kept."""
    took = []
    async with (
        running(HI, tokens_per_second=0) as url,
        httpx2.AsyncClient(trust_env=False, headers=KEY) as client,
    ):
        for _ in range(12):
            started = time.monotonic()
            assert (await client.post(f"{url}/chat/completions", json=body(stream=True))).status_code == 200
            took.append(time.monotonic() - started)
    assert min(took[2:]) < 0.03


async def test_many_at_once() -> None:
    async with running(HI, tokens_per_second=0) as url:
        answers = await asyncio.gather(*(post(url, body(stream=True)) for _ in range(40)))
    assert all(events(answer.content)[-1] == "[DONE]" for answer in answers)
    assert len({events(answer.content)[0]["id"] for answer in answers}) == 40


async def test_a_taken_port_is_an_oserror() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        async with running(HI, port=taken.getsockname()[1]):
            pass


async def test_it_listens_on_loopback_only() -> None:
    async with running(HI) as url:
        assert url.startswith("http://127.0.0.1:")
        assert json.loads((await get(f"{url}/models")).content)["object"] == "list"
