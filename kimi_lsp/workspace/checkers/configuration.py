"""What a project's configuration would have a checker do, found out before the checker is started."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from kimi_lsp.workspace.checkers.errors import Withheld
from kimi_lsp.workspace.checkers.row import Configuration, Row

LONGEST = 4 * 1024 * 1024
"""Bytes of a configuration that are looked at."""


def check_unchanged(row: Row, texts: Mapping[Path, bytes | None]) -> None:
    """Refuse to run what an edit wrote that nobody has looked at: the configuration that is executed.

    Raises:
        Withheld: it is not as it is on the disk.
    """
    executed = {name.casefold() for name in (*row.needs, *row.executed, "build.rs", "package.json")}
    for location, text in texts.items():
        if (
            location.name.casefold() in executed or _is_run_with_its_folder(row, location)
        ) and text != _on_disk(location):
            raise Withheld(f"{location.name} is executed, and is not as it is on the disk")


def _is_run_with_its_folder(row: Row, location: Path) -> bool:
    """Whether the innermost folder around it with such a configuration says that what is in it is executed."""
    if row.runs_folder is None:
        return False
    names = row.runs_folder.files
    folder = next((f for f in location.parents if any((f / name).is_file() for name in names)), None)
    if folder is None:
        return False
    beside_script = row.script and location.relative_to(folder).parts[0] not in row.sources
    return naming(row.runs_folder, (folder,), {}) is not None or bool(
        beside_script and (folder / row.script).is_file()
    )


def check_configuration(
    row: Row, guarded: Configuration, project: Path, texts: Mapping[Path, bytes | None]
) -> None:
    """Refuse a project whose configuration names code, or would with ``texts`` laid over it.

    Raises:
        Withheld: it does, or nobody can tell.
    """
    folders = (project, *project.parents)
    for location in (folder / name for folder in folders for name in guarded.files):
        if _is_odd(location):
            raise Withheld(f"{location.name} cannot be looked through, it is no file or too large")
    if (name := naming(guarded, folders, texts) or naming(guarded, folders, {})) is not None:
        raise Withheld(
            f"{name} may name code to run; checkers.table.{row.name} in your own settings turns it on"
        )


def naming(wanted: Configuration, folders: Iterable[Path], texts: Mapping[Path, bytes | None]) -> str | None:
    """The name of the first file that has what is looked for, as it is in ``texts``, else on the disk."""
    pattern = re.compile(wanted.pattern)
    for folder in folders:
        for name in wanted.files:
            location = folder / name
            raw = texts[location] if location in texts else _on_disk(location)
            if raw is not None and pattern.search(raw.decode("utf-8", "replace")):
                return name
    return None


def _is_odd(location: Path) -> bool:
    """Whether something is there of which only a part would be looked at."""
    try:
        found = location.is_file() and location.stat().st_size <= LONGEST
        return not found and location.exists()
    except OSError:
        return True


def _on_disk(location: Path) -> bytes | None:
    """The beginning of a regular file, None where there is none: a pipe would be waited for without end."""
    try:
        if not location.is_file():
            return None
        with location.open("rb") as file:
            return file.read(LONGEST)
    except OSError:
        return None
