"""File name or LSP language id -> language: of those that are registered, and of the table."""

from __future__ import annotations

from collections.abc import Iterable

from kimi_lsp.syntax.language import Language
from kimi_lsp.syntax.languages import LANGUAGES


def register(languages: Iterable[Language]) -> None:
    """Know these rows beside the table, and before it, in place of those that were registered last.

    ``by_path`` and ``by_id`` of the whole process see them from now on; trees made before keep their rows.
    """
    global _registered
    _registered = _Names(tuple(languages))


def known() -> tuple[Language, ...]:
    """All rows: those that are registered, and the table's but for what they replace."""
    own = {row.id for row in _registered.rows}
    return (*_registered.rows, *(row for row in LANGUAGES if row.id not in own))


def by_path(path: str) -> Language | None:
    """The language of a file by its name, or else by its extension, case ignored in the latter."""
    own = _registered.by_path(path) if _registered.rows else None
    return own or _TABLE.by_path(path)


def by_id(language_id: str) -> Language | None:
    """The language with this LSP language id."""
    return _registered.by_id.get(language_id) or _TABLE.by_id.get(language_id)


def of_document(language_id: str, path: str) -> Language | None:
    """The language by what the client calls it, else by the file's name."""
    return by_id(language_id) or by_path(path)


class _Names:
    """Rows by all that names them."""

    def __init__(self, rows: tuple[Language, ...]) -> None:
        self.rows = rows
        self.by_id = {language_id: row for row in rows for language_id in (row.id, *row.lsp_ids)}
        self._by_filename = {name: row for row in rows for name in row.filenames}
        self._by_extension = {extension: row for row in rows for extension in row.extensions}

    def by_path(self, path: str) -> Language | None:
        name = path.replace("\\", "/").rpartition("/")[2]
        if language := self._by_filename.get(name):
            return language
        _, dot, extension = name.rpartition(".")
        return self._by_extension.get(f".{extension.lower()}") if dot else None


_TABLE = _Names(LANGUAGES)
_registered = _Names(())
