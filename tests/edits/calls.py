"""Calls on a job's view of a small folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kimi_lsp.edits.changeset import Changeset
from kimi_lsp.edits.staging import Result, Staging
from kimi_lsp.edits.tools import TOOLS, Call

LOCK = """\
class Lock:
    def acquire(self):
        self.held = True

    def release(self):
        self.held = False


def main():
    Lock().acquire()
"""
HELD, FREED = "        self.held = True\n", "        self.held = False\n"
FILES = {"a.py": LOCK, "b.py": "x = 1\ny = 2\n", "c.txt": "c\n", ".env": "KEY=1\n"}
ALL = [tool.name for tool in TOOLS]
Start = Callable[..., Staging]


def run(staging: Staging, *calls: tuple[str, dict[str, Any]]) -> list[Result]:
    sent = [Call(f"call_{at}", name, arguments) for at, (name, arguments) in enumerate(calls)]
    results = staging.run(sent)
    assert [result.id for result in results] == [call.id for call in sent]
    return list(results)


def edit(path: str, old: str, new: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return "edit", {"path": path, "old_string": old, "new_string": new, **more}


def texts(changeset: Changeset) -> dict[str, str | None]:
    return {change.new_path or change.path: change.after for change in changeset.files}
