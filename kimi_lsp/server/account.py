"""One job's line in the ledger: written when the job ends, however it ends."""

from __future__ import annotations

import asyncio
import time
from types import TracebackType

from kimi_lsp.actions.updates import Asking, Done, Spent, Update
from kimi_lsp.model.errors import ModelError
from kimi_lsp.server.purse import Purse


class Account:
    """Watches a job's updates, and writes down what it used up; a job that asked nothing leaves no line."""

    def __init__(self, purse: Purse, action: str, workspace: str) -> None:
        self._purse = purse
        self._action = action
        self._workspace = workspace
        self._begun = time.monotonic()
        self._turns = 0
        self._spent = Spent()
        self._outcome = "failed"

    def see(self, update: Update) -> None:
        """Take in one update of the engine."""
        if isinstance(update, Asking):
            self._turns = update.turn
        elif isinstance(update, Spent):
            self._spent = update
        elif isinstance(update, Done):
            self._spent = update.spent
            self._outcome = "done" if update.complete else "ended early"

    async def __aenter__(self) -> Account:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._write_down(error)
        finally:
            self._purse.close()

    async def _write_down(self, error: BaseException | None) -> None:
        if not self._turns:
            return
        if isinstance(error, asyncio.CancelledError):
            self._outcome = "cancelled"
        elif isinstance(error, ModelError):
            self._outcome = error.name
        job = self._purse.job(
            self._action,
            self._workspace,
            usage=self._spent.usage,
            cost=self._spent.cost,
            outcome=self._outcome,
            turns=self._turns,
            seconds=time.monotonic() - self._begun,
        )
        await self._purse.record(job)
