"""Every message that the server sends is of LSP, in sessions that use all that it offers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.e2e.editor import Document, Editor, capabilities, editing
from tests.e2e.tap import Tap

TEXT = "import os\n\n\nclass Lock:\n    def acquire(self):\n        unused = '😀'; x = 1\n        return 2\n"
FINDING = {"quote": "return 2", "line": 7, "severity": "warning", "message": "Two?", "suggestion": "Say why."}
CALLS: list[dict[str, Any]] = [
    {"name": "edit", "arguments": {"path": "a.py", "old_string": "return 2", "new_string": "return 3"}},
    {"name": "edit", "arguments": {"path": "b.py", "old_string": "x = 1", "new_string": "x = 2"}},
    {"name": "create_file", "arguments": {"path": "new.py", "content": "y = 1\n"}},
    {"name": "rename_file", "arguments": {"path": "c.py", "new_path": "d.py"}},
    {"name": "delete_file", "arguments": {"path": "e.py"}},
]
TYPED = {
    "name": "edit",
    "arguments": {
        "path": "a.py",
        "old_string": "def acquire(self):",
        "new_string": "def acquire(self) -> int:",
    },
}
LOUDER = {"name": "edit", "arguments": {"path": "a.py", "old_string": "; x = 1", "new_string": "; x = 22"}}
TURNS: list[dict[str, Any]] = [
    {"when": "Implement", "tool_calls": [LOUDER]},
    {"when": "Implement", "content": "Done.", "repeat": True},
    {"when": "Explain", "content": "It **waits**.", "repeat": True, "first_byte_delay_s": 0.2},
    {"when": "Review", "content": json.dumps({"findings": [FINDING]}), "repeat": True},
    {"when": "Simplify", "status": 402, "error": "no credit", "repeat": True},
    {"when": "Document", "content": "No need.", "repeat": True, "chunk_delay_s": 2.0},
    {"when": "Refactor", "tool_calls": CALLS},
    {"when": "Refactor", "content": "Done.", "repeat": True},
    {"when": "Add the missing types", "tool_calls": [TYPED]},
    {"when": "Add the missing types", "content": "Done.", "repeat": True},
]
SHOW = {
    "document_symbols": True,
    "folding": True,
    "code_lens": True,
    "syntax_diagnostics": True,
    "status_notifications": True,
}
OPTIONS: dict[str, Any] = {
    "show": SHOW,
    "hover": {"mode": "explicit"},
    "edits": {"confirm": "always"},
    "bogus": 1,
}


def plain() -> types.ClientCapabilities:
    """A client that has edits, and nothing else."""
    return types.ClientCapabilities(workspace=types.WorkspaceClientCapabilities(apply_edit=True))


def rich() -> types.ClientCapabilities:
    """A client that declares all that the server makes use of."""
    found = capabilities("utf-8", operations=("create", "rename", "delete"))
    assert found.workspace is not None
    assert found.workspace.workspace_edit is not None
    assert found.text_document is not None
    found.workspace.workspace_edit.change_annotation_support = types.ChangeAnnotationsSupportOptions()
    found.workspace.text_document_content = types.TextDocumentContentClientCapabilities()
    found.workspace.did_change_watched_files = types.DidChangeWatchedFilesClientCapabilities(
        dynamic_registration=True
    )
    found.text_document.diagnostic = types.DiagnosticClientCapabilities()
    found.text_document.document_symbol = types.DocumentSymbolClientCapabilities(
        hierarchical_document_symbol_support=True
    )
    return found


class Tapped(Editor):
    """An editor with a tap on its wire."""

    def __init__(self, root: Path, encoding: str) -> None:
        super().__init__(root, encoding)
        self.tap = Tap(self)
        features = self.client.protocol.fm.features
        features[types.CLIENT_REGISTER_CAPABILITY] = lambda params: None
        features[types.WINDOW_SHOW_MESSAGE_REQUEST] = lambda params: None


async def ended(editor: Editor) -> None:
    while (await editor.status())["jobs"]:
        pass


async def start(editor: Editor, document: Document, action: str) -> None:
    """Start a job on the method by its command: what a client that knows no literals has in its menu."""
    at = document.text.index("unused")
    where = editor.range(document, at, at).start
    place = {"line": where.line, "character": where.character}
    await editor.command(f"kimi.{action}", {"uri": document.uri, "range": {"start": place, "end": place}})


async def run(editor: Editor, document: Document, action: str) -> None:
    await start(editor, document, action)
    await ended(editor)


async def everything(editor: Editor) -> None:
    """Use all that there is."""
    editor.client.set_trace(types.SetTraceParams(value=types.TraceValue.Verbose))
    for name in ("b.py", "c.py", "e.py"):
        (editor.root / name).write_text("x = 1\n")
    document = editor.open("a.py", TEXT)
    broken = editor.open("broken.py", "def f(:\n    pass\n")
    found = editor.diagnostic(document, "unused", "assigned but never used", "F841")
    found.related_information = [
        types.DiagnosticRelatedInformation(types.Location(document.uri, found.range), "here")
    ]
    await editor.menu(document, "unused", [found])
    await editor.menu(broken, "pass", only=["quickfix"])
    await editor.hover(document, "unused")
    await run(editor, document, "explain")
    assert "waits" in str(await editor.hover(document, "unused"))
    for action in ("review", "simplify", "refactor", "addTypes"):
        await run(editor, document, action)
    await asked_and_cancelled(editor, document)
    await kept(editor, document)
    await features(editor, document, broken)
    await errors(editor, document)


async def asked_and_cancelled(editor: Editor, document: Document) -> None:
    """A second editing job asks; both are cancelled, one by its progress."""
    await start(editor, document, "document")
    await start(editor, document, "document")
    await editor.menu(document, "unused")
    for token in list(editor.client.progress_reports):
        editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token=token))
    await editor.command("kimi.cancel")
    await ended(editor)


async def kept(editor: Editor, document: Document) -> None:
    """A declined edit waits in the menu, as a diff, and is discarded."""
    editor.apply_answer = types.ApplyWorkspaceEditResult(applied=False, failure_reason="no")
    await run(editor, document, "implement")
    await editor.menu(document, "unused")
    for command in ("showDiff", "discard", "clearReview", "usage", "status", "cancel", "resultApplied"):
        await editor.command(f"kimi.{command}", {"uri": document.uri})
    editor.apply_answer = None


async def features(editor: Editor, document: Document, broken: Document) -> None:
    """Symbols, folds, lenses, diagnostics, pages."""
    client, identifier = editor.client, types.TextDocumentIdentifier(uri=document.uri)
    await client.text_document_document_symbol_async(types.DocumentSymbolParams(text_document=identifier))
    await client.text_document_folding_range_async(types.FoldingRangeParams(text_document=identifier))
    await client.text_document_code_lens_async(types.CodeLensParams(text_document=identifier))
    if editor.tap.capabilities.get("diagnosticProvider"):  # type: ignore[attr-defined]  # a Tapped
        where = types.TextDocumentIdentifier(uri=broken.uri)
        await client.text_document_diagnostic_async(types.DocumentDiagnosticParams(text_document=where))
        page = types.TextDocumentContentParams(uri="kimi:///usage.md")
        await client.workspace_text_document_content_async(page)
    client.workspace_did_change_configuration(
        types.DidChangeConfigurationParams(settings={"kimi": {"worse": 1}})
    )
    client.text_document_did_close(types.DidCloseTextDocumentParams(text_document=identifier))


async def errors(editor: Editor, document: Document) -> None:
    """What cannot be answered is answered with an error."""
    for name, argument in (
        ("kimi.fix", 7),
        ("kimi.fix", {}),
        ("kimi.nothing", {}),
        ("kimi.custom", {"action": "x"}),
    ):
        with pytest.raises(JsonRpcException):
            await editor.command(name, argument)
    client: Any = editor.client
    with pytest.raises(JsonRpcException):
        await client.protocol.send_request_async("no/such/method", None)
    await editor.hover(document, "unused")


RICH = {
    "request workspace/applyEdit",
    "request window/showDocument",
    "request window/showMessageRequest",
    "request window/workDoneProgress/create",
    "request workspace/configuration",
    "request client/registerCapability",
    "response textDocument/diagnostic",
    "response workspace/textDocumentContent",
    "notification $/progress",
}
BOTH = {
    "request workspace/applyEdit",
    "notification window/showMessage",
    "notification textDocument/publishDiagnostics",
    "notification kimi/status",
    "response initialize",
    "response textDocument/codeAction",
    "response textDocument/hover",
    "response textDocument/documentSymbol",
    "response textDocument/foldingRange",
    "response textDocument/codeLens",
    "response workspace/executeCommand",
    "response no/such/method",
}


@pytest.mark.parametrize(
    ("declares", "encoding", "wanted"), [(rich, "utf-8", BOTH | RICH), (plain, "utf-16", BOTH)]
)
async def test_everything_on_the_wire_is_of_the_protocol(
    tmp_path: Path, declares: Callable[[], types.ClientCapabilities], encoding: str, wanted: set[str]
) -> None:
    options = {"encoding": encoding, "declared": declares(), "options": OPTIONS}
    async with editing(tmp_path, TURNS, make=Tapped, **options) as (editor, _):  # type: ignore[arg-type]  # by name
        assert isinstance(editor, Tapped)
        await everything(editor)
        assert wanted - set(editor.tap.seen) == set()
        assert editor.tap.unanswered == []
        assert editor.tap.open_progress == []
    assert editor.tap.wrong == []
    assert editor.tap.seen["response shutdown"] == 1


BAD_RANGE = {"start": {"line": 2, "character": 0}, "end": {"line": 1, "character": 0}}


@pytest.mark.parametrize(
    ("method", "params"),
    [
        pytest.param("window/showMessage", {"type": 3, "message": "x", "more": 1}, id="unknown-property"),
        pytest.param("window/showMessage", {"type": 3}, id="missing-property"),
        pytest.param("window/showMessage", {"type": 3, "message": 4}, id="number-for-a-string"),
        pytest.param("window/showMessage", {"type": 99, "message": "x"}, id="unknown-value"),
        pytest.param("kimi/other", {}, id="unknown-method"),
        pytest.param("$/progress", {"token": "t", "value": {"kind": "end"}}, id="end-without-begin"),
        pytest.param(
            "textDocument/publishDiagnostics",
            {"uri": "file:///a", "diagnostics": [{"range": BAD_RANGE, "message": "x"}]},
            id="range-backwards",
        ),
    ],
)
def test_the_tap_sees_what_is_wrong(tmp_path: Path, method: str, params: dict[str, Any]) -> None:
    tap = Tap(Editor(tmp_path, "utf-8"))
    tap.look({"jsonrpc": "2.0", "method": method, "params": params})
    assert len(tap.wrong) == 1


async def test_a_selection_with_many_problems_has_a_menu_that_fits_a_screen(tmp_path: Path) -> None:
    async with editing(tmp_path, []) as (editor, _):
        document = editor.open("many.py", "".join(f"name_{number} = 1\n" for number in range(200)))
        found = [
            editor.diagnostic(document, f"name_{number} ", f"unused {number}", "F841")
            for number in range(200)
        ]
        titles = [
            one.title for one in await editor.menu(document, f"|{document.text}|", found, only=["quickfix"])
        ]
        assert len(titles) == 21
        assert titles[-1] == "Kimi: Fix all in this file"
