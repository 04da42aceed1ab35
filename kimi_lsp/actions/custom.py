"""Actions that the user has worded, in the setting ``actions.custom``."""

from __future__ import annotations

from functools import partial

from kimi_lsp.actions.action import (
    EDIT_TOOLS,
    FILE_TOOLS,
    READING,
    Action,
    ActionContext,
    Target,
    Task,
    adding,
    titled,
)
from kimi_lsp.actions.explain import anything
from kimi_lsp.actions.fix import problems_at_cursor, told
from kimi_lsp.settings import CustomAction

PREFIX = "custom."
TOOLS = {"edit": EDIT_TOOLS, "files": EDIT_TOOLS + FILE_TOOLS, "read": READING}


def custom(name: str, own: CustomAction) -> Action:
    """The action for the setting ``actions.custom.NAME``; its id is ``custom.NAME``."""
    return Action(
        id=f"{PREFIX}{name}",
        verb=f"{own.title}:",
        kind=own.kind,
        applies=partial(_applies, own),
        ask=partial(_ask, own),
        tools=TOOLS[own.tools],
    )


def _applies(own: CustomAction, context: ActionContext) -> tuple[Target, ...]:
    """The problem at the cursor for a quick fix; for others the selection, the symbol or the file."""
    language = context.language
    ids = {context.snapshot.language_id, *((language.id, *language.lsp_ids) if language is not None else ())}
    if own.languages and ids.isdisjoint(own.languages):
        return ()
    title = titled("", own.title)
    if own.kind == "quickfix":
        return tuple(Target(title, one.span, one) for one in problems_at_cursor(context)[:1])
    return tuple(Target(title, target.span) for target in anything(context))


def _ask(own: CustomAction, task: Task, where: str) -> str:
    """The user's wording, and what it is about."""
    reading = "" if own.tools != "read" else "Change nothing; answer in Markdown.\n"
    about = f"This is about {where}.\n{told(task.diagnostics)}{reading}"
    return f"{own.instruction.strip()}\n\n{about}{adding(task, 'adds')}"
