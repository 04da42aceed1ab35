"""What may be read, sent and edited. Asked for every path that a user, a model or a prompt names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from kimi_lsp.workspace.disk import read_text
from kimi_lsp.workspace.errors import Refused
from kimi_lsp.workspace.generated import generated_name, generated_text
from kimi_lsp.workspace.ignored import IgnoreFiles
from kimi_lsp.workspace.roots import Root, Roots
from kimi_lsp.workspace.secret import secret_at, secret_name

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


@dataclass(frozen=True)
class Policy:
    """The roots of the workspace and the rules inside them.

    A file outside all roots is refused, links followed first. What ignore files say is read once.
    """

    _roots: Roots
    max_bytes: int = 2_048 * 1024
    ignore: tuple[str, ...] = ()

    @classmethod
    def of(cls, roots: Sequence[Path], max_bytes: int = 2_048 * 1024, ignore: Sequence[str] = ()) -> Policy:
        """The policy of these folders, links resolved and nested roots kept.

        ``ignore`` are patterns of the settings, which count in each root as if they stood in an ignore file of it.
        """
        return cls(Roots.of(roots), max_bytes, tuple(ignore))

    @property
    def labelled(self) -> tuple[Root, ...]:
        """The resolved folders with what the names of their files begin with."""
        return self._roots.each

    @property
    def roots(self) -> tuple[Path, ...]:
        """The resolved folders."""
        return tuple(root.folder for root in self._roots.each)

    def inside(self, location: Path) -> bool:
        """Whether a resolved path is in one of the roots."""
        return self._roots.around(location) is not None

    def shown(self, location: Path) -> str:
        """How ``location`` is named to the model and the user: relative to its root, POSIX.

        With several roots the root's label comes first: the folder's name, or as much of its path as tells it
        from the others. ``locate`` leads back.
        """
        return self._roots.shown(location)

    def locate(self, shown: str) -> Path:
        """The resolved path that ``shown`` names; a label may be left out where only one root has such a file.

        Raises:
            Refused: it is empty, absolute outside the roots, leads out of them, or means several files.
        """
        if not shown.strip() or "\0" in shown:
            raise Refused(shown, "a path must name a file in the workspace")
        try:
            location = self._located(shown)
        except (OSError, ValueError, RuntimeError) as error:  # too long, not encodable, a loop of links
            raise Refused(shown[:200], f"{shown[:200]!r} cannot be a path") from error
        if not self.inside(location):
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
        shown, root = self.shown(location), self._roots.around(location)
        if root is None:
            raise Refused(shown, f"{shown} is outside the workspace")
        self.check_name(shown)
        if why := self._ignored_by(root, location):
            raise Refused(shown, f"{shown} is ignored by {why}")
        if text is None:
            self._check_disk(location, shown)
        else:
            self.check_text(shown, text)

    def check_name(self, shown: str) -> None:
        """Refuse a file that is known for credentials."""
        if secret_name(shown):
            raise Refused(shown, f"{shown} looks like a file of secrets by its name")

    def check_text(self, shown: str, text: str) -> None:
        """Refuse a text that is too large or carries a credential."""
        if len(text) > self.max_bytes:
            raise Refused(shown, f"{shown} is larger than {self.max_bytes // 1024} KiB")
        if "\0" in text:
            raise Refused(shown, f"{shown} is binary")
        if (found := secret_at(text)) is not None:
            line = text.count("\n", 0, found) + 1
            raise Refused(shown, f"{shown} holds what looks like a credential (line {line})")

    def why_not(self, location: Path, text: str | None = None) -> str | None:
        """Why a file is no context for other files, one sentence; None where it may be.

        That is what ``check`` refuses, what cannot be read as a text, and what nobody wrote by hand. The latter may
        be read by its name, and edited where the user has it before them. ``text`` as in ``check``.
        """
        shown = self.shown(location)
        try:
            self.check(location, text)
            if generated_name(location.name):
                return f"{shown} is generated (a lock file, or minified)"
            if text is None and location.exists():
                text = read_text(location, shown, self.max_bytes)
                self.check_text(shown, text)
        except Refused as refused:
            return str(refused)
        why = generated_text(text or "")
        return f"{shown} is {why}" if why else None

    def files(self) -> Iterator[str]:
        """The names (as ``shown``) of all files that are neither ignored nor secret by name, in a stable order."""
        folders = frozenset(self.roots)
        for root in self._roots.each:
            begin = "".join(f"{part}/" for part in root.label)
            for relative in self._ignore_files[root.folder].files(leave_out=folders - {root.folder}):
                named = secret_name(relative)
                if not named and not self._ignored_by_setting(relative):
                    yield begin + relative

    def _located(self, shown: str) -> Path:
        literal = self._meant(PurePosixPath(shown))
        if "\\" not in shown or literal.exists():
            return literal
        return self._meant(PurePosixPath(shown.replace("\\", "/")))

    def _meant(self, path: PurePosixPath) -> Path:
        """The one location of a name: by its label, else where there is such a file, else in the first root."""
        if path.is_absolute():
            return Path(path).resolve()
        if (named := self._roots.named(path)) is not None:
            return named
        candidates = list(dict.fromkeys(self._roots.relative(path)))
        match [location for location in candidates if location.exists()]:
            case []:
                return candidates[0]
            case [location]:
                return location
            case several:
                names = ", ".join(map(self.shown, several))
                raise Refused(str(path), f"{path} is in several folders of the workspace: {names}")

    def _check_disk(self, location: Path, shown: str) -> None:
        if not location.exists():
            return
        if not location.is_file():
            raise Refused(shown, f"{shown} is not a regular file")
        if (size := location.stat().st_size) > self.max_bytes:
            limit = self.max_bytes // 1024
            raise Refused(shown, f"{shown} is larger than {limit} KiB ({size // 1024} KiB)")

    def _ignored_by(self, root: Root, location: Path) -> str | None:
        if location == root.folder:
            return None
        relative = location.relative_to(root.folder).as_posix()
        if self._ignored_by_setting(relative):
            return "the setting context.ignore"
        return self._ignore_files[root.folder].verdict(relative, location.is_dir())

    def _ignored_by_setting(self, relative: str) -> bool:
        return self._patterns is not None and self._patterns.match_file(relative)

    @cached_property
    def _patterns(self) -> GitIgnoreSpec | None:
        if not self.ignore:
            return None
        from pathspec import GitIgnoreSpec

        return GitIgnoreSpec.from_lines(self.ignore)

    @cached_property
    def _ignore_files(self) -> dict[Path, IgnoreFiles]:
        return {folder: IgnoreFiles(folder) for folder in self.roots}
