"""Drives a real Vim with ALE in a terminal: keys are typed into it, its screen and its buffers are read."""

from __future__ import annotations

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
INIT = Path(__file__).with_name("vim_init.vim")
KEY = "sk-aig-simulator"


def missing() -> str:
    """Why Vim with ALE cannot be run here; empty where it can."""
    if os.name != "posix" or program("tmux") is None:
        return "no tmux"
    vim = _vim()
    if vim is None:
        return "no Vim with jobs (vim-nox): .ci/editors vim-ale"
    script = "if empty(globpath(&packpath, 'pack/*/*/ale/plugin/ale.vim')) | cquit | endif | qa!"
    done = subprocess.run(
        [vim, "-es", "-u", "NONE", "-c", script], capture_output=True, check=False, timeout=20
    )
    return "no ALE in Vim: .ci/editors vim-ale" if done.returncode else ""


def _vim() -> str | None:
    return program("vim.nox") or program("vim.gtk3") or program("vim")


@dataclass
class Vim:
    """One running Vim; ``exchanges`` are the requests that the gateway got."""

    terminal: Terminal
    project: Path
    out: Path
    exchanges: list[Exchange] = field(default_factory=list)

    async def command(self, command: str) -> None:
        """Type an ex command."""
        await self.terminal.type(f":{command}")
        await self.terminal.keys("Enter")

    async def text(self, name: str) -> str | None:
        """The text of a file's buffer; ``None`` where it is not loaded or could not be read now."""
        self.out.unlink(missing_ok=True)
        buffer = f"bufnr('{name}')"
        done = self.out.with_suffix(".done")
        done.unlink(missing_ok=True)
        write = f"call writefile(getbufline({buffer}, 1, '$'), '{self.out}') | call writefile([], '{done}')"
        await self.command(f"silent {write}")
        try:
            await until(done.exists, wait_s=3)
        except TimeoutError:
            return None
        return self.out.read_text(encoding="utf-8")

    async def becomes(self, name: str, text: str) -> None:
        """Wait until a file's buffer has a text."""
        await becomes(lambda: self.text(name), text, self.terminal.screen)


@asynccontextmanager
async def vim(
    folder: Path,
    turns: Sequence[Mapping[str, Any]],
    files: Mapping[str, str],
    *,
    key: str = KEY,
    vimrc: str = "",
    size: tuple[int, int] = (110, 30),
) -> AsyncIterator[Vim]:
    """A Vim that shows the first of ``files`` and is served; ``turns`` are those of ``simulator/scripted.py``."""
    project = folder / "project"
    (project / ".git").mkdir(parents=True)
    for name, text in files.items():
        (project / name).write_text(text, encoding="utf-8")
    (folder / "more.vim").write_text(f"{vimrc}\n", encoding="utf-8")
    exchanges: list[Exchange] = []
    brain = Scripted(Scenario.of({"turns": list(turns)}))
    async with running(brain, key=KEY, tokens_per_second=0, observer=exchanges.append) as url:
        found = _vim()
        assert found is not None
        command = [found, "-N", "-u", str(INIT), "-i", "NONE", str(project / next(iter(files)))]
        async with terminal(folder, command, _environment(folder, url, key), size) as shown:
            editor = Vim(shown, project, folder / "out", exchanges)
            await shown.shows("F401")
            yield editor
            await shown.keys("Escape", "Escape")
            await editor.command("qa!")


def _environment(folder: Path, url: str, key: str) -> dict[str, str]:
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("AIG", "KIMI", "TMUX"))}
    return {
        **mine,
        "HOME": str(folder),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "PYTHONPATH": os.pathsep.join([str(EDITORS.parent), os.environ.get("PYTHONPATH", "")]),
        "AIGATEWAY_API_KEY": key,
        "KIMI_LSP_BASE_URL": url,
        "TEST_PYTHON": sys.executable,
        "TEST_FOLDER": str(folder),
        "TEST_EDITORS": str(EDITORS),
    }
