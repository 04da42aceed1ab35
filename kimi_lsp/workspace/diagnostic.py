"""A problem that somebody found in a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kimi_lsp.text.span import Span

Severity = Literal["error", "warning", "information", "hint"]


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that has to do with a problem; ``line`` counts from 1."""

    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One diagnostic, in our coordinates.

    ``span`` is in code points of the snapshot it was reported for; ``line`` and ``column`` count from 1.
    """

    path: str
    span: Span
    line: int
    column: int
    message: str
    source: str = ""
    code: str = ""
    severity: Severity = "warning"
    related: tuple[Related, ...] = ()

    @property
    def label(self) -> str:
        """Who says what, short: ``ruff F401``."""
        return f"{self.source} {self.code}".strip()

    def __str__(self) -> str:
        """One line: ``ruff F401 at a.py:3:8: `os` imported but unused``."""
        message = " ".join(self.message.split())
        return f"{self.label or 'problem'} at {self.path}:{self.line}:{self.column}: {message}"
