"""What was spent, as a page to read in the editor."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from kimi_lsp.model.ledger import By, Ledger, LedgerUnusable, Line
from kimi_lsp.model.pricing import dollars
from kimi_lsp.server.present import show_file
from kimi_lsp.server.report import message

if TYPE_CHECKING:
    from kimi_lsp.server.session import Session

NAME = "usage.md"
DAYS = 31
_HEADINGS: tuple[tuple[By, str], ...] = (("day", "By day"), ("action", "By action"), ("model", "By model"))


async def show(session: Session) -> None:
    """Write the page into the cache folder and open it; the same numbers as ``kimi-lsp usage``."""
    path = session.cache / NAME
    try:
        text, spent = await asyncio.to_thread(_page, Ledger(session.state))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except LedgerUnusable as error:
        message(session.server, f"Kimi: {error}")
    except OSError as error:
        message(session.server, f"Kimi: the page cannot be written to {path.parent}: {error.strerror}")
    else:
        await show_file(session, path, f"Kimi: {dollars(spent)} spent today.")


def _page(ledger: Ledger) -> tuple[str, Decimal]:
    """The page, and what was spent today."""
    return "\n".join(_lines(ledger)) + "\n", ledger.spent_today()


def _lines(ledger: Ledger) -> Iterator[str]:
    yield "# What Kimi has cost"
    yield f"\nToday {dollars(ledger.spent_today())}, this month {dollars(ledger.spent_this_month())}."
    for by, heading in _HEADINGS:
        lines = ledger.summary(by)
        yield f"\n## {heading}\n"
        if not lines:
            yield "Nothing yet."
            continue
        yield f"| {by} | jobs | input tokens | cached | output tokens | cost |"
        yield "|---|--:|--:|--:|--:|--:|"
        yield from map(_row, lines[-DAYS:])


def _row(line: Line) -> str:
    usage = line.usage
    key = line.key.replace("|", "\\|").replace("\n", " ")
    cost = None if line.unpriced == line.jobs else line.cost
    counts = f"{line.jobs:,} | {usage.input:,} | {usage.cached:,} | {usage.output:,}"
    return f"| {key} | {counts} | {dollars(cost, estimated=usage.estimated)} |"
