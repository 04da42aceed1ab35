"""The index of the workspace for a server: its process is started, asked, and ended here. Runs on the event loop.

Whatever happens to the process, callers see an index: at worst one that knows nothing.
"""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kimi_lsp.text.lines import Lines
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.workspace.index.answers import Answers
from kimi_lsp.workspace.index.crew import HOME, registered
from kimi_lsp.workspace.index.database import database_path
from kimi_lsp.workspace.index.extract import Extracted
from kimi_lsp.workspace.index.framing import HEADER, framed, length_of
from kimi_lsp.workspace.index.protocol import (
    Document,
    Failed,
    Open,
    Progressed,
    Refresh,
    Refreshed,
    Reply,
    Request,
    Seen,
    decode_reply,
    encode,
)
from kimi_lsp.workspace.index.reader import Disk
from kimi_lsp.workspace.index.store import Layered, Memory
from kimi_lsp.workspace.index.values import EMPTY, Index

State = Literal["off", "building", "ready", "failed"]

logger = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "kimi_lsp.workspace.index.child")
STARTS = 4
"""So often the process is started in all."""

SETTLE_S = 0.3
"""How long after a change on disk one looks whether there are more."""

CLOSE_S = 0.7


@dataclass(slots=True)
class _Open:
    """An open document as the process saw it; no name where the policy refuses it."""

    lines: Lines
    name: str
    extracted: Extracted


