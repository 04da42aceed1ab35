"""Two-step results: a finished changeset that was not applied is offered by the next code action."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from lsprotocol import types

from kimi_lsp.server.capabilities import can_apply, lacking
from kimi_lsp.server.deliver import deliver
from kimi_lsp.server.documents import OpenDocument, location_of
from kimi_lsp.server.fitting import Fitted, fit
from kimi_lsp.server.jobs import Job
from kimi_lsp.server.page_files import write_page
from kimi_lsp.server.present import show_file
from kimi_lsp.server.report import message
from kimi_lsp.server.session import KeptResult, Session
from kimi_lsp.workspace.errors import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger(__name__)
_LAST_FITTED: WeakKeyDictionary[KeptResult, tuple[tuple[object, ...], Fitted | None]] = WeakKeyDictionary()
"""So that a menu that is asked for at each cursor move reads no file and compares no text again."""


def keep(session: Session, result: KeptResult, uri: str) -> None:
    """Keep ``result`` for its job's document ``uri`` and each file that it changes.

    It takes the place of an older one, whose diff stays in a file; a message says where.
    """
    if (older := discard(session, location_of(uri))) is not None and older.changeset != result.changeset:
        message(session.server, _replaced(session, older))
    for location in (
        location_of(uri),
        *(result.files.locate(change.path) for change in result.changeset.files),
    ):
        session.kept[location] = result


def forget_applied(session: Session, location: Path) -> None:
    """The client says that it applied the kept result: forget it, if nothing of it is left to apply."""
    result = session.kept.get(location)
    if result is None:
        return
    fitted = _fitted(session, result)
    if fitted is None or (fitted.empty and not fitted.conflicts):
        discard(session, location)


def discard(session: Session, location: Path) -> KeptResult | None:
    """Forget the result kept for ``location``, in all its files."""
    result = session.kept.get(location)
    if result is not None:
        for path in [path for path, kept in session.kept.items() if kept is result]:
            del session.kept[path]
    return result


def entries(session: Session, document: OpenDocument, *, literals: bool) -> Iterator[types.CodeAction]:
    """*Apply result* with an edit that fits the text as it is now, *Show diff* and *Discard*.

    Without ``literals`` the client knows commands only (LSP before 3.8), and is sent the edit when it runs one.
    """
    result = session.kept.get(document.location)
    if result is None:
        return
    fitted = _fitted(session, result, document.uri)
    if fitted is not None and not fitted.empty and (literals or can_apply(session.server)):
        title = _apply_title(result, fitted)
        yield (
            _literal(session, title, fitted, document)
            if literals
            else _entry(session, "applyResult", title, document, kind="quickfix")
        )
    yield _entry(session, "showDiff", "Kimi: Show diff", document)
    yield _entry(session, "discard", "Kimi: Discard result", document)


def _literal(session: Session, title: str, fitted: Fitted, document: OpenDocument) -> types.CodeAction:
    return types.CodeAction(
        title=title,
        kind="quickfix",
        edit=fitted.edit,
        # A client that takes no edits from us may run the command alone (ALE), and then the edit is lost.
        command=_command(session, "resultApplied", "Kimi: Result applied", document)
        if can_apply(session.server)
        else None,
        tags=[types.CodeActionTag.LlmGenerated],
    )


def start_applying(session: Session, uri: str) -> None:
    """Send what of the document's kept result fits now: as a job, for the client may ask its user first."""
    location = location_of(uri)
    if (result := session.kept.get(location)) is None:
        message(session.server, "Kimi: there is no result to apply.")
    elif why := lacking(session.server, result.changeset):
        message(session.server, f"Kimi: {result.title}: {why}. The code action menu offers the result.")
    else:
        job = Job(f"Kimi: Apply result of {result.title}", uri, edits=True)
        session.jobs.start(job, _apply(session, job, location, result))


async def _apply(session: Session, job: Job, location: Path, result: KeptResult) -> None:
    """Apply it when the editor has answered all other edits, and forget it once nothing of it is left."""
    job.deliver()
    if not await session.jobs.turn(job):
        return
    try:
        gone = session.kept.get(location) is not result
        fitted = None if gone else _fitted(session, result, job.uri)
        if fitted is None or fitted.empty:
            why = "is no longer there" if gone else "fits no more"
            message(session.server, f"Kimi: the result of {result.title} {why}.")
            return
        delivery = await deliver(session.server, fitted, session.documents, result.title, job.given_up)
    finally:
        session.jobs.delivery.release()
    if delivery.doubt:
        keep(session, replace(result, changeset=fitted.of(result.changeset, result.files)), job.uri)
    told = delivery.doubt or "applied" if delivery.applied else f"not applied: {delivery.why}"
    message(session.server, f"Kimi: {result.title}: {told}")
    forget_applied(session, location)


def _fitted(session: Session, result: KeptResult, first: str = "") -> Fitted | None:
    """The result as it fits now, for who looks at the document ``first``; made anew only when a file has changed."""
    locations = (result.files.locate(change.path) for change in result.changeset.files)
    state = (first, *(session.documents.get(location) or _stamp(location) for location in locations))
    last = _LAST_FITTED.get(result)
    if (
        last is None
        or len(last[0]) != len(state)
        or any(a is not b and a != b for a, b in zip(last[0], state, strict=True))
    ):
        last = _LAST_FITTED[result] = (state, _fit(session, result, first))
    return last[1]


def _stamp(location: Path) -> tuple[int, int] | None:
    """What changes when a file on the disk does; None where there is none."""
    try:
        found = location.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _fit(session: Session, result: KeptResult, first: str) -> Fitted | None:
    confirm = session.settings.edits.confirm
    try:
        return fit(session.server, result.changeset, result.files, session.documents, first, confirm)
    except WorkspaceError as error:
        logger.info("the result of %s fits no more: %s", result.title, error)
        return None


def _replaced(session: Session, older: KeptResult) -> str:
    try:
        where = f"is {_write_diff(session, older)}"
    except OSError as error:
        where = f"could not be kept: {error.strerror}"
    return f"Kimi: a newer result takes the place of {older.title}, whose diff {where}"


def _write_diff(session: Session, result: KeptResult) -> Path:
    diff = result.changeset.diff()
    name = hashlib.sha256(diff.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return write_page(session.cache / "diffs", f"{name}.diff", diff)


async def show_diff(session: Session, location: Path) -> None:
    """Open the kept result as a unified diff."""
    if (result := session.kept.get(location)) is None:
        return
    try:
        path = _write_diff(session, result)
    except OSError as error:
        folder = session.cache / "diffs"
        message(session.server, f"Kimi: the diff cannot be written to {folder}: {error.strerror}")
        return
    await show_file(session, path, "Kimi: the diff is ready.")


def _apply_title(result: KeptResult, fitted: Fitted) -> str:
    left = f", leaving out {len(fitted.conflicts)} that meet your typing" if fitted.conflicts else ""
    return f"Kimi: Apply result of {result.title}{left}"


def _entry(
    session: Session, command: str, title: str, document: OpenDocument, kind: str = "kimi.result"
) -> types.CodeAction:
    return types.CodeAction(title=title, kind=kind, command=_command(session, command, title, document))


def _command(session: Session, command: str, title: str, document: OpenDocument) -> types.Command:
    return types.Command(title=title, command=session.command(command), arguments=[{"uri": document.uri}])
