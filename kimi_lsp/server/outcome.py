"""What becomes of a finished job: delivered, kept for the menu, or shown; and what the user is told."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from kimi_lsp.actions.action import Task
from kimi_lsp.actions.updates import Done
from kimi_lsp.context.gather import SymbolContext
from kimi_lsp.context.render import fenced
from kimi_lsp.edits.changeset import Changeset, FileChange
from kimi_lsp.server import kept, narrate
from kimi_lsp.server.capabilities import lacking
from kimi_lsp.server.deliver import Delivery, deliver
from kimi_lsp.server.explanations import code_key, key_of, readable
from kimi_lsp.server.fitting import Fitted, fit
from kimi_lsp.server.jobs import Job
from kimi_lsp.server.present import show_file
from kimi_lsp.server.progress import Progress
from kimi_lsp.server.report import JobError, message
from kimi_lsp.server.session import KeptResult, Session
from kimi_lsp.syntax.tree import SyntaxTree
from kimi_lsp.text.rebase import Side
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.workspace.errors import WorkspaceError
from kimi_lsp.workspace.files import Files

DELIVERY_TRIES = 3


@dataclass(frozen=True, slots=True)
class _Applied:
    """The editor took what was ``sent``; ``doubt`` says what about that is not certain."""

    sent: Changeset
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class _NotApplied:
    """The editor has nothing of it; ``why`` is for the user."""

    why: str


class Outcome:
    """Delivers what one job made, and remembers what of it the editor has already."""

    def __init__(
        self, session: Session, job: Job, shown: Progress, files: Files, tree: SyntaxTree | None
    ) -> None:
        self._session = session
        self._job = job
        self._shown = shown
        self._files = files
        self._tree = tree
        self._given = Changeset()
        self._doubt = ""
        self._declined = False
        self._carried = False

    async def finish(self, task: Task, context: SymbolContext, done: Done) -> None:
        """The end of a job."""
        self._shown.report("checking")
        changeset = self._not_yet_delivered(done.changeset)
        if not task.action.edits:
            await self._show(task, context, done)
        elif changeset.empty and not self._given.empty:
            self._tell_applied(done, done.changeset, self._doubt)
        elif changeset.empty:
            self._tell_no_change(done)
        elif not done.complete:
            self._keep(changeset, f"the job ended early: {done.reason}", narrate.bill(done.spent))
        else:
            match await self._deliver(changeset):
                case _Applied(sent, doubt):
                    sent_as_one = sent if self._given.empty else done.changeset
                    self._tell_applied(done, sent_as_one, self._doubt or doubt)
                case _NotApplied(why):
                    self._keep(changeset, why, narrate.bill(done.spent))

    async def deliver_so_far(self, changeset: Changeset) -> None:
        """Progressive delivery: each file as soon as a turn's calls are guarded.

        Once something was declined or met the user's typing, all that is left waits for the end: nobody wants to be
        asked again at each turn.
        """
        fresh = self._not_yet_delivered(changeset)
        if self._declined or fresh.empty or lacking(self._session.server, fresh):
            return
        match await self._deliver(fresh):
            case _Applied(doubt=doubt):
                self._given = changeset
                self._doubt = self._doubt or doubt
            case _NotApplied():
                self._declined = True

    async def _deliver(self, changeset: Changeset) -> _Applied | _NotApplied:
        """Apply what fits the text of now; what came too late is fitted again. One delivery at a time."""
        if why := lacking(self._session.server, changeset):
            return _NotApplied(why)
        self._shown.report_at_once("applying")
        if not await self._session.jobs.turn(self._job):
            return _NotApplied("it was cancelled while the editor was busy with another edit")
        try:
            return await self._deliver_now(changeset)
        finally:
            self._session.jobs.delivery.release()

    async def _deliver_now(self, changeset: Changeset) -> _Applied | _NotApplied:
        why = ""
        for _ in range(DELIVERY_TRIES):
            try:
                fitted = self._fit(changeset)
            except WorkspaceError as error:
                return _NotApplied(str(error))
            if fitted.conflicts:
                return _NotApplied(_conflicts(fitted))
            if fitted.empty:
                return _Applied(changeset)
            self._carried = self._carried or self._is_carried(changeset)
            delivery = await self._send(fitted)
            if delivery.applied:
                return _Applied(fitted.of(changeset, self._files), delivery.doubt)
            why = delivery.why
            if self._job.given_up.is_set() or not _typed_since(fitted):
                break
        return _NotApplied(f"it was not applied: {why}")

    def _fit(self, changeset: Changeset) -> Fitted:
        session = self._session
        confirm = session.settings.edits.confirm
        return fit(session.server, changeset, self._files, session.documents, self._job.uri, confirm)

    async def _send(self, fitted: Fitted) -> Delivery:
        before, self._job.delivered = self._job.delivered, True  # from here on a cancel cannot call it back
        delivery = await deliver(
            self._session.server, fitted, self._session.documents, self._job.title, self._job.given_up
        )
        self._job.delivered = before or delivery.applied
        return delivery

    def _is_carried(self, changeset: Changeset) -> bool:
        """Whether an open file is not as the job knew it: what was checked is not what it becomes."""
        now = ((c, self._session.documents.get(self._files.locate(c.path))) for c in changeset.files)
        return any(there is not None and there.text != c.before_text for c, there in now)

    def _not_yet_delivered(self, changeset: Changeset) -> Changeset:
        """``changeset`` from what the editor was given already."""
        paths = dict.fromkeys((*self._given.paths, *changeset.paths))
        rests = (_rest(self._given.change(path), changeset.change(path)) for path in paths)
        return Changeset(tuple(rest for rest in rests if rest is not None))

    def _tell_applied(self, done: Done, sent: Changeset, doubt: str) -> None:
        """The editor says that it has all of it; where that is in doubt, the menu offers what it may lack."""
        if doubt:
            kept.keep(self._session, self._kept(sent, doubt), self._job.uri)
        self._tell_done(done, doubt)

    def _tell_done(self, done: Done, doubt: str) -> None:
        verdict = narrate.verdict(done)
        if self._carried and done.verified is not None and done.verified.checkers:
            verdict += " (checked without what you typed meanwhile)"
        summary = f"{narrate.summary(done.changeset)}; {verdict}"
        unsaved = self._unsaved(done.changeset)
        early = f"; ended early: {done.reason}" if not done.complete else ""
        self._shown.final = f"{summary}{unsaved}{early}; {narrate.bill(done.spent)}"
        text = f"{self._job.title}: {summary}{unsaved}{early}"
        message(self._session.server, f"{text}; {doubt}" if doubt else text)

    def _unsaved(self, changeset: Changeset) -> str:
        """Files that were not open become open, changed buffers: the user is told how many (clients.md)."""
        opened_by_us = sum(
            self._files.locate(change.path) not in self._session.documents for change in changeset.files
        )
        return f"; {opened_by_us} not open before, unsaved" if opened_by_us else ""

    def _tell_no_change(self, done: Done) -> None:
        self._shown.final = f"no change; {narrate.bill(done.spent)}"
        answer = done.reason or done.answer or "Kimi made no change and gave no reason."
        message(self._session.server, f"{self._job.title}: {answer}")

    def _keep(self, changeset: Changeset, why: str, bill: str) -> None:
        """Nothing is applied; the result waits in the code action menu."""
        kept.keep(self._session, self._kept(changeset, why), self._job.uri)
        self._shown.final = f"kept, not applied; {bill}"
        message(
            self._session.server,
            f"{self._job.title}: {why}. The code action menu offers the result.",
        )

    def _kept(self, changeset: Changeset, why: str) -> KeptResult:
        return KeptResult(self._job.title.removeprefix("Kimi: "), changeset, self._files, why)

    async def _show(self, task: Task, context: SymbolContext, done: Done) -> None:
        """Write the explanation to a file, keep it for hover if it is whole, and open it."""
        markdown = _markdown(context, done, self._session.settings.show.reasoning_in_explanations)
        explains = task.action.id == "explain" and not task.instruction
        symbol = context.symbol if explains and done.complete and not context.selected else None
        location = self._files.locate(context.path)
        key = (
            _key_of_request(task, context)
            if symbol is None
            else key_of(code_key(location, context.snapshot, symbol), self._tree)
        )
        self._shown.final = narrate.bill(done.spent)
        try:
            path = self._session.explanations.keep(key, markdown)
        except OSError as error:
            reason = f"it cannot be written to {self._session.cache}: {error.strerror}"
            raise JobError(f"{reason}; hover shows it until the editor is closed") from error
        if self._job.quiet:
            return
        await show_file(
            self._session, path, f"{self._job.title}: the explanation is ready.", hover=symbol is not None
        )


def _rest(given: FileChange | None, wanted: FileChange | None) -> FileChange | None:
    """What leads from the one to the other, both changes of the same file; what was taken back is undone."""
    if given is None or wanted is None:
        return wanted if given is None else given.inverted()
    there, target = given.new_path or given.path, wanted.new_path or wanted.path
    if given.after == wanted.after and (there == target or wanted.after is None):
        return None
    if given.after is None:
        return FileChange("create", target, None, wanted.after)
    base = Snapshot.of(there, given.after)
    if wanted.after is None:
        return FileChange("delete", there, base, None)
    if there != target:
        return FileChange("rename", there, base, wanted.after, target)
    return FileChange("edit", there, base, wanted.after)


def _typed_since(fitted: Fitted) -> bool:
    """Whether the client changed a document after the edit was made for it."""
    return any(
        document.snapshot is not base for (document, _), base in zip(fitted.texts, fitted.bases, strict=True)
    )


def _conflicts(fitted: Fitted) -> str:
    """Which lines both sides changed."""
    named = ", ".join(
        f"{path}: your lines {_lines(conflict.theirs)}, Kimi's {_lines(conflict.ours)}"
        for path, conflict in fitted.conflicts[:3]
    )
    return f"you changed the same lines meanwhile ({named})"


def _lines(side: Side) -> str:
    first, last = side.lines
    return str(first + 1) if first == last else f"{first + 1}-{last + 1}"


def _key_of_request(task: Task, context: SymbolContext) -> str:
    """The name of a page that no hover looks for."""
    parts = (task.action.id, task.wording, context.path, context.focus_text)
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass"))
    return f"{readable(task.action.id)}-{readable(context.path)}-{digest.hexdigest()[:16]}"


def _lines_of(context: SymbolContext) -> tuple[int, int]:
    """The first and the last line, from 1, of what the page shows."""
    if context.selected:
        return context.first_line, context.last_line
    lines, focus = context.snapshot.lines, context.focus
    last = max(focus.start, focus.end - 1)
    return lines.position(focus.start, "utf-32").line + 1, lines.position(last, "utf-32").line + 1


def _markdown(context: SymbolContext, done: Done, with_reasoning: bool) -> str:
    answer = done.answer or done.reason or "Kimi gave no answer."
    if not done.complete:
        answer += f"\n\n*Ended early: {done.reason}.*"
    name = f"`{context.symbol.path}`" if context.symbol is not None and not context.selected else context.path
    first, last = _lines_of(context)
    place = f"{context.path}, line {first}" if first == last else f"{context.path}, lines {first}–{last}"
    thoughts = f"\n## Reasoning\n\n{done.reasoning.strip()}\n" if with_reasoning and done.reasoning else ""
    source = fenced(context.focus_text, context.snapshot.language_id)
    return (
        f"# {name}\n\n{place}\n\n{answer}\n{thoughts}\n---\n\n{source}\n\n"
        f"*Kimi · {narrate.bill(done.spent)}*\n"
    )
