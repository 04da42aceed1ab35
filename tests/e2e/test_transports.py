"""The ways in and out of the process: stdio, TCP, WebSocket, and how it ends."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from kimi_lsp import __version__
from kimi_lsp.server.framing import Framer
from tests.benchmarks.client import framed

SERVER = (sys.executable, "-m", "kimi_lsp")
INITIALIZE: dict[str, Any] = {
    "id": 1,
    "method": "initialize",
    "params": {"processId": None, "rootUri": None, "capabilities": {}},
}
SHUTDOWN = {"id": 2, "method": "shutdown"}
EXIT = {"method": "exit"}


def talk(
    *messages: dict[str, Any] | bytes, options: tuple[str, ...] = ("--stdio",)
) -> tuple[int, list[Any], str]:
    """Exit status, what came on stdout as messages, and stderr, after sending all and closing stdin."""
    data = b"".join(m if isinstance(m, bytes) else framed(m) for m in messages)
    done = subprocess.run((*SERVER, *options), input=data, capture_output=True, timeout=20, check=False)
    return done.returncode, [json.loads(body) for body in Framer().feed(done.stdout)], done.stderr.decode()


@pytest.mark.parametrize(
    ("messages", "status", "answers"),
    [
        pytest.param((INITIALIZE, SHUTDOWN, EXIT), 0, 2, id="as-the-protocol-wants-it"),
        pytest.param((INITIALIZE, EXIT), 1, 1, id="exit-without-shutdown"),
        pytest.param((INITIALIZE,), 1, 1, id="the-client-is-gone"),
        pytest.param((), 1, 0, id="nobody-there"),
        pytest.param((b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",), 1, 0, id="not-the-protocol"),
        pytest.param((framed(INITIALIZE)[:-5],), 1, 0, id="half-a-message"),
    ],
)
def test_how_it_ends(messages: tuple[dict[str, Any] | bytes, ...], status: int, answers: int) -> None:
    assert (talk(*messages)[0], len(talk(*messages)[1])) == (status, answers)


def broken(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        pytest.param(broken(b"{nonsense"), -32700, id="no-json"),
        pytest.param(broken(b"\xff\xfe"), -32700, id="no-utf8"),
        pytest.param({"id": 9, "method": "no/such"}, -32601, id="unknown-method"),
        pytest.param(
            {"id": 9, "method": "textDocument/hover", "params": {"position": 3}}, -32602, id="bad-params"
        ),
        pytest.param(
            {"id": 9, "method": "workspace/executeCommand", "params": {"command": "kimi.fix"}},
            -32602,
            id="command-without-arguments",
        ),
        pytest.param(
            {
                "id": 9,
                "method": "workspace/executeCommand",
                "params": {"command": "kimi.fix", "arguments": [7]},
            },
            -32602,
            id="command-with-a-number",
        ),
        pytest.param(broken(b'{"id": 9, "method": "initialize"}'), -32600, id="not-2.0"),
        pytest.param(broken(b"[]"), -32600, id="a-batch"),
        pytest.param({**INITIALIZE, "id": 9}, -32600, id="initialize-again"),
        pytest.param({"id": {"a": 1}, "method": "textDocument/hover"}, -32600, id="id-is-an-object"),
        pytest.param({"id": [9], "method": "textDocument/hover"}, -32600, id="id-is-an-array"),
        pytest.param({"id": None, "method": "textDocument/hover"}, -32600, id="id-is-null"),
    ],
)
def test_bad_messages_are_answered_and_survived(message: dict[str, Any] | bytes, code: int) -> None:
    status, answers, _ = talk(INITIALIZE, message, SHUTDOWN, EXIT)
    assert status == 0
    assert [answer["error"]["code"] for answer in answers if "error" in answer] == [code]
    assert answers[-1] == {"jsonrpc": "2.0", "id": 2, "result": None}


@pytest.mark.parametrize(
    "message",
    [
        pytest.param({"id": {"a": 1}, "result": None}, id="id-is-an-object"),
        pytest.param({"id": "never asked", "result": None}, id="never-asked"),
        pytest.param({"id": "never asked", "error": {"code": 1, "message": "no"}}, id="error"),
        pytest.param({"error": {"code": 1, "message": "no"}}, id="without-id"),
    ],
)
def test_replies_to_nothing_are_survived(message: dict[str, Any]) -> None:
    status, answers, log = talk(INITIALIZE, message, SHUTDOWN, EXIT)
    assert (status, [answer["id"] for answer in answers]) == (0, [1, 2])
    assert "Traceback" not in log


def hover(message_id: int, uri: str) -> dict[str, Any]:
    params = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}}
    return {"id": message_id, "method": "textDocument/hover", "params": params}


def test_every_request_out_of_its_time_is_answered() -> None:
    opened = {"uri": "file:///w/a.py", "languageId": "python", "version": 1, "text": ""}
    early = {"method": "textDocument/didOpen", "params": {"textDocument": opened}}
    before, after = hover(7, "file:///w/a.py"), hover(8, "file:///w/a.py")
    shutdown_again = {"id": 9, "method": "shutdown"}
    messages = (before, early, {"method": "initialized", "params": {}}, INITIALIZE, SHUTDOWN, after)
    status, answers, log = talk(*messages, shutdown_again, EXIT)
    by_id = {answer["id"]: answer for answer in answers}
    assert status == 0
    assert "Traceback" not in log
    assert by_id[7]["error"]["code"] == -32002
    assert "result" in by_id[1]
    assert by_id[2] == {"jsonrpc": "2.0", "id": 2, "result": None}
    assert [by_id[number]["error"]["code"] for number in (8, 9)] == [-32600, -32600]


@pytest.mark.parametrize("uri", ["file:///w/%00", "file://[x/a.py", "", "no uri at all", "untitled:a\u0000b"])
def test_odd_uris_are_places_like_others(uri: str) -> None:
    folders = [{"uri": uri, "name": "odd"}]
    begin = {**INITIALIZE, "params": {**INITIALIZE["params"], "workspaceFolders": folders, "rootUri": uri}}
    opened = {
        "method": "textDocument/didOpen",
        "params": {"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": "x = 1"}},
    }
    status, answers, log = talk(begin, opened, hover(5, uri), SHUTDOWN, EXIT)
    assert (status, [answer["id"] for answer in answers if "result" in answer]) == (0, [1, 5, 2])
    assert "Traceback" not in log


HUSH = "sk-aig-hushhush"


def test_no_key_is_written_to_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGATEWAY_API_KEY", "plain-hushhush")
    options = {"model": {"api_key": HUSH, "apikey": "odd-hushhush"}}
    capabilities = {"workspace": {"configuration": True}}
    params = {**INITIALIZE["params"], "initializationOptions": options, "capabilities": capabilities}
    initialized = {"method": "initialized", "params": {}}
    answer = {"id": "not ours", "result": [options]}
    bad = {**INITIALIZE, "params": {**params, "processId": "five"}}
    pushed = {"method": "workspace/didChangeConfiguration", "params": {"settings": {"kimi": options}}}
    for level in ("debug", "warning"):
        status, answers, log = talk(
            bad, {**INITIALIZE, "params": params}, initialized, answer, pushed, SHUTDOWN, EXIT,
            options=("--stdio", "--log-level", level),
        )  # fmt: skip
        assert status == 0
        assert "hushhush" not in log + json.dumps(answers)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        pytest.param(f"options {{'model': {{'api_key': '{HUSH}'}}}}", "'api_key': '***'", id="repr"),
        pytest.param("Object(api_key='any thing')", "Object(api_key='***')", id="lsprotocol"),
        pytest.param(r'{"text": "{\"api_key\": \"any\"}"}', r"\"api_key\": \"***", id="json-in-json"),
        pytest.param(f"authorization: Bearer {HUSH}", "Bearer ***", id="header"),
        pytest.param("the plain-hushhush one", "the *** one", id="environment"),
        pytest.param("a desk-top task-list", "a desk-top task-list", id="words"),
    ],
)
def test_a_library_that_logs_a_key_is_not_believed(
    line: str, shown: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AIGATEWAY_API_KEY", "plain-hushhush")
    code = (
        "import logging, sys; from kimi_lsp.cli.serve import _set_up_logging;"
        "_set_up_logging('debug', sys.argv[1]); logging.getLogger('some.library').error(sys.argv[2])"
    )
    log = tmp_path / "log"
    subprocess.run((sys.executable, "-c", code, str(log), line), timeout=20, check=True)
    assert shown in log.read_text()
    assert not any(secret in log.read_text() for secret in ("hushhush", "any"))


def test_changes_of_unknown_documents_and_lone_surrogates_are_survived() -> None:
    change = {
        "method": "textDocument/didChange",
        "params": {"textDocument": {"uri": "file:///x", "version": 2}},
    }
    opened = {
        "method": "textDocument/didOpen",
        "params": {
            "textDocument": {
                "uri": "file:///w/a.py",
                "languageId": "python",
                "version": 1,
                "text": "\ud800 = 1",
            }
        },
    }
    place = {"line": 0, "character": 0}
    menu = {
        "id": 5,
        "method": "textDocument/codeAction",
        "params": {
            "textDocument": {"uri": "file:///w/a.py"},
            "range": {"start": place, "end": place},
            "context": {"diagnostics": []},
        },
    }
    status, answers, _ = talk(INITIALIZE, change, opened, menu, SHUTDOWN, EXIT)
    assert status == 0
    assert [answer["id"] for answer in answers if "error" not in answer and "id" in answer] == [1, 5, 2]


def test_nothing_heavy_is_imported_before_initialize_is_answered() -> None:
    code = """
