"""Drives a real Helix in tmux: keys are typed, the screen is read."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from kimi_lsp.simulator.app import Exchange
from kimi_lsp.simulator.running import running
from kimi_lsp.simulator.scripted import Scenario, Scripted
from tests.e2e.editors.installed import program
from tests.e2e.editors.terminal import WAIT_S, Terminal, running_in

EDITORS = Path(__file__).parents[3] / "editors"
KEY = "sk-aig-simulator"


def missing() -> str:
    """Why Helix cannot be driven here; empty where it can."""
    if program("hx") is None:
        return "no hx: tests/e2e/editors/install_sid.sh installs it"
    return "" if shutil.which("tmux") else "no tmux: apt-get install tmux"


class Helix(Terminal):
    """One running Helix."""

    def __init__(self, socket: Path, project: Path) -> None:
        super().__init__(socket)
        self.project = project

    async def command(self, command: str) -> None:
        """Type a command and enter it."""
        await self.text(f":{command}")
        await self.keys("Enter")

    async def ready(self) -> None:
        """Wait until the server speaks to Helix."""
        while "nothing is running" not in await self.screen():
            await self.command("lsp-workspace-command kimi.cancel")
            await asyncio.sleep(0.3)

    async def choose(self, title: str, picture: str = "") -> list[str]:
        """Open the menu of code actions and enter the first entry that holds ``title``; gives the menu's rows."""
        await self.keys("Space", "a")
        rows = (await self.seen(title)).splitlines()
        at = next(row for row, line in enumerate(rows) if title in line)
        if picture:
            await self.picture(picture)
        # The menu hangs below the line of the cursor, and its first entry is chosen at first.
        first = int(await self.tmux("display-message", "-p", "#{cursor_y}")) + 1
        await self.keys(*["C-n"] * (at - first), "Enter")
        return rows[first:]

    async def saved(self, name: str = "a.py") -> str:
        """The text of a file after everything was written."""
        path = self.project / name
        before = path.stat().st_mtime_ns
        await self.command("write-all!")
        for _ in range(20):
            if path.stat().st_mtime_ns != before:
                break
            await asyncio.sleep(0.05)
        return path.read_text(encoding="utf-8")

    async def becomes(self, text: str, name: str = "a.py") -> None:
        """Wait until a file, written, is ``text``."""
        deadline = asyncio.get_running_loop().time() + WAIT_S
        while (now := await self.saved(name)) != text:
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"{name} is\n{now}\n{await self.screen()}")
            await asyncio.sleep(0.1)


@asynccontextmanager
async def helix(
    folder: Path,
    turns: Sequence[Mapping[str, Any]] = (),
    *,
    files: Mapping[str, str],
    key: str = KEY,
    exchanges: list[Exchange] | None = None,
) -> AsyncIterator[Helix]:
    """Helix with the first of ``files`` open, and the settings of ``editors/helix``."""
    project = folder / "project"
    (project / ".git").mkdir(parents=True)
    for name, text in files.items():
        (project / name).write_text(text, encoding="utf-8")
    observer = exchanges.append if exchanges is not None else None
    brain = Scripted(Scenario.of({"turns": list(turns)}))
    async with running(brain, key=KEY, tokens_per_second=0, observer=observer) as url:
        environment = environment_of(folder, url, key)
        editor = Helix(folder / "tmux", project)
        executable, first = program("hx"), next(iter(files))
        assert executable is not None
        command = [executable, "-vv", "--log", str(folder / "hx.log"), first]
        async with running_in(editor, command, environment, project):
            yield editor


def environment_of(folder: Path, url: str, key: str) -> dict[str, str]:
    """Our own settings for Helix, and ``kimi-lsp`` as well as the linters of this Python on PATH."""
    settings, programs = folder / "config" / "helix", folder / "bin"
    settings.mkdir(parents=True, exist_ok=True)
    programs.mkdir(parents=True, exist_ok=True)
    for name in ("languages.toml", "config.toml"):
        shutil.copy(EDITORS / "helix" / name, settings / name)
    server = programs / "kimi-lsp"
    server.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m kimi_lsp "$@"\n')
    server.chmod(0o755)
    path = os.pathsep.join(
        [str(programs), str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
    )
    return {
        "PATH": path,
        "PYTHONPATH": str(EDITORS.parent),
        "AIGATEWAY_API_KEY": key,
        "KIMI_LSP_BASE_URL": url,
        "COLORTERM": "truecolor",
        **{f"XDG_{name.upper()}_HOME": str(folder / name) for name in ("cache", "state", "config", "data")},
    }
