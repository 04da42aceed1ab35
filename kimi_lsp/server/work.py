"""One job from the command to the delivered result, under one progress."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kimi_lsp.actions import engine
from kimi_lsp.actions.action import Task
from kimi_lsp.actions.updates import Done
from kimi_lsp.context.gather import SymbolContext, gather
from kimi_lsp.context.render import fenced
from kimi_lsp.edits.guards import Guards
from kimi_lsp.edits.staging import Staging
from kimi_lsp.server import kept, narrate
from kimi_lsp.server.deliver import Fitted, can_apply, deliver, fit
from kimi_lsp.server.documents import OpenDocument
from kimi_lsp.server.explanations import key_of
from kimi_lsp.server.jobs import Job
from kimi_lsp.server.present import show_file
from kimi_lsp.server.progress import Progress, progress
from kimi_lsp.server.report import failure, message
from kimi_lsp.server.session import KeptResult, Session
from kimi_lsp.workspace.errors import WorkspaceError
from kimi_lsp.workspace.files import Files

if TYPE_CHECKING:
    from kimi_lsp.model.port import Model

logger = logging.getLogger(__name__)
DELIVERY_TRIES = 3


@dataclass(frozen=True, slots=True)
class Work:
    """What a job was started with."""

    session: Session
    job: Job
    task: Task
    document: OpenDocument
    model: Model


async def run(work: Work) -> None:
    """Do the work; every failure becomes one sentence, and a cancel leaves everything as it was."""
    session, title = work.session, work.job.title
    async with progress(session.server, title) as shown:
        work.job.token = shown.token
        try:
            done, files, context = await _ask(work, shown)
            await asyncio.shield(_finish(work, shown, done, files, context))
        except asyncio.CancelledError:
            shown.final = "cancelled, nothing was changed"
            raise
        except Exception as error:
            shown.final = failure(session.server, title, error)


async def _ask(work: Work, shown: Progress) -> tuple[Done, Files, SymbolContext]:
    session, settings = work.session, work.session.settings
    files = session.files(work.document.location)
    snapshot = files.snapshot(work.task.path)
    tree = await session.trees.complete(work.document)
    context = gather(
        snapshot,
        tree if tree is not None and tree.text == snapshot.text else None,
        work.task.span,
        diagnostic=work.task.diagnostic,
        instructions=settings.context.instructions,
    )
    staging = Staging(
        files,
        allowed=work.task.action.tools,
        focus=(snapshot.path, context.focus),
        guards=Guards.of(settings.edits),
    )
    narrator = narrate.Narrator()
    async for update in engine.run(work.task, context, staging, session.means(work.model)):
        if isinstance(update, Done):
            return update, files, context
        if (line := narrator.line(update)) is not None:
            shown.report(line)
    raise AssertionError("the engine always ends with Done")


async def _finish(work: Work, shown: Progress, done: Done, files: Files, context: SymbolContext) -> None:
    if not work.task.action.edits:
        await _present(work, shown, done, context)
    elif done.changeset.empty:
        shown.final = f"no change; {narrate.bill(done.spent)}"
        answer = done.reason or done.answer or "Kimi made no change and gave no reason."
        message(work.session.server, f"{work.job.title}: {answer}")
    elif not done.complete:
        _keep(work, shown, done, files, f"the job ended early: {done.reason}")
    else:
        await _deliver(work, shown, done, files)


async def _deliver(work: Work, shown: Progress, done: Done, files: Files) -> None:
    """Apply what fits the text of now; what was refused because it came too late is fitted again."""
    session, server = work.session, work.session.server
    if not can_apply(server):
        _keep(work, shown, done, files, "this editor applies it from the code action menu")
        return
    shown.report_at_once("applying")
    for _ in range(DELIVERY_TRIES):
        try:
            fitted = fit(server, done.changeset, files, session.documents)
        except WorkspaceError as error:
            _keep(work, shown, done, files, str(error))
            return
        if fitted.conflicts:
            _keep(work, shown, done, files, _conflicts(fitted))
            return
        if fitted.empty:
            shown.final = "already there"
            return
        versions = [document.version for document, _ in fitted.texts]
        delivery = await deliver(server, fitted, work.job.title)
        if delivery.applied:
            _tell_applied(work, shown, done, fitted, delivery.why)
            return
        if versions == [document.version for document, _ in fitted.texts]:
            break
    _keep(work, shown, done, files, f"it was not applied: {delivery.why}")


def _tell_applied(work: Work, shown: Progress, done: Done, fitted: Fitted, doubt: str) -> None:
    summary = narrate.summary(done.changeset)
    unsaved = f"; {len(fitted.unopened)} not open before, unsaved" if fitted.unopened else ""
    shown.final = f"{summary}{unsaved}; {narrate.bill(done.spent)}"
    text = f"{work.job.title}: {summary}{unsaved}"
    message(work.session.server, f"{text}; {doubt}" if doubt else text)


def _keep(work: Work, shown: Progress, done: Done, files: Files, why: str) -> None:
    """Nothing is applied; the result waits in the code action menu."""
    title = work.job.title.removeprefix("Kimi: ")
    kept.keep(work.session, KeptResult(title, done.changeset, files, why))
    shown.final = f"kept, not applied; {narrate.bill(done.spent)}"
    message(work.session.server, f"{work.job.title}: {why}. The code action menu offers the result.")


def _conflicts(fitted: Fitted) -> str:
    """Which lines both sides changed."""
    named = ", ".join(
        f"{path} lines {conflict.theirs.lines[0] + 1}-{conflict.theirs.lines[1] + 1}"
        for path, conflict in fitted.conflicts[:3]
    )
    return f"you changed the same lines meanwhile ({named})"


async def _present(work: Work, shown: Progress, done: Done, context: SymbolContext) -> None:
    """Write the explanation to a file, keep it for hover, and open it."""
    session = work.session
    answer = done.answer or done.reason or "Kimi gave no answer."
    markdown = _markdown(work.task, context, done, answer, session.settings.show.reasoning_in_explanations)
    symbol = context.symbol
    if symbol is not None and not context.selected:
        key = key_of(context.snapshot, symbol)
    else:
        key = f"selection-{work.document.generation}-{work.task.span.start}-{work.task.span.end}"
    path = session.explanations.keep(key, markdown)
    shown.final = narrate.bill(done.spent)
    await show_file(session.server, path, f"{work.job.title}: the explanation is ready.")


def _markdown(task: Task, context: SymbolContext, done: Done, answer: str, with_reasoning: bool) -> str:
    name = f"`{context.symbol.path}`" if context.symbol is not None and not context.selected else "Selection"
    place = f"{context.path}, lines {context.first_line}–{context.last_line}"
    thoughts = f"\n## Reasoning\n\n{done.reasoning.strip()}\n" if with_reasoning and done.reasoning else ""
    source = fenced(context.focus_text, context.snapshot.language_id)
    return (
        f"# {name}\n\n{place}\n\n{answer}\n{thoughts}\n---\n\n{source}\n\n"
        f"*Kimi · {narrate.bill(done.spent)}*\n"
    )
