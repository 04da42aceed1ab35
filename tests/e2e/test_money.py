"""Money through the real server: what a job cost, and limits that refuse before anything is sent."""

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kimi_lsp.model.events import Usage
from kimi_lsp.model.ledger import FILE_NAME, Job, Ledger
from kimi_lsp.simulator.app import Exchange
from tests.e2e.editor import Editor, editing

MODEL = "moonshot/kimi-k2.7-code"
TEXT = "import os\n\n\ndef greet(name):\n    unused = 1\n    return name\n"
EDIT = {"path": "a.py", "old_string": "    unused = 1\n", "new_string": ""}
FIXED: list[dict[str, Any]] = [{"tool_calls": [{"name": "edit", "arguments": EDIT}]}, {"content": "Removed."}]
MILLIONTH = Decimal("0.000001")


def ledger(folder: Path) -> Ledger:
    """The ledger of the server that ``editing(folder, ...)`` starts."""
    return Ledger(folder / "state" / "kimi-lsp")


def price_list(exchange: Exchange) -> Decimal:
    """The model card's arithmetic, written out: $0.95, $0.475 and $4.00 a million, and 5 %."""
    fresh = exchange.prompt_tokens - exchange.cached_tokens
    millionths = (
        fresh * Decimal("0.95")
        + exchange.cached_tokens * Decimal("0.475")
        + exchange.output_tokens * Decimal("4.00")
    )
    return millionths / 1_000_000 * Decimal("1.05")


async def fix(editor: Editor) -> list[str]:
    document = editor.open("a.py", TEXT)
    found = editor.diagnostic(document, "unused", "Local variable `unused` is never used", "F841")
    return await editor.run((await editor.menu(document, "unused", [found]))[0])


async def test_a_job_is_one_line_and_costs_what_the_price_list_says(tmp_path: Path) -> None:
    async with editing(tmp_path, FIXED, options={"model": {"name": MODEL}}) as (editor, exchanges):
        said = await fix(editor)
    (line,) = ledger(tmp_path).summary("action")
    assert (line.key, line.jobs, line.turns, line.unpriced) == ("fix", 1, 2, 0)
    assert line.usage.input == sum(exchange.prompt_tokens for exchange in exchanges)
    assert line.usage.cached == sum(exchange.cached_tokens for exchange in exchanges) > 0
    assert line.usage.output == sum(exchange.output_tokens for exchange in exchanges)
    expected = sum(map(price_list, exchanges), Decimal(0))
    assert abs(line.cost - expected) < MILLIONTH
    assert f"${expected:.4f}" in said[-1]
    assert [line.key for line in ledger(tmp_path).summary("model")] == [MODEL]
    assert [line.key for line in ledger(tmp_path).summary("workspace")] == [str(tmp_path / "project")]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        pytest.param(
            {"budget": {"per_day_usd": 0.5}},
            "$0.5000 of the $0.50 for this day are spent; raise budget.per_day_usd to go on.",
            id="day",
        ),
        pytest.param(
            {"budget": {"per_month_usd": 0.5}},
            "$0.5000 of the $0.50 for this month are spent; raise budget.per_month_usd to go on.",
            id="month",
        ),
        pytest.param(
            {"limits": {"cost_usd": 0.0001}}, "for this job are spent; raise limits.cost_usd", id="job"
        ),
    ],
)
async def test_what_is_used_up_refuses_the_next_job_before_anything_is_sent(
    tmp_path: Path, options: dict[str, Any], sentence: str
) -> None:
    spent = Job("fix", MODEL, "elsewhere", Usage(500_000, 0), Decimal("0.5"))
    ledger(tmp_path).record(spent)
    async with editing(tmp_path, FIXED, options=options) as (editor, exchanges):
        await fix(editor)
        (told,) = [message for message in editor.messages() if "Nothing was sent" in message]
        assert sentence in told
        assert (exchanges, editor.applied) == ([], [])
    assert [line.jobs for line in ledger(tmp_path).summary("day")] == [1]


async def test_a_budget_whose_ledger_cannot_be_read_sends_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "state" / "kimi-lsp" / FILE_NAME
    broken.parent.mkdir(parents=True)
    broken.write_text("this is no database, however long one looks at it" * 20)
    async with editing(tmp_path, FIXED, options={"budget": {"per_day_usd": 0.5}}) as (editor, exchanges):
        await fix(editor)
        assert any(f"The ledger {broken} cannot be used" in message for message in editor.messages())
        assert exchanges == []


async def test_jobs_that_run_together_share_what_is_left_of_the_day(tmp_path: Path) -> None:
    text = "".join(f"def f{number}():\n    return {number}\n\n\n" for number in range(8))
    options = {"budget": {"per_day_usd": 0.003}, "jobs": {"reading": 8}, "model": {"name": MODEL}}
    turns = [{"content": "word " * 60, "repeat": True}]
    async with editing(tmp_path, turns, pace=100, options=options) as (editor, exchanges):
        document = editor.open("a.py", text)
        entries = [await editor.entry(document, f"return {number}", "Kimi: Explain") for number in range(8)]
        for entry in entries:
            await editor.start_job(entry)
        while (await editor.status())["jobs"]:
            await asyncio.sleep(0.02)
        refused = [message for message in editor.messages() if "Nothing was sent" in message]
        assert len(refused) == 8 - len(exchanges) > 0
        assert all("of the $0.003 for this day are spent, and $" in message for message in refused)
    assert ledger(tmp_path).spent_today() <= Decimal("0.003")
