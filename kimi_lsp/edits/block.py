"""``old_string`` or ``new_string`` as lines."""

from __future__ import annotations

from dataclasses import dataclass

from kimi_lsp.edits.searchable import SPACE
from kimi_lsp.text.endings import content_length, split_lines


@dataclass(frozen=True, slots=True)
class Block:
    """Lines without their endings; ``closed`` tells whether the last one had an ending.

    ``filled`` are the indices of the lines that are not blank.
    """

    lines: tuple[str, ...]
    closed: bool
    filled: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Block:
        """The lines of ``text``; none for an empty text."""
        lines = [line[: content_length(line)] for line in split_lines(text)]
        closed = len(lines) > 1 and not lines[-1]
        if not lines[-1]:
            lines.pop()
        filled = tuple(index for index, line in enumerate(lines) if line.strip(SPACE))
        return cls(tuple(lines), closed, filled)

    @property
    def keys(self) -> list[str]:
        """The trimmed contents of the filled lines."""
        return [self.lines[index].strip(SPACE) for index in self.filled]

    def gap(self, number: int) -> tuple[str, ...]:
        """The blank lines before the filled line ``number``; those at the end for the number of filled lines."""
        start = self.filled[number - 1] + 1 if number else 0
        end = self.filled[number] if number < len(self.filled) else len(self.lines)
        return self.lines[start:end]
