"""What share of the input the provider would have cached, measured by the simulator through the real server.

One job of ten turns, which looks about before it edits; then ten actions, all over a few files of one workspace.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kimi_lsp.simulator.app import Exchange
from tests.benchmarks.typing import python_source
from tests.e2e.editor import Document, Editor, editing

WANTED = {"one job of ten turns": 0.85, "ten actions in one workspace": 0.60}
SIZES = {"berths.py": 8_000, "boats.py": 10_000, "bills.py": 4_000, "crew.py": 6_000}
"""Bytes of each file of the workspace."""


def call(tool: str, /, **arguments: Any) -> dict[str, Any]:
    return {"name": tool, "arguments": arguments}


def turn(*calls: Mapping[str, Any]) -> dict[str, Any]:
    return {"reasoning": "I look at it, then I decide what comes next. " * 4, "tool_calls": list(calls)}


TEN_TURNS = [
    turn(call("outline", path="berths.py")),
    turn(call("read", path="bills.py", end_line=80)),
    turn(call("find", name="function_3")),
    turn(call("read", path="boats.py", start_line=1, end_line=80)),
    turn(call("read", path="crew.py", start_line=1, end_line=60)),
    turn(call("find", text="total += value * 7")),
    turn(call("edit", path="berths.py", old_string="nothing of the kind", new_string="x")),
    turn(call("insert", path="berths.py", where="end", text="\n# one\n")),
    turn(call("insert", path="berths.py", where="end", text="\n# two\n")),
    {"content": "Two remarks were added."},
]
"""As a model works: mostly reading, one refused edit, two good ones, a sentence."""

ACTIONS: tuple[tuple[str, str, str], ...] = (
    ("berths.py", "def function_4(", "Explain"),
    ("berths.py", "def function_4(", "Refactor"),
    ("berths.py", "def function_9(", "Explain"),
    ("boats.py", "def function_2(", "Explain"),
    ("boats.py", "def function_2(", "Refactor"),
    ("bills.py", "def function_7(", "Refactor"),
    ("bills.py", "def function_8(", "Explain"),
    ("berths.py", "def function_9(", "Refactor"),
    ("boats.py", "def function_5(", "Explain"),
    ("crew.py", "def function_1(", "Explain"),
)
"""File, place and action; what an engineer does in some minutes, who stays in a file for a while."""


async def ten_turns(folder: Path) -> list[Exchange]:
    """One job that takes ten turns."""
    async with editing(folder, TEN_TURNS) as (editor, exchanges):
        documents = opened(editor)
        await act(editor, documents["berths.py"], "def function_4(", "Refactor")
    assert len(exchanges) == 10
    return exchanges


async def ten_actions(folder: Path) -> list[Exchange]:
    """Ten jobs; explanations take one turn, refactorings one that edits and one that says so."""
    turns = []
    for path, _, action in ACTIONS:
        if action == "Refactor":
            turns.append(turn(call("insert", path=path, where="end", text="\n# a remark\n")))
        turns.append({"content": "It is what it is."})
    async with editing(folder, turns) as (editor, exchanges):
        documents = opened(editor)
        for path, place, action in ACTIONS:
            await act(editor, documents[path], place, action)
    assert len(exchanges) == len(turns)
    return exchanges


def opened(editor: Editor) -> dict[str, Document]:
    """The workspace of both, all of it open."""
    return {
        name: editor.open(name, f'"""What is known of {name}."""\n{python_source(size)}')
        for name, size in SIZES.items()
    }


async def act(editor: Editor, document: Document, place: str, action: str) -> None:
    """Run the action at a place to its end."""
    entries = await editor.menu(document, place)
    await editor.run(next(entry for entry in entries if entry.title.startswith(f"Kimi: {action} ")))


def share(exchanges: Sequence[Exchange]) -> float:
    """The cached part of all input."""
    return sum(e.cached_tokens for e in exchanges) / sum(e.prompt_tokens for e in exchanges)


def main(argv: list[str]) -> int:
    """Print both shares; exit 1 where one is below what is wanted."""
    argparse.ArgumentParser(description=__doc__).parse_args(argv)
    good = True
    for (name, wanted), measured in zip(WANTED.items(), (ten_turns, ten_actions), strict=True):
        with tempfile.TemporaryDirectory(prefix="kimi-lsp-cache-") as folder:
            exchanges = asyncio.run(measured(Path(folder).resolve()))
        good &= share(exchanges) >= wanted
        for number, exchange in enumerate(exchanges, 1):
            print(f"  {number:>2}: {exchange.prompt_tokens:>6,} tokens, {exchange.cached_tokens:>6,} cached")
        print(f"{name}: {share(exchanges):.1%} of the input is cached (wanted: at least {wanted:.0%})")
    return 0 if good else 1
