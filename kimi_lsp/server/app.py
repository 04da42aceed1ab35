"""The composition root: one server, one session, every feature registered."""

from __future__ import annotations

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from kimi_lsp import __version__
from kimi_lsp.server.features import code_action, configuration, hover, status, sync
from kimi_lsp.server.proto import KimiProtocol
from kimi_lsp.server.session import Session


class KimiServer(LanguageServer):
    """pygls's server over our protocol."""

    protocol: KimiProtocol

    def __init__(self) -> None:
        super().__init__(
            name="kimi-lsp",
            version=__version__,
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            protocol_cls=KimiProtocol,
            converter_factory=default_converter,
        )


def build() -> KimiServer:
    """A server that is ready to be connected to a client."""
    server = KimiServer()
    session = Session(server)
    for feature in (sync, configuration, code_action, hover, status):
        feature.register(server, session)
    server.protocol.on_cancelled_progress = session.jobs.cancel_progress
    server.protocol.on_disconnect = session.end
    return server
