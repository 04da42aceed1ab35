"""``kimi-lsp usage``: what was spent, from the ledger that the server keeps.

``--json`` prints one object, whose shape is stable::

    {"by": "day", "since": null,
     "lines": [{"key": "2026-11-23", "jobs": 3, "turns": 7, "input_tokens": 9100, "cached_tokens": 5120,
                "output_tokens": 812, "estimated": false, "cost_usd": "0.009853425", "unpriced_jobs": 0}],
     "total": {"jobs": 3, ...}}

``key`` is a day (local time, ``YYYY-MM-DD``), an action's id, a model's name or a workspace's folder; lines are
sorted by it. ``total`` has the same fields without ``key``. ``cached_tokens`` are a part of ``input_tokens``.
``cost_usd`` is an exact decimal in a string, without the jobs that ``unpriced_jobs`` counts. ``estimated``: a service
reported no usage for some of it. ``since`` is null, or the first day that counts.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from platformdirs import user_state_path
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kimi_lsp.model.events import Usage
from kimi_lsp.model.ledger import FILE_NAME, Ledger, LedgerUnusable, Line
from kimi_lsp.model.pricing import dollars

UNUSABLE = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How to sum up, and from when on."""
    parser.add_argument(
        "--by",
        choices=("day", "action", "model", "workspace"),
        default="day",
        help="what a line is (default %(default)s)",
    )
    parser.add_argument("--since", type=_day, metavar="YYYY-MM-DD", help="the first day that counts")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")


def run(arguments: argparse.Namespace) -> int:
    """Print the sums; 1 where the ledger cannot be read."""
    folder = user_state_path("kimi-lsp", appauthor=False)
    ledger, since = Ledger(folder), arguments.since or ""
    try:
        lines = ledger.summary(arguments.by, since=since)
        models = ledger.summary("model", since=since)
    except LedgerUnusable as error:
        print(f"kimi-lsp usage: {error}", file=sys.stderr)
        return UNUSABLE
    if arguments.json:
        print(json.dumps(_plain(arguments.by, arguments.since, lines)))
    elif lines:
        _print(Console(highlight=False), arguments.by, lines, models)
    else:
        print(_nothing(folder / FILE_NAME, since))
    return 0


def total(lines: Sequence[Line]) -> Line:
    """All lines as one, without a key."""
    usage = Usage(
        sum(line.usage.input for line in lines),
        sum(line.usage.output for line in lines),
        sum(line.usage.cached for line in lines),
        estimated=any(line.usage.estimated for line in lines),
    )
    return Line(
        "",
        sum(line.jobs for line in lines),
        sum(line.turns for line in lines),
        usage,
        sum((line.cost for line in lines), Decimal(0)),
        sum(line.unpriced for line in lines),
    )


def _print(console: Console, by: str, lines: Sequence[Line], models: Sequence[Line]) -> None:
    table = Table(box=None, pad_edge=False, show_footer=True)
    whole = _cells(total(lines))
    table.add_column(by, footer="total", overflow="fold")
    for name, footer in zip(("jobs", "turns", "in", "cached", "out", "cost"), whole, strict=True):
        table.add_column(name, footer=footer, justify="right", no_wrap=True)
    for line in lines:
        table.add_row(escape(line.key), *_cells(line))
    console.print(table)
    for line in models:
        if line.unpriced:
            jobs = "1 job" if line.unpriced == 1 else f"{line.unpriced} jobs"
            console.print(
                f"Not in the cost: {jobs} of {line.key}, whose price is unknown (set prices.{line.key}).",
                markup=False,
            )


def _cells(line: Line) -> list[str]:
    usage = line.usage
    cost = None if line.unpriced == line.jobs else line.cost
    counts = (line.jobs, line.turns, usage.input, usage.cached, usage.output)
    return [*(f"{count:,}" for count in counts), dollars(cost, estimated=usage.estimated)]


def _plain(by: str, since: str | None, lines: Sequence[Line]) -> dict[str, Any]:
    return {
        "by": by,
        "since": since,
        "lines": [{"key": line.key, **_fields(line)} for line in lines],
        "total": _fields(total(lines)),
    }


def _fields(line: Line) -> dict[str, Any]:
    return {
        "jobs": line.jobs,
        "turns": line.turns,
        "input_tokens": line.usage.input,
        "cached_tokens": line.usage.cached,
        "output_tokens": line.usage.output,
        "estimated": line.usage.estimated,
        "cost_usd": f"{line.cost.normalize():f}",
        "unpriced_jobs": line.unpriced,
    }


def _nothing(path: Path, since: str) -> str:
    when = f" since {since}" if since else " yet"
    return f"Nothing was spent{when}: the ledger {path} has no job."


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2026-11-23") from None
