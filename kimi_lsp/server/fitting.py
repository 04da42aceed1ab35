"""Changeset -> one ``WorkspaceEdit`` that fits the text that the client has now, as this client takes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from kimi_lsp.server.annotate import annotated
from kimi_lsp.server.capabilities import annotates, knows_versions, operations_of
from kimi_lsp.server.documents import Documents, OpenDocument, uri_of
from kimi_lsp.server.ranges import range_of
from kimi_lsp.text.line_index import Encoding
from kimi_lsp.text.lines import Lines
from kimi_lsp.text.replacement import Replacement, apply
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.workspace.errors import WorkspaceError
from kimi_lsp.workspace.files import Files

if TYPE_CHECKING:
    from kimi_lsp.edits.changeset import Changeset, FileChange
    from kimi_lsp.server.annotate import Confirm
    from kimi_lsp.server.app import KimiServer
    from kimi_lsp.text.rebase import Conflict


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

    def of(self, changeset: Changeset, files: Files) -> Changeset:
        """``changeset`` as it was fitted: each open file's change is one of the text that the edit was made for.

        What a client applied of it, and what it did not, can only be told from there: in a text that the user had
        typed in before, a half that was applied looks like typing that meets the other half.
        """
        fitted = {
            document.location: (base, text)
            for (document, text), base in zip(self.texts, self.bases, strict=True)
        }
        return replace(changeset, files=tuple(_rebased(one, files, fitted) for one in changeset.files))


def _rebased(change: FileChange, files: Files, fitted: Mapping[Path, tuple[Snapshot, str]]) -> FileChange:
    base, text = fitted.get(files.locate(change.path), (change.before, change.after))
    return replace(change, before=base, after=text)


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
        """Carry over one file's change, or what the client has not done of it (it may have made half of an edit)."""
        left = self._left_of(change)
        if left is not None:
            self._add_whole(left)

    def _left_of(self, change: FileChange) -> FileChange | None:
        """``change`` without the creation, renaming or deletion that is there already; None if that was all."""
        files = self._files
        if change.kind == "create" and files.exists(change.path):
            there = files.snapshot(change.path).text
            if there == change.after:
                return None
            return replace(change, kind="edit", before=Snapshot.of(change.path, "")) if not there else change
        if change.kind == "delete" and not files.exists(change.path):
            return None
        if change.new_path is not None and files.exists(change.new_path) and not files.exists(change.path):
            return replace(change, kind="edit", path=change.new_path, new_path=None)
        return change

    def _add_whole(self, change: FileChange) -> None:
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
    neovim = server.protocol.client_name.startswith("Neovim")  # takes them, whatever it declares (clients.md)
    if knows_versions(server) or neovim or not edit.document_changes:
        return edit
    if not all(isinstance(change, types.TextDocumentEdit) for change in edit.document_changes):
        return edit
    changes = {
        change.text_document.uri: [e for e in change.edits if isinstance(e, types.TextEdit)]
        for change in edit.document_changes
        if isinstance(change, types.TextDocumentEdit)
    }
    return types.WorkspaceEdit(changes=changes)
