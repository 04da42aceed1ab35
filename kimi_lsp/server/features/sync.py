"""Opening, changing and closing documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from kimi_lsp.server.session import Session

if TYPE_CHECKING:
    from kimi_lsp.server.app import KimiServer


def register(server: KimiServer, session: Session) -> None:
    """Keep the session's documents as the client has them."""
    documents, findings = session.documents, session.findings

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        opened = params.text_document
        if (before := documents.by_uri(opened.uri)) is not None and before.uri == opened.uri:
            findings.clear(before)
        document = documents.did_open(opened.uri, opened.language_id, opened.version, opened.text)
        session.trees.opened(document)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        if (document := documents.by_uri(params.text_document.uri)) is not None:
            findings.clear(document)
        documents.did_close(params.text_document.uri)

    def did_change(params: Mapping[str, Any]) -> None:
        documents.did_change(params)
        findings.changed(params)

    server.protocol.raw_notifications[types.TEXT_DOCUMENT_DID_CHANGE] = did_change
