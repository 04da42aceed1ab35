"""A project as a job sees it, on disk: links to what did not change, copies of what did."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from kimi_lsp.workspace.lock import taken

SLOTS = 8
KEPT_S = 30 * 24 * 3600.0
_BOUNDARIES = frozenset({".git", ".hg", ".svn"})
"""Where a search for configuration ends: an empty folder will do, and nobody writes to the real one."""

Tree = dict[str, "Tree | bytes | None"]
"""A folder's names: what is in a folder, a file's text, or None for one that is not there."""


@contextlib.contextmanager
def slot(cache: Path, name: str, root: Path) -> Iterator[Path]:
    """A folder for this checker and project that nobody else uses meanwhile, the same again at the next run.

    Raises:
        OSError: there is none, or it cannot be made.
    """
    digest = hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
    base = cache / "".join(c if c.isalnum() else "-" for c in name) / digest
    for number in range(SLOTS):
        folder = base / str(number)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("ab") as lock:
            if taken(lock):
                os.utime(folder / "lock")
                try:
                    yield folder
                finally:
                    shutil.rmtree(folder / "shadow", ignore_errors=True)
                return
    raise OSError("too many runs at once")


def forget_old(cache: Path) -> None:
    """Remove what is kept for projects that were not checked for ``KEPT_S``. What cannot be removed stays."""
    oldest = time.time() - KEPT_S
    for folder in cache.glob("*/*"):
        locks = [lock.stat().st_mtime for lock in folder.glob("*/lock")]
        if locks and max(locks) < oldest:
            shutil.rmtree(folder, ignore_errors=True)


def mirror(
    root: Path, folder: Path, texts: Mapping[Path, bytes | None], copied: Collection[str] = ()
) -> None:
    """Make ``folder``, new, look like ``root`` with ``texts`` laid over it; None is a file that is gone.

    Folders with a change in them are real, all else is a link. ``copied`` are names of files that are copied where a
    link would be made. Every path of ``texts`` is inside of ``root``.
    """
    tree: Tree = {}
    for location, text in texts.items():
        *parents, name = location.relative_to(root).parts
        inside = tree
        for parent in parents:
            below = inside.setdefault(parent, {})
            assert isinstance(below, dict), f"{location} is inside of a file"
            inside = below
        if name not in inside:
            inside[name] = text
    _mirror(root, folder, tree, frozenset(copied))


def _mirror(source: Path, target: Path, tree: Tree, copied: frozenset[str]) -> None:
    target.mkdir(parents=True)
    with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(source) as entries:
        for entry in entries:
            if entry.name in tree:
                continue
            if entry.name in _BOUNDARIES:
                (target / entry.name).mkdir()
            elif entry.name in copied and entry.is_file():
                shutil.copyfile(entry.path, target / entry.name)
            else:
                os.symlink(entry.path, target / entry.name, target_is_directory=entry.is_dir())
    for name, inside in tree.items():
        if isinstance(inside, dict):
            _mirror(source / name, target / name, inside, copied)
        elif inside is not None:
            (target / name).write_bytes(inside)
