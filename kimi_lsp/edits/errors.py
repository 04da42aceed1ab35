"""Why an edit is refused. Every message is for the model: what is wrong, and what would be accepted.

* EditError
  - BadArguments      (the call does not fit the tool's schema)
  - NotFound          (old_string, or a symbol, does not occur; carries the closest passage)
    - AlreadyThere    (it does not, but new_string does)
    - NoSuchSymbol
  - Ambiguous         (it names more than one place; carries their lines)
  - Uncertain         (one place was found, but how the new text goes in is not certain)
  - NoChange          (the text would stay as it is)
  - FileError
    - PathRefused     (guard "path": outside the roots, ignored, a secret, binary, too large)
    - NoSuchFile
    - FileExists
  - GuardRefused      (``guard`` names which)
    - SyntaxBroken    ("syntax": more faults than before)
    - Omission        ("omission": the new text leaves code out by a remark)
    - LostSymbol      ("lost-symbol": a definition would vanish unseen)
    - TooLarge        ("size": a file, a changeset or a job over its limit)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LINES_NAMED = 8
"""How many candidates a message names."""


class EditError(Exception):
    """An edit is refused; ``str()`` says why and what would be accepted.

    ``number`` counts from 1 which edit of a batch it was, where there were several.
    """

    number: int | None = None

    def __str__(self) -> str:
        sentence = super().__str__()
        return sentence if self.number is None else f"Edit {self.number}: {sentence}"


class BadArguments(EditError):
    """The arguments do not fit the tool's schema."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Some whole lines of a file; ``first`` and ``last`` count from 1, ``text`` may be cut short."""

    first: int
    last: int
    text: str

    def __str__(self) -> str:
        return (
            f"{lines_named([self.first]) if self.first == self.last else f'lines {self.first}-{self.last}'}"
        )


class NotFound(EditError):
    """What the edit names does not occur. ``closest`` is the passage most like it, if any is."""

    def __init__(self, sentence: str, closest: Passage | None = None) -> None:
        self.closest = closest
        if closest is not None:
            sentence = (
                f"{sentence} The closest passage is {closest}; if that is meant, quote it exactly as it stands:\n"
                f"{closest.text}"
            )
        super().__init__(sentence)


class AlreadyThere(NotFound):
    """``old_string`` does not occur, but ``new_string`` does, at ``line`` (from 1)."""

    def __init__(self, sentence: str, line: int) -> None:
        super().__init__(sentence)
        self.line = line


class NoSuchSymbol(NotFound):
    """No definition has this path."""


class Ambiguous(EditError):
    """The edit names ``count`` places, the first of them at ``lines`` (from 1)."""

    def __init__(self, sentence: str, lines: Sequence[int], count: int) -> None:
        super().__init__(sentence)
        self.lines = tuple(lines)
        self.count = count


class Uncertain(EditError):
    """A place was found, but it is not certain that it is meant, or what the new text would be there."""


class NoChange(EditError):
    """The text would stay as it is."""


class FileError(EditError):
    """A file cannot be used as asked."""

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(sentence)
        self.path = path


class PathRefused(FileError):
    """The path guard: the workspace's policy forbids the file. It cannot be switched off."""

    guard = "path"

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(path, f"{sentence} (guard: {self.guard})")


class NoSuchFile(FileError):
    """There is no such file, or the job has deleted it."""


class FileExists(FileError):
    """A file of that name is there already."""


class GuardRefused(EditError):
    """A guard refused the edit; ``guard`` is its name."""

    guard = ""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"{sentence} (guard: {self.guard})")


class SyntaxBroken(GuardRefused):
    """The file would have more syntax faults than before."""

    guard = "syntax"


class Omission(GuardRefused):
    """The new text stands for code that it leaves out."""

    guard = "omission"


class LostSymbol(GuardRefused):
    """Definitions would vanish that nobody asked to remove."""

    guard = "lost-symbol"


class TooLarge(GuardRefused):
    """A file, the changeset or the job would be over its limit."""

    guard = "size"


def lines_named(lines: Sequence[int], count: int | None = None) -> str:
    """``line 12``, ``lines 12, 40, 88``, or ``lines 1, 2, 3 and 90 more``, for messages."""
    shown = ", ".join(str(line) for line in lines[:LINES_NAMED])
    total = len(lines) if count is None else count
    more = total - min(len(lines), LINES_NAMED)
    return f"line{'s' if total > 1 else ''} {shown}" + (f" and {more} more" if more > 0 else "")
