"""Shows Markdown in the way that the client can: a document, else a message that says where it is."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from kimi_lsp.server.documents import uri_of
from kimi_lsp.server.report import message

logger = logging.getLogger(__name__)
SHOW_TIMEOUT_S = 10.0


async def show_file(server: LanguageServer, path: Path, summary: str) -> None:
    """Open ``path`` in the editor; where it can't or won't, say ``summary`` and where the file lies."""
    if can_show_documents(server) and await _shown(server, path):
        return
    message(server, f"{summary} The file is {path}")


def can_show_documents(server: LanguageServer) -> bool:
    """Whether the client declares ``window.showDocument``."""
    window = server.client_capabilities.window
    return bool(window and window.show_document and window.show_document.support)


async def _shown(server: LanguageServer, path: Path) -> bool:
    request = server.protocol.send_request_async(
        types.WINDOW_SHOW_DOCUMENT,
        types.ShowDocumentParams(uri=uri_of(path), external=False, take_focus=True),
    )
    try:
        result = await asyncio.wait_for(request, SHOW_TIMEOUT_S)
    except (JsonRpcException, asyncio.TimeoutError) as error:
        logger.info("showDocument failed: %s", error)
        return False
    return bool(result and result.success)
