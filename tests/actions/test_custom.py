"""Actions that the user has worded: where they are offered, what they ask for, and that they run."""

from pathlib import Path

import pytest

from kimi_lsp.actions.action import Task
from kimi_lsp.actions.catalogue import ACTIONS, by_id, offered
from kimi_lsp.actions.custom import custom
from kimi_lsp.model.scripted import Turn
from kimi_lsp.settings import ActionSettings, CustomAction, Settings, merge
from kimi_lsp.text.span import Span
from tests.actions.playing import WELL, edit, play
from tests.actions.test_catalogue import context, problem

LOGGING = CustomAction(title="Add logging", instruction="Log what it does with structlog.")
SETTINGS = ActionSettings(off=("review", "document"), custom={"log": LOGGING, "other": LOGGING})


def test_they_come_last_and_what_is_off_does_not_come() -> None:
    ids = [action.id for action in offered(SETTINGS)]
    assert ids[-2:] == ["custom.log", "custom.other"]
    assert [i for i in ids if not i.startswith("custom.")] == [
        action.id for action in ACTIONS if action.id not in ("review", "document")
    ]
    assert offered(ActionSettings()) == ACTIONS


def test_they_are_found_by_their_id_and_so_is_what_is_off() -> None:
    assert (
        by_id("custom.log", SETTINGS).ask(Task(by_id("fix"), "a.py", Span(0, 1)), "a.py").startswith("Log ")
    )
    assert by_id("review", SETTINGS).id == "review"
    with pytest.raises(
        KeyError, match=r"no action 'log'; there are: fix, .*, image, custom.log, custom.other"
    ):
        by_id("log", SETTINGS)
    with pytest.raises(KeyError, match=r"no action 'custom.log'"):
        by_id("custom.log")


@pytest.mark.parametrize(
    ("own", "name", "marked", "titles"),
    [
        pytest.param({}, "a.py", "def f(): return 1$0\n", ["Kimi: Add logging"], id="symbol"),
        pytest.param({}, "a.txt", "word$0\n", ["Kimi: Add logging"], id="any-language"),
        pytest.param({}, "a.py", "$0", [], id="empty"),
        pytest.param({"languages": ["python"]}, "a.py", "x$0 = 1\n", ["Kimi: Add logging"], id="its-language"),
        pytest.param({"languages": ["go", "rust"]}, "a.py", "x$0 = 1\n", [], id="other-languages"),
        pytest.param({"languages": ["bash"]}, "a.sh", "ls$0\n", ["Kimi: Add logging"], id="another-id-of-it"),
        pytest.param({"languages": ["plaintext"]}, "a.txt", "ls$0\n", ["Kimi: Add logging"], id="the-client's-id"),
        pytest.param({"kind": "quickfix"}, "a.py", "x$0 = 1\n", [], id="quickfix-without-a-problem"),
        pytest.param({"kind": "quickfix"}, "a.py", "def f(:$0\n", ["Kimi: Add logging"], id="quickfix"),
        pytest.param({"title": "x" * 80}, "a.py", "x$0 = 1\n", [f"Kimi: {'x' * 65}…"], id="long-title"),
    ],
)  # fmt: skip
def test_where_they_are_offered(own: dict[str, object], name: str, marked: str, titles: list[str]) -> None:
    sent = {"actions": {"custom": {"log": {"title": "Add logging", "instruction": "Log.", **own}}}}
    settings, refused = merge(Settings(), sent)
    assert refused == ()
    action = by_id("custom.log", settings.actions)
    assert [target.title for target in action.applies(context(marked, name=name))] == titles


def test_what_they_ask_for() -> None:
    reading = custom("log", CustomAction(title="Say", instruction=" Say what it logs.\n", tools="read"))
    task = Task(reading, "a.py", Span(0, 1), problem("unused"), "briefly")
    assert reading.ask(task, "`f` in a.py") == (
        "Say what it logs.\n\nThis is about `f` in a.py.\nDiagnostic: ruff F841 at a.py:1:1: unused\n"
        "Change nothing; answer in Markdown.\nThe engineer adds: briefly\n"
    )


@pytest.mark.parametrize(
    ("tools", "edits", "deletes"), [("read", False, False), ("edit", True, False), ("files", True, True)]
)
def test_what_they_may_use(tools: str, edits: bool, deletes: bool) -> None:
    settings, _ = merge(
        Settings(), {"actions": {"custom": {"a": {"title": "A", "instruction": "B", "tools": tools}}}}
    )
    action = by_id("custom.a", settings.actions)
    assert (action.edits, "delete_file" in action.tools) == (edits, deletes)


async def test_one_runs(tmp_path: Path) -> None:
    turns = [Turn(calls=[edit("a.py", "    return 1", "    log()\n    return 1")]), WELL]
    played = await play(
        custom("log", LOGGING), tmp_path, {"a.py": "def f():\n    return 1$0\n"}, "a.py", turns
    )
    assert played.texts == {"a.py": "def f():\n    log()\n    return 1\n"}
    assert played.request == "Log what it does with structlog.\n\nThis is about `f` in a.py.\n"
