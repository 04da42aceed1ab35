"""The checkers on the files of one workspace, by the names that the model and the user know."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.workspace.checkers.checkers import WITHIN_S, Checkers
from kimi_lsp.workspace.checkers.report import Report, joined
from kimi_lsp.workspace.errors import WorkspaceError
from kimi_lsp.workspace.files import Files


class Bound:
    """``checkers``, on ``files``. What is open, by its resolved location, is laid over the disk, too."""

    def __init__(
        self, checkers: Checkers, files: Files, open_documents: Mapping[Path, Snapshot] | None = None
    ) -> None:
        self._checkers = checkers
        self._files = files
        self._open = {} if open_documents is None else open_documents

    async def __call__(
        self,
        texts: Mapping[str, Snapshot | None],
        only: Collection[str] | None = None,
        within_s: float = WITHIN_S,
    ) -> Report:
        """As ``Checkers.check``, with paths in place of locations; each root is checked by itself.

        A path that the policy knows nothing of is passed over.
        """
        roots: dict[Path, dict[Path, Snapshot | None]] = {}
        wanted: set[Path] = set()
        for path, snapshot in texts.items():
            try:
                location = self._files.locate(path)
            except WorkspaceError:
                continue
            roots.setdefault(self._root(location), {})[location] = snapshot
            if only is None or path in only:
                wanted.add(location)
        reports = [
            await self._checkers.check(
                {**self._open_in(root), **inside}, root, only=wanted, within_s=within_s
            )
            for root, inside in roots.items()
        ]
        return joined(reports)

    def _open_in(self, root: Path) -> Mapping[Path, Snapshot]:
        return {
            location: each
            for location, each in self._open.items()
            if location.is_relative_to(root) and self._may_be_laid(location, each)
        }

    def _may_be_laid(self, location: Path, snapshot: Snapshot) -> bool:
        """Whether an open text may be written into a copy for the checkers: no secret is."""
        try:
            self._files.policy.check(location, snapshot.text)
        except WorkspaceError:
            return False
        return True

    def _root(self, location: Path) -> Path:
        """The innermost root; for a document that was never saved, the folder that it is not in."""
        around = [root for root in self._files.policy.roots if location.is_relative_to(root)]
        return max(around, key=lambda root: len(root.parts), default=location.parent)
