"""The openai package against the simulator: a client that we did not write."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest

from kimi_lsp.simulator.account import DEFAULT_KEY
from kimi_lsp.simulator.answer import Brain
from kimi_lsp.simulator.rules import MODEL
from kimi_lsp.simulator.running import running
from tests.simulator.asking import saying, scripted, tool

WEATHER: Any = tool("get_weather", city="string")
QUESTION: Any = {"role": "user", "content": "Weather in Tokyo?"}
CALLING = {"reasoning": "I ask.", "tool_calls": [{"name": "get_weather", "arguments": {"city": "Tokyo"}}]}


class Client:
    """The simulator with a brain, and a client of it; retries are the client's own business and off."""

    def __init__(self, brain: Brain, key: str = DEFAULT_KEY) -> None:
        self._running = running(brain, tokens_per_second=0)
        self._key = key

    async def __aenter__(self) -> openai.AsyncOpenAI:
        url = await self._running.__aenter__()
        self._client = openai.AsyncOpenAI(base_url=url, api_key=self._key, max_retries=0)
        return self._client

    async def __aexit__(self, *error: Any) -> None:
        await self._client.close()
        await self._running.__aexit__(*error)


async def test_text() -> None:
    async with Client(saying(reasoning="Simulator: hm.", content="Hello, wörld.")) as client:
        answer = await client.chat.completions.create(model=MODEL, messages=[QUESTION])
        assert answer.choices[0].message.content == "Hello, wörld."
        assert answer.choices[0].message.model_extra == {"reasoning_content": "Simulator: hm."}
        assert answer.usage is not None
        assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


async def test_streamed_text() -> None:
    async with Client(saying(reasoning="Simulator: hm.", content="Hello, wörld.")) as client:
        stream = await client.chat.completions.create(
            model=MODEL, messages=[QUESTION], stream=True, stream_options={"include_usage": True}
        )
        assert stream.response.headers["x-cached-input-units"] == "0"
        content = reasoning = ""
        usage = None
        async for chunk in stream:
            usage = chunk.usage or usage
            for choice in chunk.choices:
                content += choice.delta.content or ""
                reasoning += (choice.delta.model_extra or {}).get("reasoning_content", "")
        assert (content, reasoning) == ("Hello, wörld.", "Simulator: hm.")
        assert usage is not None
        assert usage.completion_tokens > 0


async def test_tools_in_two_turns_as_on_the_page() -> None:
    async with Client(scripted(CALLING, {"content": "Sunny."})) as client:
        first = await client.chat.completions.create(model=MODEL, messages=[QUESTION], tools=[WEATHER])
        message = first.choices[0].message
        assert first.choices[0].finish_reason == "tool_calls"
        assert message.tool_calls is not None
        call: Any = message.tool_calls[0]
        assert (call.id, call.function.name) == ("functions.get_weather:0", "get_weather")
        assert json.loads(call.function.arguments) == {"city": "Tokyo"}
        result: Any = {"role": "tool", "tool_call_id": call.id, "content": '{"temperature_c": 22}'}
        history: Any = [QUESTION, message, result]
        second = await client.chat.completions.create(model=MODEL, messages=history, tools=[WEATHER])
        assert second.choices[0].message.content == "Sunny."


async def test_streamed_tools() -> None:
    calls = [
        {"name": "get_weather", "arguments": {"city": "Tōkyō\n"}},
        {"name": "get_weather", "arguments": {"city": "Paris"}},
    ]
    async with Client(scripted({"tool_calls": calls, "piece_length": 2})) as client:
        stream = await client.chat.completions.create(
            model=MODEL, messages=[QUESTION], tools=[WEATHER], stream=True
        )
        found: dict[int, list[str]] = {}
        finish = None
        async for chunk in stream:
            finish = chunk.choices[0].finish_reason or finish
            for call in chunk.choices[0].delta.tool_calls or ():
                assert call.function is not None
                found.setdefault(call.index, [call.id or "", ""])[1] += call.function.arguments or ""
        assert finish == "tool_calls"
        assert [identity for identity, _ in found.values()] == [
            "functions.get_weather:0",
            "functions.get_weather:1",
        ]
        assert [json.loads(text)["city"] for _, text in found.values()] == ["Tōkyō\n", "Paris"]


async def test_its_stream_helper_takes_the_events_too() -> None:
    async with Client(scripted(CALLING)) as client:
        async with client.chat.completions.stream(
            model=MODEL, messages=[QUESTION], tools=[WEATHER]
        ) as stream:
            final: Any = await stream.get_final_completion()
        assert final.choices[0].message.tool_calls[0].function.arguments == '{"city": "Tokyo"}'


async def test_json_mode() -> None:
    async with Client(scripted({"content": '{"city": "Tokyo"}'})) as client:
        answer = await client.chat.completions.create(
            model=MODEL, messages=[QUESTION], response_format={"type": "json_object"}
        )
        assert json.loads(answer.choices[0].message.content or "") == {"city": "Tokyo"}


async def test_images() -> None:
    parts: Any = [
        {"type": "text", "text": "What is in this image?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
    ]
    async with Client(saying(content="A pixel.")) as client:
        answer = await client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": parts}]
        )
        assert answer.usage is not None
        assert 1_024 < answer.usage.prompt_tokens < 1_060


async def test_models() -> None:
    async with Client(saying()) as client:
        assert [model.id async for model in client.models.list()] == [MODEL]
        assert (await client.models.retrieve(MODEL)).owned_by == "moonshot"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (404, openai.NotFoundError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
        (503, openai.InternalServerError),
        (402, openai.APIStatusError),
    ],
)
async def test_errors(status: int, kind: type[openai.APIStatusError]) -> None:
    async with Client(scripted({"status": status, "error": "on purpose", "retry_after_s": 3})) as client:
        with pytest.raises(kind, match="on purpose") as caught:
            await client.chat.completions.create(model=MODEL, messages=[QUESTION])
        assert caught.value.status_code == status
        assert caught.value.response.headers["retry-after"] == "3"


async def test_a_wrong_key() -> None:
    async with Client(saying(), key="sk-wrong") as client:
        with pytest.raises(openai.AuthenticationError) as caught:
            await client.chat.completions.create(model=MODEL, messages=[QUESTION])
        assert caught.value.code == "invalid_api_key"
