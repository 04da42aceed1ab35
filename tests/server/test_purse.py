"""What running jobs are about to cost, before the ledger hears of it."""

from decimal import Decimal
from pathlib import Path

import pytest

from kimi_lsp.model.errors import OverBudget, PriceUnknown
from kimi_lsp.model.events import Usage
from kimi_lsp.server.purse import FIRST_GUESS_TOKENS, Promised, Purse
from kimi_lsp.settings import Settings, merge

MODEL = "moonshot/kimi-k2.7-code"


def purses(folder: Path, per_day_usd: float, count: int) -> list[Purse]:
    settings, problems = merge(Settings(), {"budget": {"per_day_usd": per_day_usd}})
    assert not problems
    promised = Promised()
    return [Purse(settings, MODEL, folder, promised) for _ in range(count)]


async def test_what_others_are_about_to_cost_counts_until_they_end(tmp_path: Path) -> None:
    one, two = purses(tmp_path, 0.03, 2)
    await one.may_spend(Decimal("0.02"))
    with pytest.raises(OverBudget, match=r"of the \$0.03 for this day are spent, and \$0.0"):
        await two.may_spend(Decimal("0.02"))
    one.close()
    await two.may_spend(Decimal("0.02"))


async def test_a_job_does_not_count_against_itself(tmp_path: Path) -> None:
    (one,) = purses(tmp_path, 0.03, 1)
    for _ in range(3):
        await one.may_spend(Decimal("0.02"))


async def test_what_is_answered_is_guessed_from_what_was(tmp_path: Path) -> None:
    one, two = purses(tmp_path, 0.05, 2)
    await one.may_spend(Decimal("0.001"))
    long = Usage(0, 20_000)
    for _ in range(20):
        await one.record(one.job("fix", "x", usage=long, cost=Decimal(0), outcome="done", turns=1, seconds=1))
    with pytest.raises(OverBudget):
        await two.may_spend(Decimal("0.001"))


def test_the_guess_follows_the_answers() -> None:
    promised = Promised()
    assert promised.output_tokens == FIRST_GUESS_TOKENS
    for _ in range(30):
        promised.learn(100)
    assert promised.output_tokens < 110


async def test_a_budget_is_not_kept_by_guessing_prices(tmp_path: Path) -> None:
    settings, _ = merge(Settings(), {"budget": {"per_month_usd": 1}})
    purse = Purse(settings, "acme/kimi", tmp_path, Promised())
    with pytest.raises(PriceUnknown, match="the price of acme/kimi is not known; set prices for it"):
        await purse.may_spend(None)
    free, problems = merge(settings, {"prices": {"acme/kimi": {"input": 0, "output": 0}}})
    assert not problems
    await Purse(free, "acme/kimi", tmp_path, Promised()).may_spend(Decimal(0))
    await Purse(Settings(), "acme/kimi", tmp_path, Promised()).may_spend(None)
