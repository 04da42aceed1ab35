"""Drives a real Emacs in a terminal: keys are typed into it, its screen is read, its buffers are asked for."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kimi_lsp.simulator.app import Exchange
from kimi_lsp.simulator.running import running
from kimi_lsp.simulator.scripted import Scenario, Scripted
from tests.e2e.editors.installed import program
from tests.e2e.editors.tmux import Terminal, becomes, terminal, until

EDITORS = Path(__file__).parents[3] / "editors"
INIT = Path(__file__).with_name("emacs_init.el")
KEY = "sk-aig-simulator"


@dataclass(frozen=True, slots=True)
class Flavour:
    """An Emacs, and the client of the language server in it."""

    name: str
    emacs: str
    client: str
    package: str

    def missing(self) -> str:
        """Why it cannot be run here; empty where it can."""
        if os.name != "posix" or program("tmux") is None:
            return "no tmux"
        if program(self.emacs) is None:
            return f"no {self.emacs}: .ci/editors {self.name}"
        return "" if self.has(self.client) else f"no {self.client} in {self.emacs}: .ci/editors {self.name}"

    def has(self, package: str) -> bool:
        """Whether a package of Emacs is there."""
        check = f"(progn (require 'package) (package-initialize) (require '{package}))"
        command = [program(self.emacs) or self.emacs, "-q", "--batch", "--eval", check]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


FLAVOURS = (
    Flavour("emacs-28-eglot", "emacs", "eglot", "elpa-eglot"),
    Flavour("emacs-28-lsp-mode", "emacs", "lsp-mode", "elpa-lsp-mode"),
    Flavour("emacs-30-eglot", "emacs30", "eglot", ""),
)


@dataclass
class Emacs:
    """One running Emacs; ``exchanges`` are the requests that the gateway got."""

    terminal: Terminal
    project: Path
    socket: Path
    exchanges: list[Exchange] = field(default_factory=list)

    async def evaluate(self, expression: str) -> Any:
        """What ``expression`` gives; it must give JSON in a string."""
        client = program("emacsclient") or program("emacsclient30")
        assert client is not None
        process = await asyncio.create_subprocess_exec(
            client, "-s", str(self.socket), "--eval", expression,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, _ = await asyncio.wait_for(process.communicate(), 20)
        if process.returncode or not out:
            return {}  # Emacs is not there yet, or not any more
        # A string as Lisp prints it: only its quotes and backslashes are escaped.
        return json.loads(json.loads(out, strict=False), strict=False)

    async def state(self) -> dict[str, Any]:
        """Texts, messages, windows and problems; see ``emacs_init.el``."""
        state: dict[str, Any] = await self.evaluate("(test-state)")
        return state

    async def text(self, name: str) -> str | None:
        """The text of the buffer of a file; ``None`` where it is not visited."""
        text: str | None = (await self.state()).get("texts", {}).get(name)
        return text

    async def becomes(self, name: str, text: str) -> None:
        """Wait until the buffer of a file has a text."""
        await becomes(lambda: self.text(name), text, self.messages)

    async def messages(self) -> str:
        """All messages so far."""
        return str((await self.state()).get("messages", ""))

    async def says(self, sentence: str) -> str:
        """Wait until a message was shown that holds ``sentence``; all messages so far."""
        messages = ""

        async def said() -> bool:
            nonlocal messages
            messages = await self.messages()
            return sentence in messages

        await until(said, lambda: f"{sentence!r} was not said, but: {messages[-1500:]}")
        return messages

    async def is_idle(self) -> None:
        """Wait until no job runs."""

        async def idle() -> bool:
            return (await self.state()).get("working") is False

        await until(idle, lambda: "the job did not end")

    async def command(self, name: str) -> None:
        """Run a command by its name, as a user does."""
        await self.terminal.keys("M-x")
        await self.terminal.type(name)
        await self.terminal.keys("Enter")

    async def go_to(self, text: str) -> None:
        """Search for ``text`` from the top and go to its start."""
        await self.terminal.keys("M-<", "C-s")
        await self.terminal.type(text)
        await self.terminal.keys("Enter")
        await self.terminal.keys(*["C-b"] * len(text))

    async def undo(self) -> None:
        """Undo one step, not continuing an earlier undo."""
        await self.terminal.keys("C-f", "C-b", "C-/")


@asynccontextmanager
async def emacs(
    flavour: Flavour,
    folder: Path,
    turns: Sequence[Mapping[str, Any]],
    files: Mapping[str, str],
    *,
    key: str = KEY,
    init: str = "",
    environment: Mapping[str, str] | None = None,
    size: tuple[int, int] = (110, 32),
) -> AsyncIterator[Emacs]:
    """An Emacs that shows the first of ``files`` and is served; ``turns`` are those of ``simulator/scripted.py``.

    ``init`` is Lisp that is loaded after the test's own.
    """
    project = folder / "project"
    (project / ".git").mkdir(parents=True)
    for name, text in files.items():
        (project / name).write_text(text, encoding="utf-8")
    (folder / "more.el").write_text(init, encoding="utf-8")
    exchanges: list[Exchange] = []
    brain = Scripted(Scenario.of({"turns": list(turns)}))
    async with running(brain, key=KEY, tokens_per_second=0, observer=exchanges.append) as url:
        found = program(flavour.emacs)
        assert found is not None
        given = {**_environment(flavour, folder, url, key), **(environment or {})}
        command = [found, "-nw", "-q", "-l", str(INIT), str(project / next(iter(files)))]
        async with terminal(folder, command, {k: v for k, v in given.items() if v}, size) as shown:
            editor = Emacs(shown, project, folder / "emacs", exchanges)
            await _served(editor)
            yield editor
            await _end(editor)


async def _served(editor: Emacs) -> None:
    state: dict[str, Any] = {}

    async def served() -> bool:
        nonlocal state
        state = await editor.state()
        return bool(state.get("served"))

    try:
        await until(served)
    except TimeoutError:
        raise AssertionError(f"not served; {state}\n{await editor.terminal.screen()}") from None


async def _end(editor: Emacs) -> None:
    """Leave without saving, so that the server ends before its gateway."""
    await editor.evaluate(
        "(progn (mapc (lambda (b) (with-current-buffer b (set-buffer-modified-p nil))) (buffer-list)) (kill-emacs))"
    )


def _environment(flavour: Flavour, folder: Path, url: str, key: str) -> dict[str, str]:
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("AIG", "KIMI", "TMUX"))}
    return {
        **mine,
        "HOME": str(folder),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "PYTHONPATH": os.pathsep.join([str(EDITORS.parent), os.environ.get("PYTHONPATH", "")]),
        "AIGATEWAY_API_KEY": key,
        "KIMI_LSP_BASE_URL": url,
        "TEST_CLIENT": flavour.client,
        "TEST_PYTHON": sys.executable,
        "TEST_FOLDER": str(folder),
        "TEST_EDITORS": str(EDITORS),
    }
