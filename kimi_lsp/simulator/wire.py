"""An answer in the wire's own shape: a stream's chunks, in the order of the gateway's page, or one body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from kimi_lsp.simulator.answer import Answer, pieces

FINGERPRINT = "simulator"
DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every chunk of one answer repeats. ``first_call`` counts the calls that the conversation has."""

    id: str
    created: int
    model: str
    prompt_tokens: int
    cached_tokens: int
    first_call: int = 0


def usage(envelope: Envelope, answer: Answer) -> dict[str, Any]:
    """Tokens, with the cached ones in both places in which the service was seen to put them."""
    output = answer.output_tokens
    return {
        "prompt_tokens": envelope.prompt_tokens,
        "completion_tokens": output,
        "total_tokens": envelope.prompt_tokens + output,
        "cached_tokens": envelope.cached_tokens,
        "prompt_tokens_details": {"cached_tokens": envelope.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": answer.reasoning_tokens},
    }


def whole(envelope: Envelope, answer: Answer) -> dict[str, Any]:
    """The body of an answer that is not streamed."""
    message: dict[str, Any] = {"role": "assistant", "content": answer.content}
    if answer.reasoning:
        message["reasoning_content"] = answer.reasoning
    if answer.calls:
        message["tool_calls"] = [
            {"index": index, **_named(envelope, answer, index, call.arguments)}
            for index, call in enumerate(answer.calls)
        ]
    choice = {"index": 0, "message": message, "finish_reason": answer.finish}
    body = _frame(envelope, "chat.completion", [choice])
    return {**body, "usage": usage(envelope, answer)}


def chunks(envelope: Envelope, answer: Answer, *, include_usage: bool) -> Iterator[dict[str, Any]]:
    """The chunks of a stream: role, reasoning, content, calls in fragments, finish reason, usage."""
    for delta in _deltas(envelope, answer):
        yield _chunk(envelope, delta, None)
    yield _chunk(envelope, {}, answer.finish)
    if include_usage:
        yield {**_frame(envelope, "chat.completion.chunk", []), "usage": usage(envelope, answer)}


def event(chunk: dict[str, Any]) -> bytes:
    """One server-sent event."""
    return b"data: " + msgspec.json.encode(chunk) + b"\n\n"


def _deltas(envelope: Envelope, answer: Answer) -> Iterator[dict[str, Any]]:
    yield {"role": "assistant"}
    for piece in pieces(answer.reasoning, answer.piece_length):
        yield {"reasoning_content": piece}
    for piece in pieces(answer.content, answer.piece_length):
        yield {"content": piece}
    for index, call in enumerate(answer.calls):
        yield {"tool_calls": [{"index": index, **_named(envelope, answer, index, "")}]}
        for piece in pieces(call.arguments, answer.piece_length):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _named(envelope: Envelope, answer: Answer, index: int, arguments: str) -> dict[str, Any]:
    call = answer.calls[index]
    return {
        "id": call.id or f"functions.{call.name}:{envelope.first_call + index}",
        "type": "function",
        "function": {"name": call.name, "arguments": arguments},
    }


def _chunk(envelope: Envelope, delta: dict[str, Any], finish_reason: str | None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return _frame(envelope, "chat.completion.chunk", [choice])


def _frame(envelope: Envelope, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": envelope.id,
        "object": kind,
        "created": envelope.created,
        "model": envelope.model,
        "system_fingerprint": FINGERPRINT,
        "choices": choices,
    }
