"""Explain the problem at the cursor."""

from __future__ import annotations

from kimi_lsp.actions.action import READING, Action, ActionContext, Target, Task, adding
from kimi_lsp.actions.fix import problems_at_cursor, title, told


def problem_at_cursor(context: ActionContext) -> tuple[Target, ...]:
    """One entry: for the narrowest diagnostic that the cursor is in, else for the first."""
    cursor = context.selection.start
    problems = problems_at_cursor(context)
    around = [one for one in problems if one.span.start <= cursor <= one.span.end]
    for problem in (*sorted(around, key=lambda one: len(one.span)), *problems):
        return (Target(title("Explain this problem:", problem), problem.span, problem),)
    return ()


def ask(task: Task, where: str) -> str:
    """The request for an explanation in Markdown."""
    problem = (
        "this problem"
        if task.diagnostics
        else f"what the tool `problems` lists for {task.path}, so far as it is"
    )
    return (
        f"Explain {problem} in {where} to the engineer who has to solve it.\n{told(task.diagnostics)}"
        "Begin with one sentence that says what is wrong. Then say why it is reported here, in terms of this code; "
        "what happens if it stays; and how it can be solved, the best way first, with a short piece of code where "
        f"that helps. Be brief and exact; use Markdown. Change nothing.\n{adding(task)}"
    )


EXPLAIN_PROBLEM = Action(
    id="explainProblem",
    verb="Explain the problem in",
    kind="kimi.explain",
    applies=problem_at_cursor,
    ask=ask,
    tools=READING,
)
