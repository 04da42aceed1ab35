"""A chat completion request as values. Only its shape is checked here; the model's rules: ``rules.py``."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

from kimi_lsp.simulator.errors import Invalid


class ImageUrl(Struct, frozen=True):
    """A web address or a data URL."""

    url: str


class Part(Struct, frozen=True):
    """One part of a message's content."""

    type: Literal["text", "image_url"]
    text: str | None = None
    image_url: ImageUrl | str | None = None

    @property
    def image(self) -> str | None:
        """The image's address, where the part is one."""
        return self.image_url.url if isinstance(self.image_url, ImageUrl) else self.image_url


class CalledFunction(Struct, frozen=True):
    """A call as it comes back in the history; ``arguments`` is JSON text."""

    name: str
    arguments: str


class MessageCall(Struct, frozen=True):
    """One tool call of an earlier assistant turn."""

    id: str
    function: CalledFunction


class Message(Struct, frozen=True):
    """One message of the history."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[Part] | None = None
    reasoning_content: str | None = None
    tool_calls: list[MessageCall] | None = None
    tool_call_id: str | None = None

    @property
    def text(self) -> str:
        """All text of it; images are left out."""
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        return "\n".join(part.text for part in self.content if part.text is not None)


class Function(Struct, frozen=True):
    """An offered tool's name and schema."""

    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None


class Tool(Struct, frozen=True):
    """An offered tool."""

    function: Function
    type: Literal["function"] = "function"


class StreamOptions(Struct, frozen=True):
    """What a stream should carry besides."""

    include_usage: bool | None = None


class Thinking(Struct, frozen=True):
    """Moonshot's switch, which this model has only in one position."""

    type: str


class ResponseFormat(Struct, frozen=True):
    """``{"type": "json_object"}`` is JSON mode."""

    type: str


class ChatRequest(Struct, frozen=True):
    """The body of ``POST /v1/chat/completions``. Unknown keys are left alone, as the service does."""

    model: str
    messages: list[Message]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    tools: list[Tool] | None = None
    tool_choice: str | dict[str, Any] | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    n: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    thinking: Thinking | None = None
    response_format: ResponseFormat | None = None

    @property
    def offered(self) -> frozenset[str]:
        """The names of the tools that may be called."""
        if self.tool_choice == "none":
            return frozenset()
        return frozenset(tool.function.name for tool in self.tools or ())

    @property
    def json_mode(self) -> bool:
        """Whether the answer must be one JSON object."""
        return self.response_format is not None and self.response_format.type == "json_object"

    @property
    def output_limit(self) -> int | None:
        """Tokens the answer may have, thinking included."""
        return self.max_completion_tokens if self.max_tokens is None else self.max_tokens

    @property
    def last_user_text(self) -> str:
        """The text of the last user message, or nothing."""
        return next((message.text for message in reversed(self.messages) if message.role == "user"), "")


def decode(body: bytes) -> dict[str, Any]:
    """The body as plain values.

    Raises:
        Invalid: it is empty, no JSON, or no object.
    """
    if not body.strip():
        raise Invalid("Invalid request: the body is empty; a JSON object is expected")
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"Invalid request: the body is not a JSON object: {error}") from None


def parse(plain: dict[str, Any]) -> ChatRequest:
    """The request that ``plain`` is.

    Raises:
        Invalid: a field is missing or of the wrong type; the sentence names it.
    """
    try:
        return msgspec.convert(plain, ChatRequest)
    except (msgspec.ValidationError, RecursionError) as error:
        raise Invalid(f"Invalid request: {error}".replace("`", "'")) from None
