"""What reviews found, and syntax faults where asked for: diagnostics of source ``kimi``, in step with the typing.

A finding whose code was touched vanishes; the others move with the text.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from kimi_lsp.server.diagnostics import problem
from kimi_lsp.server.documents import Documents, OpenDocument, carried
from kimi_lsp.server.ranges import range_of
from kimi_lsp.text.snapshot import Snapshot

if TYPE_CHECKING:
    from kimi_lsp.actions.review import Placed
    from kimi_lsp.server.app import KimiServer
    from kimi_lsp.server.session import Session
    from kimi_lsp.workspace.diagnostic import Diagnostic

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
    """One document's findings, in code points of ``base``."""

    document: OpenDocument
    base: Snapshot
    findings: tuple[Placed, ...]


class Findings:
    """All diagnostics that we publish, by the URI that a document was opened with.

    ``syntax`` gives the faults of a document where they are to be published, too.
    """

    def __init__(self, server: KimiServer, documents: Documents) -> None:
        self.syntax: Callable[[OpenDocument], list[types.Diagnostic]] | None = None
        self._server = server
        self._documents = documents
        self._reviewed: dict[str, _Reviewed] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._shown: set[str] = set()

    def of(self, document: OpenDocument) -> tuple[Placed, ...]:
        """What is shown for a document now."""
        known = self._reviewed.get(document.uri)
        return known.findings if known is not None else ()

    def problems(self, document: OpenDocument) -> tuple[Diagnostic, ...]:
        """The same in the text of now, for clients that do not say what they show (clients.md: Kate)."""
        reviewed = self._reviewed.get(document.uri)
        if reviewed is None or not _bring_up_to_date(reviewed):
            return ()
        return tuple(_problem(document.snapshot, one) for one in reviewed.findings)

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

    def opened(self, document: OpenDocument) -> None:
        """A document was opened."""
        if self.syntax is not None:
            self._publish_soon(document)

    def changed(self, params: Mapping[str, Any]) -> None:
        """A raw ``didChange`` was applied: publish once the user pauses."""
        if not self._reviewed and self.syntax is None:
            return
        document = self._documents.by_uri(params["textDocument"]["uri"])
        if document is not None and (self.syntax is not None or document.uri in self._reviewed):
            self._publish_soon(document)

    def clear(self, document: OpenDocument) -> bool:
        """Take back a review's findings; whether there were any."""
        if (reviewed := self._forget(document.uri)) is not None:
            self._publish(document, ())
        return reviewed is not None

    def closed(self, document: OpenDocument) -> None:
        """A document is about to be closed: take back all that is shown for it."""
        if (timer := self._timers.pop(document.uri, None)) is not None:
            timer.cancel()
        if self._forget(document.uri) is not None or document.uri in self._shown:
            self._send(document, [])

    def end(self) -> None:
        """Publish nothing more."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._reviewed.clear()

    def _publish_soon(self, document: OpenDocument) -> None:
        if (timer := self._timers.pop(document.uri, None)) is not None:
            timer.cancel()
        loop = asyncio.get_running_loop()
        self._timers[document.uri] = loop.call_later(QUIET_S, self._publish_anew, document)

    def _publish_anew(self, document: OpenDocument) -> None:
        self._timers.pop(document.uri, None)
        reviewed = self._reviewed.get(document.uri)
        if reviewed is not None and not _bring_up_to_date(reviewed):
            self._forget(document.uri)
        self._publish(document, reviewed.findings if reviewed is not None else ())

    def _forget(self, uri: str) -> _Reviewed | None:
        return self._reviewed.pop(uri, None)

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
        if self.syntax is not None:
            diagnostics += self.syntax(document)
        self._send(document, diagnostics)

    def _send(self, document: OpenDocument, diagnostics: list[types.Diagnostic]) -> None:
        (self._shown.add if diagnostics else self._shown.discard)(document.uri)
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


def _problem(snapshot: Snapshot, placed: Placed) -> Diagnostic:
    finding = placed.finding
    return problem(
        snapshot,
        placed.span,
        message=finding.text,
        source=SOURCE,
        code=CODE,
        severity=finding.severity,
    )


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
