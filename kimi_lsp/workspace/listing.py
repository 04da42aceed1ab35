"""All files that may be known, with what the disk says of each: size and times; nothing is read.

Where a root is in a git repository git names the files, else it is walked; the policy has the last word either way.
"""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from kimi_lsp.workspace.ignored import IgnoreFiles
from kimi_lsp.workspace.policy import Policy
from kimi_lsp.workspace.roots import Root
from kimi_lsp.workspace.secret import secret_name

GIT_TIMEOUT_S = 30.0

_LIST = ("ls-files", "--cached", "--others", "--exclude-standard", "-z")
_GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false")
_GIT_VARIABLES = frozenset(
    {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE"}
)

Stamp = tuple[int, int, int]
"""Size in bytes; when the content changed and when the entry did, in ns."""


class Found(NamedTuple):
    """One regular file."""

    location: str
    stamp: Stamp


class Listing:
    """Lists the files of some roots, again and again; what ignore files say is kept until one of them changes."""

    def __init__(self, roots: Sequence[Path], max_bytes: int) -> None:
        self.policy = Policy.of(roots, max_bytes)
        self._ignored = {root.folder: IgnoreFiles(root.folder) for root in self.policy.labelled}

    def files(self) -> dict[str, Found]:
        """Every file by its name as ``Policy.shown`` gives it, but for those that are ignored or secret by name."""
        found: dict[str, Found] = {}
        for root in self.policy.labelled:
            if self._ignored[root.folder].is_stale():
                self._ignored[root.folder] = IgnoreFiles(root.folder)
            begin = f"{root.folder}{os.sep}".replace(os.sep * 2, os.sep)
            label = "".join(f"{part}/" for part in root.label)
            for relative in self._relatives(root):
                if _may_be_named(relative) and (one := found_at(begin + relative)) is not None:
                    found[label + relative] = one
        return found

    def _relatives(self, root: Root) -> Iterator[str]:
        """What is in the root, POSIX, and in none of the roots inside it."""
        inner = frozenset(self.policy.roots) - {root.folder}
        ignored = self._ignored[root.folder]
        named = _by_git(root.folder)
        if not named:
            yield from ignored.files(leave_out=inner)
            return
        inside = [folder for folder in inner if folder.is_relative_to(root.folder)]
        begins = tuple(f"{folder.relative_to(root.folder).as_posix()}/" for folder in inside)
        for relative in dict.fromkeys(named):
            if (
                not relative.startswith(begins or ("\0",))
                and ignored.verdict(relative, is_folder=False) is None
            ):
                yield from self._below(root, relative, inner)

    def _below(self, root: Root, relative: str, leave_out: frozenset[Path]) -> Iterator[str]:
        """A file that git names, or the files of a repository inside this one, which git names as a whole."""
        folder = relative.rstrip("/")
        if folder == relative and not (root.folder / folder / ".git").exists():
            yield relative
        elif (root.folder / folder) not in leave_out and not _is_seen_elsewhere(root.folder / folder):
            yield from self._ignored[root.folder].files(leave_out, folder)


def _is_seen_elsewhere(folder: Path) -> bool:
    """Whether it is a link, or another working tree of a repository, which would say everything twice."""
    if folder.is_symlink():
        return True
    try:
        said = (folder / ".git").read_bytes()[:4096] if (folder / ".git").is_file() else b""
    except OSError:
        return False
    return said.startswith(b"gitdir:") and b"/.git/worktrees/" in said.replace(b"\\", b"/")


def found_at(location: str) -> Found | None:
    """What is at ``location`` if it is a regular file, links not followed."""
    try:
        status = os.lstat(location)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return Found(location, (status.st_size, status.st_mtime_ns, status.st_ctime_ns))


def _may_be_named(relative: str) -> bool:
    """Whether it holds no secrets by its name, and that name is one that can be said."""
    if secret_name(relative):
        return False
    return relative.isascii() or not any("\ud800" <= character <= "\udfff" for character in relative)


def _by_git(folder: Path) -> list[str] | None:
    """What git knows and does not ignore in ``folder``, POSIX; None where git knows nothing of it.

    None as well where the folder as a whole is ignored: the user has opened it nonetheless.
    """
    if not any((one / ".git").exists() for one in (folder, *folder.parents)):
        return None
    environment = {name: value for name, value in os.environ.items() if name not in _GIT_VARIABLES}
    try:
        said = subprocess.run(
            [*_GIT, "-C", str(folder), *_LIST],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment | {"GIT_OPTIONAL_LOCKS": "0"},
            timeout=GIT_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return [os.fsdecode(name) for name in said.stdout.split(b"\0") if name]
