"""What jobs may spend and have spent: prices, budgets, the ledger in the user's state folder."""

from __future__ import annotations

import asyncio
import logging
from decimal import Decimal
from pathlib import Path

from kimi_lsp.model.errors import OverBudget
from kimi_lsp.model.events import Usage
from kimi_lsp.model.ledger import Job, Ledger, LedgerUnusable
from kimi_lsp.model.pricing import PriceList
from kimi_lsp.settings import Settings

logger = logging.getLogger(__name__)


class Purse:
    """The money side of one session. The ledger's file is used off the loop: another server may hold its lock."""

    def __init__(self, settings: Settings, model: str, folder: Path) -> None:
        self._settings = settings
        self._model = model
        self._prices = PriceList(settings.prices)
        self._ledger = Ledger(folder)

    def price(self, usage: Usage) -> Decimal | None:
        """US dollars for one turn; None where the model's price is unknown."""
        return self._prices.cost(self._model, usage)

    async def may_spend(self, cost: Decimal | None) -> None:
        """Ask before a turn is sent with whose input the job will have cost ``cost``, as far as is known.

        Raises:
            OverBudget: a limit would be passed; nothing is sent.
            LedgerUnusable: a limit is set, and nobody knows what was spent.
        """
        limit = Decimal(str(self._settings.limits.cost_usd))
        if cost is not None and cost > limit:
            raise OverBudget("job", f"{cost:.4f}", f"{limit:.2f}", "limits.cost_usd")
        budget = self._settings.budget
        if budget.per_day_usd or budget.per_month_usd:
            await asyncio.to_thread(self._ledger.check, budget, cost or Decimal(0))

    async def record(self, job: Job) -> None:
        """Write a job down; a ledger that cannot be written costs a line in the log, not the job."""
        try:
            await asyncio.to_thread(self._ledger.record, job)
        except LedgerUnusable as error:
            logger.warning("%s", error)

    def job(
        self,
        action: str,
        workspace: str,
        *,
        usage: Usage,
        cost: Decimal | None,
        outcome: str,
        turns: int,
        seconds: float,
    ) -> Job:
        """A line of the ledger."""
        return Job(action, self._model, workspace, usage, cost, outcome, turns, seconds)
