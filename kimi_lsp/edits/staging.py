"""A job's calls, carried out on its own view of the workspace, turn by turn."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from kimi_lsp.edits import editing, reading, tools
from kimi_lsp.edits.changeset import Changeset
from kimi_lsp.edits.errors import EditError
from kimi_lsp.edits.guards import Guards
from kimi_lsp.edits.job import Done, Reported, View
from kimi_lsp.edits.overlay import Overlay, Pinned, Workspace
from kimi_lsp.edits.tools import READING, Call
from kimi_lsp.edits.trees import Trees
from kimi_lsp.edits.turn import Attempt, Turn
from kimi_lsp.text.endings import split_lines
from kimi_lsp.text.myers import Budget, differences
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.diagnostic import Diagnostic

_STEPS = 100_000
_HANDLERS: dict[str, Callable[[View, Any], Done]] = {
    "edit": editing.edit,
    "replace_symbol": editing.replace_symbol,
    "insert": editing.insert,
    "create_file": editing.create_file,
    "rename_file": editing.rename_file,
    "delete_file": editing.delete_file,
    "read": reading.read,
    "outline": reading.outline,
    "find": reading.find,
    "problems": reading.problems,
}


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a call: ``content`` for the model, which begins with ``error:`` unless it is ``ok``.

    ``summary`` is for people: ``editing Lock.acquire +12 −3``, ``reading a.py``.
    """

    id: str
    ok: bool
    content: str
    summary: str


class Staging:
    """Carries out what the model calls; nothing leaves it but ``changeset``.

    ``allowed`` are the names of the tools that the action offers. ``focus`` is what the request is about: a path and
    a span in its text as it is now; what an edit names is looked for there first. ``request`` is the user's wording:
    a definition that it names may vanish. ``problems`` gives what is known to be wrong in a file. Files stay as the
    job first saw them: what the user types meanwhile is for the rebase.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        allowed: Collection[str],
        focus: tuple[str, Span] | None = None,
        guards: Guards | None = None,
        request: str = "",
        problems: Callable[[str], Iterable[Diagnostic]] | None = None,
        trees: Trees | None = None,
    ) -> None:
        self._allowed = frozenset(allowed)
        self._request = request
        self._written = 0
        pinned = Pinned(workspace)
        self._view = View(Overlay(pinned), trees or Trees(), guards or Guards(), focus, problems)
        if focus is not None:
            pinned.snapshot(focus[0])

    @property
    def changeset(self) -> Changeset:
        """All that was staged so far."""
        return self._view.overlay.changeset()

    def snapshot(self, path: str) -> Snapshot | None:
        """A file as the job sees it now; None where there is none, or the policy forbids it."""
        overlay = self._view.overlay
        try:
            path = overlay.canonical(path)
            return Snapshot.of(path, overlay.text(path), None, overlay.snapshot(path).language_id)
        except EditError:
            return None

    def report(self, found: Iterable[tuple[Snapshot, Iterable[Diagnostic]]]) -> None:
        """Let ``problems`` tell what was found in these files as they are now, in place of what was known before."""
        reported = {snapshot.path: Reported(snapshot.text, tuple(each)) for snapshot, each in found}
        self._view = replace(self._view, reported={**self._view.reported, **reported})

    def run(self, calls: Sequence[Call]) -> tuple[Result, ...]:
        """Carry out the calls of one turn, in order; each gets its result. What is refused leaves no trace.

        If an edit of a file is refused, so are all other edits of that file in the turn.
        """
        turn = Turn(self._view, request=self._request, written=self._written)
        for call in calls:
            turn.attempt(self._paths(call, turn), partial(self._carried_out, call))
        self._view = turn.finish()
        self._written = turn.written
        return tuple(self._result(call, turn, done) for call, done in zip(calls, turn.attempts, strict=True))

    def _carried_out(self, call: Call, view: View) -> Done:
        tool = tools.tool(call.name, self._allowed)
        return _HANDLERS[tool.name](view, tool.parse(call.arguments))

    def _paths(self, call: Call, turn: Turn) -> frozenset[str]:
        """The files that an editing call names, as far as they can be told; none for a reading one."""
        if call.name in READING:
            return frozenset()
        named = (call.arguments.get(name) for name in ("path", "new_path"))
        return frozenset(turn.path(path) for path in named if isinstance(path, str))

    def _result(self, call: Call, turn: Turn, attempt: Attempt) -> Result:
        if attempt.done is None:
            about = call.arguments.get("path") or call.arguments.get("name")
            what = f"{call.name} of {about}" if isinstance(about, str) else call.name
            return Result(call.id, False, f"error: {attempt.error}", what)
        done = attempt.done
        summary = done.summary
        if done.step is not None:
            added, removed = _line_counts(done)
            name = self._symbol_at(done.path, turn.span_of(attempt)) if done.step.text else None
            summary = f"editing {name}" if name else summary
            summary += f" +{added}" + (f" −{removed}" if done.step.text else "")
        return Result(call.id, True, done.content, summary)

    def _symbol_at(self, path: str, span: Span | None) -> str | None:
        """The path of the symbol around ``span``, in the text at the end of the turn."""
        from kimi_lsp.syntax.outline import enclosing

        if span is None or not self._view.overlay.exists(path):
            return None
        text = self._view.overlay.text(path)
        filled = span.of(text)
        start = span.start + len(filled) - len(filled.lstrip())
        inner = Span(min(start, span.end), max(min(start, span.end), span.start + len(filled.rstrip())))
        symbol = enclosing(self._view.trees.symbols(path, text), inner)
        return symbol.path if symbol is not None else None


def _line_counts(done: Done) -> tuple[int, int]:
    """How many lines a call added and removed; a changed line is both."""
    assert done.step is not None
    added = removed = 0
    for replacement in done.replacements:
        old, new = (split_lines(text) for text in (replacement.span.of(done.step.text), replacement.text))
        for a, b, c, d in differences(old, new, Budget(_STEPS)):
            added, removed = added + d - c, removed + b - a
    return added, removed
