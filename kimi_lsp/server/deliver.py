"""Changeset -> one ``workspace/applyEdit``, known to fit the text that the client has now, and verified.

What does not fit, what the client declines, and what it cannot take is kept as a two-step result (clients.md).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from kimi_lsp.server.annotate import annotated, annotates
from kimi_lsp.server.documents import Documents, Expectation, OpenDocument, uri_of
from kimi_lsp.server.ranges import range_of
from kimi_lsp.text.line_index import Encoding
from kimi_lsp.text.lines import Lines
from kimi_lsp.text.replacement import Replacement, apply
from kimi_lsp.workspace.errors import WorkspaceError
from kimi_lsp.workspace.files import Files

if TYPE_CHECKING:
    from kimi_lsp.edits.changeset import Changeset, FileChange
    from kimi_lsp.server.annotate import Confirm
    from kimi_lsp.server.app import KimiServer
    from kimi_lsp.text.rebase import Conflict
    from kimi_lsp.text.snapshot import Snapshot

logger = logging.getLogger(__name__)
REPLY_TIMEOUT_S = 300.0
"""A preview is modal and a human reads it; but never for ever."""
VERIFY_TIMEOUT_S = 3.0
CONFIRMED_TRIES, CONFIRMED_WAIT_S = 10, 0.1
LATE_REPLY_S = 2.0
"""How long a reply is waited for once the client's text is as it should be."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A changeset carried over what was typed meanwhile.

    ``edit`` holds all that fits; ``conflicts`` names what does not, with the path it is in. ``texts`` is what
    each open document will be once the edit is applied, ``bases`` the snapshot that each was made for; ``unopened``
    are locations and texts of the files that are only edited, and were not open.
    """

    edit: types.WorkspaceEdit
    texts: tuple[tuple[OpenDocument, str], ...]
    unopened: tuple[tuple[Path, str], ...]
    conflicts: tuple[tuple[str, Conflict], ...]
    bases: tuple[Snapshot, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing is left to apply."""
        return not self.edit.document_changes and not self.edit.changes


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of an edit: ``applied`` by the client or not, and ``why`` not; ``doubt`` where it only says so."""

    applied: bool
    why: str = ""
    doubt: str = ""


def can_apply(server: KimiServer) -> bool:
    """Whether the client takes ``workspace/applyEdit``."""
    workspace = server.client_capabilities.workspace
    return bool(workspace and workspace.apply_edit)


OPERATIONS = {"create_file": "create", "rename_file": "rename", "delete_file": "delete"}
"""The resource operation that the changes of a tool need."""


def operations_of(server: KimiServer) -> frozenset[str]:
    """The resource operations that the client declares."""
    workspace = server.client_capabilities.workspace
    declared = workspace.workspace_edit.resource_operations if workspace and workspace.workspace_edit else ()
    return frozenset(str(getattr(operation, "value", operation)) for operation in declared or ())


def tools_for(server: KimiServer, tools: tuple[str, ...]) -> tuple[str, ...]:
    """Those of ``tools`` whose changes the client can make; a new file may wait for one that can."""
    able = {"create", *operations_of(server)}
    return tuple(tool for tool in tools if OPERATIONS.get(tool, "create") in able)


def what_the_client_lacks(server: KimiServer, changeset: Changeset) -> str:
    """Why the client cannot be given ``changeset`` at once; empty where it can."""
    if not can_apply(server):
        return "this editor takes no edits by itself"
    lacking = {change.kind for change in changeset.files} - {"edit"} - operations_of(server)
    return f"this editor cannot {min(lacking)} files for a language server" if lacking else ""


def fit(
    server: KimiServer,
    changeset: Changeset,
    files: Files,
    documents: Documents,
    first: str = "",
    confirm: Confirm = "never",
) -> Fitted:
    """Carry ``changeset`` over what the user has typed since, and write it as a ``WorkspaceEdit``.

    The document with the URI ``first`` comes first, then the other open ones: some clients check the version of
    the first alone (clients.md). ``confirm`` says which changes the client is to show before it makes them, if it
    can; ``other_files`` are those but ``first``.

    Raises:
        WorkspaceError: a file that it changes can no longer be read, or one that it creates is there already.
    """
    fitting = _Fitting(files, documents, operations_of(server))
    for change in changeset.files:
        fitting.add(change)
    texts = sorted(fitting.texts, key=lambda text: _rank(text, first))
    edit = types.WorkspaceEdit(document_changes=[*texts, *fitting.operations])
    if confirm != "never" and annotates(server):
        edit = annotated(edit, first if confirm == "other_files" else None)
    return Fitted(
        _as_client_takes_it(server, edit),
        tuple(fitting.expected),
        tuple(fitting.unopened),
        tuple(fitting.conflicts),
        tuple(document.snapshot for document, _ in fitting.expected),
    )


_DocumentChange = types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile


class _Fitting:
    """Collects a ``WorkspaceEdit``: text edits first, for a rename before an edit would be reordered (clients.md)."""

    def __init__(self, files: Files, documents: Documents, operations: frozenset[str]) -> None:
        self.texts: list[types.TextDocumentEdit] = []
        self.operations: list[_DocumentChange] = []
        self.expected: list[tuple[OpenDocument, str]] = []
        self.unopened: list[tuple[Path, str]] = []
        self.conflicts: list[tuple[str, Conflict]] = []
        self._files = files
        self._documents = documents
        self._operations = operations

    def add(self, change: FileChange) -> None:
        created = change.path if change.kind == "create" else change.new_path
        if created is not None and self._files.exists(created):
            raise WorkspaceError(created, f"{created} has come to exist meanwhile")
        if change.kind == "delete" and self._files.snapshot(change.path).text != change.before_text:
            raise WorkspaceError(change.path, f"{change.path} has changed meanwhile, and is not deleted")
        if change.kind in ("edit", "rename"):
            self._add_text(change)
        asked = _resource_operations(change, self._files)
        # Who makes no files for us may still open one that is not there, as Emacs and Vim do.
        self.operations += (
            one
            for one in asked
            if not (isinstance(one, types.CreateFile) and "create" not in self._operations)
        )

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
            self.unopened.append((location, apply(now, rebased.replacements)))
            uri, version = uri_of(location), None
        self.texts.append(_text_edit(uri, version, now, rebased.replacements, self._documents.encoding))


async def deliver(
    server: KimiServer, fitted: Fitted, documents: Documents, label: str, given_up: asyncio.Event
) -> Delivery:
    """Send the edit, wait for the reply, and compare what the client then has with what it should have.

    ``given_up`` ends the waiting; the edit is then on its way all the same. Of files that were not open only those
    are looked at that the user had to confirm: a preview says that it was applied, whatever was ticked in it.
    """
    expectations = [_expect(document, text) for document, text in fitted.texts]
    try:
        delivery = await _apply(server, fitted.edit, label, given_up, expectations)
        if not delivery.applied:
            return delivery
        if await _met(expectations):
            missing = await _unconfirmed(fitted, documents) if fitted.edit.change_annotations else ""
            doubt = f"what was not ticked in the preview is not applied: {missing}" if missing else ""
            return Delivery(True, doubt=doubt)
        if all(
            document.snapshot is text for (document, _), text in zip(fitted.texts, fitted.bases, strict=True)
        ):
            return Delivery(False, "the editor says that it applied the edit, but its text is as before")
        return Delivery(
            True, doubt="the editor says that it applied the edit, but its text differs: please look"
        )
    finally:
        for document, _ in fitted.texts:
            document.expected = None


async def _unconfirmed(fitted: Fitted, documents: Documents) -> str:
    """The names of files that were to be changed and do not seem to be, neither in the editor nor on the disk."""
    missing = list(fitted.unopened)
    for _ in range(CONFIRMED_TRIES):
        missing = [(location, text) for location, text in missing if not _has(documents, location, text)]
        if not missing:
            break
        await asyncio.sleep(CONFIRMED_WAIT_S)
    return ", ".join(location.name for location, _ in missing)


def _has(documents: Documents, location: Path, text: str) -> bool:
    if (document := documents.by_location(location)) is not None:
        return document.snapshot.text == text
    try:
        return location.read_bytes() == text.encode("utf-8", "surrogatepass")
    except OSError:
        return False


async def _apply(
    server: KimiServer,
    edit: types.WorkspaceEdit,
    label: str,
    given_up: asyncio.Event,
    expectations: Sequence[Expectation],
) -> Delivery:
    reply = asyncio.ensure_future(
        server.protocol.send_request_async(
            types.WORKSPACE_APPLY_EDIT, types.ApplyWorkspaceEditParams(edit=edit, label=label)
        )
    )
    giving_up, seeing = asyncio.ensure_future(given_up.wait()), asyncio.ensure_future(_seen(expectations))
    waiting = {reply, giving_up, seeing}
    try:
        await asyncio.wait(waiting, timeout=REPLY_TIMEOUT_S, return_when=asyncio.FIRST_COMPLETED)
        if reply.done():
            return _delivery(reply.result())
        return Delivery(True) if seeing.done() else Delivery(False, "the editor has not answered the edit")
    except JsonRpcException as error:
        return Delivery(False, f"the editor refused the edit: {error.message or 'no reason given'}")
    finally:
        for one in waiting:
            one.cancel()


async def _seen(expectations: Sequence[Expectation]) -> None:
    """Ends a moment after each open document has become what it should be: some clients never reply (ALE)."""
    for expectation in expectations:
        await expectation.met.wait()
    await asyncio.sleep(LATE_REPLY_S if expectations else REPLY_TIMEOUT_S)


def _delivery(result: types.ApplyWorkspaceEditResult | None) -> Delivery:
    """A client that answers ``null`` may have applied it: what it has next decides (clients.md)."""
    if result is None:
        return Delivery(True)
    return Delivery(
        bool(result.applied), "" if result.applied else result.failure_reason or "it gave no reason"
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


def _rank(text: types.TextDocumentEdit, first: str) -> int:
    identifier = text.text_document
    return 0 if identifier.uri == first else 1 if identifier.version is not None else 2


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
