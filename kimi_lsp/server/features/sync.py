"""Opening, changing, saving and closing documents, and what changes on the disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from kimi_lsp.server.documents import location_of
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
            findings.closed(before)
        document = documents.did_open(opened.uri, opened.language_id, opened.version, opened.text)
        session.trees.opened(document)
        findings.opened(document)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        if (document := documents.by_uri(params.text_document.uri)) is not None:
            findings.closed(document)
        documents.did_close(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: types.DidSaveTextDocumentParams) -> None:
        session.index.changed_on_disk([location_of(params.text_document.uri)])

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_watched_files(params: types.DidChangeWatchedFilesParams) -> None:
        session.index.changed_on_disk(location_of(change.uri) for change in params.changes)

    def did_change(params: Mapping[str, Any]) -> None:
        documents.did_change(params)
        findings.changed(params)

    server.protocol.raw_notifications[types.TEXT_DOCUMENT_DID_CHANGE] = did_change
