"""``kimi-lsp context FILE:LINE[:COLUMN]``: the prompt as it would be sent, what each part costs, what was left out.

Never sends anything.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from kimi_lsp.actions.action import ActionContext, Task
from kimi_lsp.actions.catalogue import ACTIONS, by_id
from kimi_lsp.actions.conversation import Conversation
from kimi_lsp.actions.prepare import prepared
from kimi_lsp.cli.context_costs import print_costs
from kimi_lsp.context.budget import fit
from kimi_lsp.context.gather import SymbolContext
from kimi_lsp.server.workspace_file import settings_of
from kimi_lsp.settings import Settings, from_environment, merge
from kimi_lsp.syntax import registry
from kimi_lsp.syntax.errors import SyntaxUnavailable
from kimi_lsp.syntax.outline import enclosing_at
from kimi_lsp.syntax.tree import SyntaxTree, parse
from kimi_lsp.text.line_index import Position
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.errors import WorkspaceError
from kimi_lsp.workspace.files import Files
from kimi_lsp.workspace.index.values import EMPTY, Index
from kimi_lsp.workspace.policy import Policy

FAULTS = 20
"""Syntax faults that are looked at for one near the place."""

WIDTH = 140
"""Columns of the tables where the output is no terminal, which would tell its own."""

LEAST_BUDGET = 200
"""Tokens below which not even a heading fits."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file and a position in it; line and column count from 1."""

    file: Path
    line: int
    column: int


def place(text: str) -> Place:
    """``FILE:LINE`` or ``FILE:LINE:COLUMN``."""
    parts = text.rsplit(":", 2)
    numbers = [part for part in parts[1:] if part.isdigit() and int(part) > 0]
    if len(numbers) == 2:
        return Place(Path(parts[0]), int(numbers[0]), int(numbers[1]))
    file, _, line = text.rpartition(":")
    if not file or not line.isdigit() or int(line) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no FILE:LINE or FILE:LINE:COLUMN")
    return Place(Path(file), int(line), 1)


