"""The arguments of a tool call: read while they arrive, parsed strictly when whole. Sans-I/O, linear.

``StringFields`` is for showing progress only and forgives everything. ``parse`` is what a call is executed
with: strict JSON, or one of the few repairs that leave no doubt about what was meant (kimi.md, Streams).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Repair = Literal["empty", "null", "raw newline", "closing brace", "repeated object", "control marker"]

_PLAIN = re.compile(r'[^"\\]*')
_NESTED = re.compile(r'["{}\[\]]')
_SPACE = " \t\r\n"
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_LONGEST_ESCAPE = 12


class StringFields:
    """The string fields at the top of one JSON object that arrives in fragments of any size."""

    def __init__(self) -> None:
        self._name = ""
        self._key: list[str] = []
        self._held = ""
        self._inside = False
        self._depth = 0
        self._step = self._before

    @property
    def complete(self) -> bool:
        """Whether the object's closing brace was seen."""
        return self._step == self._after

    def push(self, fragment: str) -> Sequence[tuple[str, str]]:
        """The pieces of string fields, as (name, unescaped text), that ``fragment`` brings."""
        if self._inside and '"' not in fragment and "\\" not in fragment:
            return ((self._name, fragment),) if fragment else ()
        pieces: list[tuple[str, str]] = []
        text, at = self._held + fragment, 0
        self._held, self._inside = "", False
        while at < len(text):
            at = self._step(text, at, pieces)
        self._inside = self._step == self._value_string and not self._held
        return pieces

    def _before(self, text: str, at: int, pieces: list[tuple[str, str]]) -> int:
        if text[at] == "{":
            self._step = self._before_key
        elif text[at] not in _SPACE:
            self._step = self._ignored
        return at + 1

    def _ignored(self, text: str, at: int, pieces: list[tuple[str, str]]) -> int:
        return len(text)

    def _after(self, text: str, at: int, pieces: list[tuple[str, str]]) -> int:
        return len(text)

    def _before_key(self, text: str, at: int, pieces: list[tuple[str, str]]) -> int:
        if text[at] == '"':
            self._key = []
            self._step = self._key_string
        elif text[at] == "}":
            self._step = self._after
        return at + 1

    def _key_string(self, text: str, at: int, pieces: list[tuple[str, str]]) -> int:
        at, closed = self._string(text, at, self._key)
        if closed:
            self._name = "".join(self._key)
            self._step = self._before_value
        return at

    def _before_value(self, text: str, at: int, pieces: list[tuple[str, str]]) -> int:
        character = text[at]
        if character == '"':
            self._step = self._value_string
        elif character in "{[":
            self._depth = 1
            self._step = self._nested
        elif character not in _SPACE and character != ":":
            self._step = self._scalar
            return at
        return at + 1

    def _value_string(self, text: str, at: int, pieces: list[tuple[str, str]]) -> int:
        found: list[str] = []
        at, closed = self._string(text, at, found)
        if found:
            pieces.append((self._name, "".join(found)))
        if closed:
            self._step = self._before_key
        return at

    def _scalar(self, text: str, at: int, pieces: list[tuple[str, str]]) -> int:
        if text[at] in ",}":
            self._step = self._before_key
            return at
        return at + 1

    def _nested(self, text: str, at: int, pieces: list[tuple[str, str]]) -> int:
        found = _NESTED.search(text, at)
        if found is None:
            return len(text)
        if found.group() == '"':
            self._step = self._nested_string
        else:
            self._depth += 1 if found.group() in "{[" else -1
            if self._depth == 0:
                self._step = self._before_key
        return found.end()

    def _nested_string(self, text: str, at: int, pieces: list[tuple[str, str]]) -> int:
        at, closed = self._string(text, at, [])
        if closed:
            self._step = self._nested
        return at

    def _string(self, text: str, at: int, found: list[str]) -> tuple[int, bool]:
        """Read on in a string. What may be half an escape is held back until more comes."""
        while at < len(text):
            plain = _PLAIN.match(text, at)
            if plain is not None and plain.end() > at:
                found.append(plain.group())
                at = plain.end()
            elif text[at] == '"':
                return at + 1, True
            else:
                character, end = _unescaped(text, at)
                if end == 0:
                    self._held = text[at:]
                    return len(text), False
                found.append(character)
                at = end
        return at, False


def _unescaped(text: str, at: int) -> tuple[str, int]:
    """The character of the escape at ``at`` and where it ends; 0 where more text is needed to know."""
    escape = text[at : at + _LONGEST_ESCAPE]
    if len(escape) < 2:
        return "", 0
    if escape[1] != "u":
        return _SIMPLE.get(escape[1], escape[1]), at + 2
    if len(escape) < 6:
        return "", 0
    code = _hexadecimal(escape[2:6])
    if code is None:
        return "\ufffd", at + 2
    if not 0xD800 <= code < 0xE000:
        return chr(code), at + 6
    if code >= 0xDC00:
        return "\ufffd", at + 6
    if len(escape) < 12 and "\\u".startswith(escape[6:8]):
        return "", 0
    low = _hexadecimal(escape[8:12]) if escape[6:8] == "\\u" else None
    if low is None or not 0xDC00 <= low < 0xE000:
        return "\ufffd", at + 6
    return chr(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)), at + 12


def _hexadecimal(digits: str) -> int | None:
    return (
        int(digits, 16) if len(digits) == 4 and all(d in "0123456789abcdefABCDEF" for d in digits) else None
    )


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
