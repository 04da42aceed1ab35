"""Refactor the enclosing symbol or the selection."""

from __future__ import annotations

from kimi_lsp.actions.action import EDIT_TOOLS, FILE_TOOLS, Action, ActionContext, Target, Task
from kimi_lsp.actions.body import TREES


def refactorable(context: ActionContext) -> tuple[Target, ...]:
    """The selection or the symbol, where it is code."""
    language = context.language
    if language is not None and language.id in TREES:
        return ()
    return symbol_or_selection(context)


def symbol_or_selection(context: ActionContext, verb: str = "Refactor") -> tuple[Target, ...]:
    """The selection where there is one, else the symbol around the cursor."""
    symbol = context.symbol
    if symbol is None and not context.selects:
        return ()
    span = context.selection if context.selects or symbol is None else symbol.span
    return (Target(f"Kimi: {verb} {context.target_name}", span),)


def ask(task: Task, where: str) -> str:
    """The request, with the user's own words where there are any."""
    if task.instruction:
        return f"Refactor {where} as the engineer asks: {task.instruction}\n"
    return (
        f"Refactor {where}: improve how it is built (the names inside it, how the work is divided, what is said "
        "twice) without changing what it does. Keep its name, its signature and its behaviour, errors included.\n"
    )


REFACTOR = Action(
    id="refactor",
    verb="Refactor",
    kind="refactor.rewrite",
    applies=refactorable,
    ask=ask,
    tools=EDIT_TOOLS + FILE_TOOLS,
)
