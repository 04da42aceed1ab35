"""The worker processes of one build: files go out in small tasks, rows come back as they are done.

A file on which the parser kills its process is left out; the others are not the worse for it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Generator, Sequence
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
AHEAD = 2
"""So many tasks a worker has: the next one waits for it while its rows wait to be taken."""

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
    """Two workers, or as many as there are cores, for as long as there are tasks; ``command`` starts one."""

    def __init__(self, waiting: Sequence[Task], command: Sequence[str] = COMMAND) -> None:
        self._waiting = deque(waiting)
        self._command = command
        self._results: SimpleQueue[_Rows | None] = SimpleQueue()
        self._workers: set[_Worker] = set()
        self._lock = Lock()
        self._ended = False

    def rows(self) -> Generator[_Rows, None, None]:
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
        worker: _Worker | None = None
        try:
            while True:
                is_free = worker is None or len(worker.given) < AHEAD
                if is_free and (task := self._next()) is not None:
                    worker = worker or self._started()
                    worker.give(task)
                elif worker is None or not worker.given:
                    break
                elif (rows := worker.answer()) is not None:
                    self._results.put(rows)
                else:
                    self._dismiss(worker)
                    self._give_up(worker.given)
                    worker = None
        finally:
            if worker is not None:
                self._dismiss(worker)
            self._results.put(None)

    def _next(self) -> Task | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting and not self._ended else None

    def _give_up(self, given: deque[Task]) -> None:
        """After a worker's end: the first task's files come again one by one, a single one is to blame."""
        first = given.popleft()
        if len(first.files) == 1:
            self._results.put([Row.of(first.files[0][0], Extracted("the parser failed"))])
        else:
            given.extendleft(Task([file], first.max_bytes, first.languages) for file in reversed(first.files))
        with self._lock:
            self._waiting.extendleft(reversed(given))

    def _started(self) -> _Worker:
        worker = _Worker(self._command)
        with self._lock:
            self._workers.add(worker)
        return worker

    def _dismiss(self, worker: _Worker) -> None:
        with self._lock:
            self._workers.discard(worker)
        worker.end()

    def _end(self) -> None:
        with self._lock:
            self._ended = True
            for worker in self._workers:
                worker.process.kill()


class _Worker:
    """A process, with the tasks that were ``given`` to it; their rows come in the same order."""

    def __init__(self, command: Sequence[str]) -> None:
        self.given: deque[Task] = deque()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=HOME
        )
        assert self.process.stdin is not None, "it is a pipe"
        assert self.process.stdout is not None, "it is a pipe"
        self._outgoing, self._incoming = self.process.stdin, self.process.stdout

    def give(self, task: Task) -> None:
        """Does not wait for the worker, which reads while it works."""
        self.given.append(task)
        with suppress(OSError):
            self._outgoing.write(framed(msgspec.msgpack.encode(task)))
            self._outgoing.flush()

    def answer(self) -> _Rows | None:
        """The rows of the task that was given first; None where the worker died of it."""
        try:
            answer = read_message(self._incoming)
        except OSError:
            return None
        if answer is None:
            return None
        self.given.popleft()
        return msgspec.msgpack.decode(answer, type=_Rows)

    def end(self) -> None:
        """Whatever it does."""
        self.process.kill()
        for pipe in (self._outgoing, self._incoming):
            with suppress(OSError):
                pipe.close()
        self.process.wait()
