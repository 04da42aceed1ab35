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
from kimi_lsp.server.capabilities import shows_progress, tools_for
from kimi_lsp.server.documents import OpenDocument
from kimi_lsp.server.jobs import Job
from kimi_lsp.server.narrate import Narrator
from kimi_lsp.server.outcome import Outcome
from kimi_lsp.server.progress import Progress, progress
from kimi_lsp.server.recorded import Record
from kimi_lsp.server.report import JobError, failure, message
from kimi_lsp.server.session import Session
from kimi_lsp.server.tasks import TYPED_TOO_MUCH, carried_task

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
    revision: int


async def run(work: Work) -> None:
    """Do the work; every failure becomes one sentence, and a cancel leaves everything as it was."""
    async with progress(work.session.server, work.job.title) as shown:
        work.job.token = shown.token
        if not shows_progress(work.session.server):
            message(work.session.server, f"{work.job.title}: started; the command kimi.cancel stops it.")
        try:
            await _run(work, shown)
        except asyncio.CancelledError:
            shown.final = work.job.cancelled
            if not shows_progress(work.session.server):
                message(work.session.server, f"{work.job.title}: {shown.final}")
            raise
        except Exception as error:
            shown.final = failure(work.session.server, work.job.title, error)


async def _run(work: Work, shown: Progress) -> None:
    session = work.session
    settings = session.settings_for(work.document.location)
    files = session.files(work.document.location)
    tree = await session.trees.complete(work.document)
    task = _of_now(work)
    # What is typed from here on the job does not see, for its parts must agree; its edit is carried over it.
    location, text = work.document.location, work.document.snapshot
    seen = session.files(location, as_of={location: text})
    reviewed = session.findings.problems(work.document)
    index = await session.index.for_job()
    task = await session.problems.of_task(task, location, text, tree, reviewed)
    task = await _with_lookups(task, seen)
    tools = tools_for(session.server, task.action.tools)
    task = replace(task, action=replace(task.action, tools=tools))
    purse = session.purse(settings, work.model.config.model)
    account = Account(purse, task.action.id, str(files.policy.roots[0]))
    with Record.of(session, task, work.model, settings) as record:
        workspace = record.workspace(seen)
        context, staging = await asyncio.to_thread(prepared, task, workspace, tree, settings, index)
        record.knows(context, session.estimate)
        means = session.means(work.model, settings, purse)
        if settings.checkers.enabled:
            check = session.problems.check_of(files)
            means = replace(means, check=check, verifies=settings.checkers.verify)
        means = record.means(means, work.model)
        outcome = Outcome(session, work.job, shown, files, tree)
        narrator = Narrator()
        async with account, contextlib.aclosing(engine.run(task, context, staging, means)) as updates:
            async for update in updates:
                if isinstance(update, Done):
                    update = task.action.finish(task, context.snapshot, update)
                account.see(update)
                record.see(update)
                if isinstance(update, Done):
                    work.job.deliver()
                    if task.action.shape is not None:
                        await review.finish(replace(work, task=task), shown, context, update)
                    else:
                        await outcome.finish(task, context, update)
                elif isinstance(update, Staged) and session.settings.edits.apply == "progressive":
                    await outcome.deliver_so_far(update.changeset)
                elif (line := narrator.line(update)) is not None:
                    shown.report(line)


def _of_now(work: Work) -> Task:
    """The task in the text that the job begins with: the user may have typed since the command."""
    changes = work.document.since_revision(work.revision)
    if changes is None:
        raise JobError(TYPED_TOO_MUCH)
    return carried_task(work.task, changes, work.document.snapshot.lines)


async def _with_lookups(task: Task, files: Files) -> Task:
    """The task with its pictures and what else it needs of the workspace, which is read beside the loop."""
    if task.action.look is not None:
        task = await asyncio.to_thread(task.action.look, task, files)
    if task.action.images is not None:
        task = replace(task, images=await asyncio.to_thread(task.action.images, task, files))
    return task
