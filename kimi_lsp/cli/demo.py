"""``kimi-lsp demo``: one real diagnostic of one real file, fixed before your eyes.

The simulator (or, with ``--live``, the real gateway), the real server as a child over stdio, and a real client.
"""

from __future__ import annotations

import argparse
import asyncio
import difflib
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.syntax import Syntax

from kimi_lsp.cli import ruff
from kimi_lsp.cli.demo_editor import DemoEditor
from kimi_lsp.cli.lsp_client import RequestFailed, ServerEnded

SAMPLE = Path(__file__).parent / "sample"
KEY_VARIABLES = ("AIGATEWAY_API_KEY", "AIG_KEY")


class DemoFailed(Exception):
    """The demo cannot go on; ``str()`` says why and what would help."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is fixed: a finding in a copy of its file, and the rules that found it."""

    finding: ruff.Finding
    original: Path
    root: Path
    rules: tuple[str, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to fix, and who answers."""
    parser.add_argument(
        "path", nargs="?", type=Path, help="a Python file or folder (default: a bundled sample)"
    )
    parser.add_argument("--live", action="store_true", help="ask the real gateway; needs a key, costs money")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="save what is shown as a picture")
    parser.add_argument("--fast", action="store_true", help="let the simulator answer without its usual pace")


def run(arguments: argparse.Namespace) -> int:
    """Show it; 0 only if ruff no longer reports the diagnostic."""
    console = Console(record=arguments.svg is not None, highlight=False, width=100 if arguments.svg else None)
    try:
        status = asyncio.run(_demo(arguments, console))
    except (DemoFailed, ruff.RuffFailed, ServerEnded, RequestFailed) as error:
        console.print(f"[red]kimi-lsp demo:[/] {escape(str(error))}")
        status = 1
    except KeyboardInterrupt:
        return 130
    if arguments.svg is not None:
        arguments.svg.write_text(console.export_svg(title="kimi-lsp demo"), encoding="utf-8")
    return status


async def _demo(arguments: argparse.Namespace, console: Console) -> int:
    path = (arguments.path or SAMPLE).resolve()
    if not path.exists():
        raise DemoFailed(f"{path} does not exist")
    if not arguments.live:
        from kimi_lsp.cli.simulate import missing_parts

        if sentence := missing_parts():
            raise DemoFailed(sentence)
    with tempfile.TemporaryDirectory(prefix="kimi-lsp-demo-") as folder:
        case = choose(path, Path(folder).resolve(), any_finding=arguments.live)
        console.print(f"[bold]1.[/] ruff reports in [cyan]{escape(_named(case.original))}[/]:")
        console.print(f"   line {case.finding.line}: [yellow]{escape(case.finding.label)}[/]\n")
        before = case.finding.path.read_text(encoding="utf-8")
        async with _gateway(arguments, console) as environment:
            editor = DemoEditor(console, case.root)
            await editor.fix(case.finding, [sys.executable, "-m", "kimi_lsp", "--stdio"], environment)
        if not editor.edited:
            raise DemoFailed(editor.last_message or "the server made no edit")
        case.finding.path.write_bytes(editor.text.encode("utf-8"))
        console.print("\n[bold]3.[/] The edit, applied to a copy:")
        console.print(
            Syntax(_diff(case, before, editor.text), "diff", background_color="default", word_wrap=True)
        )
        return _verdict(case, console)


def _named(path: Path) -> str:
    """A path as the user would write it."""
    if path.is_relative_to(SAMPLE):
        return f"the bundled sample, {path.relative_to(SAMPLE).as_posix()}"
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def choose(path: Path, folder: Path, *, any_finding: bool) -> Case:
    """Find something to fix at ``path`` and copy its file into ``folder``.

    Without ``any_finding`` it must be one that ruff can fix itself: the simulator derives its answer from that.

    Raises:
        DemoFailed: ruff reports nothing that will do.
    """
    seen = 0
    for rules in ruff.RULE_SETS:
        found = ruff.findings(path, rules)
        seen += len(found)
        usable = [f for f in found if (any_finding or f.fixable) and _is_utf8(f.path)]
        if usable:
            return _copied(usable[0], path, folder, rules)
    why = (
        f"{seen} problems, but none that ruff knows a fix for, and the simulator has none of its own"
        if seen
        else ("no problem at all")
    )
    raise DemoFailed(f"ruff reports {why} in {path}: try another file, or --live with a key")


def _copied(finding: ruff.Finding, path: Path, folder: Path, rules: tuple[str, ...]) -> Case:
    base = path if path.is_dir() else path.parent
    copy = folder / finding.path.relative_to(base)
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(finding.path, copy)
    again = ruff.findings(copy, rules)
    same = [f for f in again if (f.code, f.line, f.column) == (finding.code, finding.line, finding.column)]
    if not same:
        raise DemoFailed(
            f"{finding.label} depends on the place of the file and is gone in a copy: try another"
        )
    return Case(same[0], finding.path, folder, rules)


def _is_utf8(path: Path) -> bool:
    try:
        path.read_bytes().decode("utf-8")
    except (UnicodeDecodeError, OSError):
        return False
    return True


@asynccontextmanager
async def _gateway(arguments: argparse.Namespace, console: Console) -> AsyncIterator[dict[str, str]]:
    """Who answers: gives the environment for the server's process."""
    environment = dict(os.environ)
    if arguments.live:
        if not any(environment.get(name) for name in KEY_VARIABLES):
            raise DemoFailed(f"--live needs a key in {KEY_VARIABLES[0]}")
        console.print("[bold]2.[/] The server asks the real gateway:")
        yield environment
        return
    from kimi_lsp.simulator.ruff_brain import RuffBrain
    from kimi_lsp.simulator.running import TOKENS_PER_SECOND, running

    pace = 0.0 if arguments.fast else TOKENS_PER_SECOND
    async with running(RuffBrain(), tokens_per_second=pace) as url:
        console.print("[bold]2.[/] The server asks the [magenta]simulated[/] gateway on this machine:")
        for name in KEY_VARIABLES:
            environment.pop(name, None)
        environment |= {"AIGATEWAY_API_KEY": "sk-aig-simulator", "KIMI_LSP_BASE_URL": url}
        yield environment


def _diff(case: Case, before: str, after: str) -> str:
    name = case.finding.path.relative_to(case.root).as_posix()
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{name}", f"b/{name}"
    )
    return "".join(lines)


def _verdict(case: Case, console: Console) -> int:
    def count() -> int:
        return sum((f.code, f.message) == (case.finding.code, case.finding.message) for f in after)

    before = sum(
        (f.code, f.message) == (case.finding.code, case.finding.message)
        for f in ruff.findings(case.original, case.rules)
    )
    after = ruff.findings(case.finding.path, case.rules)
    if count() < before:
        console.print(
            f"[green]✓[/] ruff no longer reports {escape(case.finding.label)}. The original is untouched."
        )
        return 0
    console.print(f"[red]✗[/] ruff still reports {escape(case.finding.label)}.")
    return 1
