"""The life of a session and its settings: initialize, initialized, configuration, folders."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from kimi_lsp.server.capabilities import reads_pages, tells_settings, watches_files
from kimi_lsp.server.documents import location_of
from kimi_lsp.server.features import content, diagnostics, execute_command, symbols
from kimi_lsp.server.session import Session
from kimi_lsp.text.line_index import Encoding

if TYPE_CHECKING:
    from kimi_lsp.server.app import KimiServer

logger = logging.getLogger(__name__)
SECTION = "kimi"
ANSWER_TIMEOUT_S = 5.0


def register(server: KimiServer, session: Session) -> None:
    """Take settings in all three ways that clients send them; ``None`` is ``{}`` (clients.md)."""

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        session.documents.encoding = _encoding(server)
        session.initialize(params)
        execute_command.register_commands(server, session)
        _register_optional(server, session)

    @server.feature(types.INITIALIZED)
    async def initialized(params: types.InitializedParams) -> None:
        session.log.begin()
        session.tell_problems()
        await pull(server, session)
        session.spawn(_watch_files(server))
        session.spawn(session.warm_up())

    @server.feature(types.SET_TRACE)
    def set_trace(params: types.SetTraceParams) -> None:
        session.log.trace(types.TraceValue(params.value))

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def did_change_configuration(params: types.DidChangeConfigurationParams) -> None:
        if not await pull(server, session):
            session.configure("didChangeConfiguration", params.settings)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def did_change_folders(params: types.DidChangeWorkspaceFoldersParams) -> None:
        removed = {location_of(folder.uri) for folder in params.event.removed}
        added = [location_of(folder.uri) for folder in params.event.added]
        session.roots = [root for root in session.roots if root not in removed] + added
        await session.index.folders_changed()


def _register_optional(server: KimiServer, session: Session) -> None:
    """Offer what the initialization options ask for; capabilities are said once, so not later."""
    show = session.settings.show
    if show.document_symbols:
        symbols.register_symbols(server, session)
    if show.folding:
        symbols.register_folding(server, session)
    if show.code_lens:
        symbols.register_lens(server, session)
    if show.syntax_diagnostics:
        diagnostics.register(server, session)
    if reads_pages(server):
        content.register(server, session)


async def pull(server: KimiServer, session: Session) -> bool:
    """Ask the client for our section; whether it answered such a question."""
    if not tells_settings(server):
        return False
    request = server.protocol.send_request_async(
        types.WORKSPACE_CONFIGURATION,
        types.ConfigurationParams(items=[types.ConfigurationItem(section=SECTION)]),
    )
    try:
        answer = await asyncio.wait_for(request, ANSWER_TIMEOUT_S)
    except (JsonRpcException, asyncio.TimeoutError) as error:
        logger.info("the client did not say its configuration: %s", error)
        return False
    session.configure("workspace/configuration", answer[0] if answer else None)
    return True


async def _watch_files(server: KimiServer) -> None:
    """Ask to be told what changes on the disk, where the client can be asked; else we look when a job starts."""
    if not watches_files(server):
        return
    options = types.DidChangeWatchedFilesRegistrationOptions(
        watchers=[types.FileSystemWatcher(glob_pattern="**/*")]
    )
    registration = types.Registration(
        id="kimi-watched-files",
        method=types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
        register_options=options,
    )
    request = server.protocol.send_request_async(
        types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams(registrations=[registration])
    )
    try:
        await asyncio.wait_for(request, ANSWER_TIMEOUT_S)
    except (JsonRpcException, asyncio.TimeoutError) as error:
        logger.info("the client watches no files for us: %s", error)


def _encoding(server: KimiServer) -> Encoding:
    """The position encoding that pygls negotiated: the first one of the client's that we know."""
    kind = types.PositionEncodingKind(server.workspace.position_encoding or "utf-16")
    return kind.value
