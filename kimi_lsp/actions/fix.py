"""Fix a diagnostic, or a syntax fault where nobody reported one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kimi_lsp.actions.action import EDIT_TOOLS, Action, ActionContext, Target, Task
from kimi_lsp.workspace.diagnostic import Diagnostic

if TYPE_CHECKING:
    from kimi_lsp.syntax.tree import Fault
    from kimi_lsp.text.snapshot import Snapshot

TITLE_LENGTH = 72
OWN_SOURCE = "syntax"
LINES_AWAY = 20


def diagnostics_at_cursor(context: ActionContext) -> tuple[Target, ...]:
    """One entry for each diagnostic of the request; else one for the syntax fault nearest to the cursor."""
    diagnostics = context.diagnostics or _fault_at_cursor(context)
    return tuple(Target(_title(d), d.span, d) for d in dict.fromkeys(diagnostics))


def ask(task: Task, where: str) -> str:
    """The request for one diagnostic."""
    asked = f"Fix this problem in {where}, and nothing else.\n"
    if task.diagnostic is not None:
        asked += f"Diagnostic: {task.diagnostic}\n"
    if task.instruction:
        asked += f"The engineer adds: {task.instruction}\n"
    return asked


def _title(diagnostic: Diagnostic) -> str:
    label = f" ({diagnostic.label})" if diagnostic.label not in ("", OWN_SOURCE) else ""
    message = " ".join(diagnostic.message.split())
    room = TITLE_LENGTH - len("Kimi: Fix ") - len(label)
    if len(message) > room:
        message = message[: room - 1].rstrip() + "…"
    return f"Kimi: Fix {message}{label}"


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


FIX = Action(id="fix", kind="quickfix", applies=diagnostics_at_cursor, ask=ask, tools=EDIT_TOOLS)
