"""The index on disk: its reading side. May be used by any thread, and while others write."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from kimi_lsp.workspace.index.database import (
    BUSY_MS,
    LAYOUT,
    key_of,
    unpacked_definitions,
    unpacked_mentions,
)
from kimi_lsp.workspace.index.extract import Definition
from kimi_lsp.workspace.index.store import Choose
from kimi_lsp.workspace.index.values import Defined
from kimi_lsp.workspace.index.words import Mentions

T = TypeVar("T")

KEPT = 20_000
"""Definitions that are kept unpacked, for a file is often asked for by many names."""

_COUNTED = """
SELECT wanted.value, (SELECT count(*) FROM (SELECT 1 FROM {table} WHERE key = wanted.value LIMIT ?))
FROM json_each(?) wanted
"""
_FOUND = """
SELECT t.key, f.name, {count} FROM json_each(?) wanted
    CROSS JOIN {table} t ON t.key = wanted.value CROSS JOIN files f ON f.id = t.file
"""
"""For many names at once: a question for each would cost five times as much."""


class Disk:
    """The facts in a database (``store.Store``); knows nothing where there is none, or it cannot be read.

    It is opened by the first question. What goes wrong is kept in ``trouble``, and the answer is empty. It is for one
    job: what files define is remembered as it was found first.
    """

    def __init__(self, path: Path) -> None:
        self.trouble = ""
        self._path = path
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._unpacked: dict[int, list[Definition]] = {}
        self._kept = 0

    def files(self) -> frozenset[str]:
        """All files that are not left out."""
        return frozenset(name for (name,) in self._rows("SELECT name FROM files WHERE why = ''"))

    def left_out(self) -> dict[str, str]:
        """The files that are left out, and why."""
        return dict(self._rows("SELECT name, why FROM files WHERE why <> ''"))

    def defined_in(self, file: str) -> list[Defined]:
        """What a file defines, in its order."""
        rows = self._rows("SELECT id FROM files WHERE name = ?", file)
        return [_said(one, file) for (number,) in rows for one in self._definitions_in(number)]

    def definitions(self, name: str, choose: Choose) -> list[Defined]:
        """The definitions called ``name``; only files that ``choose`` leaves over are unpacked."""
        question = "SELECT f.name, d.file FROM defined d JOIN files f ON f.id = d.file WHERE d.key = ?"
        numbers = dict(self._rows(question, key_of(name)))
        return [
            _said(one, file)
            for file in choose(numbers.keys())
            for one in self._definitions_in(numbers[file])
            if one.name == name
        ]

    def mentions_of(self, file: str) -> Mentions:
        """What a file mentions."""
        rows = self._rows(
            "SELECT c.mentions FROM files f JOIN contents c ON c.file = f.id WHERE f.name = ?", file
        )
        return self._whole(unpacked_mentions, rows[0][0], Mentions()) if rows else {}

    def defining(self, names: Collection[str], most: int) -> dict[str, set[str] | None]:
        """The files that define each of ``names``."""
        found = self._files_with(names, most, "defined", "1")
        return {name: None if files is None else set(files) for name, files in found}

    def mentioned(self, names: Collection[str], most: int) -> dict[str, dict[str, int] | None]:
        """How often each file mentions each of ``names``."""
        return dict(self._files_with(names, most, "mentioned", "t.count"))

    def mentioning(self, name: str) -> dict[str, int]:
        """How often each file mentions ``name``."""
        question = "SELECT f.name, m.count FROM mentioned m JOIN files f ON f.id = m.file WHERE m.key = ?"
        return dict(self._rows(question, key_of(name)))

    def _files_with(
        self, names: Iterable[str], most: int, table: str, count: str
    ) -> Iterator[tuple[str, dict[str, int] | None]]:
        """The files of ``table`` for each name that is there; None where they are more than ``most``."""
        keys = {name: key_of(name) for name in names}
        asked = json.dumps(sorted(set(keys.values())))
        counts = dict(self._rows(_COUNTED.format(table=table), most + 1, asked)) if keys else {}
        rare = json.dumps([key for key, number in counts.items() if number <= most])
        found: defaultdict[int, dict[str, int]] = defaultdict(dict)
        for key, file, number in self._rows(_FOUND.format(table=table, count=count), rare) if keys else ():
            found[key][file] = number
        for name, key in keys.items():
            if counts.get(key):
                yield name, None if counts[key] > most else found[key]

    def _definitions_in(self, number: int) -> list[Definition]:
        """What the file of a number defines."""
        if number not in self._unpacked:
            rows = self._rows("SELECT definitions FROM contents WHERE file = ?", number)
            unpacked = self._whole(unpacked_definitions, rows[0][0], list[Definition]()) if rows else []
            if self._kept > KEPT:
                self._unpacked, self._kept = {}, 0
            self._kept += len(unpacked)
            self._unpacked[number] = unpacked
            return unpacked
        return self._unpacked[number]

    def _whole(self, unpacked: Callable[[bytes], T], packed: bytes, nothing: T) -> T:
        """What was packed; ``nothing`` where it is damaged."""
        try:
            return unpacked(packed)
        except sqlite3.DatabaseError as error:
            self.trouble = f"{error}; please delete {self._path}"
            return nothing

    def _rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._opened().execute(question, values).fetchall()
            except (sqlite3.Error, OSError) as error:
                self.trouble = str(error)
                return []

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            if not self._path.is_file():
                raise FileNotFoundError(f"there is no index at {self._path}")
            connection = sqlite3.connect(self._path, timeout=BUSY_MS / 1000, check_same_thread=False)
            connection.execute("PRAGMA query_only = ON")
            if connection.execute("PRAGMA user_version").fetchone()[0] != LAYOUT:
                connection.close()
                raise sqlite3.DatabaseError("the index is of another version")
            self._connection = connection
        return self._connection

    def __del__(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _said(one: Definition, file: str) -> Defined:
    return Defined(one.name, one.path, one.kind, file, one.first_line, one.last_line, one.head)
