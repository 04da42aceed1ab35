"""Asks the checkers: what is wrong in the files of a job, and whether its change mends it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from kimi_lsp.actions.verify import Verified, judge
from kimi_lsp.edits.changeset import Changeset, FileChange
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.workspace.checkers.report import Report
from kimi_lsp.workspace.diagnostic import Diagnostic

Check = Callable[[Mapping[str, Snapshot | None]], Awaitable[Report]]
"""Checks files as they are in the mapping, by path; None is a file that is gone. It is bounded, and never raises."""


class Checking:
    """The checks of one job. ``focus`` is the file that it is about; ``asked`` are the problems that it is to fix."""

    def __init__(self, check: Check, focus: Snapshot, asked: Sequence[Diagnostic]) -> None:
        self._check = check
        self._focus = focus
        self._asked = tuple(asked)
        self._before: dict[frozenset[str], Report] = {}
        self._judged: tuple[Changeset, Verified] | None = None

    async def verified(self, changeset: Changeset) -> Verified:
        """What the checkers say of ``changeset``; one that they have just judged is not checked again."""
        if self._judged is None or self._judged[0] != changeset:
            self._judged = changeset, await self._verified(changeset)
        return self._judged[1]

    def knows(self, changeset: Changeset) -> bool:
        """Whether it is the one that was judged last."""
        return self._judged is not None and self._judged[0] == changeset

    async def problems(self, changeset: Changeset, paths: Sequence[Snapshot]) -> Report:
        """What is wrong in some files as they are with ``changeset``."""
        return await self._check({**_after(changeset.files), **{each.path: each for each in paths}})

    async def _verified(self, changeset: Changeset) -> Verified:
        changes = changeset.files
        if changeset.change(self._focus.path) is None:
            unchanged = FileChange("edit", self._focus.path, self._focus, self._focus.text)
            changes = (*changes, unchanged)
        before = {change.path: change.before for change in changes}
        paths = frozenset(before)
        if paths in self._before:
            after = await self._check(_after(changes))
        else:
            self._before[paths], after = await asyncio.gather(
                self._check(before), self._check(_after(changes))
            )
        return judge(self._asked, self._before[paths], after, changes)


def _after(changes: Sequence[FileChange]) -> Mapping[str, Snapshot | None]:
    """The files as they are after ``changes``."""
    texts: dict[str, Snapshot | None] = {change.path: None for change in changes}
    for change in changes:
        if change.after is not None:
            path = change.new_path or change.path
            language_id = change.before.language_id if change.before and path == change.path else "plaintext"
            texts[path] = Snapshot.of(path, change.after, None, language_id)
    return texts
