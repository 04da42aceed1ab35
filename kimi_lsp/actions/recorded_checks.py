"""What the checkers said to a job, as a recording holds it: a line of type ``checked`` for each time they were asked.

``number`` counts the questions from 0, for two may be asked at once; ``paths`` are the files that were looked at,
``found`` the diagnostics in them; ``ran`` and ``failed`` are as in ``Report``, by name.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from kimi_lsp.actions.checking import Check
from kimi_lsp.model.recording import BadRecording
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.workspace.checkers.report import Report
from kimi_lsp.workspace.diagnostic import Diagnostic

CHECKED = "checked"


class WatchedChecks:
    """Checkers that tell what they said."""

    def __init__(self, check: Check, tell: Callable[..., None]) -> None:
        """``tell`` is called with the line's type and its fields."""
        self._check = check
        self._tell = tell
        self._asked = 0

    async def __call__(self, texts: Mapping[str, Snapshot | None]) -> Report:
        """As ``Check``."""
        number, self._asked = self._asked, self._asked + 1
        report = await self._check(texts)
        self._tell(
            CHECKED,
            number=number,
            paths=list(report.diagnostics),
            found=[dataclasses.asdict(each) for some in report.diagnostics.values() for each in some],
            ran=[{"name": name} for name in report.ran],
            failed=[{"name": name, "why": why} for name, why in report.failed.items()],
            withheld=[{"name": name, "why": why} for name, why in report.withheld.items()],
        )
        return report


class RememberedChecks:
    """Checkers that say what they said then, in the same order; afterwards nothing."""

    def __init__(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """``entries`` are the lines of a recording.

        Raises:
            BadRecording: one of them lacks a field.
        """
        try:
            lines = [entry for entry in entries if entry["type"] == CHECKED]
            self._reports = {line["number"]: _report(line) for line in lines}
        except (KeyError, TypeError, ValueError, AttributeError, msgspec.MsgspecError) as error:
            raise BadRecording(f"A line of the checkers cannot be read: {error}.") from error
        self._asked = 0

    def __bool__(self) -> bool:
        return bool(self._reports)

    async def __call__(self, texts: Mapping[str, Snapshot | None]) -> Report:
        """As ``Check``."""
        self._asked += 1
        return self._reports.get(self._asked - 1, Report())


def _report(line: Mapping[str, Any]) -> Report:
    found = msgspec.convert(line["found"], list[Diagnostic])
    return Report(
        {path: tuple(each for each in found if each.path == path) for path in line["paths"]},
        tuple(each["name"] for each in line["ran"]),
        {each["name"]: each["why"] for each in line["failed"]},
        {each["name"]: each["why"] for each in line.get("withheld") or ()},
    )
