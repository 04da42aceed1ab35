"""The jobs of one client: started by a command, ended by themselves, by a cancel, or by the end of the session."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field

from lsprotocol.types import ProgressToken

logger = logging.getLogger(__name__)
CANCEL_GRACE_S = 1.0
_numbers = itertools.count(1)


def _next_id() -> str:
    return str(next(_numbers))


@dataclass(slots=True, eq=False)
class Job:
    """One run of an action. ``token`` is that of its progress, once it has one; ``begun`` as ``time.monotonic``.

    ``delivered`` once the editor was given anything. ``given_up`` is set by a cancel while the result is on its way:
    the edit may be applied already, so the job only stops waiting for the answer.
    """

    title: str
    uri: str
    edits: bool
    quiet: bool = False
    id: str = field(default_factory=_next_id)
    begun: float = field(default_factory=time.monotonic)
    token: ProgressToken | None = None
    delivered: bool = False
    given_up: asyncio.Event = field(default_factory=asyncio.Event)
    _delivering: bool = False
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    def cancel(self) -> None:
        """End it; the model's socket closes with it."""
        if self.task is not None and not self._delivering:
            self.task.cancel()
        self.given_up.set()

    @property
    def cancelled(self) -> str:
        """What a cancel left behind, in words."""
        return "cancelled, nothing more was changed" if self.delivered else "cancelled, nothing was changed"

    def deliver(self) -> None:
        """From now on the result is on its way to the editor."""
        self._delivering = True


class Jobs:
    """All running jobs."""

    def __init__(self) -> None:
        self.delivery = asyncio.Lock()
        self.on_change: Callable[[], None] = lambda: None
        self._running: list[Job] = []

    def __iter__(self) -> Iterator[Job]:
        return iter(tuple(self._running))

    def editing(self, uri: str) -> Job | None:
        """The job that is about to change this document."""
        return next((job for job in self._running if job.edits and job.uri == uri), None)

    @property
    def reading(self) -> int:
        """How many jobs run that change nothing."""
        return sum(not job.edits for job in self._running)

    def start(self, job: Job, work: Coroutine[None, None, None]) -> None:
        """Run ``work`` as ``job`` until it ends."""
        self._running.append(job)
        job.task = asyncio.get_running_loop().create_task(work, name=job.title)
        job.task.add_done_callback(lambda task: self._ended(job, task))
        self.on_change()

    async def turn(self, job: Job) -> bool:
        """Wait for the job's turn: ``delivery`` is then its own, to be released; false once it is given up."""
        acquiring = asyncio.ensure_future(self.delivery.acquire())
        giving_up = asyncio.ensure_future(job.given_up.wait())
        try:
            await asyncio.wait({acquiring, giving_up}, return_when=asyncio.FIRST_COMPLETED)
            if acquiring.done() and job.given_up.is_set():
                self.delivery.release()
            return acquiring.done() and not job.given_up.is_set()
        except asyncio.CancelledError:
            if acquiring.done():
                self.delivery.release()
            raise
        finally:
            giving_up.cancel()
            if not acquiring.done():
                acquiring.cancel()

    def cancel_progress(self, token: ProgressToken) -> None:
        """The user cancelled the progress with this token."""
        for job in self:
            if job.token == token:
                job.cancel()

    async def cancel_all(self) -> None:
        """End every job and wait, at most a second, until they have."""
        tasks = [job.task for job in self if job.task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CANCEL_GRACE_S)

    def _ended(self, job: Job, task: asyncio.Task[None]) -> None:
        self._running.remove(job)
        self.on_change()
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("%s failed", job.title, exc_info=error)
