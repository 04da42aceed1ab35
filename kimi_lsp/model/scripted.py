"""A Model that plays turns written down beforehand, for tests and replay. It goes the wire's way: chunks, events.

Scripted([Turn(reasoning="Hm.", calls=[("edit", {"path": "a.py"})]), Turn(content="Done."), Turn(fails=NoCredit())])
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kimi_lsp.model.assemble import DONE, Assembler
from kimi_lsp.model.errors import Disconnected, ModelError
from kimi_lsp.model.events import Event, Usage
from kimi_lsp.model.port import Request
from kimi_lsp.model.sse import ServerSentEvent

Call = tuple[str, Mapping[str, Any] | str]
"""A tool's name and its arguments; a string is sent as it is, valid or not."""


_USAGE = Usage(100, 20)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one answer says. ``finish`` None: the reason that fits; "": none ever comes.

    Text comes in pieces of ``piece`` characters (0: whole), each after ``delay_s``. ``fails`` is raised after
    everything else was said, in place of the end; with nothing else to say, at once.
    """

    reasoning: str = ""
    content: str = ""
    calls: Sequence[Call] = ()
    finish: str | None = None
    usage: Usage | None = _USAGE
    piece: int = 8
    delay_s: float = 0.0
    fails: ModelError | None = None
    reasoning_key: str = "reasoning_content"

    def chunks(self) -> Iterator[dict[str, Any]]:
        """The chunks of the wire, in the service's order."""
        yield _chunk({"role": "assistant"})
        for text in _pieces(self.reasoning, self.piece):
            yield _chunk({self.reasoning_key: text})
        for text in _pieces(self.content, self.piece):
            yield _chunk({"content": text})
        for position, (name, arguments) in enumerate(self.calls):
            yield from _call_chunks(position, name, arguments, self.piece)
        if self.fails is not None:
            return
        finish = ("tool_calls" if self.calls else "stop") if self.finish is None else self.finish
        if finish:
            yield _chunk({}, finish)
        if self.usage is not None:
            yield {"choices": [], "usage": _usage(self.usage)}


class ScriptEnded(ModelError):
    """The model was asked more often than the script has turns."""

    name = "script-ended"

    def __init__(self, turns: int) -> None:
        super().__init__(f"The script has only {turns} turns.")


class Scripted:
    """Plays ``turns`` one after the other, and remembers in ``requests`` what it was asked.

    A turn may also be a function of the request, for answers that depend on it.
    """

    def __init__(
        self,
        turns: Iterable[Turn | Callable[[Request], Turn]],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._turns = tuple(turns)
        self._sleep = sleep
        self.requests: list[Request] = []

    async def stream(
        self, request: Request, tap: Callable[[ServerSentEvent], None] | None = None
    ) -> AsyncGenerator[Event, None]:
        """Play the next turn.

        Raises:
            ModelError: what the turn says, or what its chunks amount to.
        """
        number = len(self.requests)
        self.requests.append(request)
        if number >= len(self._turns):
            raise ScriptEnded(len(self._turns))
        planned = self._turns[number]
        turn = planned if isinstance(planned, Turn) else planned(request)
        assembler = Assembler(request)
        silent = not (turn.reasoning or turn.content or turn.calls)
        if turn.fails is not None and silent:
            raise turn.fails
        for sent in _sent(turn):
            await self._sleep(turn.delay_s)
            if tap is not None:
                tap(sent)
            for event in assembler.push(sent):
                yield event
        for event in assembler.close(turn.fails or Disconnected("the script gives no finish reason")):
            yield event


def _sent(turn: Turn) -> Iterator[ServerSentEvent]:
    for chunk in turn.chunks():
        yield ServerSentEvent(json.dumps(chunk, ensure_ascii=False).encode())
    if turn.fails is None:
        yield ServerSentEvent(DONE)


def _chunk(delta: Mapping[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }


def _call_chunks(
    position: int, name: str, arguments: Mapping[str, Any] | str, piece: int
) -> Iterator[dict[str, Any]]:
    raw = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    head = {"id": f"{name}:{position}", "type": "function", "function": {"name": name, "arguments": ""}}
    yield _chunk({"tool_calls": [{"index": position, **head}]})
    for text in _pieces(raw, piece):
        yield _chunk({"tool_calls": [{"index": position, "function": {"arguments": text}}]})


def _pieces(text: str, size: int) -> Iterator[str]:
    step = size or max(1, len(text))
    return (text[at : at + step] for at in range(0, len(text), step))


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": {"cached_tokens": usage.cached},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning},
    }
