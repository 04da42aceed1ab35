"""What the client declares that it can do (clients.md: what is not declared is not sent)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.capabilities import get_capability
from pygls.lsp.server import LanguageServer

if TYPE_CHECKING:
    from kimi_lsp.edits.changeset import Changeset

OPERATIONS = {"create_file": "create", "rename_file": "rename", "delete_file": "delete"}
"""The resource operation that the changes of a tool need."""


def can_apply(server: LanguageServer) -> bool:
    """Whether it takes ``workspace/applyEdit``."""
    return bool(get_capability(server.client_capabilities, "workspace.apply_edit"))


def knows_versions(server: LanguageServer) -> bool:
    """Whether its edits may be ``documentChanges``, which say what text they are for."""
    return bool(get_capability(server.client_capabilities, "workspace.workspace_edit.document_changes"))


def annotates(server: LanguageServer) -> bool:
    """Whether it reads annotations; who does not declare that may break on one."""
    field = "workspace.workspace_edit.change_annotation_support"
    return knows_versions(server) and get_capability(server.client_capabilities, field) is not None


def operations_of(server: LanguageServer) -> frozenset[str]:
    """The resource operations that it can do."""
    declared = get_capability(server.client_capabilities, "workspace.workspace_edit.resource_operations")
    return frozenset(str(getattr(operation, "value", operation)) for operation in declared or ())


def tools_for(server: LanguageServer, tools: tuple[str, ...]) -> tuple[str, ...]:
    """Those of ``tools`` whose changes it can make; a new file may wait for one that can."""
    able = {"create", *operations_of(server)}
    return tuple(tool for tool in tools if OPERATIONS.get(tool, "create") in able)


def lacking(server: LanguageServer, changeset: Changeset) -> str:
    """Why it cannot be given ``changeset`` at once; empty where it can."""
    if not can_apply(server):
        return "this editor takes no edits by itself"
    missing = {change.kind for change in changeset.files} - {"edit"} - operations_of(server)
    return f"this editor cannot {min(missing)} files for a language server" if missing else ""


def takes_literals(server: LanguageServer) -> bool:
    """Whether its menu takes code actions; else commands alone (LSP before 3.8)."""
    field = "text_document.code_action.code_action_literal_support"
    return get_capability(server.client_capabilities, field) is not None


def shows_progress(server: LanguageServer) -> bool:
    """Whether it shows progress that a server begins."""
    return bool(get_capability(server.client_capabilities, "window.work_done_progress"))


def shows_documents(server: LanguageServer) -> bool:
    """Whether it opens a file when it is told to."""
    return bool(get_capability(server.client_capabilities, "window.show_document.support"))


def reads_pages(server: LanguageServer) -> bool:
    """Whether it asks a server for the text behind an address of its own."""
    return get_capability(server.client_capabilities, "workspace.text_document_content") is not None


def hovers(server: LanguageServer) -> bool:
    """Whether it shows hovers."""
    return get_capability(server.client_capabilities, "text_document.hover") is not None


def reads_markdown(server: LanguageServer) -> bool:
    """Whether its hovers render Markdown; who says nothing of it does."""
    formats = get_capability(server.client_capabilities, "text_document.hover.content_format")
    return formats is None or types.MarkupKind.Markdown in formats


def pulls_diagnostics(server: LanguageServer) -> bool:
    """Whether it asks for diagnostics, so that none need be sent."""
    return get_capability(server.client_capabilities, "text_document.diagnostic") is not None


def knows_trees_of_symbols(server: LanguageServer) -> bool:
    """Whether its outline takes symbols inside of symbols."""
    field = "text_document.document_symbol.hierarchical_document_symbol_support"
    return bool(get_capability(server.client_capabilities, field))


def tells_settings(server: LanguageServer) -> bool:
    """Whether it answers ``workspace/configuration``."""
    return bool(get_capability(server.client_capabilities, "workspace.configuration"))


def watches_files(server: LanguageServer) -> bool:
    """Whether it can be asked to watch files."""
    field = "workspace.did_change_watched_files.dynamic_registration"
    return bool(get_capability(server.client_capabilities, field))
