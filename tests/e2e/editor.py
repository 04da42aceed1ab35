"""An editor for tests: pytest-lsp's client, and documents that change as an editor's do.

Its positions and edits are computed here, plainly, so that they are an oracle for the server's.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient
from pytest_lsp.client import register_lsp_features

from kimi_lsp.simulator.answer import Brain
from kimi_lsp.simulator.app import Exchange
from kimi_lsp.simulator.running import running
from kimi_lsp.simulator.scripted import Scenario, Scripted

KEY = "sk-aig-simulator"
NAME = "kimi-lsp tests"
UNITS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
END_TIMEOUT_S = 30.0


@dataclass
class Document:
    """One buffer, with every earlier state: the last of ``history`` is what one undo gives back."""

    path: Path
    text: str
    version: int = 1
    history: list[str] = field(default_factory=list)

    @property
    def uri(self) -> str:
        return self.path.as_uri()


class Editor:
    """Talks to a real server over a real pipe and behaves like an editor."""

    def __init__(self, root: Path, encoding: str) -> None:
        self.root = root
        self.encoding = encoding
        self.documents: dict[str, Document] = {}
        self.applied: list[types.ApplyWorkspaceEditParams] = []
        self.never_answers = False
        self.released = asyncio.Event()
        self.apply_answer: types.ApplyWorkspaceEditResult | None = None
        self.published: list[types.PublishDiagnosticsParams] = []
        self.client = _client()
        self._shut_down = False

        @self.client.feature(types.WORKSPACE_APPLY_EDIT)
        async def apply_edit(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
            result = self._apply(params)
            if self.never_answers:
                await self.released.wait()
            return result

        def published(params: types.PublishDiagnosticsParams) -> None:
            self.published.append(params)
            self.client.diagnostics[params.uri] = params.diagnostics

        # pytest-lsp's own handler does not keep the version.
        self.client.protocol.fm.features[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS] = published

    async def start(
        self,
        environment: Mapping[str, str],
        capabilities: types.ClientCapabilities,
        options: object,
        name: str = NAME,
        arguments: Sequence[str] = (),
    ) -> types.InitializeResult:
        """Start a server and shake hands; a client without a ``name`` says nothing of itself."""
        command = (sys.executable, "-m", "kimi_lsp", "--stdio", *arguments)
        await self.client.start_io(*command, env=dict(environment))
        result = await self.client.initialize_session(
            types.InitializeParams(
                capabilities=capabilities,
                client_info=types.ClientInfo(name=name) if name else None,
                workspace_folders=[types.WorkspaceFolder(uri=self.root.as_uri(), name=self.root.name)],
                initialization_options=options,
            )
        )
        assert result.capabilities.position_encoding == self.encoding
        return result

    async def shut_down(self) -> None:
        """Ask the server to shut down, once."""
        if not self._shut_down and self.client.error is None and self.client.capabilities is not None:
            self._shut_down = True
            await self.client.shutdown_async(None)

    async def exit(self) -> None:
        """Let the server that was shut down end, and wait for it."""
        if self._shut_down:
            self.client.exit(None)
            assert self.client._server is not None
            await self.client._server.wait()

    def open(self, name: str, text: str, language: str = "python") -> Document:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        document = self.documents[path.as_uri()] = Document(path, text)
        item = types.TextDocumentItem(uri=document.uri, language_id=language, version=1, text=text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
        return document

    def type(self, document: Document, start: int, end: int, text: str) -> None:
        """Replace the code points from ``start`` to ``end`` as a user does."""
        change = types.TextDocumentContentChangePartial(range=self.range(document, start, end), text=text)
        document.history.append(document.text)
        document.text = document.text[:start] + text + document.text[end:]
        self._changed(document, [change])

    async def menu(
        self,
        document: Document,
        at: str,
        diagnostics: Sequence[types.Diagnostic] = (),
        only: Sequence[str] = (),
    ) -> list[types.CodeAction]:
        """The code actions where ``at`` stands in the text (its whole extent where it holds ``|``-marks: ``|x|``)."""
        start = document.text.index(at.strip("|"))
        end = start + len(at.strip("|")) if at.startswith("|") else start
        answer = await self.client.text_document_code_action_async(
            types.CodeActionParams(
                text_document=types.TextDocumentIdentifier(uri=document.uri),
                range=self.range(document, start, end),
                context=types.CodeActionContext(diagnostics=list(diagnostics), only=list(only) or None),
            )
        )
        return [entry for entry in answer or [] if isinstance(entry, types.CodeAction)]

    async def entry(
        self, document: Document, at: str, title: str, diagnostics: Sequence[types.Diagnostic] = ()
    ) -> types.CodeAction:
        """The code action whose title begins so."""
        menu = await self.menu(document, at, diagnostics)
        return next(entry for entry in menu if entry.title.startswith(title))

    async def status(self) -> dict[str, Any]:
        """What ``kimi/status`` answers."""
        found = _plain(await self.client.protocol.send_request_async("kimi/status", None))
        assert isinstance(found, dict)
        return found

    async def start_job(self, action: types.CodeAction) -> None:
        """Run an action's command; the server answers at once."""
        assert action.command is not None
        begin = asyncio.get_running_loop().time()
        await self.client.workspace_execute_command_async(
            types.ExecuteCommandParams(command=action.command.command, arguments=action.command.arguments)
        )
        assert asyncio.get_running_loop().time() - begin < 2

    async def run(self, action: types.CodeAction) -> list[str]:
        """Run an action to its end; what its progress said."""
        before = len(self.client.progress_reports)
        await self.start_job(action)
        await self.until(lambda: len(self.client.progress_reports) > before and self.ended())
        return self.said()

    def reports(self) -> list[Any]:
        """What the last job's progress carried."""
        tokens = list(self.client.progress_reports)
        return list(self.client.progress_reports[tokens[-1]]) if tokens else []

    def ended(self) -> bool:
        """Whether the last job has ended."""
        return any(isinstance(report, types.WorkDoneProgressEnd) for report in self.reports())

    def said(self) -> list[str]:
        """The words of the last job's progress."""
        return [str(getattr(r, "title", None) or r.message or "") for r in self.reports()]

    def messages(self) -> list[str]:
        return [message.message for message in self.client.messages]

    @property
    def server_pid(self) -> int:
        """The process id of the server."""
        assert self.client._server is not None
        return int(self.client._server.pid)

    async def until(self, condition: Any, timeout: float = END_TIMEOUT_S) -> None:
        """Wait until ``condition()`` holds."""
        deadline = asyncio.get_running_loop().time() + timeout
        while not condition():
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError(f"said {self.said()}, messages {self.messages()}")
            await asyncio.sleep(0.01)

    def range(self, document: Document, start: int, end: int) -> types.Range:
        return types.Range(start=self._position(document.text, start), end=self._position(document.text, end))

    def diagnostic(
        self, document: Document, at: str, message: str, code: str, source: str = "ruff"
    ) -> types.Diagnostic:
        start = document.text.index(at)
        return types.Diagnostic(
            range=self.range(document, start, start + len(at)),
            message=message,
            code=code,
            source=source,
            severity=types.DiagnosticSeverity.Warning,
        )

    async def hover(self, document: Document, at: str) -> str | None:
        """What hovering shows, and it is answered at once."""
        answer = await self.client.text_document_hover_async(
            types.HoverParams(
                text_document=types.TextDocumentIdentifier(uri=document.uri),
                position=self._position(document.text, document.text.index(at)),
            )
        )
        if answer is None:
            return None
        assert isinstance(answer.contents, types.MarkupContent)
        return answer.contents.value

    async def command(self, name: str, *arguments: object) -> Any:
        """Run a command by its name."""
        params = types.ExecuteCommandParams(command=name, arguments=list(arguments))
        return await self.client.workspace_execute_command_async(params)

    def undo(self, document: Document) -> None:
        """Go back one step, as one change of the whole text."""
        document.text = document.history.pop()
        self._changed(document, [types.TextDocumentContentChangeWholeDocument(text=document.text)])

    def _apply(self, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        self.applied.append(params)
        if self.apply_answer is not None:
            return self.apply_answer
        for change in params.edit.document_changes or ():
            if not isinstance(change, types.TextDocumentEdit):
                continue
            document = self.documents.get(change.text_document.uri)
            if document is None:
                continue
            if change.text_document.version != document.version:
                return types.ApplyWorkspaceEditResult(applied=False, failure_reason="stale version")
            self._edit(document, change.edits)
        for uri, edits in (params.edit.changes or {}).items():
            if uri in self.documents:
                self._edit(self.documents[uri], edits)
        return types.ApplyWorkspaceEditResult(applied=True)

    def _edit(self, document: Document, edits: Sequence[Any]) -> None:
        places = [
            (self.offset(document.text, e.range.start), self.offset(document.text, e.range.end), e)
            for e in edits
        ]
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(places)), "hunks overlap"
        document.history.append(document.text)
        changes = []
        for start, end, edit in reversed(places):
            changes.append(types.TextDocumentContentChangePartial(range=edit.range, text=edit.new_text))
            document.text = document.text[:start] + edit.new_text + document.text[end:]
        self._changed(document, changes)

    def _changed(self, document: Document, changes: Sequence[Any]) -> None:
        document.version += 1
        identifier = types.VersionedTextDocumentIdentifier(uri=document.uri, version=document.version)
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(text_document=identifier, content_changes=list(changes))
        )

    def _position(self, text: str, offset: int) -> types.Position:
        lines = re.split(r"\r\n|\r|\n", text[:offset])
        codec, size = UNITS[self.encoding]
        return types.Position(line=len(lines) - 1, character=len(lines[-1].encode(codec)) // size)

    def offset(self, text: str, position: types.Position) -> int:
        lines = [*re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", text), ""]
        before = "".join(lines[: position.line])
        codec, size = UNITS[self.encoding]
        line = lines[position.line] if position.line < len(lines) else ""
        return len(before) + len(line.encode(codec)[: position.character * size].decode(codec))


def _plain(value: Any) -> Any:
    """pygls makes named tuples of objects whose shape it does not know."""
    if hasattr(value, "_asdict"):
        return {key: _plain(inner) for key, inner in value._asdict().items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def capabilities(
    encoding: str, *, apply_edit: bool = True, operations: Sequence[str] = ("create",)
) -> types.ClientCapabilities:
    """A client that can do what most can; that encoding first, or utf-16 only."""
    encodings = list(dict.fromkeys((encoding, "utf-16")))
    return types.ClientCapabilities(
        general=types.GeneralClientCapabilities(
            position_encodings=[types.PositionEncodingKind(name) for name in encodings]
        ),
        window=types.WindowClientCapabilities(
            work_done_progress=True, show_document=types.ShowDocumentClientCapabilities(support=True)
        ),
        workspace=types.WorkspaceClientCapabilities(
            apply_edit=apply_edit,
            configuration=True,
            workspace_edit=types.WorkspaceEditClientCapabilities(
                document_changes=True,
                resource_operations=[types.ResourceOperationKind(operation) for operation in operations],
            ),
        ),
        text_document=types.TextDocumentClientCapabilities(
            hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown]),
            code_action=types.CodeActionClientCapabilities(
                code_action_literal_support=types.ClientCodeActionLiteralOptions(
                    code_action_kind=types.ClientCodeActionKindOptions(
                        value_set=[types.CodeActionKind.QuickFix, types.CodeActionKind.Refactor]
                    )
                ),
                tag_support=types.CodeActionTagOptions(value_set=[types.CodeActionTag.LlmGenerated]),
            ),
        ),
    )


@asynccontextmanager
async def editing(
    folder: Path,
    brain: Brain | Sequence[Mapping[str, Any]],
    *,
    encoding: str = "utf-8",
    apply_edit: bool = True,
    operations: Sequence[str] = ("create",),
    key: str = KEY,
    accepted: str = KEY,
    options: Mapping[str, Any] | None = None,
    base_url: str | None = None,
    pace: float = 0,
    declared: types.ClientCapabilities | None = None,
    name: str = NAME,
    make: Callable[[Path, str], Editor] = Editor,
    arguments: Sequence[str] = (),
) -> AsyncIterator[tuple[Editor, list[Exchange]]]:
    """A running server, its editor, and the requests that the simulated gateway got.

    ``brain`` may be the turns of a scenario (``simulator/scripted.py``). ``declared`` stands in place of what
    ``capabilities`` gives, ``make`` in place of the editor itself; ``arguments`` go to the server's command line.
    ``key`` is the environment's, ``accepted`` the one that the gateway takes.
    """
    root = folder / "project"
    root.mkdir(exist_ok=True)
    exchanges: list[Exchange] = []
    playing = brain if not isinstance(brain, Sequence) else Scripted(Scenario.of({"turns": list(brain)}))
    async with running(playing, key=accepted, tokens_per_second=pace, observer=exchanges.append) as url:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AIG", "KIMI"))},
            "AIGATEWAY_API_KEY": key,
            "KIMI_LSP_BASE_URL": base_url or url,
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_STATE_HOME": str(folder / "state"),
        }
        editor = make(root, encoding)
        declared = declared or capabilities(encoding, apply_edit=apply_edit, operations=operations)
        await editor.start(environment, declared, options, name, arguments)
        try:
            yield editor, exchanges
        finally:
            editor.released.set()
            await editor.shut_down()
            await editor.exit()
            await editor.client.stop()


def _client() -> LanguageClient:
    def converter() -> Any:
        made = default_converter()

        def structure(raw: Mapping[str, Any], _: type) -> types.CodeActionResponse:
            entries = [
                made.structure(
                    entry, types.Command if isinstance(entry.get("command"), str) else types.CodeAction
                )
                for entry in raw.get("result") or ()
            ]
            return types.CodeActionResponse(id=raw["id"], result=entries)

        made.register_structure_hook(types.CodeActionResponse, structure)
        return made

    client = LanguageClient(converter_factory=converter)
    register_lsp_features(client)
    return client
