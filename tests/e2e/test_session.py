"""Ten seconds of a random session (``python -m tests.session`` plays longer), and what such sessions have found."""

from __future__ import annotations

import json
from pathlib import Path

from lsprotocol import types

from tests.e2e.editor import editing
from tests.e2e.random_user import Tally
from tests.session import play

SECONDS = 10.0


async def test_client_server_and_what_was_typed_agree(tmp_path: Path) -> None:
    tally = Tally()
    await play(tmp_path / "session", 7, SECONDS, "utf-16", tally)
    assert tally.wrong == []
    assert tally.checked
    assert tally.steps["types"]


async def test_a_review_of_a_file_that_was_cut_in_the_same_breath(tmp_path: Path) -> None:
    finding = {"quote": "value_1 = 1", "line": 2, "severity": "hint", "message": "Look."}
    text = "".join(f"value_{number} = {number}\n" for number in range(50))
    async with editing(tmp_path, [{"content": json.dumps({"findings": [finding]})}]) as (editor, _):
        document = editor.open("a.txt", text, "plaintext")
        entry = next(one for one in await editor.menu(document, "value_0") if "Review" in one.title)
        assert entry.command is not None
        params = types.ExecuteCommandParams(command=entry.command.command, arguments=entry.command.arguments)
        editor.client.workspace_execute_command(params)
        editor.type(document, text.index("value_5"), len(text), "")
        await editor.until(lambda: editor.published or editor.messages())
        await editor.until(editor.ended)
        assert "1 finding;" in editor.messages()[-1]
