"""Explanations, kept by what they explain: the same code has the same explanation until it changes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kimi_lsp.syntax.outline import Symbol
    from kimi_lsp.text.snapshot import Snapshot

KEPT_FILES = 200
NAME_LENGTH = 40


def key_of(location: Path, snapshot: Snapshot, symbol: Symbol) -> str:
    """What an explanation of ``symbol`` depends on: its file, its language, its path and its text."""
    parts = (str(location), snapshot.language_id, symbol.path, symbol.span.of(snapshot.text))
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{readable(symbol.path)}-{digest[:24]}"


def readable(name: str) -> str:
    """What of ``name`` may stand in a file's name, which editors show as a title."""
    return re.sub(r"[^A-Za-z0-9_.]+", "-", name)[-NAME_LENGTH:].strip("-.") or "page"


class Explanations:
    """Markdown files in one folder, a copy of the last ones in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        """The explanation kept under ``key``."""
        if key not in self._known:
            try:
                self._remember(key, self._path(key).read_text(encoding="utf-8"))
            except OSError:
                return None
        return self._known[key]

    def keep(self, key: str, markdown: str) -> Path:
        """Keep ``markdown`` under ``key`` and give the file that holds it; the oldest files go.

        Raises:
            OSError: the folder cannot be written; the copy in memory is kept all the same.
        """
        self._remember(key, markdown)
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(key)
        path.write_text(markdown, encoding="utf-8")
        self._remove_oldest()
        return path

    def _remember(self, key: str, markdown: str) -> None:
        self._known[key] = markdown
        if len(self._known) > KEPT_FILES:
            del self._known[next(iter(self._known))]

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.md"

    def _remove_oldest(self) -> None:
        with os.scandir(self._folder) as entries:
            files = sorted(_dated(entries), reverse=True)
        for _, old in files[KEPT_FILES:]:
            Path(old).unlink(missing_ok=True)


def _dated(entries: Iterable[os.DirEntry[str]]) -> Iterator[tuple[float, str]]:
    """When each file was written; one that another server removed meanwhile is not there."""
    for entry in entries:
        with contextlib.suppress(OSError):
            yield entry.stat().st_mtime, entry.path
