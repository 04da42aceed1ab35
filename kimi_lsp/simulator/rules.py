"""What the real service refuses with 400, in its own words where a public record of them exists.

Sources: ``kimi.md`` (Requests), recorded errors (``kimi_errors.json``) and issue threads that quote the
service (``invalid temperature: only 1 is allowed for this model``, ``thinking is enabled but
reasoning_content is missing``).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from kimi_lsp.simulator.errors import Invalid, NotFound
from kimi_lsp.simulator.request import ChatRequest, Message, MessageCall, Part

MODEL = "moonshot/kimi-k2.7-code"
CONTEXT_TOKENS = 262_144
OUTPUT_TOKENS = 16_384
ONLY_VALUES = {"temperature": 1, "top_p": 0.95, "n": 1, "presence_penalty": 0, "frequency_penalty": 0}
"""Sampling parameters and the one value that each may have; leaving them out is the same."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_COMPOSED = ("anyOf", "oneOf", "allOf", "$ref")


def check(request: ChatRequest, prompt_tokens: int) -> None:
    """Refuse what the service refuses.

    Raises:
        NotFound: another model was asked for.
        Invalid: a rule is broken; the sentence says which.
    """
    if request.model != MODEL:
        raise NotFound(f"The model '{request.model}' does not exist. This simulator serves '{MODEL}'.")
    _check_options(request)
    for tool in request.tools or ():
        _check_name(tool.function.name)
        _check_schema(tool.function.parameters or {}, "parameters")
    if not request.messages:
        raise Invalid("Invalid request: messages must not be empty")
    for position, message in enumerate(request.messages):
        _check_message(message, position)
    _check_calls_are_answered(request.messages)
    if prompt_tokens > CONTEXT_TOKENS:
        limit = f"Your request exceeded model token limit: {CONTEXT_TOKENS} (requested: {prompt_tokens})"
        raise Invalid(f"Invalid request: {limit}")


def _check_options(request: ChatRequest) -> None:
    for name, only in ONLY_VALUES.items():
        if getattr(request, name) not in (None, only):
            raise Invalid(f"invalid {name}: only {only} is allowed for this model")
    if request.thinking is not None and request.thinking.type != "enabled":
        raise Invalid("invalid thinking: only type=enabled is allowed for this model")
    if request.tool_choice not in (None, "auto", "none"):
        choice = request.tool_choice if isinstance(request.tool_choice, str) else "specified"
        raise Invalid(f"tool_choice '{choice}' is incompatible with thinking enabled")
    if request.response_format is not None and request.response_format.type not in ("text", "json_object"):
        raise Invalid("invalid response_format: only type=text and type=json_object are served")
    if request.output_limit is not None and request.output_limit < 1:
        raise Invalid("invalid max_tokens: it must be at least 1")


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        rule = "must start with a letter and can contain letters, numbers, underscores, and dashes"
        raise Invalid(f"Invalid request: function name is invalid, {rule}")


def _check_schema(schema: Mapping[str, Any], path: str) -> None:
    """Every property needs a type (kimi.md)."""
    properties = schema.get("properties")
    for name, inner in properties.items() if isinstance(properties, dict) else ():
        where = f"{path}.properties.{name}"
        if not isinstance(inner, dict) or not ("type" in inner or any(key in inner for key in _COMPOSED)):
            flavour = "tools.function.parameters is not a valid moonshot flavored json schema"
            raise Invalid(f"Invalid request: {flavour}, details: <At path '{where}': type is not defined>")
        _check_schema(inner, where)
    if isinstance(items := schema.get("items"), dict):
        _check_schema(items, f"{path}.items")


def _check_message(message: Message, position: int) -> None:
    if isinstance(message.content, list):
        for part in message.content:
            _check_part(part)
    # The service itself answers a tool-call turn with content "", and takes it back so.
    may_be_empty = message.role == "tool" or bool(message.tool_calls)
    if not may_be_empty and not message.content:
        role = f"the message at position {position} with role '{message.role}' must not be empty"
        raise Invalid(f"Invalid request: {role}")
    if message.tool_calls:
        _check_calls(message.tool_calls, message, position)


def _check_part(part: Part) -> None:
    if part.type == "text" and not part.text:
        raise Invalid("Invalid request: text content is empty")
    if part.type == "image_url":
        _check_image(part.image or "")


def _check_image(url: str) -> None:
    if url.startswith(("https://", "http://")):
        return
    head, _, data = url.partition(",")
    if not re.fullmatch(r"data:image/[\w.+-]+;base64", head):
        raise Invalid("Invalid request: image_url must be a web address or a data:image/...;base64 URL")
    try:
        base64.b64decode(data, validate=True)
    except binascii.Error:
        raise Invalid("Invalid request: the image's data is not valid base64") from None


def _check_calls(calls: Sequence[MessageCall], message: Message, position: int) -> None:
    if message.role != "assistant":
        raise Invalid(f"Invalid request: a message with role '{message.role}' cannot have tool_calls")
    if message.reasoning_content is None:
        missing = "reasoning_content is missing in assistant tool call message"
        raise Invalid(f"thinking is enabled but {missing} at index {position}")
    for call in calls:
        _check_name(call.function.name)
        try:
            msgspec.json.decode(call.function.arguments, type=dict[str, Any])
        except (msgspec.DecodeError, RecursionError):
            bad = f"the arguments of tool call '{call.id}' at index {position} are not a valid JSON object"
            raise Invalid(f"Invalid request: {bad}") from None


def _check_calls_are_answered(messages: Sequence[Message]) -> None:
    for calls, results in _rounds(messages):
        open_calls = [call.id for call in calls]
        for result in results:
            if result.tool_call_id not in open_calls:
                raise Invalid(f"Invalid request: tool_call_id {result.tool_call_id or ''} is not found")
            open_calls.remove(result.tool_call_id)
        if open_calls:
            rule = "an assistant message with 'tool_calls' must be followed by tool messages"
            missing = f"The following tool_call_ids did not have response messages: {', '.join(open_calls)}"
            raise Invalid(f"Invalid request: {rule} responding to each 'tool_call_id'. {missing}")


def _rounds(messages: Sequence[Message]) -> Iterator[tuple[Sequence[MessageCall], list[Message]]]:
    """Each message's calls with the tool messages that follow it directly."""
    calls: Sequence[MessageCall] = ()
    results: list[Message] = []
    for message in messages:
        if message.role == "tool":
            results.append(message)
        else:
            yield calls, results
            calls, results = message.tool_calls or (), []
    yield calls, results
