"""Open documents over files on disk: one view, every path checked by the policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.workspace.errors import Missing, Refused
from kimi_lsp.workspace.policy import Policy


class Files:
    """What a job sees of the workspace. Paths are those of ``Policy.shown``.

    ``open_documents`` maps resolved paths to what the editor has; it is looked at anew for every question.
    """

    def __init__(self, policy: Policy, open_documents: Mapping[Path, Snapshot]) -> None:
        self.policy = policy
        self._open = open_documents

    def shown(self, location: Path) -> str:
        """The path under which the model and the user know ``location``."""
        return self.policy.shown(location)

    def locate(self, path: str) -> Path:
        """The resolved location of ``path``, inside the roots, whether or not it exists."""
        return self.policy.locate(path)

    def exists(self, path: str) -> bool:
        """Whether an editor or the disk has it."""
        location = self.locate(path)
        return location in self._open or location.exists()

    def snapshot(self, path: str) -> Snapshot:
        """The text of ``path``: the editor's where it is open, else the disk's, with ``version`` None.

        Raises:
            Refused: the policy forbids it, or it is no UTF-8 text.
            Missing: it does not exist.
        """
        location = self.locate(path)
        shown = self.shown(location)
        if (document := self._open.get(location)) is not None:
            self.policy.check(location, document.text)
            return replace(document, path=shown)
        self.policy.check(location)
        if not location.exists():
            raise Missing(shown)
        text = read_text(location, shown)
        self.policy.check_text(shown, text)
        return Snapshot.of(shown, text)

    def may_create(self, path: str) -> None:
        """Refuse a path at which the policy allows no file."""
        self.policy.check(self.locate(path))

    def files(self, glob: str = "") -> Iterator[str]:
        """The paths that may be read, in a stable order; ``glob`` as in ``src/*.py`` or ``*.py`` (any folder)."""
        for location in self.policy.files():
            shown = self.shown(location)
            if not glob or fnmatchcase(shown, glob) or fnmatchcase(location.name, glob):
                yield shown


def read_text(location: Path, shown: str) -> str:
    """A file's text with its line endings and byte order mark as they are.

    Raises:
        Refused: it cannot be read, is binary, or is not UTF-8.
    """
    try:
        raw = location.read_bytes()
    except OSError as error:
        raise Refused(shown, f"{shown} cannot be read: {error.strerror}") from error
    if b"\0" in raw:
        raise Refused(shown, f"{shown} is binary")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(shown, f"{shown} is not UTF-8 (byte {error.start})") from error
