"""``workspace/textDocumentContent`` (LSP 3.18): our pages under the scheme ``kimi``, for clients that declare it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from kimi_lsp.server.session import Session

if TYPE_CHECKING:
    from kimi_lsp.server.app import KimiServer

SCHEME = "kimi"


def register(server: KimiServer, session: Session) -> None:
    """Serve what lies in our cache folder, and nothing else."""
    server.protocol.content_schemes = (SCHEME,)

    @server.feature(types.WORKSPACE_TEXT_DOCUMENT_CONTENT)
    def text_document_content(params: types.TextDocumentContentParams) -> types.TextDocumentContentResult:
        from kimi_lsp.server import pages

        return types.TextDocumentContentResult(text=pages.text_of(session, params.uri))
