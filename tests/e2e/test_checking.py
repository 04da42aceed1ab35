"""What is said of a checked edit, in which text problems are looked up, and what a checker gets to see."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from tests.e2e.editor import editing

TEXT = "import os\n\n\ndef greet():\n    unused = 1\n    return 2\n"
DONE: dict[str, Any] = {"content": "Done.", "repeat": True}
needs_ruff = pytest.mark.skipif(shutil.which("ruff") is None, reason="ruff is not on PATH")


def edit(old: str, new: str) -> dict[str, Any]:
    return {"name": "edit", "arguments": {"path": "a.py", "old_string": old, "new_string": new}}


@needs_ruff
@pytest.mark.parametrize("typed", [True, False])
async def test_what_was_typed_after_the_check_is_said_to_be_unchecked(tmp_path: Path, typed: bool) -> None:
    turns = [
        {
            "tool_calls": [edit("    unused = 1\n", ""), edit("return 2", "return os.sep")],
            "first_byte_delay_s": 0.5,
        },
        DONE,
    ]
    async with editing(tmp_path, turns) as (editor, _):
        document = editor.open("a.py", TEXT)
        found = editor.diagnostic(document, "unused", "never used", "F841")
        await editor.start_job((await editor.menu(document, "unused", [found]))[0])
        await editor.until(editor.said)
        if typed:
            editor.type(document, 0, len("import os\n"), "")
        await editor.until(editor.ended)
        assert "fixed: F841, nothing new" in editor.said()[-1]
        assert ("(checked without what you typed meanwhile)" in editor.said()[-1]) == typed


@needs_ruff
async def test_a_problem_is_looked_up_in_the_text_that_the_job_began_with(tmp_path: Path) -> None:
    async with editing(tmp_path, [DONE]) as (editor, exchanges):
        document = editor.open("a.py", TEXT)
        at = {"line": 4, "character": 4}
        params = types.ExecuteCommandParams(
            command="kimi.fix", arguments=[{"uri": document.uri, "range": {"start": at, "end": at}}]
        )
        await editor.client.workspace_execute_command_async(params)
        editor.type(document, 0, 0, "# one\n# two\n# three\n")
        await editor.until(editor.ended)
        assert "F841" in str(exchanges[0].request["messages"][-1])


SPY = """#!/bin/sh
ls -aR . >> "$1"
cat .env >> "$1" 2>&1
exit 0
"""


async def test_an_unsaved_secret_of_another_buffer_is_not_in_the_checkers_copy(tmp_path: Path) -> None:
    spy, seen = tmp_path / "spy.sh", tmp_path / "seen"
    spy.write_text(SPY)
    spy.chmod(0o755)
    row = {
        "command": [str(spy), str(seen)],
        "languages": ["python"],
        "whole_project": True,
        "pattern": "(?P<line>\\d+)(?P<message>x)",
    }
    turns = [{"tool_calls": [edit("return 2", "return 3")]}, DONE]
    token = "ghp_" + "a1B2" * 9
    async with editing(tmp_path, turns, options={"checkers": {"table": {"spy": row}}}) as (editor, _):
        secret = editor.open(".env", "", "plaintext")
        editor.type(secret, 0, 0, f"TOKEN={token}\n")
        document = editor.open("a.py", TEXT)
        await editor.run(await editor.entry(document, "return", "Kimi: Refactor"))
    assert "a.py" in seen.read_text()
    assert token not in seen.read_text()
