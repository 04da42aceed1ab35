"""Changeset -> one ``workspace/applyEdit``, known to fit the text that the client has now, and verified.

What does not fit, what the client declines, and what it cannot take is kept as a two-step result (clients.md).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from kimi_lsp.server.documents import Documents, Expectation, OpenDocument, uri_of
from kimi_lsp.server.ranges import range_of
from kimi_lsp.text.line_index import Encoding
from kimi_lsp.text.lines import Lines
from kimi_lsp.text.replacement import Replacement, apply
from kimi_lsp.workspace.errors import WorkspaceError
from kimi_lsp.workspace.files import Files

if TYPE_CHECKING:
    from kimi_lsp.edits.changeset import Changeset, FileChange
    from kimi_lsp.server.app import KimiServer
    from kimi_lsp.text.rebase import Conflict

logger = logging.getLogger(__name__)
REPLY_TIMEOUT_S = 300.0
"""A preview is modal and a human reads it; but never for ever."""
VERIFY_TIMEOUT_S = 3.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """A changeset carried over what was typed meanwhile.

    ``edit`` holds all that fits; ``conflicts`` names what does not, with the path it is in. ``texts`` is what
    each open document will be once the edit is applied.
    """

    edit: types.WorkspaceEdit
    texts: tuple[tuple[OpenDocument, str], ...]
    unopened: tuple[str, ...]
    conflicts: tuple[tuple[str, Conflict], ...]

    @property
    def empty(self) -> bool:
        """Whether nothing is left to apply."""
        return not self.edit.document_changes and not self.edit.changes


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of an edit: ``applied`` by the client, and ``why`` not, or what is doubtful about it."""

    applied: bool
    why: str = ""


def can_apply(server: KimiServer) -> bool:
    """Whether the client takes ``workspace/applyEdit``."""
    workspace = server.client_capabilities.workspace
    return bool(workspace and workspace.apply_edit)


def fit(server: KimiServer, changeset: Changeset, files: Files, documents: Documents) -> Fitted:
    """Carry ``changeset`` over what the user has typed since, and write it as a ``WorkspaceEdit``.

    Raises:
        WorkspaceError: a file that it changes can no longer be read.
    """
    fitting = _Fitting(files, documents)
    for change in changeset.files:
        fitting.add(change)
    edit = types.WorkspaceEdit(document_changes=[*fitting.texts, *fitting.operations])
    return Fitted(
        _as_client_takes_it(server, edit),
        tuple(fitting.expected),
        tuple(fitting.unopened),
        tuple(fitting.conflicts),
    )


_DocumentChange = types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile


class _Fitting:
    """Collects a ``WorkspaceEdit``: text edits first, for a rename before an edit would be reordered (clients.md)."""

    def __init__(self, files: Files, documents: Documents) -> None:
        self.texts: list[types.TextDocumentEdit] = []
        self.operations: list[_DocumentChange] = []
        self.expected: list[tuple[OpenDocument, str]] = []
        self.unopened: list[str] = []
        self.conflicts: list[tuple[str, Conflict]] = []
        self._files = files
        self._documents = documents

    def add(self, change: FileChange) -> None:
        if change.kind in ("edit", "rename"):
            self._add_text(change)
        else:
            self.unopened.append(change.path)
        self.operations += _resource_operations(change, self._files)

    def _add_text(self, change: FileChange) -> None:
        from kimi_lsp.text.rebase import rebase_texts

        location = self._files.locate(change.path)
        document = self._documents.by_location(location)
        if document is not None and document.lost:
            raise WorkspaceError(change.path, f"it is not known what the editor has of {change.path} now")
        now = document.snapshot.text if document is not None else self._files.snapshot(change.path).text
        rebased = rebase_texts(change.before_text, now, change.replacements())
        self.conflicts += ((change.path, conflict) for conflict in rebased.conflicts)
        if not rebased.replacements:
            return
        if document is not None:
            self.expected.append((document, apply(now, rebased.replacements)))
            uri, version = document.uri, document.snapshot.version
        else:
            self.unopened.append(change.path)
            uri, version = uri_of(location), None
        self.texts.append(_text_edit(uri, version, now, rebased.replacements, self._documents.encoding))


