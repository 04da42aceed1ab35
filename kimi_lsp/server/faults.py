"""Syntax faults of an open document as the protocol's diagnostics, of source ``kimi``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from kimi_lsp.actions.fix import diagnostic_of
from kimi_lsp.server.ranges import range_of

if TYPE_CHECKING:
    from kimi_lsp.server.documents import OpenDocument
    from kimi_lsp.server.session import Session

MOST = 50
SOURCE, CODE = "kimi", "syntax"


def faults(session: Session, document: OpenDocument) -> list[types.Diagnostic]:
    """The first faults; none while the tree is not ready, for then nothing is known."""
    tree = session.trees.at_once(document)
    if tree is None:
        return []
    lines, encoding = document.snapshot.lines, session.documents.encoding
    found = []
    for fault in tree.faults(MOST):
        ours = diagnostic_of(fault, document.snapshot)
        found.append(
            types.Diagnostic(
                range=range_of(lines, ours.span.start, ours.span.end, encoding),
                message=ours.message,
                severity=types.DiagnosticSeverity.Error,
                source=SOURCE,
                code=CODE,
            )
        )
    return found
