"""The workspace as a job sees it: what is on disk and in the editor, under what the job has staged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from kimi_lsp.edits.changeset import Changeset, FileChange
from kimi_lsp.edits.errors import FileExists, NoSuchFile, PathRefused
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.workspace.errors import Missing, WorkspaceError


class Workspace(Protocol):
    """What edits need of the workspace. Paths are POSIX, relative to a root; every one is checked by the policy."""

    def snapshot(self, path: str) -> Snapshot:
        """The file as it is now; its ``path`` is the one and only way to write it.

        Raises:
            Refused: the policy forbids it.
            Missing: there is no such file.
        """
        ...

    def exists(self, path: str) -> bool:
        """Whether there is such a file. Raises ``Refused``."""
        ...

    def may_create(self, path: str) -> None:
        """Raises ``Refused`` where no file may be created."""
        ...

    def files(self, glob: str = "") -> Iterable[str]:
        """The paths that may be read, in a stable order."""
        ...


class Pinned:
    """A workspace whose files stay as the job first saw them; what the user types meanwhile is for the rebase."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._seen: dict[str, Snapshot] = {}
        self.exists = workspace.exists
        self.may_create = workspace.may_create
        self.files = workspace.files

    def snapshot(self, path: str) -> Snapshot:
        """The file as it was when it was first asked for. Raises as ``Workspace.snapshot``."""
        if path not in self._seen:
            snapshot = self._workspace.snapshot(path)
            path = snapshot.path
            self._seen.setdefault(path, snapshot)
        return self._seen[path]


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that the job has touched: ``origin`` as it was, None for a new one; ``text`` now, None if deleted."""

    origin: Snapshot | None
    text: str | None


@dataclass(frozen=True)
class Overlay:
    """``staged``, by the path that each file has now, over ``workspace``. A value: what changes it gives another."""

    workspace: Workspace
    staged: Mapping[str, Staged] = field(default_factory=dict)

    def canonical(self, path: str) -> str:
        """The one way to write ``path``, so that two ways of writing it are one file.

        Raises:
            PathRefused: the policy forbids it.
        """
        clean = path.removeprefix("./")
        if clean in self.staged:
            return clean
        try:
            return self.workspace.snapshot(clean).path
        except Missing as missing:
            return missing.path
        except WorkspaceError as error:
            raise PathRefused(clean, f"{error}.") from error

    def exists(self, path: str) -> bool:
        """Whether there is such a file, as the job sees it."""
        try:
            self.snapshot(path)
        except NoSuchFile:
            return False
        return True

    def snapshot(self, path: str) -> Snapshot:
        """The file as it was before the job, or ``origin`` as the job found it, by the path it has now.

        Raises:
            NoSuchFile: it does not exist, or the job deleted or renamed it.
            PathRefused: the policy forbids it.
        """
        staged = self.staged.get(path)
        if staged is not None and staged.text is not None:
            return staged.origin or Snapshot.of(path, "")
        if staged is not None or path in self._moved_away():
            raise NoSuchFile(path, f"{path} no longer exists: you deleted or renamed it.")
        try:
            return self.workspace.snapshot(path)
        except Missing as error:
            raise NoSuchFile(
                path, f"{path} does not exist. Use `find` or `outline` to see which files do."
            ) from error
        except WorkspaceError as error:
            raise PathRefused(path, f"{error}.") from error

    def text(self, path: str) -> str:
        """The text of a file, as the job sees it. Raises as ``snapshot``."""
        staged = self.staged.get(path)
        if staged is not None and staged.text is not None:
            return staged.text
        return self.snapshot(path).text

    def files(self, glob: str = "") -> Iterator[str]:
        """The paths that match, those that the job created or renamed first."""
        from fnmatch import fnmatchcase
        from posixpath import basename

        gone = {path for path, staged in self.staged.items() if staged.text is None} | self._moved_away()
        own = [path for path, staged in self.staged.items() if staged.text is not None]
        for path in own:
            if not glob or fnmatchcase(path, glob) or fnmatchcase(basename(path), glob):
                yield path
        yield from (path for path in self.workspace.files(glob) if path not in gone and path not in own)

    def written(self, path: str, text: str) -> Overlay:
        """With another text for a file that exists. Raises as ``snapshot``."""
        origin = self.staged[path].origin if path in self.staged else None
        if path not in self.staged:
            origin = self.snapshot(path)
        return self._with(path, Staged(origin, text))

    def created(self, path: str, text: str) -> Overlay:
        """With a new file.

        Raises:
            FileExists: there is one.
            PathRefused: the policy forbids it.
        """
        self._check_free(path)
        deleted = self.staged.get(path)
        return self._with(path, Staged(deleted.origin if deleted is not None else None, text))

    def deleted(self, path: str) -> Overlay:
        """Without a file. Raises as ``snapshot``."""
        self.snapshot(path)
        staged = self.staged.get(path)
        origin = staged.origin if staged is not None else self.snapshot(path)
        rest = {other: entry for other, entry in self.staged.items() if other != path}
        if origin is not None:
            rest[origin.path] = Staged(origin, None)
        return replace(self, staged=rest)

    def renamed(self, path: str, new_path: str) -> Overlay:
        """With a file under another name.

        Raises:
            FileExists: there is one of that name.
            PathRefused: the policy forbids one of the names.
            NoSuchFile: there is none at ``path``.
        """
        text, snapshot = self.text(path), self.snapshot(path)
        staged = self.staged.get(path)
        origin = staged.origin if staged is not None else snapshot
        if origin is None or new_path != origin.path:
            self._check_free(new_path)
            if new_path in self.staged:
                raise FileExists(
                    new_path, f"{new_path} was deleted by you; another file cannot take its name."
                )
        rest = {other: entry for other, entry in self.staged.items() if other != path}
        return replace(self, staged={**rest, new_path: Staged(origin, text)})

    def changeset(self) -> Changeset:
        """All that is different from the workspace."""
        return Changeset(
            tuple(
                change
                for path, staged in self.staged.items()
                if (change := _change(path, staged)) is not None
            )
        )

    def _with(self, path: str, staged: Staged) -> Overlay:
        return replace(self, staged={**self.staged, path: staged})

    def _moved_away(self) -> set[str]:
        """Paths of files that the job has renamed."""
        return {
            staged.origin.path
            for path, staged in self.staged.items()
            if staged.origin is not None and staged.origin.path != path
        }

    def _check_free(self, path: str) -> None:
        if self.exists(path):
            raise FileExists(path, f"{path} exists already. Use `edit` to change it.")
        if path in self._moved_away():
            raise FileExists(path, f"{path} was renamed by you; rename it back before you use its name.")
        try:
            self.workspace.may_create(path)
        except WorkspaceError as error:
            raise PathRefused(path, f"{error}.") from error


def _change(path: str, staged: Staged) -> FileChange | None:
    origin, text = staged.origin, staged.text
    if origin is None:
        return FileChange("create", path, None, text)
    if text is None:
        return FileChange("delete", origin.path, origin, None)
    if origin.path != path:
        return FileChange("rename", origin.path, origin, text, path)
    return FileChange("edit", path, origin, text) if text != origin.text else None
