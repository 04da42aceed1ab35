"""From a task to what the engine starts with; the server and a replay go the same way."""

from __future__ import annotations

from kimi_lsp.actions.action import Task
from kimi_lsp.context.gather import SymbolContext, gather
from kimi_lsp.edits.guards import Guards
from kimi_lsp.edits.overlay import Workspace
from kimi_lsp.edits.staging import Staging
from kimi_lsp.edits.trees import Trees
from kimi_lsp.settings import Settings
from kimi_lsp.syntax.tree import SyntaxTree


def gathered(task: Task, workspace: Workspace, tree: SyntaxTree | None, settings: Settings) -> SymbolContext:
    """What is gathered for the task; a ``tree`` of another text than the file's is not looked at.

    Raises:
        WorkspaceError: the task's file cannot be used.
    """
    snapshot = workspace.snapshot(task.path)
    return gather(
        snapshot,
        tree if tree is not None and tree.text == snapshot.text else None,
        task.span,
        diagnostic=task.diagnostic,
        instructions=settings.context.instructions,
    )


def staging_for(
    task: Task, context: SymbolContext, workspace: Workspace, tree: SyntaxTree | None, settings: Settings
) -> Staging:
    """Where the task's calls are carried out; ``tree`` is of the task's file, and need not be made again."""
    trees = Trees()
    if tree is not None:
        trees.know(context.path, tree)
    return Staging(
        workspace,
        allowed=task.action.tools,
        focus=(context.path, context.focus),
        guards=Guards.of(settings.edits),
        trees=trees,
        request=f"{task.instruction}\n{task.diagnostic.message if task.diagnostic else ''}",
    )
