"""What a conversation asks for, read from the prompt as a careful stranger would: by its words alone.

A fix is recognised by its line ``Diagnostic: SOURCE CODE at PATH:LINE:COLUMN: MESSAGE``, the others by the
first word of the request (``Explain``, ``Refactor``), which is the text behind the last ``### request``
heading if there is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec

from kimi_lsp.simulator.request import ChatRequest, Message

Kind = Literal["fix", "explain", "refactor", "other"]

_DIAGNOSTIC = re.compile(
    r"^Diagnostic: (?P<label>\S.*?) at (?P<path>\S.*?):(?P<line>\d+):(?P<column>\d+): (?P<message>.*)$",
    re.MULTILINE,
)
_VERB = re.compile(r"^\W*(explain|refactor|simplify|modernize)\b", re.IGNORECASE)
_PATH = r"(?P<path>[^\s`][^\n`]*?\.\w+)(?=[:,.]?(?:\s|$))"
_SYMBOL = re.compile(rf"`(?P<symbol>[^`\n]+)` in {_PATH}")
_LINES = re.compile(rf"lines (?P<first>\d+)-(?P<last>\d+) of {_PATH}")
_ANY_PATH = re.compile(r"(?P<path>[\w./\\-]+\.\w+)")
_BLOCK = re.compile(
    r"^### (?P<path>\S.*?) lines (?P<first>\d+)-(?P<last>\d+) of \d+\b[^\n]*\n"
    r"(?P<fence>`{3,})[^\n`]*\n(?P<text>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One diagnostic of the prompt; line and column count from 1."""

    source: str
    code: str
    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class Step:
    """One tool call of this conversation, with its result. ``turn`` counts the assistant's turns."""

    turn: int
    name: str
    arguments: dict[str, Any]
    result: str

    @property
    def ok(self) -> bool:
        """Whether the tool did it: the engine begins every refusal with ``error``."""
        return not self.result.startswith("error")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a file that the prompt shows; ``first`` is the number of its first line."""

    path: str
    first: int
    text: str


@dataclass(frozen=True, slots=True)
class Wish:
    """The request: of what kind, about which place, what the prompt shows, and what was done so far."""

    kind: Kind
    path: str = ""
    symbol: str = ""
    lines: tuple[int, int] | None = None
    diagnostic: Diagnostic | None = None
    blocks: tuple[Block, ...] = ()
    steps: tuple[Step, ...] = ()


def read_wish(request: ChatRequest) -> Wish:
    """The latest request in the history that is understood, else one of kind ``other``."""
    for place in range(len(request.messages) - 1, -1, -1):
        message = request.messages[place]
        if message.role == "user" and (wish := _understood(message.text)) is not None:
            return replace(wish, steps=_steps(request.messages[place + 1 :]))
    return Wish("other")


def _understood(text: str) -> Wish | None:
    asked = text.rpartition("### request\n")[2].strip()
    blocks = tuple(Block(m["path"], int(m["first"]), m["text"]) for m in _BLOCK.finditer(text))
    verb = _VERB.match(asked)
    explains = verb is not None and verb[1].lower() == "explain"
    if (diagnostics := list(_DIAGNOSTIC.finditer(asked))) and not explains:
        return Wish("fix", diagnostics[-1]["path"], diagnostic=_diagnostic(diagnostics[-1]), blocks=blocks)
    if verb is None:
        return None
    path, symbol, lines = _place(asked.partition("\n")[0])
    if not path and blocks:
        path = blocks[0].path
    kind: Kind = "explain" if explains else "refactor"
    return Wish(kind, path, symbol, lines, None, blocks)


def _diagnostic(match: re.Match[str]) -> Diagnostic:
    source, _, code = match["label"].partition(" ")
    return Diagnostic(source, code, int(match["line"]), int(match["column"]), match["message"])


def _place(sentence: str) -> tuple[str, str, tuple[int, int] | None]:
    if match := _SYMBOL.search(sentence):
        return match["path"], match["symbol"], None
    if match := _LINES.search(sentence):
        return match["path"], "", (int(match["first"]), int(match["last"]))
    match = _ANY_PATH.search(sentence)
    return (match["path"] if match else ""), "", None


def _steps(messages: Sequence[Message]) -> tuple[Step, ...]:
    results = {message.tool_call_id: message.text for message in messages if message.role == "tool"}
    return tuple(
        Step(turn, call.function.name, _arguments(call.function.arguments), results.get(call.id, ""))
        for turn, message in enumerate(messages)
        for call in message.tool_calls or ()
    )


def _arguments(text: str) -> dict[str, Any]:
    return msgspec.json.decode(text, type=dict[str, Any])
