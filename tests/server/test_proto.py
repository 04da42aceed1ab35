"""Replies that come late, do not fit, or say nothing: the waiting ends, and nothing is left behind."""

import asyncio
import json
import logging
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from kimi_lsp.server.app import build
from kimi_lsp.server.proto import KimiProtocol


def connected() -> tuple[KimiProtocol, list[dict[str, Any]]]:
    sent: list[dict[str, Any]] = []
    protocol = build().protocol
    protocol.connect(lambda data: sent.append(json.loads(data)), headers=False)
    receive(
        protocol, id=1, method="initialize", params={"processId": None, "rootUri": None, "capabilities": {}}
    )
    assert sent.pop()["id"] == 1
    return protocol, sent


def receive(protocol: KimiProtocol, **message: object) -> None:
    protocol.receive(json.dumps({"jsonrpc": "2.0", **message}).encode())


def ask(protocol: KimiProtocol) -> asyncio.Future[Any]:
    params = types.ShowDocumentParams(uri="file:///w/a.py")
    future: asyncio.Future[Any] = protocol.send_request_async(types.WINDOW_SHOW_DOCUMENT, params)
    return future


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param({"result": {"success": True}}, id="result"),
        pytest.param({"result": None}, id="null"),
        pytest.param({"error": {"code": -32601, "message": "no"}}, id="error"),
    ],
)
async def test_a_reply_after_our_time_is_ignored(
    reply: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    protocol, sent = connected()
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(ask(protocol), 0.01)
    receive(protocol, id=sent[0]["id"], **reply)
    receive(protocol, id=sent[0]["id"], **reply)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert not {*protocol._request_futures, *protocol._result_types}


async def test_a_reply_ends_the_waiting() -> None:
    protocol, sent = connected()
    fitting, nothing, misfit, refused = (ask(protocol) for _ in range(4))
    ids = [request["id"] for request in sent]
    receive(protocol, id=ids[0], result={"success": True})
    receive(protocol, id=ids[1], result=None)
    receive(protocol, id=ids[2], result=[7])
    receive(protocol, id=ids[3], error={"code": -32601, "message": "no"})
    assert (await fitting).success
    assert await nothing is None
    for future in (misfit, refused):
        with pytest.raises(JsonRpcException):
            await future
    assert not {*protocol._request_futures, *protocol._result_types}


def test_a_reply_with_the_id_of_a_request_of_the_clients_is_none() -> None:
    protocol, sent = connected()
    receive(protocol, id=1, result={"success": True})
    assert sent == []


def test_nothing_is_known_of_a_document_that_was_opened_too_early() -> None:
    sent: list[bytes] = []
    protocol = build().protocol
    protocol.connect(sent.append, headers=False)
    change = {"textDocument": {"uri": "file:///w/a.py", "version": 2}, "contentChanges": [{"text": ""}]}
    receive(protocol, method="textDocument/didChange", params=change)
    receive(protocol, method="exit")
    assert (sent, protocol.exit_code) == ([], 1)
