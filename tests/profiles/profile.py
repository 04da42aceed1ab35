"""Clients as values: what each declares, and how it behaves beside that.

Source: clients.md and the laboratory's README.md (Real editors, headless). Where real capabilities ship with
pytest-lsp (Neovim 0.11.0, Emacs 29.1, VS Code 1.65) those are taken, with what the newer client declares added.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from lsprotocol import types
from pytest_lsp.client import client_capabilities

Sends = Literal["all", "own", "none"]
"""Whose diagnostics come along with a code action request: everybody's, only this server's, none."""

Stale = Literal["refuses", "fails", "first only", "rebases"]
"""What becomes of an edit for a text that is not the newest: ``applied: false``, an error, a look at the first file
alone and ``applied: true``, or it is carried over."""

Reply = Literal["says", "says true", "null", "never"]
"""How ``workspace/applyEdit`` is answered: as it is; true whatever was done; null; not at all."""


@dataclass(frozen=True)
class Profile:
    """One client. ``client`` is what it calls itself, empty where it does not say.

    ``lightbulb`` where it asks for code actions 250 ms after each change of the cursor, ``automatic`` where it says
    that nobody pressed a key. ``asks`` where ``window/showMessageRequest`` is answered. ``halves`` where only the
    first file of an edit, and its first hunk, is applied.
    """

    name: str
    client: str
    encoding: str
    declares: Callable[[], types.ClientCapabilities]
    sends: Sends = "all"
    stale: Stale = "refuses"
    reply: Reply = "says"
    lightbulb: bool = False
    automatic: bool = False
    asks: bool = True
    halves: bool = False
    takes_undeclared_document_changes: bool = field(default=False)


def declared(
    *,
    encodings: Sequence[str] = (),
    apply_edit: bool = True,
    document_changes: bool = True,
    operations: Sequence[str] = ("create", "rename", "delete"),
    annotations: bool = False,
    show_document: bool = True,
    progress: bool = True,
    configuration: bool = True,
) -> types.ClientCapabilities:
    """What is declared, from the few switches in which these clients differ."""
    kinds = types.ClientCodeActionKindOptions(
        value_set=[types.CodeActionKind.QuickFix, types.CodeActionKind.Refactor]
    )
    code_action = types.CodeActionClientCapabilities(
        code_action_literal_support=types.ClientCodeActionLiteralOptions(code_action_kind=kinds)
    )
    edit = types.WorkspaceEditClientCapabilities(
        document_changes=document_changes or None,
        resource_operations=[types.ResourceOperationKind(one) for one in operations] or None,
        change_annotation_support=types.ChangeAnnotationsSupportOptions() if annotations else None,
    )
    return types.ClientCapabilities(
        general=types.GeneralClientCapabilities(
            position_encodings=[types.PositionEncodingKind(name) for name in encodings] or None
        ),
        window=types.WindowClientCapabilities(
            work_done_progress=progress or None,
            show_document=types.ShowDocumentClientCapabilities(support=True) if show_document else None,
        ),
        workspace=types.WorkspaceClientCapabilities(
            apply_edit=apply_edit or None,
            configuration=configuration or None,
            workspace_edit=edit,
        ),
        text_document=types.TextDocumentClientCapabilities(
            hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown]),
            code_action=code_action,
        ),
    )


def _vscode() -> types.ClientCapabilities:
    """Of 1.65, and the virtual documents that vscode-languageclient 10 has."""
    found = client_capabilities("visual_studio_code@v1.65")
    assert found.workspace is not None
    found.workspace.text_document_content = types.TextDocumentContentClientCapabilities()
    return found


def _neovim() -> types.ClientCapabilities:
    return client_capabilities("neovim@v0.11.0")


def _emacs() -> types.ClientCapabilities:
    """Of Emacs 29.1, and what eglot 1.24 has beside it."""
    found = client_capabilities("emacs@v29.1")
    window = found.window or types.WindowClientCapabilities()
    window.work_done_progress = True
    window.show_document = types.ShowDocumentClientCapabilities(support=True)
    found.window = window
    encodings = [types.PositionEncodingKind(name) for name in ("utf-32", "utf-8", "utf-16")]
    found.general = types.GeneralClientCapabilities(position_encodings=encodings)
    return found


PROFILES: tuple[Profile, ...] = (
    Profile("VS Code", "Visual Studio Code", "utf-16", _vscode, lightbulb=True, automatic=True),
    Profile(
        "Neovim 0.11",
        "Neovim",
        "utf-8",
        _neovim,
        sends="own",
        stale="first only",
        takes_undeclared_document_changes=True,
    ),
    Profile(
        "Helix",
        "helix",
        "utf-8",
        lambda: declared(encodings=("utf-8", "utf-32", "utf-16")),
        asks=False,
    ),
    Profile("eglot 1.24", "Eglot", "utf-32", _emacs, sends="own", stale="fails", lightbulb=True),
    Profile(
        "eglot 1.9",
        "",
        "utf-16",
        lambda: declared(operations=(), show_document=False, progress=False),
        sends="own",
        stale="fails",
    ),
    Profile("lsp-mode", "emacs", "utf-32", lambda: declared(encodings=("utf-32", "utf-16")), lightbulb=True),
    Profile(
        "Zed",
        "Zed",
        "utf-16",
        lambda: declared(encodings=("utf-16",), show_document=False),
        stale="rebases",
        reply="says true",
        lightbulb=True,
    ),
    Profile(
        "Sublime",
        "Sublime Text LSP",
        "utf-16",
        lambda: declared(encodings=("utf-16",), document_changes=False, operations=()),
        sends="own",
    ),
    Profile(
        "Kate",
        "",
        "utf-16",
        lambda: declared(
            apply_edit=False,
            document_changes=False,
            operations=(),
            show_document=False,
            configuration=False,
        ),
        sends="none",
    ),
    Profile("coc", "coc.nvim", "utf-16", lambda: declared(encodings=("utf-16",), annotations=True)),
    Profile(
        "ALE",
        "",
        "utf-16",
        lambda: declared(
            document_changes=False,
            operations=(),
            show_document=False,
            progress=False,
            configuration=False,
        ),
        reply="never",
    ),
    Profile("by halves", "by halves", "utf-8", lambda: declared(encodings=("utf-8",)), halves=True),
    Profile("null", "null", "utf-16", lambda: declared(), reply="null"),
)
"""The last two are nobody: they stand for clients that say ``applied: true`` of half an edit, and nothing at all."""
