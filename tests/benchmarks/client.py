"""The smallest LSP client that can measure a server: blocking, over pipes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import IO, Any

OURS = (sys.executable, "-m", "kimi_lsp", "--stdio")
BARE = (sys.executable, "-m", "tests.benchmarks.bare_pygls")


def framed(message: dict[str, Any]) -> bytes:
    """One message of the base protocol."""
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class Client:
    """Starts a server and talks to it; answers its requests with null."""

    def __init__(self, command: Sequence[str]) -> None:
        # An installed package has byte code; an environment that forbids writing it would measure the compiler.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._in: IO[bytes] = self.process.stdin
        self._out: IO[bytes] = self.process.stdout

    def send(self, data: bytes) -> None:
        """Bytes as they are."""
        self._in.write(data)
        self._in.flush()

    def request(self, number: int, method: str, params: object) -> Any:
        """Ask and wait for the answer to this very question."""
        self.send(framed({"id": number, "method": method, "params": params}))
        return self.answer(number)

    def answer(self, number: int) -> Any:
        """The result of request ``number``."""
        while True:
            message = self._read()
            if message.get("id") == number and "method" not in message:
                if "error" in message:
                    raise RuntimeError(message["error"])
                return message.get("result")
            if "method" in message and "id" in message:
                self.send(framed({"id": message["id"], "result": None}))

    def initialize(self) -> Any:
        """The handshake of a client that knows utf-16 only."""
        capabilities: dict[str, object] = {
            "textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}}
        }
        result = self.request(
            1, "initialize", {"processId": None, "rootUri": None, "capabilities": capabilities}
        )
        self.send(framed({"method": "initialized", "params": {}}))
        return result

    def close(self) -> None:
        """Leave as the protocol wants it."""
        self.request(999_999, "shutdown", None)
        self.send(framed({"method": "exit"}))
        self._in.close()
        self.process.wait(10)
        self._out.close()

    def _read(self) -> dict[str, Any]:
        length = 0
        while (line := self._out.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            raise EOFError("the server ended")
        message: dict[str, Any] = json.loads(self._out.read(length))
        return message
