"""``codeAction`` and ``hover`` on a file of 2,000 lines with 200 diagnostics: at rest, while typing, beside a job.

Our own time is told in two ways. *cpu*: what the server's main thread was on a processor for, from the request's
first byte to the answer's last (``/proc/PID/task/PID/schedstat``, nanoseconds): all that it computes, reading and
writing of the messages included, and nothing of a noisy machine. *wall*: the round trip less the median round trip of
the same request about a document that is not open: all that it waits for, too. The limits are held against the p99 of
the first and the median of the second. Told without a limit: the menu of all 200 problems at once, and what follows a
key, which includes the change itself and tree-sitter's parse of a text that the key may just have broken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kimi_lsp.simulator.answer import Answer
from kimi_lsp.simulator.request import ChatRequest
from kimi_lsp.simulator.running import running
from tests.benchmarks.client import OURS, Client, framed
from tests.benchmarks.typing import FUNCTION, python_source

LINES, DIAGNOSTICS = 2_000, 200
WANTED_MS = {"codeAction": 10.0, "hover": 5.0}
NOWHERE = {"uri": "file:///nowhere/at/all/big.py"}
KEY = "sk-aig-simulator"
KEY_TYPED = " after a key"
ALL = f"of all {DIAGNOSTICS}"
PACE = 110.0
"""Tokens in a second, as the service has it."""


class Talking:
    """Explains for as long as it is listened to."""

    name = "talking"

    async def answer(self, request: ChatRequest) -> Answer:
        """Longer than any benchmark; the first one, for the cache, is short."""
        return Answer(reasoning="Hm. ", content="It adds what there is to add. " * 20_000)


class Editor(Client):
    """A client with one large document."""

    def begin(self, root: Path) -> None:
        """Open it, and wait until its tree is there."""
        text = python_source(LINES * len(FUNCTION) // FUNCTION.count("\n"))
        self.lines = text.split("\n")[:LINES]
        self._typed: int | None = None
        self._last = 0
        self.uri, self._version, self._number = (root / "big.py").as_uri(), 1, 10
        (root / "big.py").write_text("\n".join(self.lines))
        folders = [{"uri": root.as_uri(), "name": "project"}]
        options = {"hover": {"mode": "kept"}, "checkers": {"enabled": False}}
        self.request(1, "initialize", {
            "processId": None,
            "capabilities": {
                "textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}},
                "window": {"workDoneProgress": True},
            },
            "workspaceFolders": folders,
            "initializationOptions": options,
        })  # fmt: skip
        self.send(framed({"method": "initialized", "params": {}}))
        document = {"uri": self.uri, "languageId": "python", "version": 1, "text": "\n".join(self.lines)}
        self.send(framed({"method": "textDocument/didOpen", "params": {"textDocument": document}}))

    def ask(self, method: str, params: object) -> tuple[Any, float, float]:
        """The answer, the seconds that it took, and those that the server's main thread was running for."""
        self._number += 1
        cpu, begun = self._cpu(), time.perf_counter()
        try:
            answer = self.request(self._number, method, params)
        except RuntimeError:
            answer = None
        return answer, time.perf_counter() - begun, self._cpu() - cpu

    def key(self, line: int) -> None:
        """One key typed in a line, or the last one taken back."""
        self._version += 1
        self._typed = line if self._typed is None else None
        line = self._last if self._typed is None else line
        column = len(self.lines[line]) - len(self.lines[line].lstrip())
        at = {"line": line, "character": column}
        self._last, taken = line, self._typed is None
        end = {**at, "character": column + 1} if taken else at
        change = {"range": {"start": at, "end": end}, "text": "" if taken else "x"}
        document = {"uri": self.uri, "version": self._version}
        changed = {"textDocument": document, "contentChanges": [change]}
        self.send(framed({"method": "textDocument/didChange", "params": changed}))

    def _cpu(self) -> float:
        pid = self.process.pid
        return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[0]) / 1e9


def diagnostics(lines: Sequence[str]) -> list[dict[str, Any]]:
    """200 problems, evenly spread."""
    step = len(lines) // DIAGNOSTICS
    return [
        {
            "range": {"start": {"line": number, "character": 0}, "end": {"line": number, "character": 4}},
            "message": f"Local variable `v{number}` is assigned to but never used",
            "source": "ruff",
            "code": "F841",
            "severity": 2,
        }
        for number in range(0, step * DIAGNOSTICS, step)
    ]


