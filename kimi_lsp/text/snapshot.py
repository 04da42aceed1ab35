"""One document at one version."""

from __future__ import annotations

from dataclasses import dataclass

from kimi_lsp.text.endings import dominant
from kimi_lsp.text.line_index import Encoding, Position
from kimi_lsp.text.lines import Lines
from kimi_lsp.text.replacement import Replacement
from kimi_lsp.text.span import Span


@dataclass(frozen=True, slots=True)
class Change:
    """``text`` between two positions: one content change of ``didChange``, in the negotiated encoding."""

    start: Position
    end: Position
    text: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The text of ``path`` as it was at ``version``; without a version it was read from disk."""

    path: str
    lines: Lines
    version: int | None
    language_id: str

    @classmethod
    def of(cls, path: str, text: str, version: int | None = None, language_id: str = "plaintext") -> Snapshot:
        """The snapshot of a whole text."""
        return cls(path, Lines.of(text), version, language_id)

    @property
    def text(self) -> str:
        """All of it, joined at the first call."""
        return self.lines.text

    @property
    def eol(self) -> str:
        """The most frequent line ending: ``\\n``, ``\\r\\n`` or ``\\r``; ``\\n`` where there is none."""
        return dominant(self.text)

    def changed(
        self, change: Change | str, encoding: Encoding, version: int | None
    ) -> tuple[Snapshot, Replacement]:
        """The next snapshot, and the change in code points of this one. A ``str`` is the whole new text.

        Raises:
            ValueError: the change's start comes after its end.
        """
        if isinstance(change, str):
            lines, replacement = Lines.of(change), Replacement(Span(0, self.lines.length), change)
        else:
            lines, replacement = self.lines.changed(change.start, change.end, change.text, encoding)
        return Snapshot(self.path, lines, version, self.language_id), replacement
