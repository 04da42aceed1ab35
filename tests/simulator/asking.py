"""Requests as these tests send them, and a plain HTTP client to send them with."""

from __future__ import annotations

import json
from typing import Any

import httpx2

from kimi_lsp.simulator.account import DEFAULT_KEY
from kimi_lsp.simulator.answer import Answer, Brain
from kimi_lsp.simulator.request import ChatRequest
from kimi_lsp.simulator.rules import MODEL
from kimi_lsp.simulator.scripted import Scenario, Scripted

KEY = {"Authorization": f"Bearer {DEFAULT_KEY}"}
HELLO = {"role": "user", "content": "Hello!"}


class Saying:
    """A brain that always says the same."""

    name = "saying"

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def answer(self, request: ChatRequest) -> Answer:
        return self._answer


def saying(**fields: Any) -> Brain:
    return Saying(Answer(**fields))


def scripted(*turns: dict[str, Any]) -> Scripted:
    return Scripted(Scenario.of({"name": "test", "turns": list(turns)}))


def body(**fields: Any) -> dict[str, Any]:
    return {"model": MODEL, "messages": [HELLO], **fields}


def tool(name: str, **properties: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {key: {"type": kind} for key, kind in properties.items()}}
    return {"type": "function", "function": {"name": name, "parameters": schema}}


async def post(url: str, content: Any, headers: dict[str, str] | None = None) -> httpx2.Response:
    """The whole answer to one chat request; ``content`` is bytes or plain values."""
    sent = content if isinstance(content, bytes) else json.dumps(content).encode()
    async with httpx2.AsyncClient(timeout=20, trust_env=False) as client:
        target = f"{url}/chat/completions"
        return await client.post(target, content=sent, headers=KEY if headers is None else headers)


async def get(url: str, headers: dict[str, str] | None = None) -> httpx2.Response:
    async with httpx2.AsyncClient(timeout=20, trust_env=False) as client:
        return await client.get(url, headers=KEY if headers is None else headers)


def events(stream: bytes) -> list[Any]:
    """The decoded data of each event, ``[DONE]`` as it is; every event is one data line and a blank one."""
    assert stream.endswith(b"\n\n")
    found = []
    for event in stream[:-2].split(b"\n\n"):
        assert event.startswith(b"data: ")
        assert b"\n" not in event
        data = event.removeprefix(b"data: ")
        found.append("[DONE]" if data == b"[DONE]" else json.loads(data))
    return found
