"""What a job wants changed, over many files: a value that can be shown, applied and inverted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import unified_diff
from types import MappingProxyType
from typing import Literal

from kimi_lsp.text.endings import content_length, split_lines
from kimi_lsp.text.replacement import Replacement, minimal
from kimi_lsp.text.snapshot import Snapshot

ChangeKind = Literal["edit", "create", "rename", "delete"]
_NO_FILE = "/dev/null"


@dataclass(frozen=True, slots=True)
class FileChange:
    """What happens to one file. Paths are the workspace's, as the model knows them.

    ``before`` is the snapshot that the job worked on, None for a new file; ``after`` the text in the end, None for a
    file that is deleted. A renamed file has a ``new_path``, and its text may have changed, too.
    """

    kind: ChangeKind
    path: str
    before: Snapshot | None
    after: str | None
    new_path: str | None = None

    @property
    def before_text(self) -> str:
        """The text of ``before``; empty for a new file."""
        return self.before.text if self.before is not None else ""

    def replacements(self) -> tuple[Replacement, ...]:
        """Minimal hunks that make the text of ``before`` into ``after``."""
        return minimal(self.before_text, self.after or "")

    def diff(self) -> str:
        """A unified diff, with three lines of context; a rename alone has only its two headers."""
        old_name = _NO_FILE if self.before is None else f"a/{self.path}"
        new_name = _NO_FILE if self.after is None else f"b/{self.new_path or self.path}"
        old, new = (_diff_lines(text) for text in (self.before_text, self.after or ""))
        hunks = list(unified_diff(old, new))[2:]
        return "".join([f"--- {old_name}\n", f"+++ {new_name}\n", *(_diff_line(line) for line in hunks)])

    def line_counts(self) -> tuple[int, int]:
        """How many lines are added and removed; a changed line is both."""
        old, new = (_diff_lines(text) for text in (self.before_text, self.after or ""))
        diff = list(unified_diff(old, new, n=0))[2:]
        return sum(line[0] == "+" for line in diff), sum(line[0] == "-" for line in diff)

    def inverted(self) -> FileChange:
        """What takes this change back."""
        path = self.new_path or self.path
        after = None if self.before is None else self.before.text
        before = None if self.after is None else Snapshot.of(path, self.after)
        kinds: dict[ChangeKind, ChangeKind] = {"create": "delete", "delete": "create"}
        new_path = self.path if self.kind == "rename" else None
        return FileChange(kinds.get(self.kind, self.kind), path, before, after, new_path)


@dataclass(frozen=True, slots=True)
class Changeset:
    """The changes of a job, in the order in which their files were first touched; no path occurs twice."""

    files: tuple[FileChange, ...] = field(default=())

    @property
    def empty(self) -> bool:
        """Whether nothing changes."""
        return not self.files

    @property
    def paths(self) -> tuple[str, ...]:
        """The path of each change, before it."""
        return tuple(change.path for change in self.files)

    def change(self, path: str) -> FileChange | None:
        """What happens to the file at ``path``, if anything does."""
        return next((change for change in self.files if change.path == path), None)

    def replacements(self, path: str) -> tuple[Replacement, ...]:
        """Minimal hunks for the file at ``path``, against the snapshot that the job worked on; none for others."""
        change = self.change(path)
        return change.replacements() if change is not None else ()

    def diff(self) -> str:
        """All of it as a unified diff."""
        return "".join(change.diff() for change in self.files)

    def line_counts(self) -> tuple[int, int]:
        """How many lines are added and removed in all files."""
        counts = [change.line_counts() for change in self.files]
        return sum(added for added, _ in counts), sum(removed for _, removed in counts)

    def applied(self, texts: Mapping[str, str]) -> Mapping[str, str]:
        """``texts`` (by path) after all changes.

        Raises:
            ValueError: a text is not the one that the job worked on, or a new path is taken.
        """
        after = dict(texts)
        for change in self.files:
            there = after.pop(change.path, None)
            if there != (None if change.before is None else change.before_text):
                raise ValueError(f"{change.path} is not as the job found it")
        for change in self.files:
            if change.after is None:
                continue
            path = change.new_path or change.path
            if path in after:
                raise ValueError(f"{path} is there already")
            after[path] = change.after
        return MappingProxyType(after)

    def inverted(self) -> Changeset:
        """What takes all of it back: ``inverted().applied(applied(texts)) == texts``."""
        return Changeset(tuple(change.inverted() for change in reversed(self.files)))


def _diff_lines(text: str) -> list[str]:
    lines = split_lines(text)
    return lines if lines[-1] else lines[:-1]


def _diff_line(line: str) -> str:
    """A line of a diff ends with a line feed, whatever the file's lines end with, but keeps a ``\\r`` before it."""
    if line.endswith("\n"):
        return line
    if line.endswith("\r"):
        return f"{line[: content_length(line)]}\n"
    return f"{line}\n\\ No newline at end of file\n"
