"""The index on disk: its reading side. May be used by any thread, and while others write."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from threading import Lock
from typing import Any

from kimi_lsp.workspace.index.database import (
    BUSY_MS,
    LAYOUT,
    key_of,
    unpacked_definitions,
    unpacked_mentions,
)
from kimi_lsp.workspace.index.extract import Definition
from kimi_lsp.workspace.index.values import Defined
from kimi_lsp.workspace.index.words import Mentions


class Disk:
    """The facts in a database (``store.Store``); knows nothing where there is none, or it cannot be read.

    It is opened by the first question. What goes wrong is kept in ``trouble``, and the answer is empty.
    """

    def __init__(self, path: Path) -> None:
        self.trouble = ""
        self._path = path
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None

    def files(self) -> frozenset[str]:
        """All files that are not left out."""
        return frozenset(name for (name,) in self._rows("SELECT name FROM files WHERE why = ''"))

    def left_out(self) -> dict[str, str]:
        """The files that are left out, and why."""
        return dict(self._rows("SELECT name, why FROM files WHERE why <> ''"))

    def defined_in(self, file: str) -> list[Defined]:
        """What a file defines, in its order."""
        rows = self._rows(
            "SELECT c.definitions FROM files f JOIN contents c ON c.file = f.id WHERE f.name = ?", file
        )
        return [_said(one, file) for (packed,) in rows for one in unpacked_definitions(packed)]

    def definitions(self, name: str) -> list[Defined]:
        """The definitions called ``name``."""
        rows = self._rows(
            "SELECT f.name, c.definitions FROM defined d JOIN files f ON f.id = d.file"
            " JOIN contents c ON c.file = d.file WHERE d.key = ?",
            key_of(name),
        )
        return [
            _said(one, file)
            for file, packed in rows
            for one in unpacked_definitions(packed)
            if one.name == name
        ]

    def mentions_of(self, file: str) -> Mentions:
        """What a file mentions."""
        rows = self._rows(
            "SELECT c.mentions FROM files f JOIN contents c ON c.file = f.id WHERE f.name = ?", file
        )
        return unpacked_mentions(rows[0][0]) if rows else {}

    def defining(self, name: str, limit: int) -> set[str]:
        """The files that define ``name``."""
        rows = self._rows(
            "SELECT f.name FROM defined d JOIN files f ON f.id = d.file WHERE d.key = ? LIMIT ?",
            key_of(name),
            limit,
        )
        return {file for (file,) in rows}

    def mentioning(self, name: str, limit: int | None = None) -> dict[str, int]:
        """How often each file mentions ``name``."""
        rows = self._rows(
            "SELECT f.name, m.count FROM mentioned m JOIN files f ON f.id = m.file WHERE m.key = ? LIMIT ?",
            key_of(name),
            -1 if limit is None else limit,
        )
        return dict(rows)

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
