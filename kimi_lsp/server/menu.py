"""The menu of code actions. Answers from the tree and the diagnostics at hand; never waits, never asks the model."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from kimi_lsp.actions.action import Action, ActionContext, Target
from kimi_lsp.actions.catalogue import offered
from kimi_lsp.actions.custom import PREFIX
from kimi_lsp.server import findings, kept
from kimi_lsp.server.capabilities import takes_literals
from kimi_lsp.server.diagnostics import diagnostic_of
from kimi_lsp.server.documents import OpenDocument
from kimi_lsp.server.problems import on_lines
from kimi_lsp.server.ranges import plain_range, range_of, span_of
from kimi_lsp.server.session import Session
from kimi_lsp.syntax.outline import enclosing_at
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span

if TYPE_CHECKING:
    from kimi_lsp.server.app import KimiServer
    from kimi_lsp.text.line_index import Encoding
    from kimi_lsp.text.lines import Lines
    from kimi_lsp.workspace.diagnostic import Diagnostic

logger = logging.getLogger(__name__)
FAULTS_LOOKED_AT = 1_000
MOST_OF_ONE = 20
"""Entries that one action may have: who selects a whole file with 200 problems wants *Fix all*, and no wait."""
LONGEST_WORD = 80
_WORD = re.compile(r"\s*\w+\s*|.", re.DOTALL)
_LINE = re.compile(r"[^\r\n]*\S[^\r\n]*(?:\r\n|\r|\n)")

MenuEntry = types.CodeAction | types.Command


def entries(
    server: KimiServer, session: Session, document: OpenDocument, params: types.CodeActionParams
) -> Iterator[MenuEntry]:
    """The entries for one request, in the catalogue's order; one that fails never hides the others."""
    only = params.context.only
    literals = takes_literals(server)
    for entry in (*kept.entries(session, document, literals=literals), *_cancels(session, document)):
        if _wanted(entry.kind, only):
            yield entry if literals else _command_of(entry)
    context, sent = _context(session, document, params)
    for action in offered(session.settings.actions):
        if not _wanted(action.kind, only):
            continue
        try:
            targets = action.applies(context)
        except Exception:
            logger.exception("the menu entry %s could not be made", action.id)
            continue
        for target in targets[:MOST_OF_ONE]:
            entry = _entry(session, document, action, target, sent)
            yield entry if literals else _command_of(entry)
    for entry in findings.entries(session, document):
        if _wanted(entry.kind, only):
            yield entry if literals else _command_of(entry)


def _cancels(session: Session, document: OpenDocument) -> Iterator[types.CodeAction]:
    """One entry for each job of the document: several editors have no cancel button (clients.md)."""
    for job in session.jobs:
        if job.uri == document.uri:
            title = f"Kimi: Cancel “{job.title.removeprefix('Kimi: ')}”"
            command = types.Command(
                title=title,
                command=session.command("cancel"),
                arguments=[{"uri": document.uri, "job": job.id}],
            )
            yield types.CodeAction(title=title, kind="kimi.cancel", command=command)


def _context(
    session: Session, document: OpenDocument, params: types.CodeActionParams
) -> tuple[ActionContext, dict[str, types.Diagnostic]]:
    """The domain's view of the request, and the client's own diagnostics by their text."""
    encoding = session.documents.encoding
    snapshot = document.snapshot
    selection = _meant(session, span_of(snapshot.lines, params.range, encoding), snapshot)
    of_client = [(diagnostic_of(snapshot, d, encoding), d) for d in params.context.diagnostics]
    sent = {str(ours): theirs for ours, theirs in of_client}
    automatic = params.context.trigger_kind == types.CodeActionTriggerKind.Automatic
    known = session.problems.known(document, ask=not of_client and not automatic)
    ours = (*known, *session.findings.problems(document)) if not of_client else ()
    diagnostics = tuple(one for one, _ in of_client) or on_lines(ours, selection, snapshot.lines)
    tree = session.trees.at_once(document)
    with_faults = tree is not None and session.settings.show.syntax_fixes
    context = ActionContext(
        snapshot=snapshot,
        selection=selection,
        symbol=enclosing_at(tree, selection.start) if tree is not None else None,
        diagnostics=diagnostics,
        faults=tree.faults(FAULTS_LOOKED_AT) if tree is not None and with_faults else (),
        tree=tree,
        all_diagnostics=known or diagnostics,
    )
    return context, sent