def menu_params(uri: str, first: int, last: int, known: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A code action request for some lines, with the diagnostics on them."""
    where = {"start": {"line": first, "character": 4}, "end": {"line": last, "character": 4}}
    here = [one for one in known if first <= one["range"]["start"]["line"] <= last]
    return {"textDocument": {"uri": uri}, "range": where, "context": {"diagnostics": here}}


def measured(
    editor: Editor, method: str, params: Callable[[], Any], rounds: int, typing: bool
) -> tuple[float, ...]:
    """Median and p99 of cpu, median and p99 of wall, in milliseconds."""
    trivial = [editor.ask(method, {**params(), "textDocument": NOWHERE})[1] for _ in range(rounds // 2)]
    floor, times = statistics.median(trivial), []
    for _ in range(rounds):
        asked = params()
        if typing:
            editor.key(asked["position"]["line"] if "position" in asked else asked["range"]["start"]["line"])
        _, wall, cpu = editor.ask(method, asked)
        times.append((cpu * 1000, (wall - floor) * 1000))
    columns = [sorted(column) for column in zip(*times, strict=True)]
    return tuple(column[len(column) * part // 100] for column in columns for part in (50, 99))


def rows(editor: Editor, rounds: int) -> Iterator[tuple[str, str, tuple[float, ...]]]:
    """Name, method and figures of each case; the last ones beside a running job."""
    dice, known = random.Random(1), diagnostics(editor.lines)
    document = {"uri": editor.uri}

    def at_cursor() -> dict[str, Any]:
        line = dice.choice(known)["range"]["start"]["line"]
        return menu_params(editor.uri, line, line, known)

    def everywhere() -> dict[str, Any]:
        return menu_params(editor.uri, 0, LINES - 1, known)

    def place() -> dict[str, Any]:
        return {
            "textDocument": document,
            "position": {"line": dice.randrange(len(editor.lines)), "character": 4},
        }

    for beside in ("", ", a job running"):
        for typing in (False, True):
            when = f"{KEY_TYPED if typing else ''}{beside}"
            cases = (("at the cursor", "codeAction", at_cursor), (ALL, "codeAction", everywhere),
                     ("of a symbol", "hover", place))  # fmt: skip
            for name, method, params in cases:
                editor.ask(f"textDocument/{method}", params())
                yield (
                    f"{name}{when}",
                    method,
                    measured(editor, f"textDocument/{method}", params, rounds, typing),
                )
        if not beside:
            where = menu_params(editor.uri, 3, 3, ())["range"]
            editor.ask("workspace/executeCommand", {
                "command": "kimi.explain", "arguments": [{"uri": editor.uri, "range": where}],
            })  # fmt: skip
            time.sleep(1.0)
    if not editor.ask("kimi/status", None)[0]["jobs"]:
        raise RuntimeError("the job did not run until the end")


@contextmanager
def gateway() -> Iterator[str]:
    """The simulator in a process of its own; its address."""
    command = [sys.executable, "-m", "tests.benchmarks", "menu", "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            yield json.loads(child.stdout.readline())
        finally:
            child.kill()


async def serve() -> None:
    """Say the address, and serve."""
    async with running(Talking(), key=KEY, tokens_per_second=PACE) as url:
        print(json.dumps(url), flush=True)
        await asyncio.get_running_loop().create_future()


def main(argv: list[str]) -> int:
    """Print a line for each case; exit 1 where one is above what is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if arguments.serve:
        asyncio.run(serve())
    good = True
    with tempfile.TemporaryDirectory(prefix="kimi-lsp-menu-") as folder, gateway() as url:
        root = Path(folder).resolve()
        os.environ |= {"AIGATEWAY_API_KEY": KEY, "KIMI_LSP_BASE_URL": url, "XDG_CACHE_HOME": str(root / "cache"),
                       "XDG_STATE_HOME": str(root / "state")}  # fmt: skip
        (root / "project").mkdir()
        editor = Editor(OURS)
        editor.begin(root / "project")
        print(f"{'ms':51} cpu median    p99   wall median    p99   wanted")
        for name, method, figures in rows(editor, arguments.rounds):
            wanted = math.inf if ALL in name or KEY_TYPED in name else WANTED_MS[method]
            good &= figures[1] <= wanted and figures[2] <= wanted
            cpu, cpu99, wall, wall99 = figures
            limit = wanted if wanted < math.inf else "-"
            print(
                f"{method:11}{name:40} {cpu:10.2f} {cpu99:6.2f} {wall:13.2f} {wall99:6.2f} {limit:>8}",
                flush=True,
            )
        editor.close()
    return 0 if good else 1
