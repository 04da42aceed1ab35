"""Do what a comment in the code says, and remove the comment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kimi_lsp.actions.action import (
    EDIT_TOOLS,
    FILE_TOOLS,
    TITLE_LENGTH,
    Action,
    ActionContext,
    Target,
    Task,
)
from kimi_lsp.actions.comment import Wish, removal, wishes
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.errors import WorkspaceError

if TYPE_CHECKING:
    from kimi_lsp.actions.updates import Done
    from kimi_lsp.edits.changeset import FileChange
    from kimi_lsp.syntax.language import Language
    from kimi_lsp.syntax.outline import Symbol
    from kimi_lsp.syntax.tree import SyntaxTree
    from kimi_lsp.text.snapshot import Snapshot
    from kimi_lsp.workspace.files import Files

REACH = 5_000
"""Code points before and behind the cursor in which a comment is looked for."""
MOST = 100
"""Comments that are looked at, at most: the menu must not wait."""
LINES_ABOVE = 10
"""Lines of comments above a symbol that belong to it."""
_BEGINNINGS = ("#", "//", "/*", "*", "--", "<!--", ";", "%", "(*", "{-", "@", "|")


def comment_nearby(context: ActionContext) -> tuple[Target, ...]:
    """One entry for the instruction on the cursor's line, else for the nearest in or above the symbol."""
    wish = nearest(context.snapshot, context.selection, context.symbol, context.language, context.tree)
    return () if wish is None else (Target(_title(wish.text), wish.span),)


def nearest(
    snapshot: Snapshot,
    selection: Span,
    symbol: Symbol | None,
    language: Language | None,
    tree: SyntaxTree | None,
) -> Wish | None:
    """The instruction that is meant at ``selection``: the nearest, by lines first."""
    window = _window(snapshot, selection, symbol)
    cursor = snapshot.lines.position(selection.start, "utf-32").line
    last = snapshot.lines.position(selection.end, "utf-32").line

    def distance(wish: Wish) -> tuple[int, int]:
        line = snapshot.lines.position(wish.span.start, "utf-32").line
        end = snapshot.lines.position(wish.span.end, "utf-32").line
        beside = max(0, wish.span.start - selection.end, selection.start - wish.span.end)
        return max(0, line - last, cursor - end), beside

    return min(wishes(snapshot.text, window, language, tree, MOST), key=distance, default=None)


def with_comment(task: Task, files: Files) -> Task:
    """The task with the comment as its instruction, unless the user gave one by hand.

    Raises:
        WorkspaceError: the file cannot be used, or there is no such comment at the task's place.
    """
    if task.instruction.strip():
        return task
    from kimi_lsp.syntax.outline import enclosing_at

    snapshot = files.snapshot(task.path)
    language, tree = _parsed(snapshot)
    symbol = enclosing_at(tree, task.span.start) if tree is not None else None
    wish = nearest(snapshot, task.span, symbol, language, tree)
    if wish is None:
        mark = (language.line_comment if language else None) or "#"
        raise WorkspaceError(
            task.path,
            f"there is no comment such as “{mark} kimi: simplify this” here: write one and try again",
        )
    start, line = wish.span.start, snapshot.lines.position(wish.span.start, "utf-32").line + 1
    told = f"The comment stands in line {line} of {task.path}{_beside(snapshot, wish, tree)}.\n"
    return replace(task, span=Span(start, start), instruction=wish.text, material=told)


def ask(task: Task, where: str) -> str:
    """The request: the engineer's words, from a comment in the code or given by hand."""
    if not task.material:
        return f"The engineer asks, about {where}: {task.instruction}\n"
    return (
        f"The engineer has left you an instruction, as a comment in {where}: {task.instruction}\n{task.material}"
        "It is about the code that it stands in, above, or beside. Do what it says, and remove that comment, "
        "all of its lines; leave other comments alone.\n"
    )


def without_comment(task: Task, snapshot: Snapshot, done: Done) -> Done:
    """``done`` with the comment removed, if the model did what it says and left it standing.

    ``snapshot`` is the task's file as the job began with it. Where the file holds the same instruction elsewhere,
    too, that one stays.
    """
    changes = done.changeset
    if not done.complete or changes.empty or not task.material:
        return done
    change = changes.change(task.path)
    if change is None:
        if (wish := _at(snapshot.text, task, snapshot)) is None:
            return done
        return _with(done, _edit(snapshot, _without(snapshot.text, wish)))
    if change.before is None or change.after is None:
        return done
    before, after = change.before_text, change.after
    wish = _at(before, task, snapshot)
    left = None if wish is None else _left(before, after, wish, snapshot)
    return done if left is None else _with(done, replace(change, after=_without(after, left)))