def budget(text: str) -> int:
    """A number of tokens, at least ``LEAST_BUDGET``."""
    if not text.isdigit() or int(text) < LEAST_BUDGET:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of tokens from {LEAST_BUDGET} on")
    return int(text)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where, for which action, and how much."""
    parser.add_argument("place", type=place, metavar="FILE:LINE[:COLUMN]")
    parser.add_argument("--action", choices=[action.id for action in ACTIONS], default="refactor")
    parser.add_argument("--instruction", default="", help="the words that an editor's prompt would add")
    parser.add_argument("--budget", type=budget, metavar="TOKENS", help="instead of the setting's")
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", help="JSON as an editor sends it as initialization options"
    )
    parser.add_argument(
        "--root",
        type=Path,
        metavar="FOLDER",
        help="the workspace; else the top of git's, or the file's own folder",
    )
    parser.add_argument("--no-index", action="store_true", help="only what the file itself says")


def run(arguments: argparse.Namespace) -> int:
    """Print it; 1 where the file may not be sent or cannot be read, or the settings are no settings."""
    console, notes = _console(), Console(stderr=True, highlight=False)
    try:
        settings = _settings(arguments.settings)
    except ValueError as error:
        notes.print(f"[red]{escape(str(arguments.settings))}:[/] {escape(str(error))}")
        return 1
    location = arguments.place.file.resolve()
    root, max_bytes = (arguments.root or _root(location)).resolve(), settings.edits.max_file_kb * 1024
    notes.print(f"workspace: {escape(str(root))}", soft_wrap=True)
    settings, problems = settings_of(settings, root)
    for problem in problems:
        notes.print(f"[yellow]{escape(problem)}[/]")
    policy = Policy.of([root], settings.edits.max_file_kb * 1024, settings.context.ignore)
    files = Files(policy, {})
    try:
        snapshot = files.snapshot(files.shown(location))
        wanted = settings.context.index and not arguments.no_index
        index = _index(root, max_bytes, notes) if wanted else EMPTY
        if wanted and index.trouble:
            notes.print(f"[yellow]{escape(index.trouble)}[/]", soft_wrap=True)
        tree = _tree(snapshot.path, snapshot.text)
        task = _task(arguments, settings, files, snapshot, tree)
        if task is None:
            notes.print(f"[yellow]The menu does not offer {arguments.action} at this place.[/]")
            task = _unoffered(arguments, settings, snapshot)
        context, _ = prepared(task, files, tree, settings, index)
        _print(task, context, arguments.budget or settings.context.budget_tokens, console)
    except WorkspaceError as refused:
        console.print(f"[red]not sent:[/] {escape(str(refused))}")
        return 1
    return 0


def _print(task: Task, context: SymbolContext, budget_tokens: int, console: Console) -> None:
    budgeted = fit(context, budget_tokens)
    conversation = Conversation(task, context, budgeted)
    for message in conversation.messages:
        console.rule(str(message["role"]))
        for text in _texts(message["content"]):
            sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    print_costs(console, conversation, budgeted)


def _unoffered(arguments: argparse.Namespace, settings: Settings, snapshot: Snapshot) -> Task:
    action = by_id(arguments.action, settings.actions)
    return Task(action, snapshot.path, _at(arguments, snapshot), instruction=arguments.instruction)


def _task(
    arguments: argparse.Namespace,
    settings: Settings,
    files: Files,
    snapshot: Snapshot,
    tree: SyntaxTree | None,
) -> Task | None:
    """The task that the menu would start, with what its action looks up; None where the menu has no entry."""
    action, at = by_id(arguments.action, settings.actions), _at(arguments, snapshot)
    faults = tree.faults(FAULTS) if tree is not None else ()
    symbol = enclosing_at(tree, at.start) if tree is not None else None
    targets = action.applies(ActionContext(snapshot, at, symbol, faults=faults, tree=tree))
    if not targets:
        return None
    target = targets[0]
    task = Task(
        action, snapshot.path, target.span, target.diagnostic, arguments.instruction, others=target.others
    )
    return action.look(task, files) if action.look is not None else task


def _console() -> Console:
    """As wide as the terminal; a file or a pipe has room for a path in one line."""
    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = WIDTH
    return console


def _at(arguments: argparse.Namespace, snapshot: Snapshot) -> Span:
    at = Position(arguments.place.line - 1, arguments.place.column - 1)
    offset = snapshot.lines.offset(at, "utf-32")
    return Span(offset, offset)


def _texts(content: object) -> list[str]:
    """The texts of a message; a picture by its kind only."""
    if not isinstance(content, list):
        return [str(content)]
    return [str(part["text"]) if part["type"] == "text" else "(a picture)" for part in content]


def _settings(file: Path | None) -> Settings:
    settings, _ = from_environment(os.environ)
    if file is None:
        return settings
    try:
        settings, problems = merge(settings, json.loads(file.read_text("utf-8")))
    except OSError as error:
        raise ValueError(error.strerror) from error
    if problems:
        raise ValueError("; ".join(problems))
    return settings


def _index(root: Path, max_bytes: int, notes: Console) -> Index:
    """The index of the workspace as it is now; how far it is, is told where somebody can see it."""
    from kimi_lsp.workspace.index.now import build_now

    folder = user_cache_path("kimi-lsp", appauthor=False) / "index"
    columns = (TextColumn("indexing"), BarColumn(), MofNCompleteColumn(), TextColumn("files"))
    with Progress(*columns, console=notes, transient=True) as progress:
        bar = progress.add_task("", total=None)
        return build_now(
            [root],
            folder,
            max_bytes,
            on_progress=lambda done, total: progress.update(bar, completed=done, total=total),
        )


def _tree(path: str, text: str) -> SyntaxTree | None:
    grammar = registry.by_path(path)
    try:
        return parse(text, grammar) if grammar is not None else None
    except SyntaxUnavailable:
        return None


def _root(location: Path) -> Path:
    """The folder that git calls the top, else the file's own."""
    folder = location.parent
    try:
        top = subprocess.run(
            ["git", "-C", str(folder), "rev-parse", "--show-toplevel"],
            capture_output=True, text=True, encoding="utf-8", check=True, timeout=10,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return folder
    return Path(top.stdout.strip())
