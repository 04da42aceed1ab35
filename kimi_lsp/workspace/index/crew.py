"""The worker processes of one build: files go out in small tasks, rows come back as they are done.

A file on which the parser kills its process is left out; the others are not the worse for it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread

import msgspec

import kimi_lsp
from kimi_lsp.syntax.language import Language
from kimi_lsp.syntax.languages import LANGUAGES
from kimi_lsp.syntax.registry import known
from kimi_lsp.workspace.index.database import Row
from kimi_lsp.workspace.index.extract import Extracted
from kimi_lsp.workspace.index.framing import framed, read_message
from kimi_lsp.workspace.index.worker import Task

WORKERS = 2
TASK_FILES = 32
TASK_BYTES = 512 * 1024
HOME = str(Path(kimi_lsp.__file__).parent.parent)
"""Where the processes live: Python imports from their folder first, which must not be the user's."""

COMMAND = (sys.executable, "-m", "kimi_lsp.workspace.index.worker")

_Rows = list[Row]


def tasks(files: Sequence[tuple[str, str, int]], max_bytes: int) -> list[Task]:
    """Name, location and size of the files -> tasks of about the same work."""
    found: list[Task] = []
    extra = registered()
    part: list[tuple[str, str]] = []
    size = 0
    for name, location, bytes_there in files:
        if part and (len(part) == TASK_FILES or size + bytes_there > TASK_BYTES):
            found.append(Task(part, max_bytes, extra))
            part, size = [], 0
        part.append((name, location))
        size += bytes_there
    return [*found, Task(part, max_bytes, extra)] if part else found


def registered() -> tuple[Language, ...]:
    """The languages of this process that the table lacks."""
    table = frozenset(LANGUAGES)
    return tuple(language for language in known() if language not in table)


class Crew:
    """Two workers, or as many as there are cores, for as long as there are tasks."""

    def __init__(self, waiting: Sequence[Task]) -> None:
        self._waiting = deque(waiting)
        self._results: SimpleQueue[_Rows | None] = SimpleQueue()
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._lock = Lock()
        self._ended = False

    def rows(self) -> Iterator[_Rows]:
        """The rows of each task, in any order. Closing the iterator ends the workers."""
        count = max(1, min(WORKERS, os.cpu_count() or 1, len(self._waiting)))
        threads = [Thread(target=self._serve, daemon=True) for _ in range(count)]
        for thread in threads:
            thread.start()
        try:
            while count:
                if (rows := self._results.get()) is None:
                    count -= 1
                else:
                    yield rows
        finally:
            self._end()

    def _serve(self) -> None:
        """Keep one worker busy; runs in a thread of its own."""
        process: subprocess.Popen[bytes] | None = None
        try:
            while (task := self._next()) is not None:
                if process is None:
                    process = self._started()
                if (rows := _asked(process, task)) is None:
                    self._dismiss(process)
                    process, rows = None, self._given_up(task)
                self._results.put(rows)
        finally:
            if process is not None:
                self._dismiss(process)
            self._results.put(None)

    def _next(self) -> Task | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting and not self._ended else None

    def _given_up(self, task: Task) -> _Rows:
        """After a worker's end: its files come again one by one, a single one is to blame."""
        if len(task.files) == 1:
            return [Row.of(task.files[0][0], Extracted("the parser failed"))]
        with self._lock:
            self._waiting.extendleft(
                Task([file], task.max_bytes, task.languages) for file in reversed(task.files)
            )
        return []

    def _started(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=HOME
        )
        with self._lock:
            self._processes.add(process)
        return process

    def _dismiss(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._processes.discard(process)
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        process.wait()

    def _end(self) -> None:
        with self._lock:
            self._ended = True
            for process in self._processes:
                process.kill()


def _asked(process: subprocess.Popen[bytes], task: Task) -> _Rows | None:
    """A worker's answer; None where it died of it."""
    assert process.stdin is not None, "it is a pipe"
    assert process.stdout is not None, "it is a pipe"
    try:
        process.stdin.write(framed(msgspec.msgpack.encode(task)))
        process.stdin.flush()
        answer = read_message(process.stdout)
    except OSError:
        return None
    return None if answer is None else msgspec.msgpack.decode(answer, type=_Rows)