def _beside(snapshot: Snapshot, wish: Wish, tree: SyntaxTree | None) -> str:
    """Which symbol the comment stands right above, or in."""
    from kimi_lsp.syntax.outline import enclosing_at

    if tree is None:
        return ""
    below = snapshot.text[wish.span.end :]
    start = wish.span.end + len(below) - len(below.lstrip())
    symbol = enclosing_at(tree, start)
    if symbol is not None and wish.span.start <= symbol.head.start <= start:
        return f", right above `{symbol.path}`"
    symbol = enclosing_at(tree, wish.span.start)
    return f", in `{symbol.path}`" if symbol is not None else ""


def _left(before: str, after: str, wish: Wish, snapshot: Snapshot) -> Wish | None:
    """Where ``wish`` of ``before`` stands in ``after``; None where one like it is gone."""
    from kimi_lsp.text.replacement import minimal

    then = [one for one in _all(before, snapshot) if one.text == wish.text]
    now = [one for one in _all(after, snapshot) if one.text == wish.text]
    if len(now) < max(1, len(then)):
        return None
    hunks = minimal(before, after)
    growth = sum(hunk.growth for hunk in hunks if hunk.span.end <= wish.span.start)
    place = wish.span.start + growth
    return min(now, key=lambda one: abs(one.span.start - place))


def _at(text: str, task: Task, snapshot: Snapshot) -> Wish | None:
    """The task's comment in the text that the job began with."""
    for wish in _all(text, snapshot):
        if wish.span.start == task.span.start and wish.text == task.instruction:
            return wish
    return None


def _all(text: str, snapshot: Snapshot) -> tuple[Wish, ...]:
    from kimi_lsp.text.snapshot import Snapshot as Text

    language, tree = _parsed(Text.of(snapshot.path, text, language_id=snapshot.language_id))
    return tuple(wishes(text, Span(0, len(text)), language, tree))


def _parsed(snapshot: Snapshot) -> tuple[Language | None, SyntaxTree | None]:
    from kimi_lsp.syntax.errors import SyntaxUnavailable
    from kimi_lsp.syntax.registry import of_document
    from kimi_lsp.syntax.tree import parse

    language = of_document(snapshot.language_id, snapshot.path)
    if language is None:
        return None, None
    try:
        return language, parse(snapshot.text, language)
    except SyntaxUnavailable:
        return language, None


def _without(text: str, wish: Wish) -> str:
    from kimi_lsp.text.replacement import apply

    return apply(text, [removal(text, wish)])


def _edit(snapshot: Snapshot, after: str) -> FileChange:
    from kimi_lsp.edits.changeset import FileChange

    return FileChange("edit", snapshot.path, snapshot, after)


def _with(done: Done, change: FileChange) -> Done:
    """``done`` with ``change`` in place of the one of its file, or behind the others."""
    files = done.changeset.files
    kept = tuple(change if one.path == change.path else one for one in files)
    return replace(
        done, changeset=replace(done.changeset, files=kept if change in kept else (*files, change))
    )


def _window(snapshot: Snapshot, selection: Span, symbol: Symbol | None) -> Span:
    """The lines of the selection and of the symbol, and the comments right above them, within reach."""
    lines = snapshot.lines
    around = (
        selection
        if symbol is None
        else Span(min(symbol.span.start, selection.start), max(symbol.lines.end, selection.end))
    )
    first = lines.position(max(around.start, selection.start - REACH), "utf-32").line
    last = lines.position(min(around.end, selection.end + REACH), "utf-32").line
    for _ in range(LINES_ABOVE):
        if not first or not lines.line(first - 1).lstrip().startswith(_BEGINNINGS):
            break
        first -= 1
    start = max(lines.start(first), selection.start - 2 * REACH)
    return Span(start, max(start, min(lines.start(last) + len(lines.line(last)), selection.end + REACH)))


def _title(text: str) -> str:
    room = TITLE_LENGTH - len("Kimi: Do “”")
    return f"Kimi: Do “{text if len(text) <= room else f'{text[: room - 1].rstrip()}…'}”"


INSTRUCT = Action(
    id="instruct",
    verb="Do what is asked in",
    kind="refactor.rewrite",
    applies=comment_nearby,
    ask=ask,
    tools=EDIT_TOOLS + FILE_TOOLS,
    look=with_comment,
    finish=without_comment,
)
