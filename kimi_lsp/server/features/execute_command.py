"""Commands. Each is answered at once; what it leads to comes later, as a job."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcInvalidParams

from kimi_lsp.server.documents import OpenDocument, carried, location_of
from kimi_lsp.server.jobs import Job
from kimi_lsp.server.ranges import span_of_plain
from kimi_lsp.server.report import JobError, failure, message
from kimi_lsp.server.session import Session

if TYPE_CHECKING:
    from kimi_lsp.actions.action import Action, Task
    from kimi_lsp.server.app import KimiServer

logger = logging.getLogger(__name__)
LOST = "the editor sent a change that does not fit this file: close it and open it again"


def register_commands(server: KimiServer, session: Session) -> None:
    """Register every command under this instance's names; called once the suffix is known."""

    def command(name: str, handler: Callable[[Mapping[str, Any]], None]) -> None:
        def run(*arguments: object) -> None:
            handler(_first(session.command(name), arguments))

        # pygls passes the server where the type is one of the server's, and asks issubclass of any other type.
        run.__annotations__.clear()
        server.command(session.command(name))(run)

    from kimi_lsp.actions.catalogue import ACTIONS

    def start_of(action: Action) -> Callable[[Mapping[str, Any]], None]:
        return lambda arguments: start(session, action, arguments)

    for action in ACTIONS:
        command(action.id, start_of(action))
    command("cancel", lambda arguments: cancel(session))
    command("showDiff", lambda arguments: _show_diff(session, arguments))
    command("discard", lambda arguments: _discard(session, arguments))
    command("clearReview", lambda arguments: _clear_review(session, arguments))
    command("resultApplied", lambda arguments: _forget(session, arguments))


def start(session: Session, action: Action, arguments: Mapping[str, Any]) -> None:
    """Start a job; what prevents it is told in one sentence."""
    document = _document(session, arguments)
    title = str(arguments.get("title") or f"Kimi: {action.id.capitalize()} {document.location.name}")
    try:
        task = _task(session, document, action, arguments)
        _start(session, document, task, title)
    except Exception as error:
        failure(session.server, title, error)


def _start(session: Session, document: OpenDocument, task: Task, title: str) -> None:
    from kimi_lsp.server import work

    if task.action.edits and (other := session.jobs.editing(document.uri)) is not None:
        raise JobError(f"{other.title} is still at work on this file: wait for it, or cancel it")
    model = session.model()
    job = Job(title, document.uri, task.action.edits)
    session.jobs.start(job, work.run(work.Work(session, job, task, document, model)))


def _task(session: Session, document: OpenDocument, action: Action, arguments: Mapping[str, Any]) -> Task:
    """The user's wish in terms of the text as it is now, also where the menu was opened some keys ago."""
    from kimi_lsp.actions.action import Task
    from kimi_lsp.server.diagnostics import diagnostic_of_plain

    if document.lost:
        raise JobError(LOST)
    files = session.files(document.location)
    snapshot, encoding = files.snapshot(files.shown(document.location)), session.documents.encoding
    diagnostic = arguments.get("diagnostic")
    try:
        span = span_of_plain(snapshot.lines, arguments["range"], encoding)
        found = diagnostic_of_plain(snapshot, diagnostic, encoding) if diagnostic is not None else None
    except (KeyError, TypeError, ValueError) as error:
        raise JobError(f"the command's arguments are no {{uri, range, diagnostic}}: {error!r}") from error
    version = arguments.get("version")
    if isinstance(version, int) and version != document.version:
        changes = document.since(version)
        if changes is None:
            raise JobError("the file has changed too much since the menu was opened: open it again")
        span = carried(span, changes)
    return Task(action, snapshot.path, span, found, str(arguments.get("instruction") or ""))


def cancel(session: Session) -> None:
    """Cancel every running job."""
    running = list(session.jobs)
    for job in running:
        job.cancel()
    if not running:
        message(session.server, "Kimi: nothing is running.")


def _show_diff(session: Session, arguments: Mapping[str, Any]) -> None:
    from kimi_lsp.server import kept

    location = _document(session, arguments).location
    session.spawn(kept.show_diff(session, location))


def _discard(session: Session, arguments: Mapping[str, Any]) -> None:
    from kimi_lsp.server import kept

    if kept.discard(session, location_of(str(arguments.get("uri", "")))) is None:
        message(session.server, "Kimi: there is no result to discard.")


def _clear_review(session: Session, arguments: Mapping[str, Any]) -> None:
    if not session.findings.clear(_document(session, arguments)):
        message(session.server, "Kimi: there is no review to clear.")


def _forget(session: Session, arguments: Mapping[str, Any]) -> None:
    from kimi_lsp.server import kept

    kept.discard(session, location_of(str(arguments.get("uri", ""))))


def _first(name: str, arguments: tuple[object, ...]) -> Mapping[str, Any]:
    """The one object that every command takes; none is an empty one."""
    first = arguments[0] if arguments else {}
    if not isinstance(first, Mapping):
        raise JsonRpcInvalidParams(f"{name} takes one object, such as {{uri, range}}")
    return first


def _document(session: Session, arguments: Mapping[str, Any]) -> OpenDocument:
    uri = arguments.get("uri")
    if not isinstance(uri, str):
        raise JsonRpcInvalidParams("the command needs an argument {uri, range}")
    document = session.documents.by_uri(uri)
    if document is None:
        raise JsonRpcInvalidParams(f"{uri} is not open")
    return document
