"""What an editor may want to show of us at any time: model, jobs, the spend of the day."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any

from kimi_lsp import __version__

if TYPE_CHECKING:
    from kimi_lsp.server.session import Session

logger = logging.getLogger(__name__)
METHOD = "kimi/status"
TOLD_AFTER_S = 0.2
"""Several things that happen at once are one notification."""


async def status(session: Session) -> dict[str, Any]:
    """Plain JSON, as README.md describes it. ``spent_today_usd`` is null where the ledger cannot be read."""
    from kimi_lsp.model.config import GatewayConfig

    config = GatewayConfig.of(session.settings.model)
    now = time.monotonic()
    return {
        "model": config.model,
        "version": __version__,
        "key": bool(config.key) or not config.needs_key,
        "jobs": [
            {
                "id": job.id,
                "title": job.title,
                "uri": job.uri,
                "edits": job.edits,
                "seconds": round(now - job.begun, 1),
            }
            for job in session.jobs
        ],
        "spent_today_usd": await _spent_today(session),
        "budget_per_day_usd": session.settings.budget.per_day_usd,
        "index": {"state": session.index.state, "files": session.index.files},
        "log": session.log_file,
    }


async def _spent_today(session: Session) -> float | None:
    from kimi_lsp.model.ledger import Ledger, LedgerUnusable

    try:
        return float(await asyncio.to_thread(Ledger(session.state).spent_today))
    except LedgerUnusable as error:
        logger.info("%s", error)
        return None


class StatusTeller:
    """Sends ``kimi/status`` when something of it has changed, to editors that asked for it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._timer: asyncio.TimerHandle | None = None
        self._ended = False

    def changed(self) -> None:
        """A job began or ended, or money was spent."""
        if self._timer is None and not self._ended and self._session.settings.show.status_notifications:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(TOLD_AFTER_S, self._tell)

    def end(self) -> None:
        """Say nothing more."""
        self._ended = True
        if self._timer is not None:
            self._timer.cancel()

    def _tell(self) -> None:
        self._timer = None
        self._session.spawn(self._send())

    async def _send(self) -> None:
        self._session.server.protocol.notify(METHOD, await status(self._session))
