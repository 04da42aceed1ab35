"""Runs a recorded job again, offline, through the same engine, and says where it goes another way."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kimi_lsp.actions import engine
from kimi_lsp.actions.action import Task
from kimi_lsp.actions.prepare import prepared
from kimi_lsp.actions.recorded import Remembered, known_of, outcome_of, settings_of, task_of
from kimi_lsp.actions.recorded_checks import RememberedChecks
from kimi_lsp.actions.updates import Done
from kimi_lsp.context.estimate import Estimate
from kimi_lsp.context.knowledge import Knowledge
from kimi_lsp.model.errors import ModelError, OverBudget
from kimi_lsp.model.pricing import PriceList
from kimi_lsp.model.recording import BadRecording, Recording, entries, read
from kimi_lsp.model.replay import RecordingEnded, Replayed
from kimi_lsp.settings import Settings
from kimi_lsp.syntax.errors import SyntaxUnavailable
from kimi_lsp.syntax.registry import of_document
from kimi_lsp.syntax.tree import SyntaxTree, parse
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.workspace.errors import WorkspaceError

CUT_OFF = ("", "cancelled", "failed")
"""Outcomes of jobs that were ended from outside: they are run again as far as they went."""

_LETTER, _DIGIT = re.compile(r"[^\W\d_]"), re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Rerun:
    """What came of it. ``differences`` are sentences, none where all is the same; ``notes`` are worth knowing."""

    turns: int
    calls: int
    outcome: str
    differences: tuple[str, ...]
    notes: tuple[str, ...] = ()


async def rerun(path: Path) -> Rerun:
    """Run the job in the file at ``path`` again.

    Raises:
        BadRecording: it is no recording, or holds no request.
        OSError: it cannot be read.
    """
    recording = read(path)
    if not recording.turns:
        raise BadRecording(f"{path.name} holds no request: the job asked nothing, or the file was cut off.")
    settings, refused = settings_of(recording.about)
    known = known_of(entries(path))
    again = _Again(recording, settings, RememberedChecks(entries(path)), *known)
    outcome = await again.run(task_of(recording.about), Remembered(entries(path)))
    then = recording.outcome.get("name", "")
    notes = [f"a setting of the recording is not known today: {sentence}" for sentence in refused]
    if then in CUT_OFF:
        notes.append("the job was cut off then, and was run again as far as it went")
    return Rerun(
        turns=again.model.turns,
        calls=len(again.results),
        outcome=outcome.get("name", ""),
        differences=(
            *map(str, again.model.differences),
            *_results(recording, again.results),
            *_outcomes(recording, outcome),
        ),
        notes=tuple(notes),
    )


def shape(text: str) -> str:
    """``text`` with one letter for all letters and one digit for all digits: what a redaction leaves as it is."""
    return _DIGIT.sub("0", _LETTER.sub("a", text))


class _Again:
    """One run: the recorded model, the ends that no model causes, and the calls' answers."""

    def __init__(
        self,
        recording: Recording,
        settings: Settings,
        checks: RememberedChecks,
        knowledge: Knowledge,
        estimate: Estimate,
    ) -> None:
        self.model = Replayed(recording)
        self.results: list[tuple[str, str, str]] = []
        self._recording = recording
        self._settings = settings
        self._checks = checks
        self._knowledge = knowledge
        self._estimate = estimate
        self._prices = PriceList(settings.prices)

    async def run(self, task: Task, workspace: Remembered) -> Mapping[str, Any]:
        """The outcome, in the words of ``outcome_of``; that of then where the job was cut off and got as far."""
        then = self._recording.outcome
        try:
            return await self._run(task, workspace)
        except RecordingEnded:
            cut_off = then.get("name", "") in CUT_OFF
            return then if cut_off else {"name": "asked for one more turn than then"}
        except ModelError as error:
            return then if self._at_the_end and then.get("name", "") in CUT_OFF else {"name": error.name}
        except WorkspaceError as error:
            return {"name": "failed", "sentence": str(error)}

    async def _run(self, task: Task, workspace: Remembered) -> Mapping[str, Any]:
        tree = _tree(workspace, task.path)
        context, staging = prepared(task, workspace, tree, self._settings, knowledge=self._knowledge)
        async with contextlib.aclosing(engine.run(task, context, staging, self._means())) as updates:
            async for update in updates:
                if isinstance(update, Done):
                    return outcome_of(task.action.finish(task, context.snapshot, update))
        raise AssertionError("a run ends with Done")

    def _means(self) -> engine.Means:
        settings, model = self._settings, str(self._recording.about.get("model", ""))
        return engine.Means(
            model=self.model,
            limits=settings.limits,
            budget_tokens=settings.context.budget_tokens,
            max_output_tokens=settings.model.max_tokens,
            tag=settings.model.tag,
            price=lambda usage: self._prices.cost(model, usage),
            may_spend=self._may_spend,
            on_result=lambda *result: self.results.append(result),
            clock=self._clock,
            check=self._checks or None,
            estimate=self._estimate,
        )

    @property
    def _at_the_end(self) -> bool:
        return self.model.turns >= len(self._recording.turns)

    async def _may_spend(self, cost: object) -> None:
        """What else was spent on that day is not known: the budget ends the job where it did then."""
        if self._at_the_end and self._recording.outcome.get("name") == OverBudget.name:
            raise OverBudget("day", "", "", "the budget of then")

    def _clock(self) -> float:
        """Time stands still, and is up where it was then."""
        reason = self._recording.outcome.get("reason") or ""
        return math.inf if self._at_the_end and "limits.seconds" in reason else 0.0


def _tree(workspace: Remembered, path: str) -> SyntaxTree | None:
    snapshot: Snapshot = workspace.snapshot(path)
    language = of_document(snapshot.language_id, path)
    try:
        return parse(snapshot.text, language) if language is not None else None
    except SyntaxUnavailable:
        return None


def _results(recording: Recording, now: list[tuple[str, str, str]]) -> Iterable[str]:
    then = recording.results
    if len(then) != len(now):
        yield f"there were {len(then)} tool results and are {len(now)}"
    for number, (one, other) in enumerate(zip(then, now, strict=False), 1):
        if one[1] != other[1]:
            yield f"tool result {number}: it was one of {one[1]} and is one of {other[1]}"
        elif place := _parted(one[2], other[2], recording.redacted):
            yield f"tool result {number} ({one[1]}): {place}"


def _outcomes(recording: Recording, now: Mapping[str, Any]) -> Iterable[str]:
    then = recording.outcome
    if then.get("name", "") != now.get("name", ""):
        yield f"the job ended {then.get('name')!r} and ends {now.get('name')!r}"
        return
    for field in ("reason", "answer", "diff"):
        if place := _parted(then.get(field) or "", now.get(field) or "", recording.redacted):
            yield f"the {field}: {place}"


def _parted(then: str, now: str, redacted: bool) -> str:
    """Where two texts part, in words; empty where they are the same, or of one shape if that is all one can see."""
    if redacted:
        then, now = shape(then), shape(now)
    if then == now:
        return ""
    at = next(
        (i for i, (a, b) in enumerate(zip(then, now, strict=False)) if a != b), min(len(then), len(now))
    )
    return f"differs at character {at}: {then[at : at + 40]!r} was, {now[at : at + 40]!r} is"
