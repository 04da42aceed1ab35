"""From a task to what the engine starts with; the server and a replay go the same way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kimi_lsp.actions.action import Task
from kimi_lsp.actions.fix import diagnostic_of
from kimi_lsp.actions.knowledge import known
from kimi_lsp.context.gather import LARGE, SymbolContext, gather
from kimi_lsp.context.knowledge import Knowledge
from kimi_lsp.context.place import Place
from kimi_lsp.edits.guards import Guards
from kimi_lsp.edits.overlay import Workspace
from kimi_lsp.edits.staging import Staging
from kimi_lsp.edits.trees import Trees
from kimi_lsp.settings import Settings
from kimi_lsp.syntax.outline import Symbol, outline
from kimi_lsp.syntax.tree import SyntaxTree
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.workspace.diagnostic import Diagnostic
from kimi_lsp.workspace.index.values import EMPTY, Index

FAULTS_TOLD = 20


def prepared(
    task: Task,
    workspace: Workspace,
    tree: SyntaxTree | None,
    settings: Settings,
    index: Index = EMPTY,
    knowledge: Knowledge | None = None,
) -> tuple[SymbolContext, Staging]:
    """What is gathered for the task, and where its calls are carried out. Reads files: not on the event loop.

    ``tree`` is not looked at where it is of another text than the file's. ``knowledge`` is what is known of the place
    already, as in a replay; else the index and the workspace are asked.

    Raises:
        WorkspaceError: the task's file cannot be used.
    """
    snapshot, trees = workspace.snapshot(task.path), Trees()
    if tree is not None and tree.text != snapshot.text:
        tree = None
    context = _gathered(task, snapshot, tree, settings.context.instructions, trees)
    if knowledge is None:
        knowledge = known(Place(context, tree), workspace, index, settings.context)
    staging = Staging(
        workspace,
        allowed=task.action.tools,
        focus=(context.path, context.focus),
        guards=Guards.of(settings.edits),
        request=task.wording,
        problems=lambda path: _problems(task, workspace, trees, path),
        trees=trees,
    )
    return replace(context, knowledge=knowledge), staging


def _gathered(
    task: Task, snapshot: Snapshot, tree: SyntaxTree | None, instructions: str, trees: Trees
) -> SymbolContext:
    """The context out of the file itself; its tree and its outline are then known to ``trees``."""
    symbols: tuple[Symbol, ...] | None = None
    if tree is not None:
        symbols = outline(tree) if len(tree.text) <= LARGE else None
        trees.know(snapshot.path, tree, symbols)
    return gather(
        snapshot, tree, task.span, diagnostic=task.diagnostic, instructions=instructions, symbols=symbols
    )


def _problems(task: Task, workspace: Workspace, trees: Trees, path: str) -> Iterator[Diagnostic]:
    """What is known to be wrong in ``path`` before the job: the task's own diagnostic, and the syntax faults."""
    if task.diagnostic is not None and path == task.path:
        yield task.diagnostic
    snapshot = workspace.snapshot(path)
    if (tree := trees.of(path, snapshot.text)) is not None:
        yield from (diagnostic_of(fault, snapshot) for fault in tree.faults(FAULTS_TOLD))
