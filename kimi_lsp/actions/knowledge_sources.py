"""The files that are looked at for one prompt."""

from __future__ import annotations

from collections.abc import Iterable

from kimi_lsp.context.parts import LeftOut
from kimi_lsp.edits.overlay import Workspace
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.workspace.errors import Missing, WorkspaceError

MAX_FILES = 68
"""Files that are read for one prompt."""


class Sources:
    """The files that are looked at, each read once, and what came in the way."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._read: dict[str, Snapshot | None] = {}
        self._refused: dict[str, str] = {}

    @property
    def refused(self) -> Iterable[LeftOut]:
        """The files that were not looked at, and why."""
        return (LeftOut(file, why) for file, why in self._refused.items())

    def miss(self, file: str) -> None:
        """Note that a file is wanted by name and is not there."""
        self._refused.setdefault(file, "there is no such file")

    def know(self, snapshot: Snapshot) -> None:
        """Take a file that was read already."""
        self._read[snapshot.path] = snapshot

    def read(self, file: str) -> Snapshot | None:
        """The file; None where it is refused or gone, or enough were read."""
        if file not in self._read:
            if len(self._read) >= MAX_FILES:
                self._refused[file] = f"{MAX_FILES} files were looked at already"
                return None
            self._read[file] = self._snapshot(file)
        return self._read[file]

    def may_be_shown(self, file: str) -> bool:
        """Whether the policy allows a file, by its name and kind."""
        if file in self._read:
            return self._read[file] is not None
        try:
            self._workspace.may_create(file)
        except WorkspaceError as error:
            self._refused[file] = str(error)
            return False
        return True

    def lines(self, file: str, first: int, last: int) -> str | None:
        """Whole lines of a file, from 1, both inclusive."""
        if (snapshot := self.read(file)) is None or not 1 <= first <= last <= len(snapshot.lines):
            return None
        lines = snapshot.lines
        return snapshot.text[lines.start(first - 1) : lines.start(last - 1) + len(lines.line(last - 1))]

    def _snapshot(self, file: str) -> Snapshot | None:
        try:
            return self._workspace.snapshot(file)
        except Missing:
            return None  # it went since the index was made
        except WorkspaceError as error:
            self._refused[file] = str(error)
            return None
