"""The index on disk: one SQLite file for each set of roots. This is its writing side.

It is a cache: whatever is wrong with it, it is thrown away and made anew. Names are looked up by a key of 32 bits.
"""

from __future__ import annotations

import re
import sqlite3
import time
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b
from itertools import chain, repeat
from pathlib import Path

import msgspec
from msgspec import Struct

from kimi_lsp.workspace.index.extract import Definition, Extracted
from kimi_lsp.workspace.index.words import Mentions
from kimi_lsp.workspace.listing import Stamp

LAYOUT = 3
"""Raised whenever the tables change."""

BUSY_MS = 10_000
UNUSED_S = 90 * 24 * 3600

_SETTINGS = (
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "cache_size = -32000",
    "wal_autocheckpoint = 8000",
    "temp_store = MEMORY",
)
"""Pages are of 4 KiB; a cache of 32 MB, and a log of as much before it is folded in."""

_TABLES = """
CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, language TEXT NOT NULL,
    size INTEGER NOT NULL, changed_ns INTEGER NOT NULL, entry_changed_ns INTEGER NOT NULL, why TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS contents (file INTEGER PRIMARY KEY, definitions BLOB NOT NULL, mentions BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS mentioned (
    key INTEGER NOT NULL, file INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (key, file)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS defined (
    key INTEGER NOT NULL, file INTEGER NOT NULL, PRIMARY KEY (key, file)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS languages (id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL) WITHOUT ROWID;
"""
_NAMES = frozenset(re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", _TABLES))


class Row(Struct, frozen=True, array_like=True):
    """What one file becomes: all that needs no look at the database is done where the file was read.

    The last three are arrays of 64-bit integers: the keys of the names that are defined, of those that are mentioned,
    and how often the latter are. Only definitions are compressed, which have much in common.
    """

    name: str
    why: str
    definitions: bytes
    mentions: bytes
    defined: bytes
    mentioned: bytes
    counts: bytes

    @classmethod
    def of(cls, name: str, extracted: Extracted) -> Row:
        """The row of what is in the file ``name``."""
        definitions, mentions = extracted.definitions, extracted.mentions
        counts: dict[int, int] = {}
        for mentioned, (count, _) in mentions.items():
            key = key_of(mentioned)
            counts[key] = counts.get(key, 0) + count
        return cls(
            name=name,
            why=extracted.why,
            definitions=_deflated(msgspec.msgpack.encode(definitions)) if definitions else b"",
            mentions=msgspec.msgpack.encode(mentions) if mentions else b"",
            defined=array("q", {key_of(one.name) for one in definitions}).tobytes(),
            mentioned=array("q", counts.keys()).tobytes(),
            counts=array("q", counts.values()).tobytes(),
        )


def key_of(name: str) -> int:
    """The 32 bits by which ``name`` is looked up; two names seldom have one key."""
    return zlib.crc32(name.encode("utf-8", "replace")) - 2**31


def unpacked_mentions(packed: bytes) -> Mentions:
    """The mentions of a file.

    Raises:
        sqlite3.DatabaseError: they are damaged, in a way that SQLite does not see.
    """
    with _damage():
        return _MENTIONS.decode(packed) if packed else {}


def unpacked_definitions(packed: bytes) -> list[Definition]:
    """The definitions of a file.

    Raises:
        sqlite3.DatabaseError: as in ``unpacked_mentions``.
    """
    with _damage():
        return _DEFINITIONS.decode(_inflated(packed)) if packed else []


@contextmanager
def _damage() -> Iterator[None]:
    try:
        yield
    except (msgspec.DecodeError, zlib.error, AttributeError, TypeError) as error:
        raise sqlite3.DatabaseError(f"the index is damaged: {error}") from error


_MENTIONS = msgspec.msgpack.Decoder(Mentions)
_DEFINITIONS = msgspec.msgpack.Decoder(list[Definition])
_DEFLATED = b"\x78"
"""What zlib's streams begin with, and MessagePack's lists never do."""

SHORT = 1024
"""Bytes that are not worth compressing."""


def _deflated(packed: bytes) -> bytes:
    return packed if len(packed) < SHORT else zlib.compress(packed, 1)


def _inflated(packed: bytes) -> bytes:
    return zlib.decompress(packed) if packed.startswith(_DEFLATED) else packed


def database_path(folder: Path, roots: Sequence[Path], max_bytes: int) -> Path:
    """Where the index of these roots is kept in our cache folder."""
    said = "\0".join([*map(str, roots), str(max_bytes)])
    return folder / f"{blake2b(said.encode('utf-8', 'replace'), digest_size=12).hexdigest()}.sqlite"


class Database:
    """The writing side; one process at a time (``lock.py``).

    Raises:
        sqlite3.DatabaseError: of itself where the file is broken, of a subclass where it cannot be used now.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_MS / 1000)
        try:
            self._prepare()
        except sqlite3.Error:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def known(self) -> dict[str, tuple[int, Stamp]]:
        """Number and stamp of each file."""
        rows = self._connection.execute("SELECT name, id, size, changed_ns, entry_changed_ns FROM files")
        return {name: (number, (size, changed, entry)) for name, number, size, changed, entry in rows}

    def fingerprints(self) -> dict[str, str]:
        """What each language's files were looked into with."""
        return dict(self._connection.execute("SELECT id, fingerprint FROM languages"))

    def forget_languages(self, fingerprints: Mapping[str, str]) -> None:
        """Have the files of these languages looked into again, and note what with."""
        with self._writing() as connection:
            for language, fingerprint in fingerprints.items():
                connection.execute("UPDATE files SET size = -1 WHERE language = ?", (language,))
                connection.execute("REPLACE INTO languages VALUES (?, ?)", (language, fingerprint))

    def remove(self, numbers: Iterable[int]) -> None:
        """Forget these files."""
        with self._writing() as connection:
            for number in numbers:
                _forget(connection, number)
                connection.execute("DELETE FROM files WHERE id = ?", (number,))

    def write(self, rows: Iterable[tuple[Row, str, Stamp]]) -> None:
        """Add or replace files, each with its language and stamp, all at once or none."""
        with self._writing() as connection:
            numbered = [(_number(connection, row, language, stamp), row) for row, language, stamp in rows]
            contents = [(number, row.definitions, row.mentions) for number, row in numbered]
            connection.executemany("REPLACE INTO contents VALUES (?, ?, ?)", contents)
            connection.executemany("REPLACE INTO defined VALUES (?, ?)", sorted(_defined(numbered)))
            connection.executemany("REPLACE INTO mentioned VALUES (?, ?, ?)", sorted(_mentioned(numbered)))

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _prepare(self) -> None:
        """Make the tables where there are none yet."""
        connection = self._connection
        for setting in _SETTINGS:
            connection.execute(f"PRAGMA {setting}").fetchall()
        layout = connection.execute("PRAGMA user_version").fetchone()[0]
        there = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        if layout == LAYOUT and there == _NAMES:
            return
        if layout or there:
            raise sqlite3.DatabaseError("the index is of another version")
        connection.executescript(f"BEGIN IMMEDIATE; {_TABLES}; PRAGMA user_version = {LAYOUT}; COMMIT")


def discard(path: Path) -> None:
    """Throw the file away, with what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def prune(folder: Path) -> None:
    """Throw away the indexes in our cache folder that nobody has used for ``UNUSED_S``."""
    for lock in folder.glob("*.lock"):
        with suppress(OSError):
            if time.time() - lock.stat().st_mtime > UNUSED_S:
                discard(lock.with_suffix(".sqlite"))
                lock.unlink()


def _number(connection: sqlite3.Connection, row: Row, language: str, stamp: Stamp) -> int:
    """The number of a file, its row in ``files`` brought up to date and all else forgotten."""
    known = connection.execute("SELECT id FROM files WHERE name = ?", (row.name,)).fetchone()
    values = (language, *stamp, row.why)
    if known is None:
        inserted = connection.execute(
            "INSERT INTO files VALUES (NULL, ?, ?, ?, ?, ?, ?)", (row.name, *values)
        )
        return int(inserted.lastrowid or 0)
    number = int(known[0])
    _forget(connection, number)
    connection.execute(
        "UPDATE files SET language = ?, size = ?, changed_ns = ?, entry_changed_ns = ?, why = ? WHERE id = ?",
        (*values, number),
    )
    return number


def _forget(connection: sqlite3.Connection, number: int) -> None:
    question = "SELECT definitions, mentions FROM contents WHERE file = ?"
    for definitions, mentions in connection.execute(question, (number,)).fetchall():
        defined = {(key_of(one.name), number) for one in unpacked_definitions(definitions)}
        mentioned = {(key_of(name), number) for name in unpacked_mentions(mentions)}
        connection.executemany("DELETE FROM defined WHERE key = ? AND file = ?", defined)
        connection.executemany("DELETE FROM mentioned WHERE key = ? AND file = ?", mentioned)
    connection.execute("DELETE FROM contents WHERE file = ?", (number,))


def _defined(numbered: Iterable[tuple[int, Row]]) -> Iterator[tuple[int, int]]:
    return chain.from_iterable(zip(array("q", row.defined), repeat(number)) for number, row in numbered)


def _mentioned(numbered: Iterable[tuple[int, Row]]) -> Iterator[tuple[int, int, int]]:
    return chain.from_iterable(
        zip(array("q", row.mentioned), repeat(number), array("q", row.counts)) for number, row in numbered
    )
