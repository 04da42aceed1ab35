"""Opening, changing and closing documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from kimi_lsp.server.session import Session

if TYPE_CHECKING:
    from kimi_lsp.server.app import KimiServer


def register(server: KimiServer, session: Session) -> None:
    """Keep the session's documents as the client has them."""
    documents = session.documents

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        opened = params.text_document
        documents.did_open(opened.uri, opened.language_id, opened.version, opened.text)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        documents.did_close(params.text_document.uri)

    server.protocol.raw_notifications[types.TEXT_DOCUMENT_DID_CHANGE] = documents.did_change
