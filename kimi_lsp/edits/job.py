"""What the tools see of a job, and what a call gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from kimi_lsp.edits.guards import Guards
from kimi_lsp.edits.lost_symbols import Step
from kimi_lsp.edits.overlay import Overlay
from kimi_lsp.edits.searchable import Searchable
from kimi_lsp.edits.trees import Trees
from kimi_lsp.text.replacement import Replacement
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class Reported:
    """What the checkers say of a file whose text is ``text``."""

    text: str
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class View:
    """The workspace as a call sees it, with all that was staged before it.

    ``focus`` is what the request is about: the path of a file and a span in its text as it is now. ``problems`` gives
    what was known to be wrong in a file before the job, ``reported`` is what was found since, by path.
    """

    overlay: Overlay
    trees: Trees
    guards: Guards
    focus: tuple[str, Span] | None = None
    problems: Callable[[str], Iterable[Diagnostic]] | None = None
    reported: Mapping[str, Reported] = field(default_factory=dict)

    def source(self, path: str) -> Searchable:
        """The text of a file. Raises as ``Overlay.text``."""
        return Searchable(self.overlay.text(path))

    def focus_in(self, path: str) -> Span | None:
        """The part of a file that the request is about, if it is that file."""
        return self.focus[1] if self.focus is not None and self.focus[0] == path else None


@dataclass(frozen=True, slots=True)
class Done:
    """What a call did: ``content`` for the model; ``summary``, a few words for people.

    An edit has the ``overlay`` after it. One inside a file has ``step`` and ``replacements``, a log of changes one
    after the other, too; its summary gets the symbol and the line counts that they show.
    """

    content: str
    summary: str
    overlay: Overlay | None = None
    path: str = ""
    step: Step | None = None
    replacements: tuple[Replacement, ...] = field(default=())


def carried(span: Span, replacement: Replacement) -> Span:
    """Where ``span`` is after ``replacement``; what is inserted at its border, or replaced over it, is in it."""
    old = replacement.span
    growth = len(replacement.text) - len(old)
    inserts = old.start == old.end
    if old.end < span.start or (old.end == span.start and not inserts):
        return span.moved(growth)
    if old.start > span.end or (old.start == span.end and not inserts):
        return span
    return Span(min(span.start, old.start), max(span.end + growth, old.start + len(replacement.text)))
