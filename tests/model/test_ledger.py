from __future__ import annotations

import multiprocessing
import sqlite3
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimi_lsp.model.errors import OverBudget
from kimi_lsp.model.events import Usage
from kimi_lsp.model.ledger import FILE_NAME, Job, Ledger, LedgerUnusable
from kimi_lsp.model.pricing import PRICES
from kimi_lsp.settings import BudgetSettings

KIMI = "moonshot/kimi-k2.7-code"
CENT = Decimal("0.01")


def job(cost: Decimal | None = CENT, action: str = "fix", workspace: str = "/w", model: str = KIMI) -> Job:
    return Job(action, model, workspace, Usage(100, 20, 10, 5), cost)


def ledger(folder: Path, day: str = "2026-11-23") -> Ledger:
    return Ledger(folder, lambda: datetime.fromisoformat(f"{day}T12:00:00"))


def test_what_was_recorded_is_summed_up(tmp_path: Path) -> None:
    ledger(tmp_path, "2026-11-22").record(job(CENT))
    ledger(tmp_path).record(job(CENT * 2, action="explain", workspace="/v"))
    ledger(tmp_path).record(job(None, model="other"))
    lines = ledger(tmp_path).summary("day")
    assert [(line.key, line.jobs, line.cost, line.unpriced) for line in lines] == [
        ("2026-11-22", 1, CENT, 0),
        ("2026-11-23", 2, CENT * 2, 1),
    ]
    assert lines[1].usage == Usage(200, 40, 20)
    assert [line.key for line in ledger(tmp_path).summary("action")] == ["explain", "fix"]
    assert [line.key for line in ledger(tmp_path).summary("workspace")] == ["/v", "/w"]
    assert [line.key for line in ledger(tmp_path).summary("model")] == [KIMI, "other"]
    assert [line.key for line in ledger(tmp_path).summary("day", since="2026-11-23")] == ["2026-11-23"]


def test_an_estimate_marks_its_line(tmp_path: Path) -> None:
    ledger(tmp_path).record(Job("fix", KIMI, "/w", Usage(1, 1, estimated=True), CENT))
    assert ledger(tmp_path).summary()[0].usage.estimated


def test_an_empty_ledger_makes_no_file(tmp_path: Path) -> None:
    assert ledger(tmp_path / "state").summary() == ()
    assert ledger(tmp_path / "state").spent_today() == 0
    assert list(tmp_path.iterdir()) == []


@given(
    tokens=st.lists(
        st.tuples(st.integers(0, 300_000), st.integers(0, 16_384), st.integers(0, 100)),
        min_size=1,
        max_size=8,
    )
)
def test_sums_equal_the_price_list_s_arithmetic(
    tokens: list[tuple[int, int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, total = tmp_path_factory.mktemp("ledger"), Decimal(0)
    for prompt, output, share in tokens:
        usage = Usage(prompt, output, prompt * share // 100)
        total += PRICES[KIMI].cost(usage)
        ledger(folder).record(Job("fix", KIMI, "/w", usage, PRICES[KIMI].cost(usage)))
    assert ledger(folder).spent_today() == total


@pytest.mark.parametrize(
    ("budget", "estimate", "refused"),
    [
        pytest.param(BudgetSettings(), "5", None, id="no-limit"),
        pytest.param(BudgetSettings(per_day_usd=0.05), "0", None, id="just-within"),
        pytest.param(
            BudgetSettings(per_day_usd=0.05), "0.001", r"\$0.0500 of the \$0.05 for this day", id="day"
        ),
        pytest.param(BudgetSettings(per_month_usd=0.07), "0.01", r"raise budget.per_month_usd", id="month"),
        pytest.param(BudgetSettings(per_month_usd=0.08), "0.01", None, id="within-the-month"),
    ],
)
def test_a_budget_is_checked_before_anything_is_sent(
    budget: BudgetSettings, estimate: str, refused: str | None, tmp_path: Path
) -> None:
    ledger(tmp_path, "2026-10-31").record(job(CENT * 100))
    ledger(tmp_path, "2026-11-01").record(job(CENT * 2))
    ledger(tmp_path).record(job(CENT * 5))
    if refused is None:
        ledger(tmp_path).check(budget, Decimal(estimate))
        return
    with pytest.raises(OverBudget, match=refused):
        ledger(tmp_path).check(budget, Decimal(estimate))


def _record_many(folder: str) -> None:
    for _ in range(25):
        Ledger(Path(folder)).record(job())


def test_several_servers_write_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    servers = [context.Process(target=_record_many, args=(str(tmp_path),)) for _ in range(4)]
    for server in servers:
        server.start()
    for server in servers:
        server.join()
    assert [server.exitcode for server in servers] == [0] * 4
    (line,) = Ledger(tmp_path).summary("action")
    assert (line.jobs, line.cost) == (100, CENT * 100)


def test_a_file_that_is_no_ledger_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database" * 100)
    with pytest.raises(LedgerUnusable, match=FILE_NAME):
        ledger(tmp_path).record(job())
    with pytest.raises(LedgerUnusable, match="cannot be used"):
        ledger(tmp_path).spent_today()


def test_no_connection_is_left_open(tmp_path: Path) -> None:
    ledger(tmp_path).record(job())
    database = sqlite3.connect(tmp_path / FILE_NAME, timeout=0)
    database.execute("begin exclusive")
    database.close()


def test_a_summary_goes_by_known_columns_only(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="day, action, model or workspace"):
        ledger(tmp_path).summary("day; drop table jobs")  # type: ignore[arg-type]  # what a command line may say
