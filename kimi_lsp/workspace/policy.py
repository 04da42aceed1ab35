"""What may be read, sent and edited. Asked for every path that a user, a model or a prompt names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from kimi_lsp.workspace.errors import Refused

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILES = (".gitignore", ".ignore", ".kimiignore")
NEVER_ENTERED = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox"})

SECRET_NAMES = re.compile(
    r"""(?ix) ^(
        \.env(\..+)? | \.netrc | \.npmrc | \.pypirc | \.pgpass | \.htpasswd | \.git-credentials | \.dockercfg
      | id_(rsa|dsa|ecdsa|ed25519)(\.pub)? | .*\.(pem|key|p12|pfx|jks|keystore|kdbx|asc|gpg|ppk)
      | credentials(\..+)? | secrets?\.(json|ya?ml|toml|ini|env|txt) | service[-_]account.*\.json
    )$""",
)
"""File names that hold credentials, after GitHub's .gitignore templates and gitleaks' path rules."""

SECRET_NAMES_ALLOWED = re.compile(r"(?i)^\.env\.(example|sample|template|dist)$")

SECRET_TEXT = re.compile(
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"
    r"|\bAKIA[0-9A-Z]{16}\b"  # AWS access key id
    r"|\bgh[pousr]_[A-Za-z0-9]{36,}\b"  # GitHub
    r"|\bglpat-[A-Za-z0-9_-]{20,}\b"  # GitLab
    r"|\bxox[abprs]-[A-Za-z0-9-]{20,}\b"  # Slack
    r"|\bsk-(?:aig|ant|proj)-[A-Za-z0-9_-]{20,}\b"  # model services
    r"|\bAIza[0-9A-Za-z_-]{35}\b"  # Google
)
"""Credentials in a text, after gitleaks' published patterns for the most common issuers."""


_SECRET_MARKS = (
    "PRIVATE KEY",
    "AKIA",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "glpat-",
    "xox",
    "sk-aig",
    "sk-ant",
    "sk-proj",
    "AIza",
)
"""What each alternative of ``SECRET_TEXT`` holds: to look for these is a hundred times quicker."""


def _secret_in(text: str) -> re.Match[str] | None:
    return SECRET_TEXT.search(text) if any(mark in text for mark in _SECRET_MARKS) else None


