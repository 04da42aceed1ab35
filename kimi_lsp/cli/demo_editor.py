"""The demo's editor: opens a file, asks for code actions, runs *Fix*, shows progress, applies the edit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner

from kimi_lsp.cli import ruff
from kimi_lsp.cli.lsp_client import Client
from kimi_lsp.text.line_index import LineIndex, Position
from kimi_lsp.text.replacement import Replacement, apply
from kimi_lsp.text.span import Span

CAPABILITIES = {
    "general": {"positionEncodings": ["utf-32", "utf-16"]},
    "window": {"workDoneProgress": True},
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
    "textDocument": {
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor"]}}}
    },
}
JOB_TIMEOUT_S = 600.0
ERROR = 1
"""LSP 3.18, MessageType."""


class DemoEditor:
    """One document, one fix. ``text`` is what the editor has at the end."""

    def __init__(self, console: Console, root: Path) -> None:
        self.text = ""
        self.edited = False
        self.last_message = ""
        self._console = console
        self._root = root
        self._uri = ""
        self._version = 1
        self._ended = asyncio.Event()
        self._live: Live | None = None
        self._client = Client(
            {
                "workspace/applyEdit": self._apply,
                "window/showMessage": self._message,
                "$/progress": self._progress,
            }
        )

    async def fix(self, finding: ruff.Finding, command: Sequence[str], environment: dict[str, str]) -> None:
        """Open the finding's file and have it fixed."""
        await self._client.start(command, environment)
        try:
            await self._open(finding.path)
            action = await self._fix_action(finding)
            self._console.print(f"   code action: [bold]{escape(action['title'])}[/]")
            with Live(console=self._console, transient=True, refresh_per_second=12) as self._live:
                await self._client.request("workspace/executeCommand", _command_of(action))
                await asyncio.wait_for(self._ended.wait(), JOB_TIMEOUT_S)
            await self._client.stop()
        finally:
            self._client.kill()

    async def _open(self, path: Path) -> None:
        self._uri, self.text = path.as_uri(), path.read_bytes().decode("utf-8")
        root = self._root.as_uri()
        await self._client.request(
            "initialize",
            {
                "processId": None,
                "clientInfo": {"name": "kimi-lsp demo"},
                "rootUri": root,
                "workspaceFolders": [{"uri": root, "name": self._root.name}],
                "capabilities": CAPABILITIES,
            },
        )
        self._client.notify("initialized", {})
        document = {"uri": self._uri, "languageId": "python", "version": self._version, "text": self.text}
        self._client.notify("textDocument/didOpen", {"textDocument": document})

    async def _fix_action(self, finding: ruff.Finding) -> dict[str, Any]:
        span = {
            "start": {"line": finding.line - 1, "character": finding.column - 1},
            "end": {"line": finding.end_line - 1, "character": finding.end_column - 1},
        }
        diagnostic = {
            "range": span,
            "severity": 2,
            "source": "ruff",
            "code": finding.code,
            "message": finding.message,
        }
        context = {"diagnostics": [diagnostic], "only": ["quickfix"], "triggerKind": 1}
        actions: list[dict[str, Any]] = await self._client.request(
            "textDocument/codeAction",
            {"textDocument": {"uri": self._uri}, "range": span, "context": context},
        )
        return next(action for action in actions if action["title"].startswith("Kimi: Fix"))

    async def _apply(self, params: Any) -> dict[str, Any]:
        """``workspace/applyEdit``, as an editor does it: only for the version that it has."""
        for change in params["edit"].get("documentChanges", []):
            identifier = change["textDocument"]
            if identifier["uri"] != self._uri or identifier["version"] != self._version:
                return {"applied": False, "failureReason": "not the document that is open"}
            self.text = apply(self.text, [self._replacement(edit) for edit in change["edits"]])
            self._version += 1
            self.edited = True
            self._client.notify(
                "textDocument/didChange",
                {
                    "textDocument": {"uri": self._uri, "version": self._version},
                    "contentChanges": [{"text": self.text}],
                },
            )
        return {"applied": True}

    def _replacement(self, edit: dict[str, Any]) -> Replacement:
        index = LineIndex(self.text)
        start, end = (
            index.offset(Position(edit["range"][side]["line"], edit["range"][side]["character"]), "utf-32")
            for side in ("start", "end")
        )
        return Replacement(Span(start, end), edit["newText"])

    async def _message(self, params: Any) -> None:
        self.last_message = params["message"]
        if params["type"] == ERROR:
            self._ended.set()

    async def _progress(self, params: Any) -> None:
        value = params["value"]
        said = value.get("message") or value.get("title") or ""
        if value["kind"] == "end":
            self._console.print(f"   [green]done:[/] {escape(said)}")
            self._ended.set()
        elif self._live is not None:
            self._live.update(Spinner("dots", f" {escape(said)}"))
            if not self._console.is_terminal or self._console.record:
                self._console.print(f"   [dim]{escape(said)}[/]")


def _command_of(action: dict[str, Any]) -> dict[str, Any]:
    command = action["command"]
    return {"command": command["command"], "arguments": command["arguments"]}
