"""Two-step results: a finished changeset that was not applied is offered by the next code action."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsprotocol import types

from kimi_lsp.server.deliver import Fitted, fit
from kimi_lsp.server.documents import OpenDocument
from kimi_lsp.server.present import show_file
from kimi_lsp.server.session import KeptResult, Session
from kimi_lsp.workspace.errors import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger(__name__)


def keep(session: Session, result: KeptResult) -> None:
    """Keep ``result`` for each file that it changes; it replaces an older one."""
    for change in result.changeset.files:
        session.kept[result.files.locate(change.path)] = result


def discard(session: Session, location: Path) -> KeptResult | None:
    """Forget the result kept for ``location``, in all its files."""
    result = session.kept.get(location)
    if result is not None:
        for path in [path for path, kept in session.kept.items() if kept is result]:
            del session.kept[path]
    return result


def entries(session: Session, document: OpenDocument) -> Iterator[types.CodeAction]:
    """*Apply result* with a literal edit that fits the text as it is now, *Show diff* and *Discard*."""
    result = session.kept.get(document.location)
    if result is None:
        return
    fitted = _fitted(session, result)
    if fitted is not None and not fitted.empty:
        yield types.CodeAction(
            title=_apply_title(result, fitted),
            kind="quickfix",
            edit=fitted.edit,
            command=_command(session, "resultApplied", "Kimi: Result applied", document),
            tags=[types.CodeActionTag.LlmGenerated],
        )
    yield _entry(session, "showDiff", "Kimi: Show diff", document)
    yield _entry(session, "discard", "Kimi: Discard result", document)


def _fitted(session: Session, result: KeptResult) -> Fitted | None:
    try:
        return fit(session.server, result.changeset, result.files, session.documents)
    except WorkspaceError as error:
        logger.info("the result of %s fits no more: %s", result.title, error)
        return None


async def show_diff(session: Session, location: Path) -> None:
    """Open the kept result as a unified diff."""
    if (result := session.kept.get(location)) is None:
        return
    diff = result.changeset.diff()
    folder = session.cache / "diffs"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{hashlib.sha256(diff.encode()).hexdigest()[:16]}.diff"
    path.write_text(diff, encoding="utf-8")
    await show_file(session.server, path, "Kimi: the diff is ready.")


def _apply_title(result: KeptResult, fitted: Fitted) -> str:
    left = f", leaving out {len(fitted.conflicts)} that meet your typing" if fitted.conflicts else ""
    return f"Kimi: Apply result of {result.title}{left}"


def _entry(session: Session, command: str, title: str, document: OpenDocument) -> types.CodeAction:
    return types.CodeAction(
        title=title, kind="kimi.result", command=_command(session, command, title, document)
    )


def _command(session: Session, command: str, title: str, document: OpenDocument) -> types.Command:
    return types.Command(title=title, command=session.command(command), arguments=[{"uri": document.uri}])
