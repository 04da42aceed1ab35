"""Simplify the enclosing function or the selection."""

from __future__ import annotations

from kimi_lsp.actions.action import EDIT_TOOLS, Action, ActionContext, Target, Task, adding
from kimi_lsp.actions.body import code_in
from kimi_lsp.actions.refactor import symbol_or_selection
from kimi_lsp.syntax.outline import FUNCTIONS

LOOKED_AT = 5_000
"""Code points of a body that are looked at; a longer one is worth a try."""


def more_than_a_line(context: ActionContext) -> tuple[Target, ...]:
    """The selection, else the function around the cursor, unless its body is one line or less."""
    symbol = context.symbol
    if not context.selects:
        if symbol is None or symbol.kind not in FUNCTIONS or symbol.body is None:
            return ()
        body = symbol.body.of(context.snapshot.text)
        if len(body) <= LOOKED_AT and "\n" not in code_in(body, context.language):
            return ()
    return symbol_or_selection(context, "Simplify")


def ask(task: Task, where: str) -> str:
    """The request for less of the same."""
    return (
        f"Simplify {where}: say the same with less. Remove what is not needed, flatten what is nested, use what the "
        "language and this project already have. Keep its name, its signature and its behaviour, errors included. "
        f"If it is as simple as it can be, change nothing and say so.\n{adding(task)}"
    )


SIMPLIFY = Action(
    id="simplify",
    verb="Simplify",
    kind="refactor.rewrite",
    applies=more_than_a_line,
    ask=ask,
    tools=EDIT_TOOLS,
)
