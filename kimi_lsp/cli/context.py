"""``kimi-lsp context FILE:LINE[:COLUMN]``: the prompt as it would be sent, what each part costs, what was left out.

Never sends anything.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kimi_lsp.actions.action import OFFERED_TOOLS, Task
from kimi_lsp.actions.catalogue import ACTIONS, by_id
from kimi_lsp.actions.conversation import Conversation
from kimi_lsp.actions.prepare import prepared
from kimi_lsp.context.budget import Budgeted, fit, tokens_of
from kimi_lsp.edits.tools import schemas
from kimi_lsp.settings import from_environment
from kimi_lsp.syntax import language
from kimi_lsp.syntax.errors import SyntaxUnavailable
from kimi_lsp.syntax.tree import SyntaxTree, parse
from kimi_lsp.text.line_index import Position
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.errors import WorkspaceError
from kimi_lsp.workspace.files import Files
from kimi_lsp.workspace.policy import Policy


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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where, for which action, and how much."""
    parser.add_argument("place", type=place, metavar="FILE:LINE[:COLUMN]")
    parser.add_argument("--action", choices=[action.id for action in ACTIONS], default="refactor")
    parser.add_argument("--instruction", default="", help="the words that an editor's prompt would add")
    parser.add_argument("--budget", type=int, metavar="TOKENS", help="instead of the setting's")


def run(arguments: argparse.Namespace) -> int:
    """Print it; 1 where the file may not be sent or cannot be read."""
    settings, _ = from_environment(os.environ)
    location = arguments.place.file.resolve()
    files = Files(Policy.of([_root(location)], settings.edits.max_file_kb * 1024), {})
    console = Console(highlight=False)
    try:
        snapshot = files.snapshot(files.shown(location))
    except WorkspaceError as refused:
        console.print(f"[red]not sent:[/] {escape(str(refused))}")
        return 1
    offset = snapshot.lines.offset(Position(arguments.place.line - 1, arguments.place.column - 1), "utf-32")
    task = Task(
        by_id(arguments.action), snapshot.path, Span(offset, offset), instruction=arguments.instruction
    )
    context, _ = prepared(task, files, _tree(snapshot.path, snapshot.text), settings)
    budgeted = fit(context, arguments.budget or settings.context.budget_tokens)
    for message in Conversation(task, context, budgeted).messages:
        console.rule(str(message["role"]))
        sys.stdout.write(f"{message['content']}\n")
        sys.stdout.flush()
    console.print(_costs(budgeted))
    return 0


def _tree(path: str, text: str) -> SyntaxTree | None:
    grammar = language.by_path(path)
    try:
        return parse(text, grammar) if grammar is not None else None
    except SyntaxUnavailable:
        return None


def _costs(budgeted: Budgeted) -> Table:
    table = Table("part", "tokens, about", "why", title="what is sent")
    table.add_row("tools", f"{tokens_of(str(schemas(OFFERED_TOOLS))):,}", "the same for every action")
    for part in sorted(budgeted.parts, key=lambda part: (part.stability, part.priority)):
        table.add_row(escape(part.title), f"{tokens_of(part.text):,}", part.priority.name.lower())
    for sentence in budgeted.left_out:
        table.add_row(escape(sentence), "0", "left out")
    return table


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
