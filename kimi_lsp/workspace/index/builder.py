"""Brings the index on disk up to date: what is new or changed is looked into, what is gone is forgotten."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from kimi_lsp.syntax.registry import by_path, known
from kimi_lsp.workspace.index.crew import Crew, tasks
from kimi_lsp.workspace.index.database import Database, Row, database_path, discard, prune
from kimi_lsp.workspace.index.fingerprint import fingerprint
from kimi_lsp.workspace.index.worker import Task, done
from kimi_lsp.workspace.listing import Found, Listing, Stamp
from kimi_lsp.workspace.lock import locked

FEW = 16
"""So many files are looked into in this process; for more it takes other ones."""

FIRST_WRITE, LARGEST_WRITE = 256, 1_024
"""So many files are written at once: few at first, for there may be readers; then more and more, which is quicker."""

JUST_NOW_NS = 50_000_000
"""A file that changed so shortly before it was listed may change again without its times showing it."""

Progress = Callable[[int, int], None]
"""Called with the files done and the files to do."""


class Builder:
    """Keeps the index of some roots; works in the process and the thread that call it.

    ``careful``: files are never looked into in this process, for a parser may crash.
    """

    def __init__(self, roots: Sequence[Path], cache: Path, max_bytes: int, *, careful: bool = False) -> None:
        self._listing = Listing(roots, max_bytes)
        self._max_bytes = max_bytes
        self._careful = careful
        self._languages: dict[str, str] = {}
        self._fresh: dict[str, str] = {}
        self.path = database_path(cache, self._listing.policy.roots, max_bytes)

    def refresh(self, progress: Progress) -> int:
        """Look at all files of the roots; returns how many are known.

        Raises:
            OSError, sqlite3.Error: there can be no index, as on a full disk.
        """
        self._note_use()
        listed_ns = time.time_ns()
        listed = self._listing.files()
        self._languages = {name: language.id for name in listed if (language := by_path(name)) is not None}
        found = {name: listed[name] for name in self._languages}
        if not self._is_current(found):
            with locked(self._lock):
                prune(self.path.parent)
                try:
                    self._bring_up(found, listed_ns, progress)
                except sqlite3.OperationalError:
                    raise
                except sqlite3.DatabaseError:
                    discard(self.path)
                    self._bring_up(found, listed_ns, progress)
        return len(found)

    def _note_use(self) -> None:
        """The lock file's time says when the index was last used."""
        if self.path.exists():
            self._lock.touch()

    @property
    def _lock(self) -> Path:
        return self.path.with_suffix(".lock")

    def _is_current(self, found: Mapping[str, Found]) -> bool:
        """Whether there is nothing to do, as far as one can tell without the lock."""
        if not self.path.exists():
            return False
        try:
            with closing(Database(self.path)) as database:
                known = database.known()
                same = len(known) == len(found) and all(
                    (there := known.get(name)) is not None and there[1] == one.stamp
                    for name, one in found.items()
                )
                return same and not self._outdated(database)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            return False

    def _bring_up(self, found: Mapping[str, Found], listed_ns: int, progress: Progress) -> None:
        with closing(Database(self.path)) as database:
            if outdated := self._outdated(database):
                database.forget_languages(outdated)
            self._write_changes(database, found, listed_ns, progress)

    def _outdated(self, database: Database) -> dict[str, str]:
        """The languages whose files must be looked into again, with their new fingerprints."""
        there = frozenset(self._languages.values())
        for language in known():
            if language.id in there and language.id not in self._fresh:
                self._fresh[language.id] = fingerprint(language)
        stored = database.fingerprints()
        return {name: fresh for name, fresh in self._fresh.items() if stored.get(name) != fresh}

    def _write_changes(
        self, database: Database, found: Mapping[str, Found], listed_ns: int, progress: Progress
    ) -> None:
        known = database.known()
        if gone := [number for name, (number, _) in known.items() if name not in found]:
            database.remove(gone)
        changed = [name for name, one in found.items() if name not in known or known[name][1] != one.stamp]
        ready: list[tuple[Row, str, Stamp]] = []
        finished, wanted = 0, FIRST_WRITE
        for rows in self._looked_into(changed, found):
            ready += (
                (row, self._languages[row.name], _kept(found[row.name].stamp, listed_ns)) for row in rows
            )
            finished += len(rows)
            progress(finished, len(changed))
            if len(ready) >= wanted:
                database.write(ready)
                ready, wanted = [], min(2 * wanted, LARGEST_WRITE)
        if ready:
            database.write(ready)

    def _looked_into(self, names: Sequence[str], found: Mapping[str, Found]) -> Iterator[list[Row]]:
        if len(names) <= FEW and not self._careful:
            yield done(Task([(name, found[name].location) for name in names], self._max_bytes))
        else:
            files = [(name, found[name].location, found[name].stamp[0]) for name in names]
            yield from Crew(tasks(files, self._max_bytes)).rows()


def _kept(stamp: Stamp, listed_ns: int) -> Stamp:
    """The stamp to keep: one that fits no file where the file may yet change without showing it."""
    size, changed_ns, entry_changed_ns = stamp
    newest = max(changed_ns, entry_changed_ns)
    if listed_ns - JUST_NOW_NS <= newest <= listed_ns + 40 * JUST_NOW_NS:
        return -1 - size, changed_ns, entry_changed_ns
    return stamp
