"""Our own syntax faults as diagnostics, where no other server finds them (a setting): pulled, or else pushed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from lsprotocol import types

from kimi_lsp.server.capabilities import pulls_diagnostics
from kimi_lsp.server.session import Session

if TYPE_CHECKING:
    from kimi_lsp.server.app import KimiServer
    from kimi_lsp.server.documents import OpenDocument


def register(server: KimiServer, session: Session) -> None:
    """Answer ``textDocument/diagnostic``; a client that does not pull gets them after each pause."""
    if not pulls_diagnostics(server):
        session.findings.syntax = _faults_of(session)
        return

    @server.feature(
        types.TEXT_DOCUMENT_DIAGNOSTIC,
        types.DiagnosticOptions(
            identifier="kimi-syntax", inter_file_dependencies=False, workspace_diagnostics=False
        ),
    )
    async def diagnostic(params: types.DocumentDiagnosticParams) -> types.RelatedFullDocumentDiagnosticReport:
        from kimi_lsp.server.faults import faults

        document = session.documents.by_uri(params.text_document.uri)
        if document is not None:
            await session.trees.complete(document)
        items = faults(session, document) if document is not None else []
        return types.RelatedFullDocumentDiagnosticReport(items=items)


def _faults_of(session: Session) -> Callable[[OpenDocument], list[types.Diagnostic]]:
    def found(document: OpenDocument) -> list[types.Diagnostic]:
        from kimi_lsp.server.faults import faults

        return faults(session, document)

    return found
