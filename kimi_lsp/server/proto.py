"""pygls's protocol with our documents, our framing and our end.

What differs from pygls 2.1, and why (clients.md, performance.md):

* ``didChange`` goes from the decoded object straight to our document store: no cattrs, no second copy of the text.
* Messages are decoded with msgspec, not with an object hook for each nested object.
* A request whose parameters do not fit, and one out of its time, is answered with an error instead of silence.
* ``exit`` asks the transport to stop instead of raising ``SystemExit`` inside a callback.
"""

from __future__ import annotations

import asyncio
import contextvars
import json
import logging
import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from typing import Any

import msgspec
from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidRequest,
    JsonRpcParseError,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.uris import to_fs_path

logger = logging.getLogger(__name__)

LAST_ANSWERS_S = 1.0
RawHandler = Callable[[Mapping[str, Any]], None]


async def _nothing() -> None:
    return None


class _Writer:
    """pygls's writer interface over a function."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self.write = write

    def close(self) -> None:
        """The transport closes itself."""


class KimiProtocol(LanguageServerProtocol):
    """One client's conversation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # pygls looks at every attribute while it is being made, so ours come first.
        self.raw_notifications: dict[str, RawHandler] = {}
        self.on_cancelled_progress: Callable[[int | str], None] = lambda token: None
        self.on_disconnect: Callable[[], Awaitable[None]] = _nothing
        self.content_schemes: tuple[str, ...] = ()
        self.last_message = 0.0
        self._exit_code: int | None = None
        self._client_name = ""
        self._initialized = False
        super().__init__(*args, **kwargs)

    @property
    def client_name(self) -> str:
        """What the client calls itself; empty where it does not say."""
        return self._client_name

    @property
    def exit_code(self) -> int | None:
        """Set once the client has sent ``exit``: 0 after a ``shutdown``, else 1."""
        return self._exit_code

    def connect(self, write: Callable[[bytes], None], *, headers: bool) -> None:
        """Send through ``write`` from now on."""
        self.set_writer(_Writer(write), include_headers=headers)

    def note_client(self, info: types.ClientInfo | None) -> None:
        """Remember who the client is, for the quirks of clients.md."""
        self._client_name = info.name if info is not None else ""

    async def disconnected(self) -> None:
        """End what is under way, and let the last answers out; called when the client is gone, perhaps twice."""
        await self.on_disconnect()
        futures: list[Any] = list(self._request_futures.values())
        answering: list[Any] = [future for future in futures if asyncio.isfuture(future)]
        if answering:
            await asyncio.wait(answering, timeout=LAST_ANSWERS_S)
            await asyncio.sleep(0)

    def receive(self, body: bytes) -> None:
        """Handle one message body; never raises."""
        self.last_message = time.monotonic()
        try:
            message = _decode(body)
        except ValueError as error:
            self._refuse(None, JsonRpcParseError(f"a message that is no JSON: {error}"))
            return
        if not isinstance(message, dict):
            self._refuse(None, JsonRpcInvalidRequest("not a JSON-RPC 2.0 message"))
            return
        try:
            self._dispatch(message)
        except JsonRpcException as error:
            if "id" in message and "method" in message:
                self._refuse(message["id"], error)
            else:
                logger.error("refused a message: %s", error)
        except Exception:
            logger.exception("a message could not be handled")

    def _dispatch(self, message: dict[str, Any]) -> None:
        """Hand a message to who answers it.

        Raises:
            JsonRpcException: why it is not.
        """
        method = message.get("method")
        if message.get("jsonrpc") != self.VERSION or not isinstance(method, (str, type(None))):
            raise JsonRpcInvalidRequest("not a JSON-RPC 2.0 message")
        if method is None:
            self._handle_reply(message)
            return
        if "id" in message:
            self._check_request(message["id"], method)
        elif method != types.EXIT and (self._shutdown or not self._initialized):
            logger.info("%s is ignored: no session", method)
            return
        if (raw := self.raw_notifications.get(method)) is not None:
            params = message.get("params")
            if not isinstance(params, dict):
                raise JsonRpcInvalidRequest(f"{method} needs parameters")
            contextvars.copy_context().run(raw, params)
            return
        if method == types.INITIALIZE and isinstance(message.get("params"), dict):
            _forget_unknown_trace(message["params"])
        if self.get_message_type(method) is None:
            message.setdefault("params", None)  # pygls's class for unknown messages insists on it
        self.handle_message(self.structure_message(message))

    def _check_request(self, message_id: object, method: str) -> None:
        """LSP 3.18, Lifecycle: what may be asked when."""
        if not _is_id(message_id):
            raise JsonRpcInvalidRequest("the id of a request is a string or an integer")
        if self._shutdown:
            raise JsonRpcInvalidRequest(f"{method} after shutdown")
        if method == types.INITIALIZE and self._initialized:
            raise JsonRpcInvalidRequest("initialized already")
        if method != types.INITIALIZE and not self._initialized:
            raise JsonRpcServerNotInitialized(f"{method} before initialize")

    def _handle_reply(self, message: dict[str, Any]) -> None:
        """A reply to one of our requests; one that does not fit the request still ends the waiting for it."""
        message_id: Any = message.get("id")
        if not _is_id(message_id) or message_id not in self._result_types:
            logger.warning("a reply to nothing that was asked")
            return
        future = self._request_futures.get(message_id)
        nothing = message.get("result") is None and "error" not in message
        if future is None or future.done() or nothing:
            self._forget_request(message_id)
            if nothing and future is not None and not future.done():  # else we waited no longer
                future.set_result(None)
            return
        try:
            self.handle_message(self.structure_message(message))
        except JsonRpcException as error:
            future.set_exception(error)
        finally:
            self._forget_request(message_id)

    def _forget_request(self, message_id: str | int) -> None:
        self._request_futures.pop(message_id, None)
        self._result_types.pop(message_id, None)

    def _refuse(self, message_id: object, error: JsonRpcException) -> None:
        """Answer with an error; where the id could not be read it is null (JSON-RPC 2.0, Response object)."""
        logger.error("refused a message: %s", error)
        answered: Any = message_id if _is_id(message_id) else None
        self._send_response(answered, error=error.to_response_error())

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        """Begin the session; a root that is no URI is none, for pygls would fail on it."""
        try:
            to_fs_path(params.root_uri or "")
        except ValueError:
            params.root_uri = None
        result = yield from super().lsp_initialize(params)
        self._initialized = True
        if self.content_schemes:  # pygls does not announce it
            content = types.TextDocumentContentOptions(schemes=list(self.content_schemes))
            offered = result.capabilities.workspace or types.WorkspaceOptions()
            offered.text_document_content = content
            result.capabilities.workspace = offered
        return result

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> Generator[Any, Any, None]:
        """End the jobs, then answer. What comes in the same breath is already after the shutdown."""
        self._shutdown = True
        yield self.on_disconnect, (), None

    @lsp_method(types.EXIT)
    def lsp_exit(self, *args: Any) -> Generator[Any, Any, None]:
        """Stop serving; LSP 3.18 wants status 1 where no shutdown preceded."""
        self._exit_code = 0 if self._shutdown else 1
        yield from ()

    @lsp_method(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def lsp_work_done_progress_cancel(
        self, params: types.WorkDoneProgressCancelParams
    ) -> Generator[Any, Any, None]:
        """The user pressed cancel on one of our progresses."""
        self.on_cancelled_progress(params.token)
        yield from ()

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(
        self, params: types.DidOpenTextDocumentParams
    ) -> Generator[Any, Any, None]:
        """Hand on to our store; pygls keeps no second copy."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(
        self, params: types.DidChangeTextDocumentParams
    ) -> Generator[Any, Any, None]:
        """Reached through ``raw_notifications``; registered so that the capability is announced."""
        yield from ()

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(
        self, params: types.DidCloseTextDocumentParams
    ) -> Generator[Any, Any, None]:
        """Hand on to our store; pygls keeps no second copy."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE], (params,), None


def _forget_unknown_trace(params: dict[str, Any]) -> None:
    """vscode-languageclient has a "compact" that LSP does not know: no reason to refuse the session."""
    if params.get("trace") not in ("off", "messages", "verbose"):
        params.pop("trace", None)


def _is_id(value: object) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool)


def _decode(body: bytes) -> Any:
    """The JSON value of a body.

    Raises:
        ValueError: it is none.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return json.loads(body)  # accepts lone surrogates, which editors do send
