"""Open documents over files on disk: one view, every path checked by the policy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import translate
from pathlib import Path

from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.workspace.disk import read_text
from kimi_lsp.workspace.errors import Missing, Refused
from kimi_lsp.workspace.policy import Policy

UNTITLED = "untitled:"
"""What the name of a document begins with that was never saved."""


class Files:
    """What a job sees of the workspace. Paths are those of ``Policy.shown``.

    ``open_documents`` maps resolved paths to what the editor has; it is looked at anew for every question. One at
    ``/untitled/Untitled-1`` was never saved: it is in no folder, and is ``untitled:Untitled-1`` while it is open.
    """

    def __init__(self, policy: Policy, open_documents: Mapping[Path, Snapshot]) -> None:
        self.policy = policy
        self._open = open_documents

    def shown(self, location: Path) -> str:
        """The path under which the model and the user know ``location``."""
        if self._untitled(location):
            return UNTITLED + location.relative_to(_untitled_folder(location)).as_posix()
        return self.policy.shown(location)

    def locate(self, path: str) -> Path:
        """The resolved location of ``path``, inside the roots, whether or not it exists."""
        if path.startswith(UNTITLED):
            location = Path("/", "untitled", path.removeprefix(UNTITLED))
            if self._untitled(location):
                return location
        return self.policy.locate(path)

    def exists(self, path: str) -> bool:
        """Whether an editor or the disk has it."""
        location = self._possible(path)
        return location in self._open or location.exists()

    def snapshot(self, path: str) -> Snapshot:
        """The text of ``path``: the editor's where it is open, else the disk's, with ``version`` None.

        Raises:
            Refused: the policy forbids it, or it is no UTF-8 text.
            Missing: it does not exist.
        """
        location = self._possible(path)
        shown = self.shown(location)
        if (document := self._open.get(location)) is not None:
            self._check_open(location, document.text)
            return replace(document, path=shown)
        self.policy.check(location)
        if not location.exists():
            raise Missing(shown)
        text = read_text(location, shown, self.policy.max_bytes)
        self.policy.check_text(shown, text)
        return Snapshot.of(shown, text)

    def why_not(self, path: str) -> str | None:
        """Why a file is no context for others (``Policy.why_not``), one sentence; None where it may be."""
        try:
            location = self._possible(path)
        except Refused as refused:
            return str(refused)
        if self._untitled(location):
            return None
        document = self._open.get(location)
        return self.policy.why_not(location, None if document is None else document.text)

    def may_create(self, path: str) -> None:
        """Refuse a path at which the policy allows no file."""
        self.policy.check(self._possible(path))

    def files(self, glob: str = "") -> Iterator[str]:
        """The paths that may be read, in a stable order; ``glob`` as in ``src/*.py`` or ``*.py`` (any folder)."""
        fits = re.compile(translate(glob)).match
        for shown in self.policy.files():
            if not glob or fits(shown) or fits(shown.rpartition("/")[2]):
                yield shown

    def _possible(self, path: str) -> Path:
        """As ``locate``, and no system call will stumble over it."""
        location = self.locate(path)
        try:
            location.exists()
        except (OSError, ValueError) as error:
            raise Refused(path[:200], f"{path[:200]!r} cannot be a path") from error
        return location

    def _check_open(self, location: Path, text: str) -> None:
        if self._untitled(location):
            self.policy.check_name(location.name)
            self.policy.check_text(self.shown(location), text)
        else:
            self.policy.check(location, text)

    def _untitled(self, location: Path) -> bool:
        """Whether an open document is no file: not in the roots, nor can it be anywhere on this disk."""
        folder = _untitled_folder(location)
        return (
            location in self._open
            and location.is_relative_to(folder)
            and not self.policy.inside(location)
            and not folder.exists()
        )


def _untitled_folder(location: Path) -> Path:
    return Path(location.anchor, "untitled")
