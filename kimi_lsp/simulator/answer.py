"""What a brain answers, before it becomes bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from kimi_lsp.simulator.prefix import BYTES_PER_TOKEN, tokens
from kimi_lsp.simulator.request import ChatRequest

FaultKind = Literal["end", "disconnect", "stall"]

SIGNATURE = "Simulator: "

_PIECE = re.compile(r"\s*\w{1,12}|\s*[^\w\s]{1,3}|\s+")


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call; ``arguments`` is the JSON text that goes out, valid or not.

    ``id`` is made up where it is None, as Kimi does: ``functions.edit:0``, counting through the conversation.
    """

    name: str
    arguments: str
    id: str | None = None

    @classmethod
    def of(cls, name: str, arguments: Mapping[str, Any]) -> Call:
        """A call with valid arguments, in the order in which they are given."""
        return cls(name, json.dumps(arguments, ensure_ascii=False))


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong after ``after`` chunks.

    ``end``: the body ends as if it were whole. ``disconnect``: the connection is closed, the body is not
    whole. ``stall``: nothing more comes, and the connection stays open.
    """

    kind: FaultKind
    after: int = 0


@dataclass(frozen=True, slots=True)
class Literally:
    """A body that is no answer at all: sent as it is, a piece at a time."""

    pieces: tuple[str, ...]
    content_type: str = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Answer:
    """One turn. Times are in seconds; None for ``chunk_delay_s`` is the server's own pace."""

    reasoning: str = ""
    content: str = ""
    calls: tuple[Call, ...] = ()
    finish_reason: str | None = None
    first_byte_delay_s: float = 0.0
    chunk_delay_s: float | None = None
    piece_length: int | None = None
    fault: Fault | None = None
    literally: Literally | None = None

    @property
    def finish(self) -> str:
        """The finish reason, as the service would choose it unless it was given."""
        return self.finish_reason or ("tool_calls" if self.calls else "stop")

    @property
    def reasoning_tokens(self) -> int:
        """The estimate for the chain of thought."""
        return tokens(_size(self.reasoning))

    @property
    def output_tokens(self) -> int:
        """The estimate for all that was said, thinking and calls included."""
        called = sum(_size(call.name) + _size(call.arguments) for call in self.calls)
        return self.reasoning_tokens + tokens(_size(self.content) + called)


class Brain(Protocol):
    """Decides what is answered; the server does all the rest."""

    name: str

    async def answer(self, request: ChatRequest) -> Answer:
        """One turn for a request that broke no rule.

        Raises:
            Refusal: the request is answered with an HTTP error instead.
        """
        ...


def signed(answer: Answer) -> Answer:
    """``answer`` with its chain of thought, where there is one, saying whose it is: nobody is fooled."""
    if not answer.reasoning or answer.reasoning.startswith(SIGNATURE):
        return answer
    return replace(answer, reasoning=SIGNATURE + answer.reasoning)


def limited(answer: Answer, output_tokens: int | None) -> Answer:
    """As much of ``answer`` as fits, thinking first; cut short it ends with ``length``."""
    if output_tokens is None or answer.output_tokens <= output_tokens:
        return answer
    room = output_tokens * BYTES_PER_TOKEN
    reasoning, room = _within(answer.reasoning, room)
    content, room = _within(answer.content, room)
    calls: list[Call] = []
    for call in answer.calls:
        if room > 0:
            arguments, room = _within(call.arguments, room - _size(call.name))
            calls.append(replace(call, arguments=arguments))
    return replace(answer, reasoning=reasoning, content=content, calls=tuple(calls), finish_reason="length")


def pieces(text: str, length: int | None) -> Iterator[str]:
    """``text`` in fragments about as long as tokens are, or of ``length`` characters."""
    if length is None:
        return (match[0] for match in _PIECE.finditer(text))
    return (text[start : start + length] for start in range(0, len(text), length))


def _size(text: str) -> int:
    return len(text.encode(errors="replace"))


def _within(text: str, room: int) -> tuple[str, int]:
    kept = text.encode(errors="replace")[: max(room, 0)].decode(errors="ignore")
    return kept, room - _size(kept) if kept == text else 0
