"""Ladder and guards over one text: for scripts, tests and the corpus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kimi_lsp.edits.edit import Edit
from kimi_lsp.edits.errors import EditError
from kimi_lsp.edits.resolve import locate
from kimi_lsp.edits.searchable import Searchable
from kimi_lsp.text.replacement import Replacement, apply

if TYPE_CHECKING:
    from kimi_lsp.edits.guards import Guards


def apply_edits(text: str, edits: Sequence[Edit], *, path: str, guards: Guards | None = None) -> str:
    """Make all of ``edits`` in ``text``, the file at ``path``, or none.

    They are made in order, each in the text that the ones before it left. ``guards`` are all on by default; the
    language is told by the extension of ``path``, which need not exist.

    Raises:
        EditError: one of them is refused; the message begins with its number where there are several.
    """
    from kimi_lsp.edits.guards import Guards
    from kimi_lsp.edits.lost_symbols import Step
    from kimi_lsp.edits.trees import Trees

    guards = guards or Guards()
    steps: list[Step] = []
    log: list[Replacement] = []
    now = text
    for number, edit in enumerate(edits, start=1):
        try:
            found = locate(Searchable(now), edit)
            for replacement in found.replacements:
                guards.check_new_text(path, replacement.span.of(now), replacement.text)
        except EditError as error:
            error.number = number if len(edits) > 1 else None
            raise
        steps.append(Step(now, tuple(replacement.span for replacement in found.replacements)))
        log += reversed(found.replacements)
        now = apply(now, found.replacements)
    if now != text:
        guards.check_file(path, steps, log, now, Trees(), lambda name: False)
    return now
