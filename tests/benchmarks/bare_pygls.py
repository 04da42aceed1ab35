"""A pygls server with no feature of its own but a code action that answers nothing: what we are compared with."""

from __future__ import annotations

import sys

from lsprotocol import types
from pygls.lsp.server import LanguageServer

server = LanguageServer("bare", "1")

if "--code-action" in sys.argv:

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION)
    def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        document = server.workspace.get_text_document(params.text_document.uri)
        assert document.lines[params.range.start.line] is not None
        return []


if __name__ == "__main__":
    server.start_io()
