"""A task as a recording holds it, with all that an action looked up; and jobs of before, which say less."""

import json
from pathlib import Path

import pytest

from kimi_lsp.actions.action import Task
from kimi_lsp.actions.catalogue import ACTIONS, by_id
from kimi_lsp.actions.recorded import about, task_of
from kimi_lsp.actions.rerun import rerun
from kimi_lsp.model.recording import BadRecording
from kimi_lsp.model.redact import redact
from kimi_lsp.model.scripted import Turn
from kimi_lsp.settings import Settings, merge
from kimi_lsp.text.span import Span
from tests.actions.playing import WELL, create, edit, files_in, record
from tests.actions.test_prompts import LEAKS, UNUSED

CUSTOM, _ = merge(
    Settings(),
    {"actions": {"custom": {"log": {"title": "Log", "instruction": "Log it.", "tools": "files"}}}},
)


@pytest.mark.parametrize("action", [*(action.id for action in ACTIONS), "custom.log"])
def test_a_task_comes_back_as_it_was(action: str) -> None:
    task = Task(
        by_id(action, CUSTOM.actions), "a.py", Span(1, 4), UNUSED, "in blue", ("data:,",), (LEAKS,), "Put it there.\n"
    )  # fmt: skip
    back = task_of(json.loads(json.dumps(about(task, CUSTOM, "kimi", None))))
    words = back.action.ask(back, "`f`"), task.action.ask(task, "`f`")
    assert words[0] == words[1]
    assert (back.action.id, back.action.kind, back.action.tools) == (
        action,
        task.action.kind,
        task.action.tools,
    )
    assert (back.diagnostics, back.span, back.images, back.material, back.wording) == (
        task.diagnostics, task.span, task.images, task.material, task.wording,
    )  # fmt: skip


def test_only_the_custom_action_that_ran_is_told() -> None:
    said = about(Task(by_id("fix"), "a.py", Span(0, 1)), CUSTOM, "kimi", None)
    assert "actions" not in said["settings"]


def test_jobs_of_before_say_less() -> None:
    said = about(Task(by_id("refactor"), "a.py", Span(0, 1)), Settings(), "kimi", None)
    old = {key: value for key, value in said.items() if key not in ("tools", "others", "material", "images")}
    assert task_of(old) == Task(by_id("refactor"), "a.py", Span(0, 1))


@pytest.mark.parametrize("broken", [{"action": "custom.gone"}, {"others": [{"span": 3}]}, {"tools": 3}])
def test_what_says_too_little_is_refused(broken: dict[str, object]) -> None:
    said = about(Task(by_id("fix"), "a.py", Span(0, 1)), Settings(), "kimi", None)
    with pytest.raises(BadRecording, match="It does not say what was asked"):
        task_of({**said, **broken})


async def recorded_job(folder: Path, action: str, text: str, turns: list[Turn]) -> Path:
    """The recording of a job on ``a.py``."""
    files = files_in(folder / "root", {"a.py": text})
    chosen = by_id(action)
    task = Task(chosen, "a.py", Span(5, 5))
    task = chosen.look(task, files) if chosen.look is not None else task
    path = folder / "job.jsonl"
    await record(path, task, files, turns)
    return path


WISH = "# kimi: say hello\nclass Greeter:\n    def greet(self):\n        pass\n"
HELLO = edit("a.py", "        pass", "        print('hello')")
TESTED = create("tests/test_a.py", "from a import Greeter\n\n\ndef test_it():\n    Greeter().greet()\n")


@pytest.mark.parametrize(
    ("action", "call", "diff"),
    [
        pytest.param("instruct", HELLO, "-# kimi: say hello\n", id="a-comment-is-removed"),
        pytest.param("test", TESTED, "+from a import Greeter\n", id="a-place-was-looked-up"),
        pytest.param("implement", HELLO, "-        pass\n", id="nothing-was-looked-up"),
    ],
)
async def test_it_runs_again_as_it_did(
    tmp_path: Path, action: str, call: tuple[str, dict[str, str]], diff: str
) -> None:
    path = await recorded_job(tmp_path, action, WISH, [Turn(calls=[call]), WELL])
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert diff in lines[-1]["diff"]
    again = await rerun(path)
    assert (again.differences, again.outcome, again.turns) == ((), "done", 2)


async def test_a_redacted_copy_runs_too(tmp_path: Path) -> None:
    path = await recorded_job(tmp_path, "implement", WISH, [Turn(calls=[HELLO]), WELL])
    copy = tmp_path / "copy.jsonl"
    redact(path, copy)
    assert "Greeter" not in copy.read_text(encoding="utf-8")
    assert (await rerun(copy)).differences == ()
