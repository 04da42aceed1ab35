"""One turn of the model: its calls in order, all or nothing for each file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from kimi_lsp.edits.errors import EditError
from kimi_lsp.edits.job import Done, View, carried
from kimi_lsp.edits.lost_symbols import Step, mentions
from kimi_lsp.edits.overlay import Overlay
from kimi_lsp.text.replacement import Replacement
from kimi_lsp.text.span import Span


@dataclass(slots=True)
class Attempt:
    """A call and what came of it: ``done``, or the ``error`` for which it is refused; ``paths`` are its files."""

    done: Done | None = None
    error: EditError | None = None
    paths: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Log:
    """What a turn did to one file: the steps, and each replacement in the text of its moment."""

    steps: list[Step] = field(default_factory=list)
    replacements: list[Replacement] = field(default_factory=list)


class Turn:
    """``view`` is what the turn starts from. ``written`` is how much the job has written before."""

    def __init__(self, view: View, *, request: str, written: int) -> None:
        self.written = written
        self.attempts: list[Attempt] = []
        self._start = self._view = view
        self._request = request
        self._logs: dict[str, _Log] = {}
        self._failed: set[str] = set()

    def attempt(self, paths: frozenset[str], tool: Callable[[View], Done]) -> None:
        """Carry out one call that names ``paths``; after a refusal its files are out for this turn."""
        attempt = Attempt(paths=paths)
        self.attempts.append(attempt)
        view = self._view if paths else self._merged()
        if paths & self._failed:
            attempt.error = EditError(
                "Not tried, because an edit of the same file in this turn was refused before it."
            )
            return
        try:
            done = tool(view)
            if done.overlay is not None:
                self._check_sizes(done)
        except EditError as error:
            attempt.error = error
            self._failed |= paths
        else:
            attempt.done = done
            if done.overlay is not None:
                attempt.paths = paths | _touched(self._view.overlay, done.overlay)
                self._stage(done)

    def path(self, path: str) -> str:
        """The one way to write ``path``; as it is where the policy forbids it."""
        try:
            return self._view.overlay.canonical(path)
        except EditError:
            return path

    def finish(self) -> View:
        """Check each file as it is now; what is refused is taken back, with all that the turn did to its file.

        Returns:
            What the next turn starts from.
        """
        refused: dict[str, EditError] = {}
        for path, log in self._logs.items():
            if path not in self._failed:
                try:
                    self._check(path, log)
                except EditError as error:
                    refused[path] = error
        self._failed |= set(refused)
        self._spread()
        for attempt in self.attempts:
            if attempt.done is None or attempt.done.overlay is None or not attempt.paths & self._failed:
                continue
            attempt.done = None
            attempt.error = next(
                (refused[path] for path in attempt.paths if path in refused), None
            ) or EditError(
                "Taken back, because another edit of the same file in this turn was refused: nothing of the file was "
                "changed. Send this edit again together with the corrected one."
            )
        return self._merged()

    def span_of(self, attempt: Attempt) -> Span | None:
        """Where the text that a call wrote is at the end of the turn; None if it is no edit inside a file."""
        span: Span | None = None
        for other in self.attempts[self.attempts.index(attempt) :]:
            if other.done is None or attempt.done is None or other.done.path != attempt.done.path:
                continue
            for replacement in other.done.replacements:
                if other is attempt:
                    start = replacement.span.start
                    span = Span(start, start + len(replacement.text))
                elif span is not None:
                    span = carried(span, replacement)
        return span

    def _check_sizes(self, done: Done) -> None:
        assert done.overlay is not None
        guards = self._view.guards
        self.written += sum(len(replacement.text) for replacement in done.replacements)
        guards.check_written(self.written)
        guards.check_changeset(len(done.overlay.staged))

    def _stage(self, done: Done) -> None:
        assert done.overlay is not None
        focus = self._view.focus
        if done.step is not None:
            log = self._logs.setdefault(done.path, _Log())
            log.steps.append(done.step)
            log.replacements += done.replacements
            if focus is not None and focus[0] == done.path:
                span = focus[1]
                for replacement in done.replacements:
                    span = carried(span, replacement)
                focus = (focus[0], span)
        else:
            self._logs.pop(done.path, None)
        self._view = replace(self._view, overlay=done.overlay, focus=focus)

    def _check(self, path: str, log: _Log) -> None:
        view = self._view
        after = view.overlay.text(path)

        def excused(name: str) -> bool:
            return mentions(self._request, name) or self._moved(name, path)

        view.guards.check_file(path, log.steps, log.replacements, after, view.trees, excused)

    def _moved(self, name: str, path: str) -> bool:
        """Whether another file of the turn defines ``name`` now and did not before."""
        view = self._view
        for other, log in self._logs.items():
            if other != path:
                before = {symbol.name for symbol in view.trees.symbols(other, log.steps[0].text)}
                after = {symbol.name for symbol in view.trees.symbols(other, view.overlay.text(other))}
                if name in after - before:
                    return True
        return False

    def _spread(self) -> None:
        """A call that touched a refused file and another one is refused whole, so the other file is, too."""
        known = -1
        while known != len(self._failed):
            known = len(self._failed)
            for attempt in self.attempts:
                edits = attempt.error is not None or (
                    attempt.done is not None and attempt.done.overlay is not None
                )
                if edits and attempt.paths & self._failed:
                    self._failed |= attempt.paths

    def _merged(self) -> View:
        """The staged files of this turn, and for those that were refused what was staged before it."""
        failed, before, after = self._failed, self._start.overlay, self._view.overlay
        staged = {
            path: entry for path, entry in before.staged.items() if path in failed or path in after.staged
        }
        staged.update((path, entry) for path, entry in after.staged.items() if path not in failed)
        focus = (
            self._start.focus if self._start.focus and self._start.focus[0] in failed else self._view.focus
        )
        return replace(self._view, overlay=replace(after, staged=staged), focus=focus)


def _touched(before: Overlay, after: Overlay) -> frozenset[str]:
    """The paths whose staged file is another one."""
    paths = {*before.staged, *after.staged}
    return frozenset(path for path in paths if before.staged.get(path) is not after.staged.get(path))
