"""Pages that we write for editors to open: each in a folder of its kind, the newest of them kept."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

KEPT_FILES = 200


def write_page(folder: Path, name: str, text: str) -> Path:
    """Write a page and give its file; the oldest pages of the folder go.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    _remove_oldest(folder)
    return path


def _remove_oldest(folder: Path) -> None:
    with os.scandir(folder) as entries:
        files = sorted(_dated(entries), reverse=True)
    for _, old in files[KEPT_FILES:]:
        Path(old).unlink(missing_ok=True)


def _dated(entries: Iterable[os.DirEntry[str]]) -> Iterator[tuple[float, str]]:
    """When each file was written; one that another server removed meanwhile is not there."""
    for entry in entries:
        with contextlib.suppress(OSError):
            yield entry.stat().st_mtime, entry.path
