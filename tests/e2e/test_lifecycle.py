"""Beginnings and ends: one index after the folders change, no progress without a begin, nothing after shutdown."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from tests.e2e.editor import editing

TEXT = "def greet():\n    return 2\n"
LONG: list[dict[str, Any]] = [{"content": "word " * 400, "repeat": True}]


def index_processes(server: int) -> list[int]:
    """The children of the server's process that keep an index."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words = (folder / "cmdline").read_text()
        except OSError:
            continue
        if parent == server and "index.child" in words:
            found.append(int(folder.name))
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_folders_that_change_together_leave_one_index(tmp_path: Path) -> None:
    async with editing(tmp_path, LONG) as (editor, _):
        document = editor.open("a.py", TEXT)
        await editor.run(await editor.entry(document, "return", "Kimi: Explain"))
        for name in "bcd":
            folder = tmp_path / name
            folder.mkdir()
            (folder / "m.py").write_text("x = 1\n")
            event = types.WorkspaceFoldersChangeEvent(
                added=[types.WorkspaceFolder(uri=folder.as_uri(), name=name)], removed=[]
            )
            editor.client.workspace_did_change_workspace_folders(
                types.DidChangeWorkspaceFoldersParams(event=event)
            )
        for _ in range(200):
            await asyncio.sleep(0.05)
            if (now := (await editor.status())["index"]) == {"state": "ready", "files": 4}:
                break
        assert now == {"state": "ready", "files": 4}
        await editor.until(lambda: len(index_processes(editor.server_pid)) == 1)


async def test_a_progress_that_has_not_begun_does_not_end(tmp_path: Path) -> None:
    async with editing(tmp_path, LONG, pace=20) as (editor, _):
        kinds: list[str] = []
        editor.client.protocol.fm.features[types.PROGRESS] = lambda params: kinds.append(params.value["kind"])
        created = asyncio.Event()

        async def create(_: types.WorkDoneProgressCreateParams) -> None:
            created.set()
            await asyncio.sleep(0.3)

        editor.client.protocol.fm.features[types.WINDOW_WORK_DONE_PROGRESS_CREATE] = create
        document = editor.open("a.py", TEXT)
        await editor.start_job(await editor.entry(document, "return", "Kimi: Explain"))
        await created.wait()
        await editor.command("kimi.cancel", {"uri": document.uri})
        while (await editor.status())["jobs"]:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.5)
        assert kinds in ([], ["begin", "end"])


async def test_after_the_answer_to_shutdown_nothing_is_told(tmp_path: Path) -> None:
    options = {"show": {"status_notifications": True}}
    async with editing(tmp_path, LONG, pace=20, options=options) as (editor, _):
        told: list[int] = []

        @editor.client.feature("kimi/status")
        def tell(params: Any) -> None:
            told.append(len(params.jobs))

        document = editor.open("a.py", TEXT)
        await editor.start_job(await editor.entry(document, "return", "Kimi: Explain"))
        await editor.until(lambda: told)
        await editor.shut_down()
        before = len(told)
        await asyncio.sleep(0.5)
        assert len(told) == before