async def deliver(server: KimiServer, fitted: Fitted, label: str) -> Delivery:
    """Send the edit, wait for the reply, and compare what the client then has with what it should have."""
    expectations = [_expect(document, text) for document, text in fitted.texts]
    try:
        delivery = await _apply(server, fitted.edit, label)
        if delivery.applied and not await _met(expectations):
            return Delivery(
                True, "the editor says that it applied the edit, but its text differs: please look"
            )
        return delivery
    finally:
        for document, _ in fitted.texts:
            document.expected = None


async def _apply(server: KimiServer, edit: types.WorkspaceEdit, label: str) -> Delivery:
    request = server.protocol.send_request_async(
        types.WORKSPACE_APPLY_EDIT, types.ApplyWorkspaceEditParams(edit=edit, label=label)
    )
    try:
        result = await asyncio.wait_for(request, REPLY_TIMEOUT_S)
    except JsonRpcException as error:
        return Delivery(False, f"the editor refused the edit: {error.message or 'no reason given'}")
    except asyncio.TimeoutError:
        return Delivery(False, "the editor did not answer the edit")
    if result is None:
        return Delivery(True, "")
    return Delivery(
        bool(result.applied), result.failure_reason or ("" if result.applied else "it gave no reason")
    )


def _expect(document: OpenDocument, text: str) -> Expectation:
    document.expected = Expectation(text)
    return document.expected


async def _met(expectations: Sequence[Expectation]) -> bool:
    waiting = [asyncio.ensure_future(expectation.met.wait()) for expectation in expectations]
    if not waiting:
        return True
    _, pending = await asyncio.wait(waiting, timeout=VERIFY_TIMEOUT_S)
    for task in pending:
        task.cancel()
    return not pending


def _text_edit(
    uri: str, version: int | None, text: str, replacements: Sequence[Replacement], encoding: Encoding
) -> types.TextDocumentEdit:
    lines = Lines.of(text)
    return types.TextDocumentEdit(
        text_document=types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version),
        edits=[
            types.TextEdit(range=range_of(lines, r.span.start, r.span.end, encoding), new_text=r.text)
            for r in replacements
        ],
    )


def _resource_operations(change: FileChange, files: Files) -> Iterator[_DocumentChange]:
    uri = uri_of(files.locate(change.path))
    if change.kind == "create":
        yield types.CreateFile(uri=uri, options=types.CreateFileOptions(ignore_if_exists=True))
        everything = types.Range(start=types.Position(0, 0), end=types.Position(1, 0))
        yield types.TextDocumentEdit(
            text_document=types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=None),
            edits=[types.TextEdit(range=everything, new_text=change.after or "")],
        )
    elif change.kind == "delete":
        yield types.DeleteFile(uri=uri)
    elif change.new_path is not None:
        yield types.RenameFile(old_uri=uri, new_uri=uri_of(files.locate(change.new_path)))


def _as_client_takes_it(server: KimiServer, edit: types.WorkspaceEdit) -> types.WorkspaceEdit:
    """``changes`` instead of ``documentChanges`` where a client without them gets plain text edits only."""
    workspace = server.client_capabilities.workspace
    declared = workspace.workspace_edit if workspace else None
    name = server.protocol.client_name
    if (declared and declared.document_changes) or name.startswith("Neovim") or not edit.document_changes:
        return edit
    if not all(isinstance(change, types.TextDocumentEdit) for change in edit.document_changes):
        return edit
    changes = {
        change.text_document.uri: [e for e in change.edits if isinstance(e, types.TextEdit)]
        for change in edit.document_changes
        if isinstance(change, types.TextDocumentEdit)
    }
    return types.WorkspaceEdit(changes=changes)
