"""Control markers of Kimi's chat template that leak into text: hidden, and the calls they frame recovered.

Kimi K2 writes a call as ``<|tool_calls_section_begin|><|tool_call_begin|>functions.NAME:0
<|tool_call_argument_begin|>{...}<|tool_call_end|><|tool_calls_section_end|>``; a service that fails to parse
it passes it on as content or reasoning. Sans-I/O and linear.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

CALL, ARGUMENTS, CALL_END = "<|tool_call_begin|>", "<|tool_call_argument_begin|>", "<|tool_call_end|>"
SECTION, SECTION_END = "<|tool_calls_section_begin|>", "<|tool_calls_section_end|>"
MARKERS = (CALL, ARGUMENTS, CALL_END, SECTION, SECTION_END, "<|im_end|>")

_ANY = re.compile("|".join(map(re.escape, MARKERS)))
_HEADER = re.compile(r"\s*[\w.:\-]*\s*\Z")
_LONGEST_HEADER = 200
_NAME = re.compile(r"(?:functions\.)?(?P<name>.+?)(?::\d+)?\Z")


@dataclass(frozen=True, slots=True)
class LeakedCall:
    """A call found in text. ``ended`` unless the text stopped before the marker that ends it."""

    id: str
    name: str
    raw: str
    ended: bool = True


def bare_name(said: str, offered: Collection[str]) -> str:
    """``functions.edit:0`` is the tool ``edit`` where that one is offered; any other name stays as it is."""
    if said in offered:
        return said
    found = _NAME.match(said)
    return found["name"] if found and found["name"] in offered else said


class MarkerFilter:
    """Takes text as it arrives and gives it back without markers; what could begin one is held back."""

    def __init__(self, offered: Collection[str] = ()) -> None:
        self.calls: list[LeakedCall] = []
        self._offered = offered
        self._held = ""
        self._mode: Literal["text", "header", "arguments"] = "text"
        self._header = ""
        self._raw: list[str] = []

    def push(self, text: str) -> str:
        """The part of ``text`` that may be shown now."""
        if not self._held and self._mode == "text" and "<" not in text:
            return text
        shown: list[str] = []
        text, at = self._held + text, 0
        self._held = ""
        for marker in _ANY.finditer(text):
            shown.append(self._plain(text[at : marker.start()]))
            shown.append(self._marker(marker.group()))
            at = marker.end()
        rest = text[at:]
        self._held = _beginning(rest)
        shown.append(self._plain(rest[: len(rest) - len(self._held)]))
        return "".join(shown)

    def close(self) -> str:
        """The end of the text: what was held back began no marker."""
        held, self._held = self._held, ""
        shown = self._plain(held)
        if self._mode == "header":
            shown += self._header
        elif self._mode == "arguments":
            self._recover(ended=False)
        self._mode = "text"
        return shown

    def _plain(self, text: str) -> str:
        if self._mode == "text":
            return text
        if self._mode == "arguments":
            self._raw.append(text)
            return ""
        self._header += text
        if len(self._header) <= _LONGEST_HEADER and _HEADER.match(self._header):
            return ""
        self._mode = "text"
        return self._header

    def _marker(self, marker: str) -> str:
        shown = ""
        if self._mode == "header" and marker == ARGUMENTS:
            self._mode, self._raw = "arguments", []
            return ""
        if self._mode == "header":
            shown = self._header
        elif self._mode == "arguments":
            self._recover(ended=True)
        self._mode = "header" if marker == CALL else "text"
        self._header = ""
        return shown

    def _recover(self, *, ended: bool) -> None:
        said = self._header.strip()
        name = bare_name(said, self._offered)
        if name in self._offered:
            self.calls.append(LeakedCall(said, name, "".join(self._raw), ended))


def _beginning(text: str) -> str:
    """The longest end of ``text`` that could begin a marker."""
    at = text.rfind("<")
    tail = text[at:] if at >= 0 else ""
    return tail if tail and any(marker.startswith(tail) for marker in MARKERS) else ""
