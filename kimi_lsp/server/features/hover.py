"""Hover: a kept explanation of the very same code, at once, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from kimi_lsp.server.session import Session

if TYPE_CHECKING:
    from kimi_lsp.server.app import KimiServer


def register(server: KimiServer, session: Session) -> None:
    """Answer ``textDocument/hover`` from what is kept; the model is never asked."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        from kimi_lsp.server.explanations import key_of
        from kimi_lsp.server.ranges import range_of
        from kimi_lsp.syntax.outline import enclosing_at
        from kimi_lsp.text.line_index import Position

        document = session.documents.by_uri(params.text_document.uri)
        tree = session.trees.at_once(document) if document is not None else None
        if document is None or tree is None:
            return None
        snapshot, encoding = document.snapshot, session.documents.encoding
        offset = snapshot.lines.offset(Position(params.position.line, params.position.character), encoding)
        symbol = enclosing_at(tree, offset)
        if symbol is None:
            return None
        markdown = session.explanations.get(key_of(document.location, snapshot, symbol))
        if markdown is None:
            return None
        return types.Hover(
            contents=types.MarkupContent(kind=types.MarkupKind.Markdown, value=markdown),
            range=range_of(snapshot.lines, symbol.span.start, symbol.span.end, encoding),
        )
