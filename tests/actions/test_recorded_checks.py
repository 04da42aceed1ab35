"""A job whose change was checked runs again without the checkers."""

import json
from pathlib import Path

import pytest

from kimi_lsp.actions import engine
from kimi_lsp.actions.action import Task
from kimi_lsp.actions.catalogue import by_id
from kimi_lsp.actions.prepare import prepared
from kimi_lsp.actions.recorded import Watched, about, outcome_of
from kimi_lsp.actions.recorded_checks import RememberedChecks, WatchedChecks
from kimi_lsp.actions.rerun import rerun
from kimi_lsp.actions.updates import Done
from kimi_lsp.model.recording import BadRecording, Recorded, Recorder
from kimi_lsp.model.redact import redact
from kimi_lsp.model.scripted import Scripted, Turn
from kimi_lsp.settings import CheckerSettings, LimitSettings, Settings
from kimi_lsp.syntax.registry import by_path
from kimi_lsp.syntax.tree import parse
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.checkers.bound import Bound
from kimi_lsp.workspace.checkers.checkers import Checkers
from kimi_lsp.workspace.checkers.table import rows
from kimi_lsp.workspace.diagnostic import Diagnostic
from tests.actions.playing import WELL, edit, files_in

TEXT = "def function():\n    variable = 1\n    return 2\n"
ASKED = Diagnostic("a.py", Span(20, 28), 2, 5, "Local variable `variable` is assigned to", "Ruff", "F841")
WORSE, BETTER = edit("a.py", "variable = 1", "print(telephone)"), edit("a.py", "    print(telephone)\n", "")
TURNS = [Turn(calls=[("problems", {"path": "a.py"})]), Turn(calls=[WORSE]), WELL, Turn(calls=[BETTER]), WELL]


async def recorded(folder: Path, turns: list[Turn]) -> Path:
    files = files_in(folder / "root", {"a.py": TEXT})
    task = Task(by_id("fix"), "a.py", Span(20, 28), ASKED)
    path = folder / "job.jsonl"
    recorder = Recorder(path, about(task, Settings(), "kimi", None))
    language = by_path("a.py")
    assert language is not None
    context, staging = prepared(task, Watched(files, recorder.write), parse(TEXT, language), Settings())
    check = Bound(Checkers(rows(CheckerSettings()), folder / "cache"), files)
    means = engine.Means(
        Recorded(Scripted(turns), recorder),
        LimitSettings(),
        12_000,
        on_result=recorder.result,
        tag="kimi-lsp",
        check=WatchedChecks(check, recorder.write),
    )
    async for update in engine.run(task, context, staging, means):
        if isinstance(update, Done):
            recorder.outcome(**outcome_of(update))
    recorder.close()
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
