"""Streams as services send them, built in one line each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

DONE = b"data: [DONE]\n\n"


def frame(value: object) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


def chunk(
    delta: object = None, finish: object = None, *, usage: object = None, index: object = 0
) -> dict[str, Any]:
    choice = {"index": index, "delta": {} if delta is None else delta, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "choices": [choice]} | (
        {"usage": usage} if usage else {}
    )


def say(text: str) -> dict[str, Any]:
    return chunk({"content": text})


def think(text: str) -> dict[str, Any]:
    return chunk({"reasoning_content": text})


def call(*fragments: Mapping[str, Any]) -> dict[str, Any]:
    return chunk({"tool_calls": list(fragments)})


def fragment(
    arguments: object = None, name: object = None, *, index: object = "absent", id: object = "absent"
) -> dict[str, Any]:
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    found: dict[str, Any] = {"function": function}
    if index != "absent":
        found["index"] = index
    if id != "absent":
        found["id"] = id
    return found


def usage(prompt: int = 100, completion: int = 20, cached: int = 0) -> dict[str, Any]:
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "prompt_tokens_details": {"cached_tokens": cached},
    }


def trailing(tokens: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"choices": [], "usage": dict(tokens or usage())}


def stream(*values: object, done: bool = True) -> bytes:
    frames = (value if isinstance(value, bytes) else frame(value) for value in values)
    return b"".join(frames) + (DONE if done else b"")
