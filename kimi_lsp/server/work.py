"""One job from the command to its end, under one progress."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kimi_lsp.actions import engine
from kimi_lsp.actions.action import Task
from kimi_lsp.actions.prepare import prepared
from kimi_lsp.actions.updates import Done, Staged
from kimi_lsp.server import review
from kimi_lsp.server.account import Account
from kimi_lsp.server.documents import OpenDocument
from kimi_lsp.server.jobs import Job
from kimi_lsp.server.narrate import Narrator
from kimi_lsp.server.outcome import Outcome
from kimi_lsp.server.progress import Progress, progress
from kimi_lsp.server.recorded import Record
from kimi_lsp.server.report import failure
from kimi_lsp.server.session import Session

if TYPE_CHECKING:
    from kimi_lsp.model.gateway import Gateway
    from kimi_lsp.workspace.files import Files


@dataclass(frozen=True, slots=True)
class Work:
    """What a job was started with."""

    session: Session
    job: Job
    task: Task
    document: OpenDocument
    model: Gateway


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
    session = work.session
    files = session.files(work.document.location)
    task = await _with_images(work.task, files)
    account = Account(session.purse(), task.action.id, str(files.policy.roots[0]))
    with Record.of(session, task, work.model) as record:
        workspace = record.workspace(files)
        tree = await session.trees.complete(work.document)
        context, staging = prepared(task, workspace, tree, session.settings)
        means = record.means(session.means(work.model), work.model)
        outcome = Outcome(session, work.job, shown, files)
        narrator = Narrator()
        async with account, contextlib.aclosing(engine.run(task, context, staging, means)) as updates:
            async for update in updates:
                account.see(update)
                record.see(update)
                if isinstance(update, Done):
                    work.job.deliver()
                    if task.action.shape is not None:
                        await review.finish(work, shown, context, update)
                    else:
                        await outcome.finish(task, context, update)
                elif isinstance(update, Staged) and session.settings.edits.apply == "progressive":
                    await outcome.deliver_so_far(update.changeset)
                elif (line := narrator.line(update)) is not None:
                    shown.report(line)


async def _with_images(task: Task, files: Files) -> Task:
    """The task with its pictures, which are read and shrunk beside the loop."""
    if task.action.images is None:
        return task
    return replace(task, images=await asyncio.to_thread(task.action.images, task, files))
