"""What ignore files say, each folder asked once on the way down (git's rules: gitignore(5))."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILES = (".gitignore", ".ignore", ".kimiignore")
NEVER_ENTERED = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox"})


_Stamp = tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class _Rules:
    """One ignore file: how it is named to people, and where what it speaks of begins in a path from the root.

    A negative ``begin`` counts folders above the root.
    """

    name: str
    begin: int
    spec: GitIgnoreSpec


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder on the way: why it is ignored, else the rules in force for what is in it, outermost first."""

    ignored_by: str | None
    rules: tuple[_Rules, ...] = ()


class IgnoreFiles:
    """The ignore files that count below ``root``: its own, and those above it in the same repository.

    The files above do not count where they ignore ``root`` as a whole: the user has opened it nonetheless.
    What was read is kept as long as this lives.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folders: dict[str, _Folder] = {}
        self._verdicts: dict[tuple[str, bool], str | None] = {}
        self._stamps: dict[str, _Stamp] = {}

    def verdict(self, relative: str, is_folder: bool) -> str | None:
        """Who ignores the file or folder at ``relative`` (POSIX, from the root), or lets nobody in; else None."""
        asked = relative, is_folder
        if asked not in self._verdicts:
            self._verdicts[asked] = self._judged(relative, is_folder)
        return self._verdicts[asked]

    def is_stale(self) -> bool:
        """Whether an ignore file came, went or changed since it was read: time for a new one of these."""
        return any(_stamp(path) != stamp for path, stamp in self._stamps.items())

    def _judged(self, relative: str, is_folder: bool) -> str | None:
        folder, _, name = relative.rpartition("/")
        parent = self._folder(folder)
        if parent.ignored_by is not None:
            return parent.ignored_by
        if name in NEVER_ENTERED:
            return f"kimi-lsp ({name} is never read)"
        return self._said(parent.rules, relative, is_folder)

    def files(self, leave_out: frozenset[Path] = frozenset(), below: str = "") -> Iterator[str]:
        """The paths of all files that are not ignored, POSIX from the root, a folder's own files first.

        Links to folders are not followed, and the folders ``leave_out`` not entered. Only what is in the folder
        ``below`` (POSIX, from the root) is walked.
        """
        waiting = [below]
        while waiting:
            folder = waiting.pop()
            folders, names = self._listed(folder)
            yield from self._left(folder, names)
            entered = (name for name in reversed(folders) if self.verdict(name, is_folder=True) is None)
            waiting += (name for name in entered if not leave_out or self._root / name not in leave_out)

    def _left(self, folder: str, names: list[str]) -> list[str]:
        """Those of the files directly in ``folder`` that are not ignored; where there are no rules that is quick."""
        here = self._folder(folder)
        if here.ignored_by is None and not here.rules:
            return [name for name in names if name.rpartition("/")[2] not in NEVER_ENTERED]
        return [name for name in names if self.verdict(name, is_folder=False) is None]

    def _listed(self, folder: str) -> tuple[list[str], list[str]]:
        """The sorted folders and other files directly in ``folder``; none where it cannot be read."""
        folders: list[str] = []
        files: list[str] = []
        begin = f"{folder}/" if folder else ""
        try:
            with os.scandir(os.path.join(self._root, folder)) as entries:
                for entry in entries:
                    if not entry.is_dir():
                        files.append(begin + entry.name)
                    elif not entry.is_symlink():
                        folders.append(begin + entry.name)
        except OSError:
            pass
        return sorted(folders), sorted(files)

    def _folder(self, relative: str) -> _Folder:
        """What holds in a folder of the root; the folders around it are asked first."""
        if "" not in self._folders:
            self._folders[""] = _Folder(None, (*self._outer(), *self._read(str(self._root), 0)))
        if relative not in self._folders:
            for end in (*(n for n, character in enumerate(relative) if character == "/"), len(relative)):
                if (folder := relative[:end]) not in self._folders:
                    self._folders[folder] = self._asked(folder)
        return self._folders[relative]

    def _asked(self, relative: str) -> _Folder:
        if (why := self.verdict(relative, is_folder=True)) is not None:
            return _Folder(why)
        outer = self._folder(relative.rpartition("/")[0])
        return _Folder(
            None, (*outer.rules, *self._read(os.path.join(self._root, relative), len(relative) + 1))
        )

    def _said(self, rules: tuple[_Rules, ...], relative: str, is_folder: bool) -> str | None:
        """The ignore file with the last word, if that word is to ignore."""
        path = f"{relative}/" if is_folder and relative else relative
        for one in reversed(rules):
            below = path[one.begin :] if one.begin >= 0 else self._above(-one.begin) + path
            said = one.spec.check_file(below).include
            if said is not None:
                return one.name if said else None
        return None

    def _above(self, levels: int) -> str:
        """The way to the root from so many folders above it."""
        return "".join(f"{part}/" for part in self._root.parts[-levels:])

    def _outer(self) -> tuple[_Rules, ...]:
        """The rules of the folders above the root, up to the top of its repository."""
        around = [self._root, *self._root.parents]
        levels = next((n for n, folder in enumerate(around) if (folder / ".git").exists()), 0)
        rules = tuple(
            rule for level in range(levels, 0, -1) for rule in self._read(str(around[level]), -level)
        )
        return rules if self._said(rules, "", is_folder=True) is None else ()

    def _read(self, folder: str, begin: int) -> Iterator[_Rules]:
        for name in IGNORE_FILES:
            path = os.path.join(folder, name)
            self._stamps[path] = _stamp(path)
            if self._stamps[path] is not None and (spec := _spec(path)) is not None:
                yield _Rules(Path(os.path.relpath(path, self._root)).as_posix(), begin, spec)


def _spec(path: str) -> GitIgnoreSpec | None:
    """What an ignore file says; None where it cannot be read."""
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(Path(path).read_text(encoding="utf-8", errors="replace").splitlines())
    except OSError:
        return None


def _stamp(path: str) -> _Stamp:
    """By what one sees that a file has changed; None where there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns
