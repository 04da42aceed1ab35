"""All checkers on all files of a job."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from kimi_lsp.syntax.registry import by_id, by_path
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.workspace.checkers import running, shadow
from kimi_lsp.workspace.checkers.environment import environment, program
from kimi_lsp.workspace.checkers.errors import CheckerError, Failed, TookTooLong, Withheld
from kimi_lsp.workspace.checkers.finding import Finding, Places
from kimi_lsp.workspace.checkers.report import Report
from kimi_lsp.workspace.checkers.row import Row
from kimi_lsp.workspace.checkers.running import Place
from kimi_lsp.workspace.diagnostic import Diagnostic

AT_ONCE = 2
WITHIN_S = 30.0
TRY_AGAIN_S = 600.0
"""A checker that took too long in a project is not waited for again for this long, unless it gets more time."""


class Checkers:
    """Runs the rows of ``table``; what they keep goes to ``cache``, a folder of ours. One for each server.

    ``search`` stands in place of ``PATH``.
    """

    def __init__(self, table: Sequence[Row], cache: Path, *, search: str | None = None) -> None:
        self._table = tuple(table)
        self._cache = cache
        self._search = search
        self._free = asyncio.Semaphore(AT_ONCE)
        self._slow: dict[tuple[str, Path], tuple[float, float]] = {}
        self._tidy = False

    async def check(
        self,
        texts: Mapping[Path, Snapshot | None],
        root: Path,
        *,
        only: Collection[Path] | None = None,
        within_s: float = WITHIN_S,
    ) -> Report:
        """What is wrong in the files ``only`` (all of ``texts``) when ``texts`` is laid over what is in ``root``.

        Keys are resolved locations, None is a file that is gone. Nothing under ``root`` is written. It never raises:
        a checker that fails, or takes longer than its own limit or ``within_s``, is in ``failed``.
        """
        wanted = {
            location: snapshot
            for location, snapshot in texts.items()
            if snapshot is not None and (only is None or location in only)
        }
        ends = time.monotonic() + within_s
        runs = [(row, files) for row in self._table if (files := self._files(row, wanted, root))]
        await self._forget_old()
        tasks = [self._run(row, files, texts, root, ends) for row, files in runs]
        outcomes = await asyncio.gather(*tasks)
        found = [(row, outcome) for (row, _), outcome in zip(runs, outcomes, strict=True)]
        return await asyncio.to_thread(_report, wanted, found)  # 5 MB of lines would hold the loop for 60 ms

    def _files(self, row: Row, wanted: Mapping[Path, Snapshot], root: Path) -> list[Path]:
        """The files that ``row`` is for, none if it is not installed."""
        files = [
            location
            for location, snapshot in wanted.items()
            if _knows(row, _language(location, snapshot))
            and running.project_of(row, location, root) is not None
        ]
        return files if files and self._program(row, root) else []

    def _program(self, row: Row, root: Path) -> str | None:
        return program(row.command[0], root, self._search)

    async def _run(
        self,
        row: Row,
        files: Sequence[Path],
        texts: Mapping[Path, Snapshot | None],
        root: Path,
        ends: float,
    ) -> list[tuple[Path, Finding]] | CheckerError:
        texts_as_bytes = {
            location: None if each is None else _encoded(each) for location, each in texts.items()
        }
        name = self._program(row, root) or row.command[0]
        place = Place(root, texts_as_bytes, self._cache, environment(os.environ), name)

        def remaining() -> float:
            if (left := ends - time.monotonic()) <= 0:
                raise Failed("had no time left")
            return left

        try:
            self._check_patience(row, root, min(row.timeout_s, remaining()))
            async with self._free:
                return await running.run(row, files, place, remaining)
        except TookTooLong as error:
            self._slow.setdefault((row.name, root), (time.monotonic() + TRY_AGAIN_S, error.seconds))
            return error
        except CheckerError as error:
            return error
        except OSError as error:
            return Failed(f"has no folder to work in: {error.strerror or error}")

    def _check_patience(self, row: Row, root: Path, seconds: float) -> None:
        """Refuse to wait again for one that needs more time than it gets."""
        until, took = self._slow.get((row.name, root), (0.0, 0.0))
        if time.monotonic() < until and seconds <= took:
            raise TookTooLong(took)
        self._slow.pop((row.name, root), None)

    async def _forget_old(self) -> None:
        """Once in our life, clear what is kept for projects that nobody has worked on for long."""
        if not self._tidy:
            self._tidy = True
            await asyncio.to_thread(shadow.forget_old, self._cache)


def _report(
    wanted: Mapping[Path, Snapshot], outcomes: Sequence[tuple[Row, list[tuple[Path, Finding]] | CheckerError]]
) -> Report:
    found: dict[Path, list[Diagnostic]] = {location: [] for location in wanted}
    for row, outcome in outcomes:
        if isinstance(outcome, CheckerError):
            continue
        places: dict[Path, Places] = {}
        for location, finding in outcome:
            if location not in places:
                places[location] = Places(wanted[location], row.encoding, row.line_break)
            found[location].append(places[location].diagnostic(finding, row.name))
    errors = {row.name: outcome for row, outcome in outcomes if isinstance(outcome, CheckerError)}
    return Report(
        {wanted[location].path: _sorted(diagnostics) for location, diagnostics in found.items()},
        tuple(row.name for row, _ in outcomes if row.name not in errors),
        {name: str(error) for name, error in errors.items() if not isinstance(error, Withheld)},
        {name: str(error) for name, error in errors.items() if isinstance(error, Withheld)},
    )


def _sorted(diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(dict.fromkeys(diagnostics), key=lambda each: (each.span, each.source, each.code)))


def _encoded(snapshot: Snapshot) -> bytes:
    return snapshot.text.encode("utf-8", "replace")


def _language(location: Path, snapshot: Snapshot) -> str:
    """A file from the disk says no language: its name does."""
    if by_id(snapshot.language_id) is None and (language := by_path(location.name)) is not None:
        return language.id
    return _canonical(snapshot.language_id)


def _canonical(language_id: str) -> str:
    language = by_id(language_id)
    return language.id if language is not None else language_id


def _knows(row: Row, language_id: str) -> bool:
    return not row.languages or language_id in map(_canonical, row.languages)