@dataclass(frozen=True)
class Policy:
    """The roots of the workspace and the rules inside them.

    ``roots`` are resolved folders; a file outside all of them is refused, links followed first.
    """

    roots: tuple[Path, ...]
    max_bytes: int = 2_048 * 1024

    @classmethod
    def of(cls, roots: Sequence[Path], max_bytes: int = 2_048 * 1024) -> Policy:
        """The policy of these folders, links resolved and nested roots kept."""
        return cls(tuple(dict.fromkeys(root.resolve() for root in roots)), max_bytes)

    def shown(self, location: Path) -> str:
        """How ``location`` is named to the model and the user: relative to its root, POSIX.

        With several roots the root's folder name comes first.
        """
        root = self._root_of(location)
        if root is None:
            return location.as_posix()
        relative = location.relative_to(root).as_posix()
        return relative if len(self.roots) == 1 else f"{root.name}/{relative}"

    def locate(self, shown: str) -> Path:
        """The resolved path that ``shown`` names.

        Raises:
            Refused: it is empty, absolute outside the roots, or leads out of them.
        """
        if not shown.strip() or "\0" in shown:
            raise Refused(shown, "a path must name a file in the workspace")
        pure = PurePosixPath(shown.replace("\\", "/"))
        location = next((c for c in self._candidates(pure) if c.exists()), None)
        location = location or next(self._candidates(pure))
        if self._root_of(location) is None:
            raise Refused(shown, f"{shown} is outside the workspace")
        return location

    def check(self, location: Path, text: str | None = None) -> None:
        """Refuse a file that must not be read, sent or edited.

        Args:
            location: a resolved path.
            text: its text where an editor has it open; else size and kind are taken from the disk.

        Raises:
            Refused: with the reason.
        """
        shown = self.shown(location)
        if self._root_of(location) is None:
            raise Refused(shown, f"{shown} is outside the workspace")
        if SECRET_NAMES.match(location.name) and not SECRET_NAMES_ALLOWED.match(location.name):
            raise Refused(shown, f"{shown} looks like a file of secrets by its name")
        if pattern := self._ignored_by(location):
            raise Refused(shown, f"{shown} is ignored by {pattern}")
        if text is None:
            self._check_disk(location, shown)
        else:
            self.check_text(shown, text)

    def check_text(self, shown: str, text: str) -> None:
        """Refuse a text that is too large or carries a credential."""
        if len(text) > self.max_bytes:
            raise Refused(shown, f"{shown} is larger than {self.max_bytes // 1024} KiB")
        if "\0" in text:
            raise Refused(shown, f"{shown} is binary")
        if found := _secret_in(text):
            line = text.count("\n", 0, found.start()) + 1
            raise Refused(shown, f"{shown} holds what looks like a credential (line {line})")

    def files(self) -> Iterator[Path]:
        """Every file under the roots that is neither ignored nor a secret by name, in a stable order."""
        for root in self.roots:
            for folder, folders, names in os.walk(root):
                here = Path(folder)
                folders[:] = sorted(f for f in folders if self._entered(here / f))
                for name in sorted(names):
                    location = here / name
                    if not SECRET_NAMES.match(name) and not self._ignored_by(location):
                        yield location

    def _entered(self, folder: Path) -> bool:
        return folder.name not in NEVER_ENTERED and not folder.is_symlink() and not self._ignored_by(folder)

    def _candidates(self, pure: PurePosixPath) -> Iterator[Path]:
        if pure.is_absolute():
            yield Path(pure).resolve()
            return
        for root in self.roots:
            if len(self.roots) > 1 and pure.parts[0] == root.name:
                yield root.joinpath(*pure.parts[1:]).resolve()
        for root in self.roots:
            yield (root / pure).resolve()

    def _root_of(self, location: Path) -> Path | None:
        inside = [root for root in self.roots if location.is_relative_to(root)]
        return max(inside, key=lambda root: len(root.parts), default=None)

    def _check_disk(self, location: Path, shown: str) -> None:
        if not location.exists():
            return
        if not location.is_file():
            raise Refused(shown, f"{shown} is not a regular file")
        if (size := location.stat().st_size) > self.max_bytes:
            limit = self.max_bytes // 1024
            raise Refused(shown, f"{shown} is larger than {limit} KiB ({size // 1024} KiB)")

    def _ignored_by(self, location: Path) -> str | None:
        """The ignore file that has the last word on ``location``, if that word is to ignore it."""
        root = self._root_of(location)
        if root is None or location == root:
            return None
        relative = location.relative_to(root)
        if inside := NEVER_ENTERED.intersection(relative.parts):
            return f"kimi-lsp ({min(inside)} is never read)"
        verdict = None
        for folder in reversed([p for p in location.parents if p.is_relative_to(root)]):
            below = location.relative_to(folder).as_posix()
            for name, spec in self._ignore_files.of(folder):
                match spec.check_file(f"{below}/" if location.is_dir() else below).include:
                    case True:
                        verdict = (folder / name).relative_to(root).as_posix()
                    case False:
                        verdict = None
        return verdict

    @cached_property
    def _ignore_files(self) -> _IgnoreFiles:
        return _IgnoreFiles()


class _IgnoreFiles:
    """The ignore files of each folder, read once for the life of one policy."""

    def __init__(self) -> None:
        self._known: dict[Path, list[tuple[str, GitIgnoreSpec]]] = {}

    def of(self, folder: Path) -> list[tuple[str, GitIgnoreSpec]]:
        if folder not in self._known:
            self._known[folder] = list(self._read(folder))
        return self._known[folder]

    def _read(self, folder: Path) -> Iterator[tuple[str, GitIgnoreSpec]]:
        from pathspec import GitIgnoreSpec

        for name in IGNORE_FILES:
            try:
                lines = (folder / name).read_text(encoding="utf-8", errors="replace").splitlines()
            except OSError:
                continue
            yield name, GitIgnoreSpec.from_lines(lines)
