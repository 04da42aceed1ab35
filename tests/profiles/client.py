"""An editor with the habits of a profile. What no server may send to it is collected in ``wrong``."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError, JsonRpcMethodNotFound
from pygls.uris import to_fs_path

from tests.e2e.editor import Document, Editor
from tests.profiles.profile import Profile

LIGHTBULB_S = 0.25
LATE_S = 2.0
"""A menu that took longer waited for something, even on a loaded machine."""
_Change = types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile


class ProfiledEditor(Editor):
    """Behaves as ``profile`` says. ``before_applying`` is called once, when the next edit arrives. Where it
    halves edits, those from number ``whole_edits_from`` on, counted from 1, are applied as a whole.
    """

    def __init__(self, root: Path, encoding: str, profile: Profile) -> None:
        super().__init__(root, encoding)
        self.profile = profile
        self.wrong: list[str] = []
        self.before_applying: Any = None
        self.whole_edits_from = 1
        self._lightbulbs: set[asyncio.Task[None]] = set()
        self._capabilities = types.ClientCapabilities()
        features = self.client.protocol.fm.features
        features[types.WINDOW_SHOW_DOCUMENT] = self._show_document
        features[types.WINDOW_SHOW_MESSAGE_REQUEST] = self._show_message_request
        features[types.CLIENT_REGISTER_CAPABILITY] = self._register
        configured = features[types.WORKSPACE_CONFIGURATION]

        def configuration(params: types.ConfigurationParams) -> Any:
            workspace = self._capabilities.workspace
            if not (workspace and workspace.configuration):
                self.wrong.append("workspace/configuration is not declared")
            if not all(item.section for item in params.items):
                self.wrong.append("workspace/configuration without a section")
            return configured(params)

        features[types.WORKSPACE_CONFIGURATION] = configuration

        async def apply_edit(params: types.ApplyWorkspaceEditParams) -> Any:
            return await self._answer_edit(params)

        features[types.WORKSPACE_APPLY_EDIT] = apply_edit

    async def start(
        self,
        environment: Mapping[str, str],
        capabilities: types.ClientCapabilities,
        options: object,
        name: str = "",
        arguments: Sequence[str] = (),
    ) -> types.InitializeResult:
        self._capabilities = capabilities
        return await super().start(environment, capabilities, options, name, arguments)

    @property
    def knows_stale(self) -> bool:
        """Whether an edit for an older text does no harm: it has versions, and they are looked at."""
        workspace = self._capabilities.workspace
        declared = workspace.workspace_edit if workspace else None
        return bool(declared and declared.document_changes) and self.profile.stale in ("refuses", "fails")

    async def asked(
        self, document: Document, at: str, problems: Sequence[types.Diagnostic]
    ) -> list[types.CodeAction | types.Command]:
        """The menu at a place, with the diagnostics that this client sends."""
        start = document.text.index(at)
        where = self.range(document, start, start)
        published = self.client.diagnostics.get(document.uri, ())
        known = {"all": [*problems, *published], "own": [*published], "none": []}[self.profile.sends]
        here = [one for one in known if one.range.start.line <= where.start.line <= one.range.end.line]
        return await self._menu(document, where, here, None)

    def type(self, document: Document, start: int, end: int, text: str) -> None:
        super().type(document, start, end, text)
        if self.profile.lightbulb:
            task = asyncio.get_running_loop().create_task(self._lightbulb(document))
            self._lightbulbs.add(task)
            task.add_done_callback(self._lightbulbs.discard)

    async def idle(self) -> None:
        """Wait for the menus that nobody asked for."""
        await asyncio.gather(*self._lightbulbs)

    def apply(self, edit: types.WorkspaceEdit) -> types.ApplyWorkspaceEditResult:
        """Do what an edit says, as far as this client does."""
        changes = list(self._changes(edit))
        for number, change in enumerate(changes):
            if isinstance(change, types.TextDocumentEdit):
                if self._is_stale(change) and (number == 0 or self.profile.stale != "first only"):
                    if self.profile.stale == "fails":
                        raise JsonRpcInternalError("the version is not the current one")
                    if self.profile.stale == "refuses":
                        return types.ApplyWorkspaceEditResult(applied=False, failure_reason="stale version")
                if self._is_stale(change):
                    continue  # skipped in silence, or carried over: here the former
                self._edit_text(change)
                if self._halves():
                    break
            else:
                self._operate(change)
        return types.ApplyWorkspaceEditResult(applied=True)

    async def _answer_edit(
        self, params: types.ApplyWorkspaceEditParams
    ) -> types.ApplyWorkspaceEditResult | None:
        self.applied.append(params)
        if self.before_applying is not None:
            doing, self.before_applying = self.before_applying, None
            doing()
        self._check(params.edit)
        result = self.apply(params.edit)
        if self.profile.reply == "never":
            await self.released.wait()
        if self.profile.reply == "null":
            return None
        return types.ApplyWorkspaceEditResult(applied=True) if self.profile.reply == "says true" else result

    def _check(self, edit: types.WorkspaceEdit) -> None:
        """Note what an edit has that the client did not declare."""
        workspace = self._capabilities.workspace or types.WorkspaceClientCapabilities()
        declared = workspace.workspace_edit or types.WorkspaceEditClientCapabilities()
        taken = declared.document_changes or self.profile.takes_undeclared_document_changes
        if not workspace.apply_edit:
            self.wrong.append("workspace/applyEdit is not declared")
        if edit.document_changes is not None and not taken and not declared.resource_operations:
            self.wrong.append("documentChanges are not declared")
        if edit.change_annotations and not declared.change_annotation_support:
            self.wrong.append("annotations are not declared")
        used = {
            one.annotation_id
            for change in edit.document_changes or ()
            if isinstance(change, types.TextDocumentEdit)
            for one in change.edits
            if isinstance(one, types.AnnotatedTextEdit)
        }
        if not used <= set(edit.change_annotations or {}):
            self.wrong.append("an annotation is used and not defined")

    def _changes(self, edit: types.WorkspaceEdit) -> Iterator[_Change]:
        yield from edit.document_changes or ()
        for uri, edits in (edit.changes or {}).items():
            identifier = types.OptionalVersionedTextDocumentIdentifier(uri=uri)
            yield types.TextDocumentEdit(text_document=identifier, edits=list(edits))

    def _is_stale(self, change: types.TextDocumentEdit) -> bool:
        document, version = self.documents.get(change.text_document.uri), change.text_document.version
        return document is not None and version is not None and version != document.version

    def _edit_text(self, change: types.TextDocumentEdit) -> None:
        """Edit a buffer; a file that was not open becomes one, unsaved."""
        document = self.documents.get(change.text_document.uri)
        if document is None:
            path = _path(change.text_document.uri)
            text = path.read_bytes().decode() if path.exists() else ""
            document = self.open(str(path.relative_to(self.root)), text)
        self._edit(document, list(change.edits)[:1] if self._halves() else change.edits)

    def _halves(self) -> bool:
        """Whether only a part of the edit that is being applied is."""
        return self.profile.halves and len(self.applied) < self.whole_edits_from

    def _operate(self, change: types.CreateFile | types.RenameFile | types.DeleteFile) -> None:
        workspace = self._capabilities.workspace
        declared = workspace.workspace_edit if workspace else None
        if change.kind not in [one.value for one in (declared and declared.resource_operations) or ()]:
            self.wrong.append(f"the operation {change.kind} is not declared")
        if isinstance(change, types.CreateFile):
            path = _path(change.uri)
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(b"")
        elif isinstance(change, types.RenameFile):
            _path(change.old_uri).rename(_path(change.new_uri))
        else:
            _path(change.uri).unlink()

    async def _menu(
        self,
        document: Document,
        where: types.Range,
        diagnostics: Sequence[types.Diagnostic],
        trigger: types.CodeActionTriggerKind | None,
    ) -> list[types.CodeAction | types.Command]:
        begin = asyncio.get_running_loop().time()
        answer = await self.client.text_document_code_action_async(
            types.CodeActionParams(
                text_document=types.TextDocumentIdentifier(uri=document.uri),
                range=where,
                context=types.CodeActionContext(diagnostics=list(diagnostics), trigger_kind=trigger),
            )
        )
        if (taken := asyncio.get_running_loop().time() - begin) > LATE_S:
            self.wrong.append(f"a menu took {taken:.1f} s")
        return list(answer or ())

    async def _lightbulb(self, document: Document) -> None:
        await asyncio.sleep(LIGHTBULB_S)
        automatic = types.CodeActionTriggerKind.Automatic if self.profile.automatic else None
        try:
            await self._menu(document, self.range(document, 0, 0), (), automatic)
        except JsonRpcException as error:
            self.wrong.append(f"a menu that nobody asked for: {error.message}")

    def _register(self, params: types.RegistrationParams) -> None:
        """Clients take it for watched files at least."""
        for one in params.registrations:
            if one.method != types.WORKSPACE_DID_CHANGE_WATCHED_FILES:
                self.wrong.append(f"registers {one.method}")

    def _show_document(self, params: types.ShowDocumentParams) -> types.ShowDocumentResult:
        window = self._capabilities.window
        if not (window and window.show_document and window.show_document.support):
            self.wrong.append("window/showDocument is not declared")
            raise JsonRpcMethodNotFound(types.WINDOW_SHOW_DOCUMENT)
        self.client.shown_documents.append(params)
        return types.ShowDocumentResult(success=True)

    def _show_message_request(self, params: types.ShowMessageRequestParams) -> types.MessageActionItem | None:
        if not self.profile.asks:
            raise JsonRpcMethodNotFound(types.WINDOW_SHOW_MESSAGE_REQUEST)
        return params.actions[0] if params.actions else None


def _path(uri: str) -> Path:
    found = to_fs_path(uri)
    assert found is not None
    return Path(found)
