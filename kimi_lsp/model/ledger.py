"""What was spent, job by job, in SQLite; safe with several servers at once.

Costs are kept as whole numbers of 10^-12 dollars, so that sums are exact. Days and months are the user's own
(local time). Each call opens the file for itself: it may be called from any thread, and belongs off the event
loop, since another server may hold the lock for a moment.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

from kimi_lsp.model.errors import OverBudget
from kimi_lsp.model.events import Usage
from kimi_lsp.settings import BudgetSettings

FILE_NAME = "ledger.sqlite3"
BUSY_S = 5.0
By = Literal["day", "action", "model", "workspace"]

_PICO = Decimal(10) ** 12
_SCHEMA = """
create table if not exists jobs (
    id integer primary key,
    at text not null,
    day text not null,
    action text not null,
    model text not null,
    workspace text not null,
    outcome text not null,
    turns integer not null,
    seconds real not null,
    input integer not null,
    output integer not null,
    cached integer not null,
    reasoning integer not null,
    estimated integer not null,
    cost_pico integer
);
create index if not exists jobs_by_day on jobs (day);
"""
_OF_A_JOB = ("action", "model", "workspace", "outcome", "turns", "seconds")
_OF_A_USAGE = ("input", "output", "cached", "reasoning", "estimated")
_COLUMNS = ("at", "day", *_OF_A_JOB, *_OF_A_USAGE, "cost_pico")
_ADD = f"insert into jobs ({', '.join(_COLUMNS)}) values ({', '.join(f':{name}' for name in _COLUMNS)})"
_SUM = (
    "select {key}, count(*), sum(turns), sum(input), sum(output), sum(cached), max(estimated),"
    " coalesce(sum(cost_pico), 0), sum(cost_pico is null) from jobs where day >= ? group by 1 order by 1"
)


class LedgerUnusable(OSError):
    """The ledger's file cannot be read or written; the sentence names it."""


@dataclass(frozen=True, slots=True)
class Job:
    """What one job came to. ``cost`` is in US dollars, None where the model's price is unknown."""

    action: str
    model: str
    workspace: str
    usage: Usage
    cost: Decimal | None
    outcome: str = "done"
    turns: int = 1
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a summary. ``unpriced`` counts jobs whose cost is unknown and not in ``cost``."""

    key: str
    jobs: int
    turns: int
    usage: Usage
    cost: Decimal
    unpriced: int


class Ledger:
    """The ledger in ``folder``, which is made when the first job is recorded."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = datetime.now) -> None:
        """``now`` gives local time without a zone."""
        self._path = folder / FILE_NAME
        self._now = now

    def record(self, job: Job) -> None:
        """Write one job down.

        Raises:
            LedgerUnusable: it could not be written.
        """
        now, usage = self._now(), job.usage
        cost = None if job.cost is None else int((job.cost * _PICO).to_integral_value())
        with self._opened() as database:
            database.execute(
                _ADD,
                {
                    **{name: getattr(job, name) for name in _OF_A_JOB},
                    **{name: getattr(usage, name) for name in _OF_A_USAGE},
                    "at": now.isoformat(timespec="seconds"),
                    "day": now.date().isoformat(),
                    "cost_pico": cost,
                },
            )

    def summary(self, by: By = "day", *, since: str = "") -> tuple[Line, ...]:
        """Sums by day, action, model or workspace; ``since`` is the first day (``2026-11-23``) that counts.

        Raises:
            LedgerUnusable: it could not be read.
        """
        if by not in ("day", "action", "model", "workspace"):
            raise ValueError(f"a summary goes by day, action, model or workspace, not {by}")
        if not self._path.exists():
            return ()
        with self._opened() as database:
            rows = database.execute(_SUM.format(key=by), (since,)).fetchall()
        return tuple(_line(*row) for row in rows)

    def spent_today(self) -> Decimal:
        """US dollars spent today, as far as prices are known."""
        return self._spent(self._now().date().isoformat())

    def spent_this_month(self) -> Decimal:
        """US dollars spent this month, as far as prices are known."""
        return self._spent(self._now().date().replace(day=1).isoformat())

    def check(self, budget: BudgetSettings, estimate: Decimal = Decimal(0)) -> None:
        """Ask whether a request may be sent that will cost ``estimate`` dollars.

        Raises:
            OverBudget: it would go beyond a limit.
            LedgerUnusable: nobody knows.
        """
        for period, limit, spent_in in (
            ("day", budget.per_day_usd, self.spent_today),
            ("month", budget.per_month_usd, self.spent_this_month),
        ):
            if not limit:
                continue
            spent, most = spent_in(), Decimal(str(limit))
            if spent + estimate > most:
                needed = f"{estimate:.4f}" if spent < most else ""
                raise OverBudget(period, f"{spent:.4f}", _dollars(most), f"budget.per_{period}_usd", needed)

    def _spent(self, first_day: str) -> Decimal:
        return sum((line.cost for line in self.summary("day", since=first_day)), Decimal(0))

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(sqlite3.connect(self._path, timeout=BUSY_S)) as database:
                if database.execute("pragma journal_mode").fetchone()[0] != "wal":
                    database.execute("pragma journal_mode = wal")
                if not database.execute("select 1 from sqlite_master where name = 'jobs_by_day'").fetchone():
                    database.executescript(_SCHEMA)
                with database:
                    yield database
        except (sqlite3.Error, OSError) as error:
            raise LedgerUnusable(f"The ledger {self._path} cannot be used: {error}.") from error


def _line(
    key: str,
    jobs: int,
    turns: int,
    input: int,
    output: int,
    cached: int,
    estimated: int,
    cost: int,
    unpriced: int,
) -> Line:
    usage = Usage(input, output, cached, estimated=bool(estimated))
    return Line(key, jobs, turns, usage, Decimal(cost) / _PICO, unpriced)


def _dollars(limit: Decimal) -> str:
    """A limit as its user wrote it, with cents at least."""
    return f"{limit:.2f}" if limit == round(limit, 2) else f"{limit:f}"
