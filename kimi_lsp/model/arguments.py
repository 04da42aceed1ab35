"""The string fields of a tool call's arguments, read while they still arrive. Sans-I/O and linear.

For showing progress only: it forgives everything. What a call is executed with is parsed by ``strict``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

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
