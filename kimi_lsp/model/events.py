"""What a turn of the model is made of, in the order in which it arrives.

A turn yields ``Waiting*``, then ``Reasoning``, ``Content``, ``ToolCallStarted``, ``ToolArgument`` in any
mixture, then a ``ToolCall`` for each finished call in the order of their positions, at most one ``Usage``,
and ``Finished`` last. A turn that fails raises a ``ModelError`` instead of yielding ``Finished``, and yields no
``ToolCall`` then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

FinishReason = Literal["stop", "tool_calls"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing was sent or received yet: the next try starts in ``seconds``, because of ``why``."""

    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A piece of the chain of thought."""

    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """A piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCallStarted:
    """The call at ``position`` (0-based, in order of first appearance) has a name."""

    position: int
    name: str


@dataclass(frozen=True, slots=True)
class ToolArgument:
    """More of the string field ``name`` of the call at ``position``; for showing, never for executing."""

    position: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A whole call. ``id`` is opaque and echoed verbatim; ``arguments`` parsed strictly from ``raw``.

    ``error`` is set, and ``arguments`` empty, where the arguments were no JSON object: the call is answered
    with the error and never executed. ``repairs`` names what was mended without doubt
    (``model/arguments.py``).
    """

    position: int
    id: str
    name: str
    arguments: Mapping[str, Any]
    raw: str
    error: str | None = None
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one turn; reasoning is a part of ``output``, ``cached`` a part of ``input``.

    ``estimated`` where the service reported none.
    """

    input: int
    output: int
    cached: int = 0
    reasoning: int = 0
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """The turn is whole. ``message`` goes back into the history as it is (kimi.md, Requests)."""

    reason: FinishReason
    message: Mapping[str, Any] = field(default_factory=dict)


Event = Waiting | Reasoning | Content | ToolCallStarted | ToolArgument | ToolCall | Usage | Finished
