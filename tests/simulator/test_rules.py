"""What the model refuses, and what it takes."""

from __future__ import annotations

from typing import Any

import pytest

from kimi_lsp.simulator.errors import Invalid, NotFound
from kimi_lsp.simulator.request import parse
from kimi_lsp.simulator.rules import CONTEXT_TOKENS, check
from tests.simulator.asking import HELLO, body, tool

CALL = {"id": "functions.read:0", "type": "function", "function": {"name": "read", "arguments": "{}"}}
CALLING = {"role": "assistant", "content": "", "reasoning_content": "I read.", "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "functions.read:0", "content": "a.py, lines 1-1 of 1.\nx"}
PIXEL = "data:image/png;base64,iVBORw0KGgo="


def check_request(prompt_tokens: int = 10, **fields: Any) -> None:
    check(parse(body(**fields)), prompt_tokens)


def said(*contents: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": content} for content in contents]}


def image(url: str) -> dict[str, Any]:
    return said([{"type": "image_url", "image_url": {"url": url}}])


def with_call(**changes: Any) -> dict[str, Any]:
    return {"messages": [HELLO, {**CALLING, **changes}, RESULT]}


def without(message: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name != key}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        pytest.param(
            {"tool_choice": "required"},
            "tool_choice 'required' is incompatible with thinking enabled",
            id="required",
        ),
        pytest.param(
            {"tool_choice": {"type": "function", "function": {"name": "edit"}}}, "'specified'", id="named"
        ),
        pytest.param(
            {"thinking": {"type": "disabled"}},
            "invalid thinking: only type=enabled is allowed for this model",
            id="no-thinking",
        ),
        pytest.param({"temperature": 0.7}, "invalid temperature: only 1 is allowed", id="temperature"),
        pytest.param({"top_p": 1}, "invalid top_p: only 0.95 is allowed", id="top_p"),
        pytest.param({"n": 2}, "invalid n: only 1", id="n"),
        pytest.param({"presence_penalty": 0.5}, "invalid presence_penalty: only 0", id="presence"),
        pytest.param({"frequency_penalty": 0.5}, "invalid frequency_penalty: only 0", id="frequency"),
        pytest.param({"max_tokens": 0}, "invalid max_tokens", id="no-room"),
        pytest.param({"response_format": {"type": "json_schema"}}, "invalid response_format", id="schema"),
        pytest.param({"messages": []}, "messages must not be empty", id="no-messages"),
        pytest.param(said(""), "message at position 0 with role 'user' must not be empty", id="empty"),
        pytest.param(said("hi", None), "message at position 1", id="null"),
        pytest.param(said([{"type": "text", "text": ""}]), "text content is empty", id="empty-part"),
        pytest.param(image("file:///etc/passwd"), "image_url must be", id="file-url"),
        pytest.param(image("data:image/png;base64,%%%"), "not valid base64", id="bad-base64"),
        pytest.param({"tools": [tool("2fast")]}, "function name is invalid", id="tool-name"),
        pytest.param(
            {"tools": [{"function": {"name": "f", "parameters": {"properties": {"x": {}}}}}]},
            "parameters.properties.x': type is not defined",
            id="untyped-property",
        ),
        pytest.param(
            {"messages": [HELLO, without(CALLING, "reasoning_content"), RESULT]},
            "reasoning_content is missing in assistant tool call message at index 1",
            id="no-reasoning",
        ),
        pytest.param(
            with_call(tool_calls=[{**CALL, "function": {"name": "read", "arguments": '{"path": "a'}}]),
            "arguments of tool call 'functions.read:0' at index 1",
            id="half-json",
        ),
        pytest.param(
            with_call(tool_calls=[{**CALL, "function": {"name": "read", "arguments": "[]"}}]),
            "not a valid JSON object",
            id="json-array",
        ),
        pytest.param(
            {"messages": [HELLO, RESULT]}, "tool_call_id functions.read:0 is not found", id="no-call"
        ),
        pytest.param({"messages": [HELLO, CALLING, RESULT, RESULT]}, "is not found", id="answered-twice"),
        pytest.param(
            {"messages": [HELLO, CALLING, HELLO]},
            "did not have response messages: functions.read:0",
            id="no-result",
        ),
        pytest.param({"messages": [HELLO, CALLING]}, "must be followed by tool messages", id="open-end"),
        pytest.param(
            {"messages": [{**CALLING, "role": "user"}, RESULT]}, "cannot have tool_calls", id="role"
        ),
    ],
)
def test_refused(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_request(**fields)
    assert sentence in refused.value.message


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="least"),
        pytest.param({"temperature": 1, "top_p": 0.95, "n": 1, "presence_penalty": 0}, id="official-values"),
        pytest.param({"temperature": None, "thinking": {"type": "enabled"}}, id="nulls"),
        pytest.param({"tool_choice": "none", "tools": [tool("edit", path="string")]}, id="no-tools"),
        pytest.param({"response_format": {"type": "json_object"}, "max_tokens": 4_096}, id="json-mode"),
        pytest.param(with_call(), id="call-and-result"),
        pytest.param(with_call(content=None), id="null-content"),
        pytest.param(with_call(reasoning_content=""), id="present-but-empty-reasoning"),
        pytest.param(image(PIXEL), id="data-url"),
        pytest.param(image("https://example.com/cat.jpg"), id="web-address"),
        pytest.param({"made_up": True, "user": "me"}, id="unknown-keys"),
    ],
)
def test_taken(fields: dict[str, Any]) -> None:
    check_request(**fields)


def test_another_model_is_not_found() -> None:
    with pytest.raises(NotFound, match=r"moonshot/kimi-k3.*does not exist"):
        check_request(model="moonshot/kimi-k3")


def test_a_prompt_over_the_window_is_refused() -> None:
    check_request(CONTEXT_TOKENS)
    with pytest.raises(Invalid, match=r"exceeded model token limit: 262144 \(requested: 262145\)"):
        check_request(CONTEXT_TOKENS + 1)


@pytest.mark.parametrize(
    ("plain", "name"),
    [
        ({"messages": []}, "model"),
        ({"model": "m"}, "messages"),
        ({"model": "m", "messages": [{"role": "robot"}]}, "messages[0].role"),
        ({"model": "m", "messages": [], "stream": "yes"}, "stream"),
    ],
)
def test_a_wrong_shape_is_named(plain: dict[str, Any], name: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(plain)
    assert name in refused.value.message
