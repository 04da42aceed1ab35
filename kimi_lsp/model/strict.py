"""The whole arguments of a tool call, as it is executed with: strict JSON, or a repair that leaves no doubt.

The repairs are those of kimi.md (Streams), each named. Whatever could have been meant otherwise is refused, and
the sentence goes back to the model. Sans-I/O and linear.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

Repair = Literal["empty", "null", "raw newline", "closing brace", "repeated object", "control marker"]

_SPACE = " \t\r\n"


class BadArguments(ValueError):
    """Arguments that cannot be executed; the sentence goes back to the model."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """Arguments that are certain, and what was mended for it."""

    arguments: dict[str, Any]
    repairs: tuple[Repair, ...] = ()

    def as_json(self, raw: str) -> str:
        """Strict JSON for the history: ``raw`` itself (a cached prefix holds) unless it was repaired."""
        return json.dumps(self.arguments, ensure_ascii=False) if self.repairs else raw


_END_MARKERS = re.compile(r"(?:\s*<\|(?:tool_call_end|tool_calls_section_end|im_end)\|>)+\s*\Z")
_OTHER_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_HALF = re.compile(r"[\ud800-\udfff]")


def parse(raw: str, *, repair: bool = True) -> Parsed:
    """Parse the whole arguments of a call whose turn ended with ``stop`` or ``tool_calls``.

    A turn that ended with ``length`` must not come here: a brace that is missing then hides an argument
    that is missing. With ``repair=False`` only strict JSON will do.

    Raises:
        BadArguments: no JSON object, or one that could have been meant otherwise.
    """
    text = raw.strip(_SPACE)
    if not repair:
        return Parsed(_object(text, strict=True))
    repairs: list[Repair] = []
    if text != (shorter := _END_MARKERS.sub("", text)):
        text = shorter
        repairs.append("control marker")
    if text in ("", "null"):
        return Parsed({}, (*repairs, "null" if text else "empty"))
    try:
        return Parsed(_object(text, strict=True), tuple(repairs))
    except BadArguments as error:
        return _repaired(text, repairs, error)


def _repaired(text: str, repairs: list[Repair], reason: BadArguments) -> Parsed:
    strict = True
    if any(newline in text for newline in "\n\r\t") and not _OTHER_CONTROLS.search(text):
        strict = False
    for closing in ("", "}") if text[-1] in '"]' or text.endswith(("true", "false", "null")) else ("",):
        try:
            arguments, repeated = _objects(text + closing, strict=strict)
        except _Twofold:
            raise
        except BadArguments:
            continue
        found = list(repairs)
        if not strict and not _parses_strictly(text + closing):
            found.append("raw newline")
        if closing:
            found.append("closing brace")
        if repeated:
            found.append("repeated object")
        return Parsed(arguments, tuple(found))
    raise reason


class _Twofold(BadArguments):
    """Two objects, or two values for one name: no telling which is meant."""


def _objects(text: str, *, strict: bool) -> tuple[dict[str, Any], bool]:
    """The one object that ``text`` holds, once or several times over."""
    first, end = _decode(text, 0, strict=strict)
    repeated = False
    while end < len(text):
        other, end = _decode(text, end, strict=strict)
        if other != first or json.dumps(other) != json.dumps(first):
            raise _Twofold("the arguments were two different objects; send one object in each call")
        repeated = True
    return first, repeated


def _parses_strictly(text: str) -> bool:
    try:
        _objects(text, strict=True)
    except BadArguments:
        return False
    return True


def _object(text: str, *, strict: bool) -> dict[str, Any]:
    value, end = _decode(text, 0, strict=strict)
    if end != len(text):
        raise BadArguments(f"the arguments went on after their object, at character {end}")
    return value


def _decode(text: str, at: int, *, strict: bool) -> tuple[dict[str, Any], int]:
    """The object at ``at``, and where the white space after it ends."""
    decoder = json.JSONDecoder(strict=strict, object_pairs_hook=_unique, parse_constant=_no_constant)
    try:
        value, end = decoder.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise BadArguments(
            f"the arguments were no valid JSON: {error.msg} at character {error.pos}"
        ) from error
    except BadArguments:
        raise
    except (ValueError, RecursionError) as error:
        raise BadArguments(f"the arguments were no valid JSON: {type(error).__name__}") from error
    if not isinstance(value, dict):
        raise BadArguments("the arguments were no JSON object")
    if _has_halves(value):
        raise BadArguments("the arguments held half of a surrogate pair")
    while end < len(text) and text[end] in _SPACE:
        end += 1
    return value, end


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found and found[name] != value:
            raise _Twofold(f"the arguments named {name!r} twice, with different values")
        found[name] = value
    return found


def _no_constant(name: str) -> Any:
    raise BadArguments(f"the arguments held {name}, which is not JSON")


def _has_halves(value: Any) -> bool:
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            if _HALF.search(item):
                return True
        elif isinstance(item, dict):
            pending += [*item, *item.values()]
        elif isinstance(item, list):
            pending += item
    return False