import asyncio, json, sys
async def main():
    from kimi_lsp.server.app import build
    answers = []
    protocol = build().protocol
    protocol.connect(answers.append, headers=False)
    protocol.receive(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {"processId": None, "rootUri": None, "capabilities": {}}}).encode())
    assert answers and b"capabilities" in answers[0]
    heavy = "openai httpx2 tree_sitter pydantic rich starlette kimi_lsp.actions.engine kimi_lsp.edits.staging"
    print([name for name in heavy.split() if name in sys.modules])
asyncio.run(main())
"""
    done = subprocess.run(
        (sys.executable, "-c", code), capture_output=True, text=True, timeout=20, check=True
    )
    assert done.stdout.strip() == "[]"


@asynccontextmanager
async def listening(*options: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str, int]]:
    """A server on a port of its own, its host and its port."""
    process = await asyncio.create_subprocess_exec(*SERVER, *options, stderr=asyncio.subprocess.PIPE)
    try:
        assert process.stderr is not None
        host, _, port = (await process.stderr.readline()).decode().split()[-1].rpartition(":")
        yield process, host, int(port)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_tcp() -> None:
    async with listening("--tcp", "127.0.0.1:0") as (process, host, port):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(framed(INITIALIZE))
        assert b"kimi-lsp" in await reader.readuntil(b"serverInfo") + await reader.read(200)
        writer.write(framed(SHUTDOWN) + framed(EXIT))
        assert await asyncio.wait_for(process.wait(), 5) == 0
        writer.close()


async def test_tcp_serves_the_first_of_many_clients() -> None:
    async with listening("--tcp", "127.0.0.1:0") as (process, host, port):
        connections = await asyncio.gather(
            *(asyncio.open_connection(host, port) for _ in range(5)), return_exceptions=True
        )
        served = 0
        for connection in connections:
            if isinstance(connection, OSError):
                continue
            assert not isinstance(connection, BaseException)
            reader, writer = connection
            with suppress(OSError):
                writer.write(framed(INITIALIZE))
                served += b"Content-Length" in await asyncio.wait_for(reader.read(20), 5)
            writer.close()
        assert served == 1
        assert await asyncio.wait_for(process.wait(), 5) == 1


async def test_tcp_ends_when_the_connection_breaks() -> None:
    async with listening("--tcp", "127.0.0.1:0") as (process, host, port):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(framed(INITIALIZE))
        await reader.readuntil(b"serverInfo")
        client = writer.get_extra_info("socket")
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # closes with a reset
        writer.transport.abort()
        assert await asyncio.wait_for(process.wait(), 5) == 1
        assert process.stderr is not None
        assert b"Traceback" not in await process.stderr.read()


async def test_a_web_page_does_not_get_in_by_http() -> None:
    body = json.dumps({"jsonrpc": "2.0", **INITIALIZE}).encode()
    async with listening("--tcp", "127.0.0.1:0") as (process, host, port):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"POST /a:b HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
        assert await asyncio.wait_for(process.wait(), 5) == 1


async def test_websocket() -> None:
    async with (
        listening("--ws", "127.0.0.1:0") as (process, host, port),
        connect(f"ws://{host}:{port}") as client,
    ):
        await client.send(json.dumps({"jsonrpc": "2.0", **INITIALIZE}))
        assert json.loads(await client.recv())["result"]["serverInfo"]["name"] == "kimi-lsp"
        await client.send(json.dumps({"jsonrpc": "2.0", **SHUTDOWN}))
        assert json.loads(await client.recv())["id"] == 2
        await client.send(json.dumps({"jsonrpc": "2.0", **EXIT}))
        assert await asyncio.wait_for(process.wait(), 5) == 0


async def test_websocket_serves_the_first_client_and_no_web_page() -> None:
    async with listening("--ws", "127.0.0.1:0") as (_, host, port):
        address = f"ws://{host}:{port}"
        for origin in ("https://evil.example", "null", f"http://{host}:{port}"):
            with pytest.raises(InvalidStatus, match="403"):
                await connect(address, origin=Origin(origin))
        async with connect(address) as first, connect(address) as second:
            with pytest.raises(ConnectionClosed) as closed:
                await second.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1013
            await first.send(json.dumps({"jsonrpc": "2.0", **INITIALIZE}))
            assert json.loads(await first.recv())["id"] == 1


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        pytest.param(("--version",), 0, f"kimi-lsp {__version__}", id="version"),
        pytest.param(("--tcp", "nonsense"), 2, "'nonsense' is no HOST:PORT", id="address"),
        pytest.param(("--tcp", "127.0.0.1:99999"), 2, "is no HOST:PORT", id="port"),
        pytest.param(("--stdio", "--log-file", "/no/such/folder/log"), 2, "cannot log to", id="log-file"),
        pytest.param(("--stdio", "--tcp", "127.0.0.1:0"), 2, "not allowed with", id="two-ways"),
    ],
)
def test_options(options: tuple[str, ...], status: int, said: str) -> None:
    done = subprocess.run((*SERVER, *options), input=b"", capture_output=True, timeout=20, check=False)
    assert done.returncode == status
    assert said in (done.stdout + done.stderr).decode()


@pytest.mark.parametrize(
    ("trace", "traced"),
    [("off", False), ("messages", True), ("verbose", True), ("compact", False), (5, False), (None, False)],
)
def test_the_trace_of_the_handshake_holds(trace: object, traced: bool) -> None:
    """``compact`` is what vscode-languageclient says where LSP has no word for it."""
    options = {"model": {"base_url": "http://127.0.0.1:9/v1"}, "no": {"such": "setting"}}
    params = {**INITIALIZE["params"], "trace": trace, "initializationOptions": options}
    initialized = {"method": "initialized", "params": {}}
    status, answers, _ = talk({**INITIALIZE, "params": params}, initialized, SHUTDOWN, EXIT)
    assert status == 0
    assert "capabilities" in answers[0]["result"]
    assert any(one.get("method") == "$/logTrace" for one in answers) == traced
