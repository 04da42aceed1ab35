"""The ways in and out of the process: stdio, TCP, WebSocket, and how it ends."""

import asyncio
import json
import socket
import subprocess
import sys
from typing import Any

import pytest
from websockets.asyncio.client import connect

from kimi_lsp import __version__
from kimi_lsp.server.framing import Framer
from tests.benchmarks.client import framed

SERVER = (sys.executable, "-m", "kimi_lsp")
INITIALIZE = {
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
    ],
)
def test_bad_messages_are_answered_and_survived(message: dict[str, Any] | bytes, code: int) -> None:
    status, answers, _ = talk(INITIALIZE, message, SHUTDOWN, EXIT)
    assert status == 0
    assert [answer["error"]["code"] for answer in answers if "error" in answer] == [code]
    assert answers[-1] == {"jsonrpc": "2.0", "id": 2, "result": None}


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


async def test_tcp() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *SERVER, "--tcp", f"127.0.0.1:{port}", stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    assert f"127.0.0.1:{port}".encode() in await process.stderr.readline()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(framed(INITIALIZE))
    assert b"kimi-lsp" in await reader.readuntil(b"serverInfo") + await reader.read(200)
    writer.write(framed(SHUTDOWN) + framed(EXIT))
    assert await asyncio.wait_for(process.wait(), 5) == 0
    writer.close()


async def test_websocket() -> None:
    process = await asyncio.create_subprocess_exec(
        *SERVER, "--ws", "127.0.0.1:0", stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    address = (await process.stderr.readline()).decode().split()[-1]
    async with connect(f"ws://{address}") as client:
        await client.send(json.dumps({"jsonrpc": "2.0", **INITIALIZE}))
        assert json.loads(await client.recv())["result"]["serverInfo"]["name"] == "kimi-lsp"
        await client.send(json.dumps({"jsonrpc": "2.0", **SHUTDOWN}))
        assert json.loads(await client.recv())["id"] == 2
        await client.send(json.dumps({"jsonrpc": "2.0", **EXIT}))
        assert await asyncio.wait_for(process.wait(), 5) == 0


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
