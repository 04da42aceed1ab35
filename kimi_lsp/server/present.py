"""Shows a page in the way that the client can: a document, else by its address, by hover, or by where it lies."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from kimi_lsp.server.capabilities import hovers, reads_pages, shows_documents
from kimi_lsp.server.documents import uri_of
from kimi_lsp.server.report import MESSAGE_LENGTH

if TYPE_CHECKING:
    from kimi_lsp.server.session import Session

logger = logging.getLogger(__name__)
SHOW_TIMEOUT_S = 10.0
SHORTEST_SUMMARY = 40


async def show_file(session: Session, path: Path, summary: str, *, hover: bool = False) -> None:
    """Open ``path`` in the editor; where it can't or won't, say ``summary`` and where to look.

    ``hover`` where a hover on the code shows the same.
    """
    if shows_documents(session.server) and await _shown(session.server, path):
        return
    where = _where(session, path, hover)
    room = max(SHORTEST_SUMMARY, MESSAGE_LENGTH - len(where))
    short = summary if len(summary) <= room else f"{summary[: room - 1]}…"
    told = types.ShowMessageParams(type=types.MessageType.Info, message=f"{short} {where}")
    session.server.window_show_message(told)  # whole: half an address leads nowhere


def _where(session: Session, path: Path, hover: bool) -> str:
    from kimi_lsp.server import pages

    if reads_pages(session.server):
        return f"Open {pages.address_of(session, path)}"
    if hover and hovers(session.server):
        return f"Hover over it shows it; the file is {path}"
    return f"The file is {path}"


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
