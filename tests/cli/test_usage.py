"""The command over ledgers that a server could have written."""

from __future__ import annotations

import json
import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from kimi_lsp.__main__ import main
from kimi_lsp.model.events import Usage
from kimi_lsp.model.ledger import FILE_NAME, Job, Ledger

KIMI = "moonshot/kimi-k2.7-code"
CARD = Decimal("0.00175875")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command looks."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path / "kimi-lsp"


def spend(folder: Path, day: int, action: str, model: str, cost: Decimal | None) -> None:
    clock = Ledger(folder, now=lambda: datetime(2026, 11, day, 9, 30))
    clock.record(Job(action, model, "/w/[bold]one", Usage(500, 300, 256), cost, turns=2))


def words(text: str) -> list[str]:
    return [re.sub(r"\s+", " ", line).strip() for line in text.splitlines()]


def test_a_table_with_a_total_and_the_jobs_of_unknown_price(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spend(folder, 22, "fix", KIMI, CARD)
    spend(folder, 23, "fix", KIMI, CARD)
    spend(folder, 23, "explain", "home/grown", None)
    assert main(["usage"]) == 0
    assert words(capsys.readouterr().out) == [
        "day jobs turns in cached out cost",
        "2026-11-22 1 2 500 256 300 $0.0018",
        "2026-11-23 2 4 1,000 512 600 $0.0018",
        "total 3 6 1,500 768 900 $0.0035",
        "Not in the cost: 1 job of home/grown, whose price is unknown (set prices.home/grown).",
    ]
    assert main(["usage", "--by", "model", "--since", "2026-11-23"]) == 0
    assert words(capsys.readouterr().out)[1:3] == [
        "home/grown 1 2 500 256 300 unknown cost",
        "moonshot/kimi-k2.7-code 1 2 500 256 300 $0.0018",
    ]
    assert main(["usage", "--by", "workspace"]) == 0
    assert "/w/[bold]one" in capsys.readouterr().out


def test_json_is_exact(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spend(folder, 22, "fix", KIMI, CARD)
    spend(folder, 23, "fix", KIMI, CARD)
    spend(folder, 23, "explain", "home/grown", None)
    assert main(["usage", "--by", "action", "--json"]) == 0
    fields = {"estimated": False, "cached_tokens": 256, "input_tokens": 500, "output_tokens": 300}
    assert json.loads(capsys.readouterr().out) == {
        "by": "action",
        "since": None,
        "lines": [
            {"key": "explain", "jobs": 1, "turns": 2, **fields, "cost_usd": "0", "unpriced_jobs": 1},
            {"key": "fix", "jobs": 2, "turns": 4, "input_tokens": 1000, "cached_tokens": 512,
             "output_tokens": 600, "estimated": False, "cost_usd": "0.0035175", "unpriced_jobs": 0},
        ],
        "total": {"jobs": 3, "turns": 6, "input_tokens": 1500, "cached_tokens": 768, "output_tokens": 900,
                  "estimated": False, "cost_usd": "0.0035175", "unpriced_jobs": 1},
    }  # fmt: skip


def test_an_empty_ledger_is_a_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["usage"]) == 0
    assert capsys.readouterr().out == f"Nothing was spent yet: the ledger {folder / FILE_NAME} has no job.\n"
    assert not folder.exists()
    assert main(["usage", "--since", "2030-01-01"]) == 0
    assert capsys.readouterr().out.startswith("Nothing was spent since 2030-01-01: ")
    assert main(["usage", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["lines"] == []


def test_a_ledger_that_cannot_be_read_is_a_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder.mkdir()
    (folder / FILE_NAME).write_text("this is no database, however long one looks at it" * 20)
    assert main(["usage"]) == 1
    assert capsys.readouterr().err.startswith("kimi-lsp usage: The ledger ")


def test_a_day_that_is_none(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["usage", "--since", "yesterday"])
    assert "'yesterday' is no day such as 2026-11-23" in capsys.readouterr().err