def _meant(session: Session, selection: Span, snapshot: Snapshot) -> Span:
    """A character or a word is a place, no selection: Helix's cursor is one wide, a double click takes a word.

    So is a line for who declares nothing of the workspace: Kate 22.12 sends it where nothing is selected (tried).
    """
    if session.server.client_capabilities.workspace is None:
        text = snapshot.text[selection.start : selection.end]
        if _LINE.fullmatch(text):
            place = selection.start + len(text) - len(text.lstrip())
            return Span(place, place)
    if len(selection) > LONGEST_WORD or not _WORD.fullmatch(snapshot.text, selection.start, selection.end):
        return selection
    return Span(selection.start, selection.start)


def _entry(
    session: Session,
    document: OpenDocument,
    action: Action,
    target: Target,
    sent: dict[str, types.Diagnostic],
) -> types.CodeAction:
    original = sent.get(str(target.diagnostic))
    return types.CodeAction(
        title=target.title,
        kind=action.kind,
        diagnostics=[original] if original is not None else None,
        command=types.Command(
            title=target.title,
            command=session.command("custom" if action.id.startswith(PREFIX) else action.id),
            arguments=[{"action": action.id, **_arguments(session, document, target, original)}],
        ),
        tags=[types.CodeActionTag.LlmGenerated],
    )


def _arguments(
    session: Session, document: OpenDocument, target: Target, original: types.Diagnostic | None
) -> dict[str, Any]:
    """What the command needs to run later: all of it plain JSON, positions in the client's encoding."""
    lines, encoding = document.snapshot.lines, session.documents.encoding
    arguments: dict[str, Any] = {
        "title": target.title,
        "uri": document.uri,
        "version": document.version,
        "revision": document.revision,
        "generation": document.generation,
        "range": plain_range(range_of(lines, target.span.start, target.span.end, encoding)),
        "offsets": [target.span.start, target.span.end],
    }
    if target.diagnostic is not None:
        arguments["diagnostic"] = _plain(lines, encoding, target.diagnostic)
        if original is not None and original.related_information:
            arguments["diagnostic"]["relatedInformation"] = list(map(_related, original.related_information))
    if target.others:
        arguments["diagnostics"] = [_plain(lines, encoding, other) for other in target.others]
    return arguments


def _related(information: types.DiagnosticRelatedInformation) -> dict[str, Any]:
    where = information.location
    return {"location": {"uri": where.uri, "range": plain_range(where.range)}, "message": information.message}


def _plain(lines: Lines, encoding: Encoding, diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "range": plain_range(range_of(lines, diagnostic.span.start, diagnostic.span.end, encoding)),
        "offsets": [diagnostic.span.start, diagnostic.span.end],
        "message": diagnostic.message,
        "source": diagnostic.source,
        "code": diagnostic.code,
        "severity": diagnostic.severity,
    }


def _command_of(entry: types.CodeAction) -> MenuEntry:
    """For clients that know commands only (LSP before 3.8)."""
    return entry.command if entry.command is not None else entry


def _wanted(kind: str | types.CodeActionKind | None, only: object) -> bool:
    """LSP 3.18, CodeActionContext.only: a kind is wanted where it or one of its parents is named."""
    if not isinstance(only, (list, tuple)) or not only or kind is None:
        return True
    wanted = [str(getattr(o, "value", o)) for o in only]
    name = str(getattr(kind, "value", kind))
    return any(w == "" or name == w or name.startswith(f"{w}.") for w in wanted)
