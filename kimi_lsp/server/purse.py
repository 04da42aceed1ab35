"""What jobs may spend and have spent: prices, budgets, the ledger in the user's state folder."""

from __future__ import annotations

import asyncio
import logging
from decimal import Decimal
from pathlib import Path

from kimi_lsp.model.errors import OverBudget, PriceUnknown
from kimi_lsp.model.events import Usage
from kimi_lsp.model.ledger import Job, Ledger, LedgerUnusable
from kimi_lsp.model.pricing import PriceList
from kimi_lsp.settings import Settings

logger = logging.getLogger(__name__)
FIRST_GUESS_TOKENS = 1_000
"""Output of a turn, before any turn has ended."""
NEWEST_COUNTS = 0.3


class Promised:
    """What the jobs that run have cost and are about to cost; the ledger hears of it when they end."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.output_tokens = FIRST_GUESS_TOKENS
        self._of: dict[Purse, Decimal] = {}

    def by_others(self, purse: Purse) -> Decimal:
        """US dollars of all jobs but the one with ``purse``."""
        return sum((cost for one, cost in self._of.items() if one is not purse), Decimal(0))

    def learn(self, output_tokens: int) -> None:
        """A turn has answered with so many tokens."""
        self.output_tokens += round(NEWEST_COUNTS * (output_tokens - self.output_tokens))

    def put(self, purse: Purse, cost: Decimal) -> None:
        """The job with ``purse`` will have cost so much."""
        self._of[purse] = cost

    def forget(self, purse: Purse) -> None:
        """The job has ended, and is in the ledger."""
        self._of.pop(purse, None)


class Purse:
    """The money side of one job. The ledger's file is used off the loop: another server may hold its lock."""

    def __init__(self, settings: Settings, model: str, folder: Path, promised: Promised) -> None:
        self._promised = promised
        self._settings = settings
        self._model = model
        self._prices = PriceList(settings.prices)
        self._ledger = Ledger(folder)

    def price(self, usage: Usage) -> Decimal | None:
        """US dollars for one turn; None where the model's price is unknown."""
        return self._prices.cost(self._model, usage)

    async def may_spend(self, cost: Decimal | None) -> None:
        """Ask before a turn is sent with whose input the job will have cost ``cost``, as far as is known.

        What it and the turns of other jobs will answer is guessed from the ones before: a budget may be passed by
        as much as answers turn out longer.

        Raises:
            OverBudget: a limit would be passed; nothing is sent.
            PriceUnknown: a budget is set for a model without a price.
            LedgerUnusable: a limit is set, and nobody knows what was spent.
        """
        limit = Decimal(str(self._settings.limits.cost_usd))
        if cost is not None and cost > limit:
            raise OverBudget("job", f"{cost:.4f}", f"{limit:.2f}", "limits.cost_usd")
        budget = self._settings.budget
        if budget.per_day_usd or budget.per_month_usd:
            async with self._promised.lock:
                answer = self.price(Usage(0, self._promised.output_tokens))
                if answer is None:
                    raise PriceUnknown(self._model)
                own = (cost or Decimal(0)) + answer
                await asyncio.to_thread(self._ledger.check, budget, own + self._promised.by_others(self))
                self._promised.put(self, own)

    def close(self) -> None:
        """The job has ended."""
        self._promised.forget(self)

    async def record(self, job: Job) -> None:
        """Write a job down; a ledger that cannot be written costs a line in the log, not the job."""
        if job.turns:
            self._promised.learn(job.usage.output // job.turns)
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
