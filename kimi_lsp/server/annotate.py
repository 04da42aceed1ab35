"""Annotations that have a client show changes before it makes them (LSP 3.18, ChangeAnnotation)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, cast

from lsprotocol import types

Confirm = Literal["never", "other_files", "always"]
ID = "kimi"
_Change = types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile


def annotated(edit: types.WorkspaceEdit, trusted: str | None) -> types.WorkspaceEdit:
    """``edit`` with each change but those of the document ``trusted`` marked as one to be confirmed."""
    if all(_uri(change) == trusted for change in edit.document_changes or ()):
        return edit
    changes = [
        change if _uri(change) == trusted else _marked(change) for change in edit.document_changes or ()
    ]
    annotation = types.ChangeAnnotation(
        label="Kimi",
        needs_confirmation=True,
        description="Changes in files other than the one you asked about",
    )
    if trusted is None:
        annotation.description = "Changes that Kimi proposes"
    return types.WorkspaceEdit(document_changes=changes, change_annotations={ID: annotation})


def _uri(change: _Change) -> str:
    match change:
        case types.TextDocumentEdit():
            return change.text_document.uri
        case types.RenameFile():
            return change.old_uri
        case _:
            return change.uri


def _marked(change: _Change) -> _Change:
    if not isinstance(change, types.TextDocumentEdit):
        change.annotation_id = ID
        return change
    return types.TextDocumentEdit(text_document=change.text_document, edits=list(_marked_edits(change)))


def _marked_edits(change: types.TextDocumentEdit) -> Iterator[types.AnnotatedTextEdit]:
    for edit in cast("list[types.TextEdit]", change.edits):
        yield types.AnnotatedTextEdit(range=edit.range, new_text=edit.new_text, annotation_id=ID)
