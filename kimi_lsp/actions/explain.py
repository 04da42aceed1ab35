"""Explain the enclosing symbol, the selection or the file."""

from __future__ import annotations

from kimi_lsp.actions.action import Action, ActionContext, Target, Task, adding
from kimi_lsp.text.span import Span


def anything(context: ActionContext, verb: str = "Explain") -> tuple[Target, ...]:
    """The selection, else the symbol, else the whole file; nothing for an empty file."""
    text = context.snapshot.text
    if not text.strip():
        return ()
    if context.selects:
        span = context.selection
    else:
        span = context.symbol.span if context.symbol is not None else Span(0, len(text))
    return (Target(f"Kimi: {verb} {context.target_name}", span),)


def ask(task: Task, where: str) -> str:
    """The request for an explanation in Markdown."""
    return (
        f"Explain {where} to an engineer who is new to this code. Begin with one sentence that says what it is "
        "for. Then say how it works, what it expects and returns, which errors it raises, and what surprises. "
        f"Be brief and exact; use Markdown; name things as the code does. Change nothing.\n{adding(task)}"
    )


EXPLAIN = Action(
    id="explain",
    verb="Explain",
    kind="kimi.explain",
    applies=anything,
    ask=ask,
    tools=("read", "outline", "find"),
)
