"""What the checkers say of open documents: for menus from what is kept, for jobs anew. Nothing waits but a job."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from kimi_lsp.server.report import JobError

if TYPE_CHECKING:
    from kimi_lsp.actions.action import Task
    from kimi_lsp.actions.checking import Check
    from kimi_lsp.server.documents import OpenDocument
    from kimi_lsp.server.session import Session
    from kimi_lsp.settings import CheckerSettings
    from kimi_lsp.syntax.tree import SyntaxTree
    from kimi_lsp.text.lines import Lines
    from kimi_lsp.text.snapshot import Snapshot
    from kimi_lsp.text.span import Span
    from kimi_lsp.workspace.checkers.checkers import Checkers
    from kimi_lsp.workspace.diagnostic import Diagnostic
    from kimi_lsp.workspace.files import Files

logger = logging.getLogger(__name__)
QUIET_S = 0.5
"""A document that was just asked about is checked once its user pauses."""
MENU_WITHIN_S = 10.0
ABOUT_PROBLEMS = ("fix", "explainProblem", "fixAll")
"""Actions that are about problems, also where nobody handed one over."""
LINES_AWAY = 20
FAULTS_TOLD = 20


class Problems:
    """The checkers of one session, and what they last said of each document."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: WeakKeyDictionary[OpenDocument, tuple[int, tuple[Diagnostic, ...]]] = WeakKeyDictionary()
        self._checking: set[OpenDocument] = set()
        self._made: dict[bool, tuple[CheckerSettings, Checkers]] = {}

    def known(self, document: OpenDocument, *, ask: bool) -> tuple[Diagnostic, ...]:
        """What is known of the document's text of now; with ``ask`` the quick checkers are started where that is
        nothing, for the next menu.
        """
        revision, found = self._known.get(document, (-1, ()))
        if revision == document.revision:
            return found
        if ask and document not in self._checking and self._session.settings.checkers.enabled:
            self._checking.add(document)
            self._session.spawn(self._check_behind(document))
        return ()

    def checkers(self, *, quick: bool = False) -> Checkers:
        """All of them by the settings in force, or those that read one text and are done at once."""
        from kimi_lsp.workspace.checkers.checkers import Checkers
        from kimi_lsp.workspace.checkers.table import rows

        settings = self._session.settings.checkers
        if quick not in self._made or self._made[quick][0] != settings:
            table = [row for row in rows(settings) if not quick or row.delivery == "stdin"]
            self._made[quick] = settings, Checkers(table, self._session.cache / "checkers")
        return self._made[quick][1]

    async def of_task(
        self,
        task: Task,
        location: Path,
        text: Snapshot,
        tree: SyntaxTree | None,
        reviewed: Sequence[Diagnostic],
    ) -> Task:
        """The task with the problems that it is about, where the command brought none, in the ``text`` of its begin.

        What a review found counts as what a checker says, but not for all of a file: it is an opinion.

        Raises:
            JobError: nobody knows of a problem there.
        """
        if task.action.id not in ABOUT_PROBLEMS or (task.diagnostics and task.action.id != "fixAll"):
            return task
        snapshot = replace(text, path=task.path)
        found = await self._checked(location, snapshot)
        if task.action.id == "fixAll":
            known = {(one.line, one.code) for one in task.diagnostics}
            fresh = (one for one in found if (one.line, one.code) not in known)
            return replace(task, others=(*task.others, *fresh))
        all_found = (*found, *(replace(one, path=task.path) for one in reviewed))
        here = on_lines(all_found, task.span, snapshot.lines) or _nearest_fault(tree, task.span, snapshot)
        if not here:
            raise JobError("no problem is known here: put the cursor on one")
        return replace(task, diagnostic=here[0], others=tuple(here[1:]))

    def check_of(self, files: Files) -> Check:
        """How a job has its files checked, with what is open and unsaved laid over the disk, too."""
        from kimi_lsp.workspace.checkers.bound import Bound

        return Bound(self.checkers(), files, self._session.documents)

    async def _checked(self, location: Path, snapshot: Snapshot) -> tuple[Diagnostic, ...]:
        if not self._session.settings.checkers.enabled:
            return ()
        report = await self.checkers().check({location: snapshot}, self._session.root_of(location))
        for sentence in report.sentences:
            logger.info("%s", sentence)
        return report.diagnostics.get(snapshot.path, ())

    async def _check_behind(self, document: OpenDocument) -> None:
        """Check the text that the user pauses at."""
        try:
            revision = -1
            while revision != document.revision:
                revision = document.revision
                await asyncio.sleep(QUIET_S)
            location, snapshot = document.location, document.snapshot
            report = await self.checkers(quick=True).check(
                {location: snapshot}, self._session.root_of(location), within_s=MENU_WITHIN_S
            )
            self._known[document] = revision, report.diagnostics.get(snapshot.path, ())
        finally:
            self._checking.discard(document)


def on_lines(found: Sequence[Diagnostic], selection: Span, lines: Lines) -> tuple[Diagnostic, ...]:
    """Those that begin on the lines of the selection: what a client would have sent (clients.md)."""
    first = lines.position(selection.start, "utf-32").line + 1
    last = lines.position(selection.end, "utf-32").line + 1
    return tuple(diagnostic for diagnostic in found if first <= diagnostic.line <= last)


def _nearest_fault(tree: SyntaxTree | None, span: Span, snapshot: Snapshot) -> tuple[Diagnostic, ...]:
    """The syntax fault nearest to the cursor, if it is near."""
    from kimi_lsp.actions.fix import diagnostic_of

    if tree is None or tree.text != snapshot.text:
        return ()
    line = snapshot.lines.position(span.start, "utf-32").line + 1
    faults = (diagnostic_of(fault, snapshot) for fault in tree.faults(FAULTS_TOLD))
    near = [one for one in faults if abs(one.line - line) <= LINES_AWAY]
    return (min(near, key=lambda one: (abs(one.line - line), one.span)),) if near else ()
