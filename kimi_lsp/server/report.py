"""Turns every failure into one sentence for the user and the detail into the log."""

from __future__ import annotations

import asyncio
import logging

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

logger = logging.getLogger(__name__)
MESSAGE_LENGTH = 200


class JobError(Exception):
    """A job cannot go on; ``str()`` is the sentence for the user."""


def sentence(error: BaseException) -> str:
    """What a user is told of ``error``: what happened and what to do."""
    if is_expected(error):
        return one_line(str(error))
    if isinstance(error, asyncio.CancelledError):
        return "Cancelled; nothing was changed."
    if isinstance(error, JsonRpcException):
        return f"The editor refused a request: {one_line(error.message or 'no reason given')}"
    return f"Something went wrong inside kimi-lsp ({type(error).__name__}); its log has the details."


def is_expected(error: BaseException) -> bool:
    """Whether ``str(error)`` is a sentence that was written for the user."""
    from kimi_lsp.edits.errors import EditError
    from kimi_lsp.model.errors import ModelError
    from kimi_lsp.model.ledger import LedgerUnusable
    from kimi_lsp.workspace.errors import WorkspaceError

    return isinstance(error, (JobError, ModelError, WorkspaceError, EditError, LedgerUnusable))


def one_line(text: str) -> str:
    """``text`` on one line, cut where no status line would show more."""
    line = " ".join(text.split())
    return line if len(line) <= MESSAGE_LENGTH else f"{line[: MESSAGE_LENGTH - 1]}…"


def failure(server: LanguageServer, title: str, error: BaseException) -> str:
    """Tell the user that the job called ``title`` failed; returns the sentence."""
    told = sentence(error)
    logger.warning("%s: %s", title, told, exc_info=None if is_expected(error) else error)
    message(server, f"{title}: {told}", types.MessageType.Error)
    return told


def message(server: LanguageServer, text: str, kind: types.MessageType = types.MessageType.Info) -> None:
    """Show one line."""
    server.window_show_message(types.ShowMessageParams(type=kind, message=one_line(text)))
