"""One work-done progress for one job: it begins, reports a few times a second, and ends whatever happens."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from kimi_lsp.server.capabilities import shows_progress

logger = logging.getLogger(__name__)
REPORTS_PER_SECOND = 4
CREATE_TIMEOUT_S = 1.0

_numbers = itertools.count(1)


class Progress:
    """Reports to one token; silent where the client wants no progress."""

    def __init__(self, server: LanguageServer, title: str, *, shown: bool, cancellable: bool) -> None:
        self.token = f"kimi-{uuid.uuid4().hex[:8]}-{next(_numbers)}"
        self.final = ""
        self._server = server
        self._title = title
        self._shown = shown
        self._begun = False
        self._cancellable = cancellable
        self._last_report = 0.0
        self._held_back = ""
        self._percentage: int | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def _begin(self) -> None:
        if self._shown:
            self._shown = await self._created()
        self._begun = True
        logger.debug("%s: begins", self._title)
        self._send(types.WorkDoneProgressBegin(title=self._title, cancellable=self._cancellable))

    async def _created(self) -> bool:
        """Whether the client took the token; a refusal, or no answer at all, only means no progress."""
        request = self._server.protocol.send_request_async(
            types.WINDOW_WORK_DONE_PROGRESS_CREATE, types.WorkDoneProgressCreateParams(token=self.token)
        )
        try:
            await asyncio.wait_for(request, CREATE_TIMEOUT_S)
        except JsonRpcException as error:
            logger.info("the client refused a progress: %s", error)
            return False
        except asyncio.TimeoutError:
            logger.info("the client did not answer a progress request")
        return True

    def report(self, message: str, percentage: int | None = None) -> None:
        """Say what is happening; at most a few times a second, and never is the last word of a pause lost."""
        self._percentage = percentage
        wait = self._last_report + 1 / REPORTS_PER_SECOND - time.monotonic()
        if wait <= 0:
            self._report_now(message)
            return
        self._held_back = message
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(wait, self._report_held_back)

    def report_at_once(self, message: str) -> None:
        """Say something that must not be skipped."""
        self._report_now(message)

    def _report_held_back(self) -> None:
        self._timer = None
        if self._held_back:
            self._report_now(self._held_back)

    def _report_now(self, message: str) -> None:
        logger.debug("%s: %s", self._title, message)
        self._held_back = ""
        self._last_report = time.monotonic()
        report = types.WorkDoneProgressReport(
            message=message, cancellable=self._cancellable, percentage=self._percentage
        )
        self._send(report)

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        logger.debug("%s: ends: %s", self._title, self.final)
        if self._begun:
            self._send(types.WorkDoneProgressEnd(message=self.final or None))

    def _send(
        self, value: types.WorkDoneProgressBegin | types.WorkDoneProgressReport | types.WorkDoneProgressEnd
    ) -> None:
        if self._shown:
            self._server.protocol.notify(types.PROGRESS, types.ProgressParams(token=self.token, value=value))


@asynccontextmanager
async def progress(
    server: LanguageServer, title: str, *, cancellable: bool = True
) -> AsyncIterator[Progress]:
    """A progress with a token of its own; ends with its ``final`` message."""
    shown = Progress(server, title, shown=shows_progress(server), cancellable=cancellable)
    try:
        await shown._begin()
        yield shown
    finally:
        shown._end()
