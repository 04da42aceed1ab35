"""A chunk of the stream as structs. Quick where the service is honest, lenient where it is not.

The quick way decodes straight into typed structs. Whatever does not fit (``choices`` or a delta of None, an
index that is a string, an object where a string belongs, halves of a surrogate pair) goes the slow way over
plain values. Vendors' shapes: OpenAI chat completions; ``reasoning_content`` (Moonshot, DeepSeek) or
``reasoning`` (vLLM, Ollama).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from kimi_lsp.model.errors import Garbled


class Function(Struct):
    """Name and a fragment of the arguments."""

    name: str | None = None
    arguments: str | None = None


class Fragment(Struct):
    """A piece of a tool call. ``index`` is None where it was missing or no number."""

    index: int | None = None
    id: str | None = None
    function: Function | None = None


class Delta(Struct):
    """What a chunk adds."""

    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    tool_calls: list[Fragment] | None = None


class InputDetails(Struct):
    """A part of ``Tokens``."""

    cached_tokens: int | None = None


class OutputDetails(Struct):
    """A part of ``Tokens``."""

    reasoning_tokens: int | None = None


class Tokens(Struct):
    """``usage`` as it is sent."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    prompt_tokens_details: InputDetails | None = None
    completion_tokens_details: OutputDetails | None = None


class Choice(Struct):
    """``message`` stands in for ``delta`` in an answer that was not streamed."""

    delta: Delta | None = None
    message: Delta | None = None
    index: int | None = None
    finish_reason: str | None = None
    usage: Tokens | None = None


class Chunk(Struct):
    """One ``data:`` line. ``choices`` is None where there was no such list: then it was no chunk at all."""

    choices: list[Choice] | None = None
    usage: Tokens | None = None
    error: Any = None
    odd: bool = False


_quick = msgspec.json.Decoder(Chunk).decode


def decode(payload: bytes) -> Chunk:
    """Read one payload.

    Raises:
        Garbled: it is not JSON, or not UTF-8.
    """
    try:
        chunk = _quick(payload)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _lenient(payload)
    return _lenient(payload) if chunk.choices is None else chunk


def error_in(payload: bytes) -> Any:
    """What an ``event: error`` carries: its error object, or whatever text there is."""
    text = payload.decode("utf-8", "replace")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text or "no reason"
    return (value.get("error") if isinstance(value, Mapping) else None) or value or "no reason"


def _lenient(payload: bytes) -> Chunk:
    try:
        value = json.loads(payload.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Garbled("a chunk that is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise Garbled("a chunk that is not JSON") from error
    if not isinstance(value, Mapping):
        return Chunk(odd=True)
    choices = value.get("choices")
    fault = value.get("error")
    if fault is None and value.get("object") == "error":
        fault = value
    return Chunk(
        choices=[_choice(item) for item in choices if isinstance(item, Mapping)]
        if isinstance(choices, list)
        else None,
        usage=_tokens(value.get("usage")),
        error=fault,
        odd=True,
    )


def _choice(value: Mapping[str, Any]) -> Choice:
    return Choice(
        delta=_delta(value.get("delta")),
        message=_delta(value.get("message")),
        index=_number(value.get("index")),
        finish_reason=_text(value.get("finish_reason")),
        usage=_tokens(value.get("usage")),
    )


def _delta(value: object) -> Delta | None:
    if not isinstance(value, Mapping):
        return None
    calls = value.get("tool_calls")
    return Delta(
        content=_content(value.get("content")),
        reasoning_content=_text(value.get("reasoning_content")),
        reasoning=_text(value.get("reasoning")),
        tool_calls=[_fragment(item) for item in calls if isinstance(item, Mapping)]
        if isinstance(calls, list)
        else None,
    )


def _fragment(value: Mapping[str, Any]) -> Fragment:
    function = value.get("function")
    return Fragment(
        index=_number(value.get("index")),
        id=_identifier(value.get("id")),
        function=_function(function) if isinstance(function, Mapping) else None,
    )


def _function(value: Mapping[str, Any]) -> Function:
    arguments = value.get("arguments")
    if isinstance(arguments, (Mapping, list)):
        arguments = json.dumps(arguments, ensure_ascii=False)
    return Function(name=_text(value.get("name")), arguments=_text(arguments))


def _content(value: object) -> str | None:
    if isinstance(value, list):
        return "".join(_text(part.get("text")) or "" for part in value if isinstance(part, Mapping))
    return _text(value)


def _tokens(value: object) -> Tokens | None:
    if not isinstance(value, Mapping):
        return None
    inputs, outputs = value.get("prompt_tokens_details"), value.get("completion_tokens_details")
    return Tokens(
        prompt_tokens=_number(value.get("prompt_tokens")),
        completion_tokens=_number(value.get("completion_tokens")),
        cached_tokens=_number(value.get("cached_tokens")),
        prompt_tokens_details=InputDetails(_number(inputs.get("cached_tokens")))
        if isinstance(inputs, Mapping)
        else None,
        completion_tokens_details=(
            OutputDetails(_number(outputs.get("reasoning_tokens"))) if isinstance(outputs, Mapping) else None
        ),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _identifier(value: object) -> str | None:
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else None


def _number(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if value == value and abs(value) < 2**53 else None
