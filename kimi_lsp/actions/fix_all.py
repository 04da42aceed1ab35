"""Fix all problems of a file. Its kind is ``quickfix``, so that no editor runs it when a file is saved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kimi_lsp.actions.action import EDIT_TOOLS, Action, ActionContext, Target, Task, adding
from kimi_lsp.actions.fix import diagnostic_of, problems_at_cursor, told
from kimi_lsp.text.span import Span

if TYPE_CHECKING:
    from kimi_lsp.workspace.files import Files

TOLD = 100
"""Problems that the request lists; the tool ``problems`` has the others."""
SEVERITIES = ("error", "warning", "information", "hint")
TITLE = "Kimi: Fix all in this file"


def problems_in_file(context: ActionContext) -> tuple[Target, ...]:
    """One entry where there is a problem at the cursor, or more than one in the file.

    It hands on what the client said; what the server knows by itself it adds when the job starts.
    """
    if len(context.all_diagnostics) < 2 and len(context.faults) < 2 and not problems_at_cursor(context):
        return ()
    whole = Span(0, context.snapshot.lines.length)
    return (Target(TITLE, whole, others=tuple(dict.fromkeys(context.diagnostics))[:TOLD]),)


def with_faults(task: Task, files: Files) -> Task:
    """The task with all of the file, and with its syntax faults beside what is known already."""
    from kimi_lsp.syntax.errors import SyntaxUnavailable
    from kimi_lsp.syntax.registry import of_document
    from kimi_lsp.syntax.tree import parse

    snapshot = files.snapshot(task.path)
    task = replace(task, span=Span(0, snapshot.lines.length))
    language = of_document(snapshot.language_id, task.path)
    if language is None:
        return task
    try:
        faults = parse(snapshot.text, language).faults(TOLD)
    except SyntaxUnavailable:
        return task
    known = {diagnostic.line for diagnostic in task.diagnostics}
    found = (diagnostic_of(fault, snapshot) for fault in faults)
    return replace(task, others=(*task.others, *(one for one in found if one.line not in known)))


def ask(task: Task, where: str) -> str:
    """The request, with the problems from the worst to the least."""
    problems = sorted(
        task.diagnostics, key=lambda one: (SEVERITIES.index(one.severity), one.line, one.column)
    )
    asked = (
        f"Fix all problems in {task.path}: those listed here, and those that the tool `problems` lists for it. "
        "Mend the cause, do not silence the message, and change nothing else. "
        "A problem that cannot be fixed without a decision of the engineer's stays: name it in your answer.\n"
    )
    more = f"... and {len(problems) - TOLD} more.\n" if len(problems) > TOLD else ""
    return f"{asked}{told(tuple(problems[:TOLD]))}{more}{adding(task, 'adds')}"


FIX_ALL = Action(
    id="fixAll",
    verb="Fix all in",
    kind="quickfix",
    applies=problems_in_file,
    ask=ask,
    tools=EDIT_TOOLS,
    look=with_faults,
)
