"""What the client is told of our log: ``window/logMessage``, and ``$/logTrace`` where it traces us (LSP 3.18)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from lsprotocol import types

from kimi_lsp.server.clean_log import CleanFormatter, clean

if TYPE_CHECKING:
    from kimi_lsp.server.app import KimiServer

OURS = "kimi_lsp"
LONGEST = 4_000
"""Characters of one message: a log that an editor shows is no place for more."""


class ClientLog(logging.Handler):
    """Sends what goes into the log, and every step besides while the client traces; from any thread."""

    def __init__(self, server: KimiServer) -> None:
        super().__init__()
        self.setFormatter(CleanFormatter("%(name)s: %(message)s"))
        self._server = server
        self._trace = types.TraceValue.Off
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self) -> None:
        """The client may be told from now on."""
        self._loop = asyncio.get_running_loop()
        logging.getLogger(OURS).addHandler(self)

    def trace(self, value: types.TraceValue) -> None:
        """The client wants to be told each step, or no more of them."""
        self._trace = value
        traced = value != types.TraceValue.Off
        logging.getLogger(OURS).setLevel(logging.DEBUG if traced else logging.NOTSET)

    def end(self) -> None:
        """Tell nothing more."""
        self.trace(types.TraceValue.Off)
        logging.getLogger(OURS).removeHandler(self)
        self._loop = None

    def emit(self, record: logging.LogRecord) -> None:
        """Hand a record to the loop; one that comes when that is closed has nobody to read it."""
        try:
            text = self.format(record)
        except Exception:
            self.handleError(record)
            return
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._send, record, text[:LONGEST])

    def _send(self, record: logging.LogRecord, text: str) -> None:
        if self._loop is None:
            return
        if record.levelno >= logging.getLogger().level:
            kind = _kind(record.levelno)
            self._server.window_log_message(types.LogMessageParams(type=kind, message=text))
        if self._trace != types.TraceValue.Off:
            self._server.protocol.notify(types.LOG_TRACE, self._traced(record))

    def _traced(self, record: logging.LogRecord) -> types.LogTraceParams:
        verbose = None
        if self._trace == types.TraceValue.Verbose:
            verbose = f"{record.levelname} {record.name}, thread {record.threadName}\n{record.exc_text or ''}".strip()
        return types.LogTraceParams(message=clean(record.getMessage())[:LONGEST], verbose=verbose)


def _kind(level: int) -> types.MessageType:
    if level >= logging.ERROR:
        return types.MessageType.Error
    if level >= logging.WARNING:
        return types.MessageType.Warning
    return types.MessageType.Info if level >= logging.INFO else types.MessageType.Log
