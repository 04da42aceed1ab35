"""``textDocument/codeAction``: everything is in the answer, so nothing is resolved later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from kimi_lsp.server.session import Session

if TYPE_CHECKING:
    from kimi_lsp.server.app import KimiServer

KINDS = (
    "quickfix",
    "refactor.rewrite",
    "kimi.test",
    "kimi.explain",
    "kimi.review",
    "kimi.result",
    "kimi.cancel",
)


def register(server: KimiServer, session: Session) -> None:
    """Offer the menu; what makes it is imported at the first request, off the start."""

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=list(KINDS), resolve_provider=False),
    )
    def code_action(params: types.CodeActionParams) -> list[types.CodeAction | types.Command] | None:
        from kimi_lsp.server import menu

        document = session.documents.by_uri(params.text_document.uri)
        return list(menu.entries(server, session, document, params)) if document is not None else None
