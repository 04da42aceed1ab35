"""Each action from the cursor to its end, with a scripted model."""

from pathlib import Path

import pytest

from kimi_lsp.actions.action import Task
from kimi_lsp.actions.catalogue import ACTIONS, by_id
from kimi_lsp.actions.fix_all import with_faults
from kimi_lsp.model.scripted import Call, Turn
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.diagnostic import Diagnostic
from tests.actions.playing import WELL, Played, edit, files_in, play

UNUSED = Diagnostic("a.py", Span(13, 14), 2, 5, "Local variable `x` is never used", "ruff", "F841")
LONG = "def f():\n    x$0 = 1\n    y = 2\n    return y\n"


@pytest.mark.parametrize(
    ("action", "text", "call", "after"),
    [
        pytest.param("fix", LONG, edit("a.py", "    x = 1\n", ""), "def f():\n    y = 2\n    return y\n", id="fix"),
        pytest.param(
            "fixAll", LONG, edit("a.py", "    x = 1\n", ""), "def f():\n    y = 2\n    return y\n", id="fixAll"
        ),
        pytest.param(
            "refactor", LONG, edit("a.py", "y = 2\n    return y", "return 2"), "def f():\n    x = 1\n    return 2\n",
            id="refactor",
        ),
        pytest.param(
            "simplify", LONG,
            ("replace_symbol", {"path": "a.py", "symbol": "f", "new_source": "def f():\n    return 2\n"}),
            "def f():\n    return 2\n", id="simplify",
        ),
        pytest.param(
            "addTypes", "def f(a):$0\n    return a\n", edit("a.py", "def f(a):", "def f(a: int) -> int:"),
            "def f(a: int) -> int:\n    return a\n", id="addTypes",
        ),
        pytest.param(
            "implement", "def f(a):$0\n    pass\n", edit("a.py", "    pass", "    return a"),
            "def f(a):\n    return a\n", id="implement",
        ),
        pytest.param(
            "document", "def f(a):$0\n    return a\n",
            ("insert", {"path": "a.py", "symbol": "f", "where": "start", "text": '"""The same."""'}),
            'def f(a):\n    """The same."""\n    return a\n', id="document",
        ),
    ],
)  # fmt: skip
async def test_what_changes(tmp_path: Path, action: str, text: str, call: Call, after: str) -> None:
    diagnostic = UNUSED if action.startswith("fix") else None
    turns = [Turn(calls=[call]), WELL]
    played = await play(action, tmp_path, {"a.py": text}, "a.py", turns, diagnostic=diagnostic)
    assert (played.texts, played.done.complete) == ({"a.py": after}, True)


@pytest.mark.parametrize(
    "action", [action.id for action in ACTIONS if not action.edits and action.shape is None]
)
async def test_what_only_reads_changes_nothing(tmp_path: Path, action: str) -> None:
    turns = [Turn(calls=[edit("a.py", "    x = 1\n", "")]), Turn(content="It is so.")]
    played = await play(action, tmp_path, {"a.py": LONG}, "a.py", turns, diagnostic=UNUSED)
    assert (played.texts, played.done.answer) == ({}, "It is so.")


async def all_of(folder: Path, text: str, **task: object) -> Played:
    """*Fix all* of a file, where the model sees nothing to do."""
    return await play("fixAll", folder, {"a.py": text}, "a.py", [WELL, WELL], **task)


async def test_fix_all_tells_the_faults_of_the_file_beside_what_others_found(tmp_path: Path) -> None:
    played = await all_of(tmp_path, "def f(:\n    x = 1\n\ndef g(:$0\n    pass\n", others=(UNUSED,))
    assert played.task.span == Span(0, 36)
    assert [line for line in played.request.splitlines() if line.startswith("Diagnostic: ")] == [
        "Diagnostic: syntax at a.py:1:7: syntax error in line 1: ) is missing",
        "Diagnostic: syntax at a.py:4:7: syntax error in line 4: ) is missing",
        "Diagnostic: ruff F841 at a.py:2:5: Local variable `x` is never used",
    ]


async def test_a_fault_that_somebody_reported_is_told_once(tmp_path: Path) -> None:
    reported = Diagnostic("a.py", Span(0, 1), 1, 1, "Expected `)`", "ruff", "E999", "error")
    played = await all_of(tmp_path, "def f(:\n    pass\n", diagnostic=reported)
    assert played.request.count("Diagnostic: ") == 1


def test_fix_all_of_a_text_without_a_language(tmp_path: Path) -> None:
    task = with_faults(Task(by_id("fixAll"), "a.txt", Span(0, 0)), files_in(tmp_path, {"a.txt": "((\n"}))
    assert (task.span, task.diagnostics) == (Span(0, 3), ())
