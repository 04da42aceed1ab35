"""A Model that answers as a recording does, and notes where it is asked otherwise than it was then."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from kimi_lsp.model.assemble import Assembler
from kimi_lsp.model.errors import ModelError, known_errors
from kimi_lsp.model.events import Event
from kimi_lsp.model.port import Message, Request
from kimi_lsp.model.recording import RecordedTurn, Recording
from kimi_lsp.model.sse import ServerSentEvent


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a request is not what it was. ``turn`` and ``message`` count from 1; ``message`` 0: not in a message."""

    turn: int
    message: int
    what: str

    def __str__(self) -> str:
        place = f"turn {self.turn}" + (f", message {self.message}" if self.message else "")
        return f"{place}: {self.what}"


class RecordingEnded(ModelError):
    """The engine asked for more turns than were recorded."""

    name = "recording-ended"

    def __init__(self, turns: int) -> None:
        super().__init__(f"The recording has only {turns} turns, and one more was asked for.")


class Replayed:
    """Serves the turns of ``recording`` one after the other; ``differences`` grows as it is asked.

    ``speed`` 0 is at once, 1 as fast as it was then.
    """

    def __init__(
        self,
        recording: Recording,
        *,
        speed: float = 0.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.differences: list[Difference] = []
        self.turns = 0
        self._recording = recording
        self._speed = speed
        self._sleep = sleep

    async def stream(
        self, request: Request, tap: Callable[[ServerSentEvent], None] | None = None
    ) -> AsyncGenerator[Event, None]:
        """As ``port.Model``.

        Raises:
            ModelError: the error that the turn ended with then, or ``RecordingEnded``.
        """
        number, self.turns = self.turns, self.turns + 1
        if number >= len(self._recording.turns):
            raise RecordingEnded(len(self._recording.turns))
        turn = self._recording.turns[number]
        self.differences += differences(
            turn.request, request, number + 1, shapes_only=self._recording.redacted
        )
        for waiting in turn.waited:
            yield waiting
        failed = _error(*turn.failed) if turn.failed else None
        if failed is not None and not turn.sent:
            raise failed
        begun = False
        async with contextlib.aclosing(self._events(request, turn, failed, tap)) as events:
            try:
                async for event in events:
                    begun = True
                    yield event
            except ModelError as error:
                error.retryable = type(error).retryable and begun
                raise

    async def _events(
        self,
        request: Request,
        turn: RecordedTurn,
        failed: ModelError | None,
        tap: Callable[[ServerSentEvent], None] | None,
    ) -> AsyncGenerator[Event, None]:
        assembler, now_s = Assembler(request), 0.0
        for at_s, event in turn.sent:
            if self._speed:
                await self._sleep(max(0.0, at_s - now_s) / self._speed)
                now_s = at_s
            if tap is not None:
                tap(event)
            for one in assembler.push(event):
                yield one
        for one in assembler.close(failed):
            yield one


def differences(then: Request, now: Request, turn: int = 1, *, shapes_only: bool = False) -> list[Difference]:
    """Where ``now`` differs; with ``shapes_only`` (a redacted recording) texts are not compared."""
    found: list[Difference] = []
    if _names(then) != _names(now):
        found.append(Difference(turn, 0, f"the tools were {_names(then)} and are {_names(now)}"))
    elif then.tools != now.tools and not shapes_only:
        found.append(Difference(turn, 0, "the tools are described otherwise"))
    if len(then.messages) != len(now.messages):
        found.append(
            Difference(turn, 0, f"there were {len(then.messages)} messages and are {len(now.messages)}")
        )
    for number, (one, other) in enumerate(zip(then.messages, now.messages, strict=False), 1):
        if what := _difference(one, other, shapes_only):
            found.append(Difference(turn, number, what))
    return found


def _difference(then: Message, now: Message, shapes_only: bool) -> str:
    if then.get("role") != now.get("role"):
        return f"its role was {then.get('role')} and is {now.get('role')}"
    if shapes_only:
        then, now = {key: None for key in then}, {key: None for key in now}
    for key in sorted({*then, *now}):
        one, other = _text(then.get(key)), _text(now.get(key))
        if (key in then) != (key in now):
            return f"{key} {'is new' if key in now else 'is missing'}"
        if one != other:
            at = next(
                (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
                min(len(one), len(other)),
            )
            return f"{key} differs at character {at}: {one[at : at + 40]!r} was, {other[at : at + 40]!r} is"
    return ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _names(request: Request) -> list[str]:
    return [tool.get("function", {}).get("name", "") for tool in request.tools]


def _error(name: str, sentence: str) -> ModelError:
    """An error of the same kind and words, without the circumstances that made it."""
    kind = known_errors().get(name, ModelError)
    error = kind.__new__(kind)
    error.args = (sentence,)
    error.retryable = False
    return error
