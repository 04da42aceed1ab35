"""Chunks of the wire in, events out; judges whether a turn is whole (kimi.md, Streams). Sans-I/O, linear."""

from __future__ import annotations

import io
from typing import Any

from kimi_lsp.model.calls import Calls
from kimi_lsp.model.errors import (
    Disconnected,
    Empty,
    Endless,
    Filtered,
    Garbled,
    ModelError,
    NotAStream,
    ServiceError,
    Truncated,
)
from kimi_lsp.model.estimate import input_tokens, tokens_of
from kimi_lsp.model.events import Content, Event, Finished, Reasoning, Usage
from kimi_lsp.model.halves import Halves
from kimi_lsp.model.markers import LeakedCall, MarkerFilter
from kimi_lsp.model.port import Request
from kimi_lsp.model.sse import ServerSentEvent
from kimi_lsp.model.status import error_from_object
from kimi_lsp.model.wire import Chunk, Delta, Tokens, decode, error_in

DONE = b"[DONE]"
WHOLE = frozenset({"stop", "tool_calls", "function_call", "end_turn", "eos"})
CUT = frozenset({"length", "max_tokens", "model_length"})
LEAST_LIMIT = 8 * 1024 * 1024
_CHARACTERS_A_TOKEN = 64


class Assembler:
    """One turn. ``push`` what arrives, then ``close``: that gives the tool calls, if all is well."""

    def __init__(self, request: Request | None = None, *, cached: int = 0) -> None:
        """``cached`` is what a response header says of cached input, used where the usage is silent."""
        self._request = request or Request(())
        self._cached = cached
        offered = frozenset(_tool_names(self._request))
        self._calls = Calls(offered)
        self._filters = {"content": MarkerFilter(offered), "reasoning": MarkerFilter(offered)}
        self._texts = {"content": io.StringIO(), "reasoning": io.StringIO()}
        self._halves = Halves()
        self._reasoning_key = ""
        self._reason = ""
        self._final: object = None
        self._tokens: Tokens | None = None
        self._size = 0
        self._limit = max(LEAST_LIMIT, self._request.max_tokens * _CHARACTERS_A_TOKEN)
        self._chunks = 0
        self._foreign = 0
        self._fault: ModelError | None = None
        self.done = False

    @property
    def began(self) -> bool:
        """Whether at least one valid chunk came."""
        return bool(self._chunks)

    @property
    def finished(self) -> bool:
        """Whether a finish reason was seen; usage may still follow."""
        return bool(self._reason)

    def push(self, event: ServerSentEvent) -> list[Event]:
        """The events that one server-sent event brings.

        Raises:
            ModelError: the service reports an error, or what came cannot be trusted.
        """
        if self.done:
            return []
        if event.data == DONE:
            self.done = True
            return []
        try:
            events: list[Event] = []
            self._chunk(_chunk_of(event), events)
            return events
        except ModelError as error:
            raise self._charged(error) from error.__cause__

    def close(self, broken_by: ModelError | None = None) -> list[Event]:
        """The end of the turn: its calls, usage and ``Finished``. ``broken_by`` says why nothing more comes.

        Raises:
            ModelError: the turn is not whole.
        """
        try:
            return self._close(broken_by)
        except ModelError as error:
            raise self._charged(error) from error.__cause__

    def _chunk(self, chunk: Chunk, events: list[Event]) -> None:
        if chunk.usage is not None:
            self._tokens = _better(self._tokens, chunk.usage)
        if chunk.error and not self._reason:
            raise error_from_object(chunk.error)
        if chunk.choices is None:
            self._foreign += 1
            return
        self._chunks += 1
        for choice in chunk.choices:
            if choice.index:
                continue
            if choice.usage is not None:
                self._tokens = _better(self._tokens, choice.usage)
            delta = choice.delta or choice.message
            if self._reason:
                self._late(delta, choice.finish_reason, chunk.choices)
            else:
                if delta is not None:
                    self._delta(delta, chunk.odd, events)
                if choice.finish_reason:
                    self._reason, self._final = choice.finish_reason, chunk.choices

    def _delta(self, delta: Delta, odd: bool, events: list[Event]) -> None:
        reasoning, content, calls = delta.reasoning_content, delta.content, delta.tool_calls
        key = "reasoning_content"
        if reasoning is None and delta.reasoning is not None:
            reasoning, key = delta.reasoning, "reasoning"
        if odd or self._halves.held:
            reasoning, content = (
                self._halves.text("reasoning", reasoning),
                self._halves.text("content", content),
            )
            self._halves.fragments(calls)
        if reasoning is not None:
            self._reasoning_key = self._reasoning_key or key
            if reasoning and key == self._reasoning_key:
                self._text("reasoning", reasoning, events)
        if content:
            self._text("content", content, events)
        if calls:
            for fragment in calls:
                if fragment.function is not None and fragment.function.arguments:
                    self._grown(fragment.function.arguments)
                self._calls.add(fragment, events)

    def _text(self, channel: str, text: str, events: list[Event]) -> None:
        self._grown(text)
        self._shown(channel, self._filters[channel].push(text), events)

    def _shown(self, channel: str, text: str, events: list[Event]) -> None:
        if text:
            self._texts[channel].write(text)
            events.append(Content(text) if channel == "content" else Reasoning(text))

    def _grown(self, text: str) -> None:
        self._size += len(text)
        if self._size > self._limit:
            raise Endless(self._limit)

    def _late(self, delta: Delta | None, reason: str | None, choices: object) -> None:
        """What comes after a finish reason: a frame sent twice is fine, more of a call is not."""
        if choices == self._final:
            return
        if delta is not None and delta.tool_calls:
            self._fault = Garbled("a tool call went on after the finish reason")
            raise self._fault
        if reason in CUT:
            self._reason = reason

    def _close(self, broken_by: ModelError | None) -> list[Event]:
        if self._fault is not None:
            raise self._fault
        if not self._reason:
            raise broken_by or self._ended_early()
        if self._reason in CUT:
            raise Truncated(self._calls.unfinished)
        if self._reason == "content_filter":
            raise Filtered
        if self._reason not in WHOLE:
            raise ServiceError(f"the answer ended with {self._reason!r}")
        events: list[Event] = []
        for channel, text in self._halves.close():
            self._text(channel, text, events)
        for channel, leaks in self._filters.items():
            self._shown(channel, leaks.close(), events)
        self._calls.recover(self._leaked(), events)
        calls, history = self._calls.finish()
        if not calls and not self._texts["content"].getvalue().strip():
            raise Empty(reasoned=bool(self._texts["reasoning"].tell()))
        message = self._message(history)
        return [*events, *calls, self._usage(), Finished("tool_calls" if calls else "stop", message)]

    def _leaked(self) -> list[LeakedCall]:
        """Calls found in text; those in the reasoning only where nothing was answered: else they were drafts."""
        found = list(self._filters["content"].calls)
        if not found and not self._texts["content"].getvalue().strip():
            found = self._filters["reasoning"].calls
        return found

    def _ended_early(self) -> ModelError:
        if self._chunks:
            return Disconnected("it ended without a finish reason")
        if self._foreign:
            return NotAStream("data that hold no answer")
        return Empty() if self.done else Disconnected("nothing came")

    def _message(self, calls: list[dict[str, object]]) -> dict[str, Any]:
        """The assistant's message for the history (kimi.md, Requests)."""
        message: dict[str, Any] = {"role": "assistant"}
        content = self._texts["content"].getvalue()
        if self._reasoning_key:
            message[self._reasoning_key] = self._texts["reasoning"].getvalue()
        if content.strip():
            message["content"] = content
        if calls:
            message["tool_calls"] = calls
        return message

    def _charged(self, error: ModelError) -> ModelError:
        """The error, with what the turn cost: a turn that failed is paid for all the same."""
        if error.usage is None and (self._chunks or self._tokens is not None):
            error.usage = self._usage()
        return error

    def _usage(self) -> Usage:
        tokens = self._tokens
        if tokens is None or tokens.prompt_tokens is None or tokens.completion_tokens is None:
            prompt = input_tokens(self._request)
            return Usage(prompt, tokens_of(self._size), min(self._cached, prompt), estimated=True)
        inputs, outputs = tokens.prompt_tokens_details, tokens.completion_tokens_details
        cached = (
            tokens.cached_tokens if inputs is None or inputs.cached_tokens is None else inputs.cached_tokens
        )
        prompt, output = max(tokens.prompt_tokens, 0), max(tokens.completion_tokens, 0)
        reasoning = (outputs.reasoning_tokens if outputs else None) or 0
        cached = self._cached if cached is None else cached
        return Usage(prompt, output, max(0, min(cached, prompt)), max(0, min(reasoning, output)))


def _tool_names(request: Request) -> list[str]:
    functions = [tool.get("function") or {} for tool in request.tools]
    return [str(function["name"]) for function in functions if "name" in function]


def _chunk_of(event: ServerSentEvent) -> Chunk:
    if event.name == b"message":
        return decode(event.data)
    if event.name == b"error":
        return Chunk(error=error_in(event.data))
    try:
        return decode(event.data)
    except Garbled:
        return Chunk()


def _better(before: Tokens | None, now: Tokens) -> Tokens:
    """The later report, unless it says less than the earlier: the same usage told twice, never a sum."""
    return before if before is not None and now.prompt_tokens is None else now
