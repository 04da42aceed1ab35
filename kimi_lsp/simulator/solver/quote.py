"""Edits by offset -> ``old_string`` and ``new_string``, with as much quoted as makes the place unique."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kimi_lsp.simulator.solver.ruff import Edit

NEAR_LINES = 12
"""Edits no further apart than this are quoted together."""


@dataclass(frozen=True, slots=True)
class Quote:
    """``old`` occurs once in the text it was made for."""

    old: str
    new: str


def quotes(text: str, edits: Sequence[Edit], *, extra_lines: int = 0) -> tuple[Quote, ...]:
    """Quotes that make ``edits`` when applied one after the other; the last place in the text comes first.

    ``edits`` are sorted and do not overlap. ``extra_lines`` more lines are quoted above and below each place.
    """
    made: list[Quote] = []
    for edit in reversed(_gathered(text, edits)):
        made.append(_quote(text, edit, extra_lines))
        text = text[: edit.start] + edit.text + text[edit.end :]
    return tuple(made)


def unique(text: str, part: str) -> bool:
    """Whether ``part`` is not empty and occurs exactly once, overlapping occurrences counted."""
    place = text.find(part)
    return bool(part.strip()) and place >= 0 and text.find(part, place + 1) < 0


def _gathered(text: str, edits: Sequence[Edit]) -> list[Edit]:
    gathered: list[Edit] = []
    for edit in edits:
        if gathered and text.count("\n", gathered[-1].end, edit.start) <= NEAR_LINES:
            before = gathered.pop()
            kept = text[before.end : edit.start]
            edit = Edit(before.start, edit.end, before.text + kept + edit.text)
        gathered.append(edit)
    return gathered


def _quote(text: str, edit: Edit, extra_lines: int) -> Quote:
    start = text.rfind("\n", 0, edit.start) + 1
    ends_a_line = edit.end > edit.start and text[edit.end - 1] == "\n"
    end = edit.end if ends_a_line else _line_end(text, edit.end)
    for _ in range(extra_lines):
        start, end = _line_above(text, start), _line_end(text, end)
    above = True
    while not unique(text, (quote := _between(text, edit, start, end)).old) and (
        start > 0 or end < len(text)
    ):
        if (above and start > 0) or end == len(text):
            start = _line_above(text, start)
        else:
            end = _line_end(text, end)
        above = not above
    return quote


def _between(text: str, edit: Edit, start: int, end: int) -> Quote:
    old = text[start:end]
    new = text[start : edit.start] + edit.text + text[edit.end : end]
    if old.endswith("\n") and new.endswith("\n") and unique(text, old[:-1]):
        return Quote(old[:-1], new[:-1])
    return Quote(old, new)


def _line_above(text: str, start: int) -> int:
    return text.rfind("\n", 0, max(start - 1, 0)) + 1


def _line_end(text: str, place: int) -> int:
    found = text.find("\n", place)
    return len(text) if found < 0 else found + 1
