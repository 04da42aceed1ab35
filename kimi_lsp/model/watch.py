"""Deadlines on what one task waits for, without a task or a timer of its own for each wait.

``asyncio.wait_for`` makes a task a call (up to 3.11), which would cost more than everything else that is done for
a chunk; ``asyncio.timeout`` is newer than 3.10. Here one timer is kept and only moved when it fires too early.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable
from typing import Any, TypeVar

from kimi_lsp.model.errors import Stage, TimedOut

T = TypeVar("T")


class Watch:
    """Bounds each wait, and all waits together. Use it as a context manager, or its timer may outlive it."""

    def __init__(self, total_s: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._total = (self._loop.time() + total_s, total_s)
        self._deadline = 0.0
        self._task: asyncio.Task[Any] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._fired = False

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def end_within(self, seconds: float) -> None:
        """From now on, all waits together may take ``seconds`` at most."""
        self._total = min(self._total, (self._loop.time() + seconds, seconds))

    async def wait(self, awaitable: Awaitable[T], stage: Stage, seconds: float) -> T:
        """Wait for ``awaitable``, at most ``seconds``.

        Raises:
            TimedOut: it took longer; it was cancelled and has ended.
        """
        self._deadline = self._loop.time() + seconds
        if self._deadline > self._total[0]:
            (self._deadline, seconds), stage = self._total, "total"
        if self._timer is None or self._timer.when() > self._deadline:
            self._set()
        self._task = task = asyncio.current_task()
        cancels = _cancels(task)
        try:
            return await awaitable
        except BaseException:
            if self._fired:
                self._fired = False
                if _uncancelled(task) <= cancels:
                    raise TimedOut(stage, seconds) from None
            raise
        finally:
            self._task = None

    def _set(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._deadline, self._tick)

    def _tick(self) -> None:
        self._timer = None
        if self._task is None:
            return
        if self._loop.time() < self._deadline:
            self._set()
        else:
            self._fired = True
            self._task.cancel()


if sys.version_info >= (3, 11):

    def _cancels(task: asyncio.Task[Any] | None) -> int:
        """How often the task was asked to end."""
        return task.cancelling() if task is not None else 0

    def _uncancelled(task: asyncio.Task[Any] | None) -> int:
        """Take back our own cancel; what is left is somebody else's."""
        return task.uncancel() if task is not None else 0

else:  # 3.10 does not count

    def _cancels(task: asyncio.Task[Any] | None) -> int:
        return 0

    def _uncancelled(task: asyncio.Task[Any] | None) -> int:
        return 0
