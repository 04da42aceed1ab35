"""One job from the command to its end, under one progress."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kimi_lsp.actions import engine
from kimi_lsp.actions.action import Task
from kimi_lsp.actions.updates import Done, Staged
from kimi_lsp.context.gather import SymbolContext, gather
from kimi_lsp.edits.guards import Guards
from kimi_lsp.edits.staging import Staging
from kimi_lsp.server.account import Account
from kimi_lsp.server.documents import OpenDocument
from kimi_lsp.server.jobs import Job
from kimi_lsp.server.narrate import Narrator
from kimi_lsp.server.outcome import Outcome
from kimi_lsp.server.progress import Progress, progress
from kimi_lsp.server.report import failure
from kimi_lsp.server.session import Session

if TYPE_CHECKING:
    from kimi_lsp.model.port import Model
    from kimi_lsp.workspace.files import Files


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
    async with progress(work.session.server, work.job.title) as shown:
        work.job.token = shown.token
        try:
            await _run(work, shown)
        except asyncio.CancelledError:
            shown.final = (
                "cancelled, nothing more was changed"
                if work.job.delivered
                else "cancelled, nothing was changed"
            )
            raise
        except Exception as error:
            shown.final = failure(work.session.server, work.job.title, error)


async def _run(work: Work, shown: Progress) -> None:
    session, settings = work.session, work.session.settings
    files = session.files(work.document.location)
    context = await _context(work, files)
    staging = Staging(
        files,
        allowed=work.task.action.tools,
        focus=(context.path, context.focus),
        guards=Guards.of(settings.edits),
    )
    outcome = Outcome(session, work.job, shown, files)
    narrator = Narrator()
    account = Account(session.purse(), work.task.action.id, str(files.policy.roots[0]))
    async with (
        account,
        contextlib.aclosing(engine.run(work.task, context, staging, session.means(work.model))) as updates,
    ):
        async for update in updates:
            account.see(update)
            if isinstance(update, Done):
                work.job.deliver()
                await outcome.finish(work.task, context, update)
            elif isinstance(update, Staged) and settings.edits.apply == "progressive":
                await outcome.deliver_so_far(update.changeset)
            elif (line := narrator.line(update)) is not None:
                shown.report(line)


async def _context(work: Work, files: Files) -> SymbolContext:
    """What is gathered for the task, from the tree of the very text that the job works on."""
    tree = await work.session.trees.complete(work.document)
    snapshot = files.snapshot(work.task.path)
    return gather(
        snapshot,
        tree if tree is not None and tree.text == snapshot.text else None,
        work.task.span,
        diagnostic=work.task.diagnostic,
        instructions=work.session.settings.context.instructions,
    )
