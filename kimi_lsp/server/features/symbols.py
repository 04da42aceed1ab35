"""``textDocument/documentSymbol`` and ``foldingRange`` from the outline, code lenses: settings, off by default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from kimi_lsp.server.capabilities import knows_trees_of_symbols
from kimi_lsp.server.session import Session

if TYPE_CHECKING:
    from kimi_lsp.server.app import KimiServer


def register_symbols(server: KimiServer, session: Session) -> None:
    """Offer the outline as a tree; nothing where the text has none yet."""

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def document_symbol(
        params: types.DocumentSymbolParams,
    ) -> list[types.DocumentSymbol] | list[types.SymbolInformation] | None:
        from kimi_lsp.server import outlines

        document = session.documents.by_uri(params.text_document.uri)
        if document is None:
            return None
        await session.trees.complete(document)
        return (
            outlines.nested(session, document)
            if knows_trees_of_symbols(server)
            else outlines.flat(session, document)
        )


def register_folding(server: KimiServer, session: Session) -> None:
    """Offer a fold for each definition of more than one line."""

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
    async def folding_range(params: types.FoldingRangeParams) -> list[types.FoldingRange] | None:
        from kimi_lsp.server import outlines

        document = session.documents.by_uri(params.text_document.uri)
        if document is None:
            return None
        await session.trees.complete(document)
        return outlines.folds(session, document)


def register_lens(server: KimiServer, session: Session) -> None:
    """Offer *Explain* and *Test* above each function and type; nothing is resolved later."""

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=False))
    async def code_lens(params: types.CodeLensParams) -> list[types.CodeLens] | None:
        from kimi_lsp.server import outlines

        document = session.documents.by_uri(params.text_document.uri)
        if document is None:
            return None
        await session.trees.complete(document)
        return outlines.lenses(session, document)
