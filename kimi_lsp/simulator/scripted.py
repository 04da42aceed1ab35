"""The scripted brain: answers, faults and errors read from a scenario.

A scenario is JSON::

    {"name": "a busy gateway",
     "turns": [
       {"status": 503, "retry_after_s": 2},
       {"when": "Fix", "tool_calls": [{"name": "read", "arguments": {"path": "a.py"}}]},
       {"when": "Fix", "content": "Done.", "fault": {"kind": "disconnect", "after": 3}}]}

For each request the first turn that is left, and whose ``when`` is absent or occurs in the last user message,
is taken and used up (unless it says ``"repeat": true``). Keys that the schema does not know are refused by
name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from kimi_lsp.simulator.answer import Answer, Call, Fault, FaultKind, Literally
from kimi_lsp.simulator.errors import Invalid, ScenarioError, refusal_of
from kimi_lsp.simulator.request import ChatRequest

Seconds = Annotated[float, Meta(ge=0, le=86_400)]


class ScriptedCall(Struct, frozen=True, forbid_unknown_fields=True):
    """A tool call: ``arguments`` as an object, or ``raw_arguments`` as any text at all."""

    name: str
    arguments: dict[str, Any] = {}
    raw_arguments: str | None = None
    id: str | None = None


class ScriptedFault(Struct, frozen=True, forbid_unknown_fields=True):
    """What goes wrong after ``after`` chunks (see ``answer.Fault``)."""

    kind: FaultKind
    after: Annotated[int, Meta(ge=0)] = 0


class Turn(Struct, frozen=True, forbid_unknown_fields=True):
    """One answer.

    ``status`` makes it an HTTP error with ``error`` as its sentence. ``literal`` replaces the whole
    body by pieces of text that are sent as they are, under ``content_type``. Times are in seconds;
    ``chunk_delay_s`` replaces the server's pace. ``piece_length`` is the length of a fragment in characters.
    An empty ``reasoning`` sends none.
    """

    when: str | None = None
    repeat: bool = False
    reasoning: str = "a scripted answer."
    content: str = ""
    tool_calls: list[ScriptedCall] = []
    finish_reason: str | None = None
    status: Annotated[int, Meta(ge=400, le=599)] | None = None
    error: str = "a scripted error"
    retry_after_s: Annotated[int, Meta(ge=0)] | None = None
    first_byte_delay_s: Seconds = 0.0
    chunk_delay_s: Seconds | None = None
    piece_length: Annotated[int, Meta(ge=1)] | None = None
    fault: ScriptedFault | None = None
    literal: list[str] | None = None
    content_type: str = "text/event-stream"


class Scenario(Struct, frozen=True, forbid_unknown_fields=True):
    """Turns in the order in which they are looked at."""

    turns: list[Turn]
    name: str = "scenario"

    @classmethod
    def of(cls, plain: object) -> Scenario:
        """The scenario that plain values are.

        Raises:
            ScenarioError: they do not fit; the sentence names the key and the place.
        """
        try:
            return msgspec.convert(plain, cls)
        except msgspec.ValidationError as error:
            raise ScenarioError(str(error).replace("`", "'")) from None

    @classmethod
    def read(cls, path: Path) -> Scenario:
        """The scenario in a JSON file.

        Raises:
            ScenarioError: it cannot be read, is no JSON, or does not fit.
        """
        try:
            return cls.of(msgspec.json.decode(path.read_bytes()))
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, ScenarioError) as error:
            raise ScenarioError(f"{path}: {error}") from None


class Scripted:
    """Plays a scenario; the turns that are left are its only state."""

    name = "scripted"

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._left = list(scenario.turns)

    @property
    def left(self) -> tuple[Turn, ...]:
        """The turns that were not used yet; those that repeat always stay."""
        return tuple(self._left)

    async def answer(self, request: ChatRequest) -> Answer:
        """The next turn that fits.

        Raises:
            Refusal: the turn is an error, or none is left.
        """
        turn = self._take(request.last_user_text)
        if turn.status is not None:
            raise refusal_of(turn.status, turn.error, retry_after_s=turn.retry_after_s)
        return _answer(turn)

    def _take(self, last_user_text: str) -> Turn:
        for place, turn in enumerate(self._left):
            if turn.when is None or turn.when in last_user_text:
                return turn if turn.repeat else self._left.pop(place)
        raise Invalid(f"Simulator: scenario '{self._scenario.name}' has no turn left for this request")


def _answer(turn: Turn) -> Answer:
    calls = tuple(
        Call(call.name, Call.of(call.name, call.arguments).arguments, call.id)
        if call.raw_arguments is None
        else Call(call.name, call.raw_arguments, call.id)
        for call in turn.tool_calls
    )
    return Answer(
        reasoning=turn.reasoning,
        content=turn.content,
        calls=calls,
        finish_reason=turn.finish_reason,
        first_byte_delay_s=turn.first_byte_delay_s,
        chunk_delay_s=turn.chunk_delay_s,
        piece_length=turn.piece_length,
        fault=None if turn.fault is None else Fault(turn.fault.kind, turn.fault.after),
        literally=None if turn.literal is None else Literally(tuple(turn.literal), turn.content_type),
    )
