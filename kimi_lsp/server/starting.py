"""A command -> a job, or one sentence that says why not. One editing job for each document; a second one asks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from kimi_lsp.actions.action import ActionContext, titled
from kimi_lsp.server import work
from kimi_lsp.server.documents import OpenDocument
from kimi_lsp.server.jobs import Job
from kimi_lsp.server.report import JobError, failure
from kimi_lsp.server.session import Session
from kimi_lsp.server.tasks import task_of
from kimi_lsp.syntax.outline import enclosing_at

if TYPE_CHECKING:
    from kimi_lsp.actions.action import Action, Task

logger = logging.getLogger(__name__)
ANSWER_TIMEOUT_S = 60.0
ABOUT_CODE = ("refactor", "simplify", "addTypes", "implement", "document", "test", "explain", "review")
CANCEL, WAIT = "Cancel it and start", "Wait for it"


@dataclass(frozen=True, slots=True)
class _Wish:
    """A job that may not be able to start yet, in the text of ``revision``."""

    title: str
    document: OpenDocument
    task: Task
    revision: int


def start(
    session: Session,
    document: OpenDocument,
    action: Action,
    arguments: Mapping[str, Any],
    *,
    quiet: bool = False,
) -> Job | None:
    """Start a job, or tell in one sentence what prevents it; where another one edits the document, ask.

    A ``quiet`` one shows nothing when it ends but what it keeps for hover.
    """
    title = str(arguments.get("title") or f"Kimi: {action.verb} {document.location.name}")
    try:
        task = task_of(session, document, action, arguments)
        title = title if "title" in arguments else _title(session, document, task)
        wish = _Wish(title, document, task, document.revision)
        if action.edits and (other := session.jobs.editing(document.uri)) is not None:
            session.spawn(_ask(session, wish, other))
            return None
        return _start(session, wish, quiet)
    except Exception as error:
        failure(session.server, title, error)
        return None


def _title(session: Session, document: OpenDocument, task: Task) -> str:
    """What a menu would have called it, for a command that an editor has made."""
    action = task.action
    if task.diagnostic is not None:
        return titled(action.verb, task.diagnostic.message, task.diagnostic.label)
    tree = session.trees.at_once(document) if action.id in ABOUT_CODE else None
    if tree is None:
        return f"Kimi: {action.verb} {document.location.name}"
    symbol = enclosing_at(tree, task.span.start)
    return titled(action.verb, ActionContext(document.snapshot, task.span, symbol).target_name)


def _start(session: Session, wish: _Wish, quiet: bool = False) -> Job:
    edits, limit = wish.task.action.edits, session.settings.jobs.reading
    if not edits and session.jobs.reading >= limit:
        raise JobError(f"{limit} jobs are running (jobs.reading): wait for one, or cancel it")
    if edits and session.jobs.editing(wish.document.uri) is not None:
        raise JobError("another job is at work on this file: wait for it, or cancel it")
    model = session.model()
    job = Job(wish.title, wish.document.uri, edits, quiet=quiet)
    doing = work.Work(session, job, wish.task, wish.document, model, wish.revision)
    session.jobs.start(job, work.run(doing))
    return job


async def _ask(session: Session, wish: _Wish, other: Job) -> None:
    """Cancel the other job, or wait for it, as the user says; nothing where the user does not want it."""
    try:
        answer = await _answer(session, wish, other)
        if answer is None or other.task is None:
            return
        if answer == CANCEL:
            other.cancel()
        await asyncio.wait([other.task])
        await asyncio.sleep(0)  # its place is given back by a callback
        if session.documents.by_uri(wish.document.uri) is not wish.document:
            raise JobError("the file was closed meanwhile; open it and ask again")
        _start(session, wish)
    except Exception as error:
        failure(session.server, wish.title, error)


def _name(job: Job) -> str:
    return job.title.removeprefix("Kimi: ")


async def _answer(session: Session, wish: _Wish, other: Job) -> str | None:
    """What the user chose, None for nothing.

    Raises:
        JobError: the client cannot ask (clients.md: Helix); the sentence says what to do.
    """
    running = f"“{_name(other)}” is still at work on this file"
    request = session.server.protocol.send_request_async(
        types.WINDOW_SHOW_MESSAGE_REQUEST,
        types.ShowMessageRequestParams(
            type=types.MessageType.Info,
            message=f"{wish.title}: {running}.",
            actions=[types.MessageActionItem(title=CANCEL), types.MessageActionItem(title=WAIT)],
        ),
    )
    try:
        answer = await asyncio.wait_for(request, ANSWER_TIMEOUT_S)
    except JsonRpcException as error:
        logger.info("the client cannot ask: %s", error)
        raise JobError(f"{running}: wait for it, or cancel it") from error
    except asyncio.TimeoutError as error:
        raise JobError(f"nobody said whether to cancel or wait for “{_name(other)}”: ask again") from error
    return answer.title if answer is not None else None