class IndexService:
    """The index of ``roots``, kept below ``cache_folder``.

    ``on_progress`` is called with the files done and to do while the index is built for the first time, the last time
    with two equal numbers.
    """

    def __init__(
        self,
        roots: Sequence[Path],
        cache_folder: Path,
        max_bytes: int,
        on_progress: Callable[[int, int], None],
    ) -> None:
        self.state: State = "off"
        self.files = 0
        self._why = ""
        self._roots = [root.resolve() for root in roots]
        self._cache = cache_folder
        self._max_bytes = max_bytes
        self._on_progress = on_progress
        self._in_progress = False
        self._process: asyncio.subprocess.Process | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._starts = 0
        self._closing = False
        self._number = 0
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._asked: dict[int, tuple[Path, Lines]] = {}
        self._documents: dict[Path, _Open] = {}
        self._look: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Start the process and its first look at the files; does not wait for that."""
        self.state = "building"
        await self._start()

    async def refresh(self, open_documents: Mapping[Path, Snapshot], timeout_s: float) -> None:
        """Have the index catch up with the disk and with what is open; waits no longer than ``timeout_s``.

        While the index is built for the first time only the open documents are waited for.
        """
        if self._process is None:
            return
        seen = self._send_documents(open_documents)
        looked = self._ask_for_look()
        waited = seen if self.state == "building" else [*seen, looked]
        if waited:
            await asyncio.wait(waited, timeout=timeout_s)

    def note_changed(self, paths: Iterable[Path]) -> None:
        """Something changed on disk: have a look soon. Which files is seen by their times."""
        if self._process is not None and self._look is None and any(True for _ in paths):
            self._look = asyncio.get_running_loop().call_later(SETTLE_S, self._look_now)

    def reader(self, open_documents: Mapping[Path, Snapshot]) -> Index:
        """The index as it is now, for any thread; open documents as the last ``refresh`` found them."""
        if self.state == "off":
            return EMPTY
        over = {
            known.name: known.extracted
            for location, known in self._documents.items()
            if known.name and location in open_documents
        }
        disk = Disk(database_path(self._cache, self._roots_in_order(), self._max_bytes))
        return Answers(Layered(Memory(over), disk), self._trouble())

    async def close(self) -> None:
        """End the process within a second."""
        self._closing = True
        if self._look is not None:
            self._look.cancel()
        if (process := self._process) is not None:
            self._process = None
            await _ended(process)
        for task in list(self._tasks):
            task.cancel()
        self._forget_waiting()
        self.state = "off"

    def _trouble(self) -> str:
        return {"building": "the index is still being built", "failed": f"no index: {self._why}"}.get(
            self.state, ""
        )

    def _roots_in_order(self) -> tuple[Path, ...]:
        return tuple(dict.fromkeys(self._roots))

    async def _start(self) -> None:
        self._starts += 1
        try:
            self._process = await asyncio.create_subprocess_exec(
                *COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=HOME,
                creationflags=getattr(subprocess, "IDLE_PRIORITY_CLASS", 0),
            )
        except OSError as error:
            self._fail(f"its process cannot be started: {error}")
            return
        roots = [str(root) for root in self._roots]
        self._send(Open(roots, str(self._cache), self._max_bytes, self._starts > 1, registered()))
        self._ask_for_look()
        self._spawn(self._listen(self._process))

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Take replies until the process ends; start another one where it should not have ended."""
        assert process.stdout is not None, "it is a pipe"
        with suppress(asyncio.IncompleteReadError, OSError):
            while True:
                header = await process.stdout.readexactly(HEADER)
                self._take(decode_reply(await process.stdout.readexactly(length_of(header))))
        if self._closing:
            return
        code = await process.wait()
        self._process = None
        self._forget_waiting()
        if self._starts < STARTS:
            logger.warning("the index's process ended (%s); starting it again", code)
            await asyncio.sleep(2 ** (self._starts - 1) / 4)
            await self._start()
        else:
            self._fail(f"its process ended {self._starts} times, last with {code}")

    def _take(self, reply: Reply) -> None:
        match reply:
            case Progressed(done, total):
                self._show_progress(done, total)
            case Seen(number, name, extracted):
                location, lines = self._asked.pop(number)
                self._documents[location] = _Open(lines, name, extracted)
                self._settle(number)
            case Refreshed(number, files):
                self.state, self.files = "ready", files
                self._end_progress()
                self._settle_looks(number)
            case Failed(number, why):
                self._fail(why)
                self._settle_looks(number)

    def _send_documents(self, open_documents: Mapping[Path, Snapshot]) -> list[asyncio.Future[None]]:
        """Send what the process has not seen; forget what was closed."""
        for location in self._documents.keys() - open_documents.keys():
            del self._documents[location]
        sent = []
        for location, snapshot in open_documents.items():
            known = self._documents.get(location)
            if (
                known is None or known.lines is not snapshot.lines
            ) and snapshot.lines.length <= self._max_bytes:
                number, future = self._numbered()
                self._asked[number] = location, snapshot.lines
                self._send(Document(number, str(location), snapshot.text))
                sent.append(future)
        return sent

    def _ask_for_look(self) -> asyncio.Future[None]:
        number, future = self._numbered()
        self._send(Refresh(number))
        return future

    def _look_now(self) -> None:
        self._look = None
        if self._process is not None:
            self._ask_for_look()

    def _numbered(self) -> tuple[int, asyncio.Future[None]]:
        self._number += 1
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[self._number] = future
        return self._number, future

    def _send(self, request: Request) -> None:
        process = self._process
        if process is not None and process.stdin is not None and not process.stdin.is_closing():
            process.stdin.write(framed(encode(request)))

    def _settle(self, number: int) -> None:
        future = self._waiting.pop(number, None)
        if future is not None and not future.done():
            future.set_result(None)

    def _settle_looks(self, number: int) -> None:
        """One look answers all that were asked for before it."""
        for earlier in [one for one in self._waiting if one <= number and one not in self._asked]:
            self._settle(earlier)

    def _forget_waiting(self) -> None:
        for number in list(self._waiting):
            self._settle(number)
        self._asked.clear()

    def _fail(self, why: str) -> None:
        if self.state != "failed":
            logger.warning("no index of the workspace: %s", why)
        self.state, self._why = "failed", why
        self._end_progress()

    def _show_progress(self, done: int, total: int) -> None:
        if self.state == "building":
            self._in_progress = done < total
            self._on_progress(done, total)

    def _end_progress(self) -> None:
        if self._in_progress:
            self._in_progress = False
            self._on_progress(1, 1)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """The process sees its input end; one that does not is killed."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), CLOSE_S)
    except asyncio.TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
