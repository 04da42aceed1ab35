"""Fix a diagnostic, or a syntax fault where nobody reported one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kimi_lsp.actions.action import EDIT_TOOLS, Action, ActionContext, Target, Task, adding, titled
from kimi_lsp.workspace.diagnostic import Diagnostic

if TYPE_CHECKING:
    from kimi_lsp.syntax.tree import Fault
    from kimi_lsp.text.snapshot import Snapshot

OWN_SOURCE = "syntax"
SUGGESTION = "Suggestion: "
"""What the line of a review's finding begins with that says what to do; a fix is told it, a title is not."""
LINES_AWAY = 20


def diagnostics_at_cursor(context: ActionContext) -> tuple[Target, ...]:
    """One entry for each diagnostic of the request; else one for the syntax fault nearest to the cursor."""
    return tuple(Target(title("Fix", d), d.span, d) for d in problems_at_cursor(context))


def problems_at_cursor(context: ActionContext) -> tuple[Diagnostic, ...]:
    """The diagnostics of the request, each once; else the syntax fault nearest to the cursor."""
    return tuple(dict.fromkeys(context.diagnostics)) or _fault_at_cursor(context)


def ask(task: Task, where: str) -> str:
    """The request for one diagnostic, or for several; without any the tool has to say them."""
    problems = "these problems" if len(task.diagnostics) > 1 else "this problem"
    if not task.diagnostics:
        problems = f"what the tool `problems` lists for {task.path}, so far as it is"
    return f"Fix {problems} in {where}, and nothing else.\n{told(task.diagnostics)}{adding(task, 'adds')}"


def told(diagnostics: tuple[Diagnostic, ...]) -> str:
    """A line for each diagnostic."""
    return "".join(f"Diagnostic: {diagnostic}\n" for diagnostic in diagnostics)


def title(verb: str, diagnostic: Diagnostic) -> str:
    """Of a menu entry about ``diagnostic``: its message, and who says so."""
    message = diagnostic.message.partition(f"\n{SUGGESTION}")[0]
    return titled(verb, message, "" if diagnostic.label == OWN_SOURCE else diagnostic.label)


def _fault_at_cursor(context: ActionContext) -> tuple[Diagnostic, ...]:
    """The fault nearest to the cursor, unless it is far away."""
    if not context.faults:
        return ()
    cursor, lines = context.selection.start, context.snapshot.lines
    fault = min(context.faults, key=lambda fault: (abs(fault.span.start - cursor), fault.span))
    position = lines.position(fault.span.start, "utf-32")
    if abs(position.line - lines.position(cursor, "utf-32").line) > LINES_AWAY:
        return ()
    return (diagnostic_of(fault, context.snapshot),)


def diagnostic_of(fault: Fault, snapshot: Snapshot) -> Diagnostic:
    """A syntax fault of ``snapshot`` as a diagnostic of our own."""
    position = snapshot.lines.position(fault.span.start, "utf-32")
    what = f": {fault.expected or 'something'} is missing" if fault.kind == "missing" else ""
    return Diagnostic(
        path=snapshot.path,
        span=fault.span,
        line=position.line + 1,
        column=position.character + 1,
        message=f"syntax error in line {position.line + 1}{what}",
        source=OWN_SOURCE,
        severity="error",
    )


FIX = Action(id="fix", verb="Fix", kind="quickfix", applies=diagnostics_at_cursor, ask=ask, tools=EDIT_TOOLS)
