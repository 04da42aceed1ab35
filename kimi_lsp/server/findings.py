"""What reviews found, as diagnostics of source ``kimi``, kept in step with what the user types.

A finding whose code was touched vanishes; the others move with the text.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from kimi_lsp.server.documents import Documents, OpenDocument, carried
from kimi_lsp.server.ranges import range_of
from kimi_lsp.text.snapshot import Snapshot

if TYPE_CHECKING:
    from kimi_lsp.actions.review import Placed
    from kimi_lsp.server.app import KimiServer
    from kimi_lsp.server.session import Session

SOURCE, CODE = "kimi", "review"
QUIET_S = 0.3
"""How long the user must not have typed before the findings are published anew."""
_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "information": types.DiagnosticSeverity.Information,
    "hint": types.DiagnosticSeverity.Hint,
}


@dataclass(eq=False)
class _Reviewed:
    """One document's findings, in code points of ``base``; ``timer`` runs while they wait to be published."""

    document: OpenDocument
    base: Snapshot
    findings: tuple[Placed, ...]
    timer: asyncio.TimerHandle | None = field(default=None, repr=False)


class Findings:
    """The findings of all open documents, by the URI that the document was opened with."""

    def __init__(self, server: KimiServer, documents: Documents) -> None:
        self._server = server
        self._documents = documents
        self._reviewed: dict[str, _Reviewed] = {}

    def of(self, document: OpenDocument) -> tuple[Placed, ...]:
        """What is shown for a document now."""
        known = self._reviewed.get(document.uri)
        return known.findings if known is not None else ()

    def show(self, document: OpenDocument, base: Snapshot, placed: Iterable[Placed]) -> int:
        """Publish findings in ``base``, an earlier text of ``document``, in place of older ones; gives how many."""
        self._forget(document.uri)
        reviewed = _Reviewed(document, base, tuple(placed))
        if self._documents.by_uri(document.uri) is not document or not _bring_up_to_date(reviewed):
            reviewed.findings = ()
        if reviewed.findings:
            self._reviewed[document.uri] = reviewed
        self._publish(document, reviewed.findings)
        return len(reviewed.findings)

    def changed(self, params: Mapping[str, Any]) -> None:
        """A raw ``didChange`` was applied: publish once the user pauses."""
        if not self._reviewed:
            return
        document = self._documents.by_uri(params["textDocument"]["uri"])
        reviewed = self._reviewed.get(document.uri) if document is not None else None
        if reviewed is not None:
            if reviewed.timer is not None:
                reviewed.timer.cancel()
            loop = asyncio.get_running_loop()
            reviewed.timer = loop.call_later(QUIET_S, self._publish_anew, reviewed)

    def clear(self, document: OpenDocument) -> bool:
        """Take back what is shown for a document, also before it is closed; whether there was anything."""
        reviewed = self._forget(document.uri)
        if reviewed is not None:
            self._publish(document, ())
        return reviewed is not None

    def end(self) -> None:
        """Publish nothing more."""
        for uri in tuple(self._reviewed):
            self._forget(uri)

    def _publish_anew(self, reviewed: _Reviewed) -> None:
        reviewed.timer = None
        if not _bring_up_to_date(reviewed):
            self._forget(reviewed.document.uri)
        self._publish(reviewed.document, reviewed.findings)

    def _forget(self, uri: str) -> _Reviewed | None:
        reviewed = self._reviewed.pop(uri, None)
        if reviewed is not None and reviewed.timer is not None:
            reviewed.timer.cancel()
        return reviewed

    def _publish(self, document: OpenDocument, findings: Iterable[Placed]) -> None:
        lines, encoding = document.snapshot.lines, self._documents.encoding
        diagnostics = [
            types.Diagnostic(
                range=range_of(lines, one.span.start, one.span.end, encoding),
                message=one.finding.text,
                severity=_SEVERITIES[one.finding.severity],
                source=SOURCE,
                code=CODE,
            )
            for one in findings
        ]
        self._server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(
                uri=document.uri, diagnostics=diagnostics, version=document.snapshot.version
            )
        )


def entries(session: Session, document: OpenDocument) -> Iterator[types.CodeAction]:
    """*Clear review*, where there is something to clear."""
    if session.findings.of(document):
        title = "Kimi: Clear review"
        command = types.Command(
            title=title, command=session.command("clearReview"), arguments=[{"uri": document.uri}]
        )
        yield types.CodeAction(title=title, kind="kimi.result", command=command)


def _bring_up_to_date(reviewed: _Reviewed) -> bool:
    """Carry the findings over to the document's text of now; whether any is left."""
    from kimi_lsp.text.net import net

    document, base = reviewed.document, reviewed.base
    changes = None if document.lost else document.since(base.version or 0)
    if changes is None:
        reviewed.findings = ()
        return False
    before, now = base.text, document.snapshot.text
    # From the last to the first, each of the net effect's hunks is in the text before it.
    hunks = tuple(reversed(net(before, changes)))
    places = [(one, carried(one.span, hunks)) for one in reviewed.findings]
    reviewed.findings = tuple(
        type(one)(span, one.finding) for one, span in places if span.of(now) == one.span.of(before)
    )
    reviewed.base = document.snapshot
    return bool(reviewed.findings)
