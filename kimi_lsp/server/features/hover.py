"""Hover: a kept explanation of the very same code, at once; a miss waits for nothing (``server/hovering.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from kimi_lsp.server.session import Session

if TYPE_CHECKING:
    from kimi_lsp.server.app import KimiServer


def register(server: KimiServer, session: Session) -> None:
    """Answer ``textDocument/hover`` from what is kept; the model is never waited for."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        from kimi_lsp.server import hovering

        document = session.documents.by_uri(params.text_document.uri)
        return hovering.hover(session, document, params.position) if document is not None else None
