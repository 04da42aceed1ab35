"""A command's arguments -> the task, in terms of the text as it is now; and a task carried over what was typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kimi_lsp.actions.action import Action, Task
from kimi_lsp.server.diagnostics import diagnostic_of_plain
from kimi_lsp.server.documents import OpenDocument, carried, location_of
from kimi_lsp.server.ranges import span_of_plain
from kimi_lsp.server.report import JobError
from kimi_lsp.server.session import Session
from kimi_lsp.text.line_index import Encoding
from kimi_lsp.text.lines import Lines
from kimi_lsp.text.replacement import Replacement
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.diagnostic import Diagnostic, Related
from kimi_lsp.workspace.files import Files

LOST = "the editor sent a change that does not fit this file: close it and open it again"
MOST_DIAGNOSTICS = 200
MOST_RELATED = 20
TYPED_TOO_MUCH = "the file has changed too much since the menu was opened: open it again"


def task_of(session: Session, document: OpenDocument, action: Action, arguments: Mapping[str, Any]) -> Task:
    """The user's wish.

    Arguments that come from our menu carry offsets in the text of their ``revision``, which are moved with what was
    typed since; a range by hand is one in the text of now. Diagnostics count for actions that are about problems:
    editors hand over what is wrong on the line whatever was asked for.

    Raises:
        JobError: the arguments are not understood, or the text is not known.
        WorkspaceError: the policy forbids the file.
    """
    if document.lost:
        raise JobError(LOST)
    files = session.files(document.location)
    snapshot, encoding = files.snapshot(files.shown(document.location)), session.documents.encoding
    try:
        span = _span(arguments) or span_of_plain(snapshot.lines, arguments["range"], encoding)
        told = _sent(arguments) if action.kind == "quickfix" or action.id == "explainProblem" else ()
        found = [_diagnostic(snapshot, sent, encoding, files) for sent in told]
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise JobError(
            "the command's argument is no {uri, range, diagnostic?, diagnostics?, instruction?}"
        ) from error
    instruction = str(arguments.get("instruction") or "")
    first, others = _first_and_others(arguments, found)
    task = Task(action, snapshot.path, span, first, instruction, others=others)
    if "offsets" not in arguments:
        return task
    revision, same = arguments.get("revision"), arguments.get("generation") == document.generation
    changes = document.since_revision(revision) if isinstance(revision, int) and same else None
    if changes is None:
        raise JobError(TYPED_TOO_MUCH)
    return carried_task(task, changes, snapshot.lines)


def carried_task(task: Task, changes: Sequence[Replacement], now: Lines) -> Task:
    """``task`` after ``changes``, which lead to the text ``now``."""
    span = _within(carried(task.span, tuple(changes)), now)
    moved = tuple(_moved(d, _within(carried(d.span, tuple(changes)), now), now) for d in task.others)
    diagnostic = task.diagnostic
    if diagnostic is not None:
        diagnostic = _moved(diagnostic, _within(carried(diagnostic.span, tuple(changes)), now), now)
    return replace(task, span=span, diagnostic=diagnostic, others=moved)


def _sent(arguments: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The diagnostics that a command brings along: the one that it is about comes first."""
    one, more = arguments.get("diagnostic"), arguments.get("diagnostics") or ()
    if not isinstance(more, (list, tuple)):
        raise TypeError("diagnostics must be an array")
    return [*(() if one is None else (one,)), *more[:MOST_DIAGNOSTICS]]


def _first_and_others(
    arguments: Mapping[str, Any], found: Sequence[Diagnostic]
) -> tuple[Diagnostic | None, tuple[Diagnostic, ...]]:
    """What the task is about, and what else is wrong; of our own menu's only a ``diagnostic`` is first."""
    if not found or ("diagnostic" not in arguments and "offsets" in arguments):
        return None, tuple(found)
    return found[0], tuple(dict.fromkeys(one for one in found[1:] if one != found[0]))


def _diagnostic(snapshot: Snapshot, sent: Mapping[str, Any], encoding: Encoding, files: Files) -> Diagnostic:
    found, offsets = diagnostic_of_plain(snapshot, sent, encoding), _span(sent)
    related = tuple(_related(sent.get("relatedInformation") or (), files))
    return replace(found, span=offsets or found.span, related=related)


def _related(sent: Sequence[Mapping[str, Any]], files: Files) -> Iterator[Related]:
    """The other places that the diagnostic's finder named, as far as they are in the workspace."""
    for information in sent[:MOST_RELATED]:
        where = location_of(str(information["location"]["uri"]))
        if files.policy.inside(where):
            line = int(information["location"]["range"]["start"]["line"]) + 1
            yield Related(files.shown(where), line, str(information["message"]))


def _moved(diagnostic: Diagnostic, span: Span, now: Lines) -> Diagnostic:
    position = now.position(span.start, "utf-32")
    return replace(diagnostic, span=span, line=position.line + 1, column=position.character + 1)


def _within(span: Span, now: Lines) -> Span:
    return Span(min(span.start, now.length), min(span.end, now.length))


def _span(arguments: Mapping[str, Any]) -> Span | None:
    offsets = arguments.get("offsets")
    return None if offsets is None else Span(int(offsets[0]), int(offsets[1]))
