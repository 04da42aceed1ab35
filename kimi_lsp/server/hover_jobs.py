"""Explanations that a hover asked for: made behind it, each once, and only the last wish of a moment."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kimi_lsp.server.ranges import plain_range, range_of

if TYPE_CHECKING:
    from kimi_lsp.server.documents import OpenDocument
    from kimi_lsp.server.jobs import Job
    from kimi_lsp.server.session import Session
    from kimi_lsp.syntax.outline import Symbol

QUIET_S = 0.25
"""Who hovers on at once, on something else, meant that."""
AGAIN_AFTER_S = 300.0
"""So long an explanation that came to nothing is not made again by hovering: it has cost, and the next one would."""


class HoverJobs:
    """The explanations that a hover has started, by what they explain; one for each, and the last wish only."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._running: dict[str, Job] = {}
        self._failed: dict[str, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._waiting = ""

    def wish(self, key: str, document: OpenDocument, symbol: Symbol) -> bool:
        """Explain ``symbol`` unless another wish comes in a moment, or it is being explained already.

        False, and nothing is done, where that has come to nothing a short while ago.
        """
        if key == self._waiting or self._is_running(key):
            return True
        if self._has_failed(key):
            return False
        self.end()
        self._waiting = key
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(QUIET_S, self._start, key, document, symbol, document.revision)
        return True

    def forgive(self) -> None:
        """Settings have changed: what came to nothing may come to something now."""
        self._failed = {}

    def end(self) -> None:
        """Start nothing more."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._waiting = None, ""

    def _has_failed(self, key: str) -> bool:
        now = asyncio.get_running_loop().time()
        self._failed = {key: at for key, at in self._failed.items() if now - at < AGAIN_AFTER_S}
        return key in self._failed

    def _ended(self, key: str) -> None:
        if not self._session.explanations.has_some(key):
            self._failed[key] = asyncio.get_running_loop().time()

    def _is_running(self, key: str) -> bool:
        self._running = {key: job for key, job in self._running.items() if job.task and not job.task.done()}
        return key in self._running

    def _start(self, key: str, document: OpenDocument, symbol: Symbol, revision: int) -> None:
        from kimi_lsp.actions.explain import EXPLAIN
        from kimi_lsp.server.starting import start

        self._timer, self._waiting = None, ""
        lines = document.snapshot.lines
        arguments = {
            "title": f"Kimi: Explain `{symbol.path}`",
            "range": plain_range(range_of(lines, 0, 0, self._session.documents.encoding)),
            "offsets": [symbol.span.start, symbol.span.end],
            "revision": revision,
            "generation": document.generation,
        }
        job = start(self._session, document, EXPLAIN, arguments, quiet=True)
        if job is not None and job.task is not None:
            self._running[key] = job
            job.task.add_done_callback(lambda _: self._ended(key))
