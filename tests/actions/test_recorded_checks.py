"""A job whose change was checked runs again without the checkers."""

import json
from pathlib import Path
from typing import Any

import pytest

from kimi_lsp.actions.action import Task
from kimi_lsp.actions.catalogue import by_id
from kimi_lsp.actions.recorded_checks import RememberedChecks, WatchedChecks
from kimi_lsp.actions.rerun import rerun
from kimi_lsp.model.recording import BadRecording
from kimi_lsp.model.redact import redact
from kimi_lsp.model.scripted import Turn
from kimi_lsp.settings import CheckerSettings
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.checkers.bound import Bound
from kimi_lsp.workspace.checkers.checkers import Checkers
from kimi_lsp.workspace.checkers.report import Report
from kimi_lsp.workspace.checkers.table import rows
from kimi_lsp.workspace.diagnostic import Diagnostic
from tests.actions.playing import WELL, edit, files_in, record

TEXT = "def function():\n    variable = 1\n    return 2\n"
ASKED = Diagnostic("a.py", Span(20, 28), 2, 5, "Local variable `variable` is assigned to", "Ruff", "F841")
WORSE, BETTER = edit("a.py", "variable = 1", "print(telephone)"), edit("a.py", "    print(telephone)\n", "")
TURNS = [Turn(calls=[("problems", {"path": "a.py"})]), Turn(calls=[WORSE]), WELL, Turn(calls=[BETTER]), WELL]


async def recorded(folder: Path, turns: list[Turn]) -> Path:
    files = files_in(folder / "root", {"a.py": TEXT})
    task = Task(by_id("fix"), "a.py", Span(20, 28), ASKED)
    path = folder / "job.jsonl"
    await record(path, task, files, turns, Bound(Checkers(rows(CheckerSettings()), folder / "cache"), files))
    return path


@pytest.mark.parametrize("redacted", [False, True])
async def test_it_runs_again_as_it_did(tmp_path: Path, redacted: bool) -> None:
    path = await recorded(tmp_path, TURNS)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert sorted(line["number"] for line in lines if line["type"] == "checked") == [0, 1, 2, 3]
    assert lines[-1]["verified"] == "fixed: F841, nothing new"
    if redacted:
        redact(path, path := tmp_path / "copy.jsonl")
        assert "telephone" not in path.read_text(encoding="utf-8")
    again = await rerun(path)
    assert (again.differences, again.outcome, again.turns) == ((), "done", 5)


async def test_one_that_ended_early_ends_early_again(tmp_path: Path) -> None:
    path = await recorded(tmp_path, [Turn(calls=[WORSE]), WELL, Turn(content="I cannot.")])
    again = await rerun(path)
    assert (again.differences, again.outcome, again.turns) == ((), "ended early", 3)


@pytest.mark.parametrize(
    "line", [{}, {"number": 0}, {"number": 0, "found": 3, "paths": [], "ran": [], "failed": []}]
)
def test_what_cannot_be_read_is_refused(line: dict[str, object]) -> None:
    with pytest.raises(BadRecording, match="A line of the checkers"):
        RememberedChecks([{"type": "checked", **line}])


async def test_what_was_withheld_then_is_withheld_again() -> None:
    told: list[dict[str, Any]] = []

    async def withholding(_: object) -> Report:
        return Report(withheld={"mypy": "it may name code to run"})

    watched = WatchedChecks(withholding, lambda kind, **fields: told.append({"type": kind, **fields}))
    said = await watched({})
    assert await RememberedChecks(told)({}) == said
