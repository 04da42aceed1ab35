"""What jobs leave behind in the server's process: no memory, no open files, no progress without an end."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from lsprotocol import types

from kimi_lsp.server.explanations import Explanations
from kimi_lsp.server.page_files import KEPT_FILES
from kimi_lsp.simulator.answer import Answer, Call
from kimi_lsp.simulator.request import ChatRequest
from tests.e2e.editor import Document, Editor, editing

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

WARM_UP, MORE = 15, 50
AT_ONCE = 8
GROWTH_MB = 4.0
"""What 50 jobs may add behind the warm-up: the allocator's own noise, far below one prompt for each."""
TEXT = "def counted(value):\n    total = 0\n    return total + value\n"
LINE = "    total = 0\n"


class Counting:
    """A brain that changes the number in the file, and explains at length."""

    name = "counting"

    async def answer(self, request: ChatRequest) -> Answer:
        if "Explain" in request.last_user_text:
            return Answer("a scripted answer.", content="It counts. " * 200, first_byte_delay_s=0.05)
        if any(message.role == "tool" for message in request.messages):
            return Answer("a scripted answer.", content="Done.")
        path = request.last_user_text.rpartition(".py")[0].split()[-1] + ".py"
        old, new = (LINE, LINE.replace("0", "1")) if "total = 0" in request.last_user_text else (
            LINE.replace("0", "1"), LINE,
        )  # fmt: skip
        call = Call.of("edit", {"path": path, "old_string": old, "new_string": new})
        return Answer("a scripted answer.", calls=(call,), first_byte_delay_s=0.02)


def resident_mb(pid: int) -> float:
    """The resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def open_files(pid: int) -> int:
    """Its open file descriptors, sockets and pipes among them."""
    return len(os.listdir(f"/proc/{pid}/fd"))


POOL = min(32, (os.cpu_count() or 1) + 4)
"""Threads that asyncio's own executor starts as it needs them, and keeps (Python, ThreadPoolExecutor)."""


def threads(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/task"))


def unended(editor: Editor) -> list[str]:
    """The progresses that have begun and not ended."""
    return [
        str(token)
        for token, reports in editor.client.progress_reports.items()
        if not any(isinstance(one, types.WorkDoneProgressEnd) for one in reports)
    ]


async def one_job(editor: Editor, document: Document, title: str) -> None:
    entry = await editor.entry(document, "total", title)
    await editor.run(entry)


async def together(editor: Editor, documents: list[Document]) -> None:
    """A job on each document, all at the same time."""
    before = len(editor.client.progress_reports)
    for number, document in enumerate(documents):
        title = "Kimi: Refactor" if number % 2 else "Kimi: Explain `"
        entry = await editor.entry(document, "total", title)
        await editor.start_job(entry)
    await editor.until(
        lambda: len(editor.client.progress_reports) == before + len(documents) and not unended(editor)
    )


async def idle(editor: Editor) -> None:
    """Wait for the connections of the last jobs to be put away."""
    while (await editor.status())["jobs"]:
        await editor.client.protocol.send_request_async("kimi/status", None)


async def test_fifty_jobs_one_by_one_and_eight_at_once_leave_nothing_behind(tmp_path: Path) -> None:
    options = {"jobs": {"reading": AT_ONCE}, "checkers": {"enabled": False}}
    async with editing(tmp_path, Counting(), options=options) as (editor, exchanges):
        documents = [editor.open(f"part{number}.py", TEXT) for number in range(AT_ONCE)]
        pid = editor.server_pid
        for number in range(WARM_UP):
            await one_job(editor, documents[0], "Kimi: Refactor" if number % 3 else "Kimi: Explain `")
        files = open_files(pid)
        await together(editor, documents)
        await idle(editor)
        memory, running = resident_mb(pid), threads(pid)

        for number in range(MORE):
            await one_job(editor, documents[0], "Kimi: Refactor" if number % 3 else "Kimi: Explain `")
        await together(editor, documents)
        await idle(editor)

        assert resident_mb(pid) - memory < GROWTH_MB
        # Jobs at once have a connection each, kept for the next ones; how many are under way at one time is chance.
        # A look at the disk or the ledger may be under way while one counts.
        await editor.until(lambda: open_files(pid) < files + AT_ONCE)
        assert threads(pid) <= running + POOL
        assert (await editor.status())["jobs"] == []
        assert unended(editor) == []
        tokens = list(editor.client.progress_reports)
        assert len(tokens) == len(set(tokens)) == WARM_UP + MORE + 2 * AT_ONCE
        assert len(exchanges) >= len(tokens)
        assert all(document.text in (TEXT, TEXT.replace("= 0", "= 1")) for document in documents)
        assert not (await editor.menu(documents[0], "total"))[0].title.startswith("Kimi: Cancel")


def test_explanations_do_not_pile_up_in_memory(tmp_path: Path) -> None:
    kept = Explanations(tmp_path / "kept")
    for number in range(KEPT_FILES + 5):
        kept.keep(f"key{number}", "text")
    shutil.rmtree(tmp_path / "kept")
    assert kept.get(f"key{KEPT_FILES + 4}") == "text"
    assert kept.get("key0") is None
