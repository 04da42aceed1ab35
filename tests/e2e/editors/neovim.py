"""Drives a real Neovim: Lua is run in it, keys are typed into it, its screen is read."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shlex
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from kimi_lsp.simulator.app import Exchange
from kimi_lsp.simulator.running import running
from kimi_lsp.simulator.scripted import Scenario, Scripted
from tests.e2e.editors.installed import program

EDITORS = Path(__file__).parents[3] / "editors"
BRIDGE = Path(__file__).with_name("neovim_bridge.lua")
KEY = "sk-aig-simulator"
WAIT_S = 15.0
LINES, COLUMNS = 30, 100


def versions() -> dict[str, str]:
    """The Neovims that are there: version -> program. 0.11 is the one of the development environment."""
    programs = {version: program(f"nvim-{version}") for version in ("0.10", "0.12")} | {
        "0.11": program("nvim")
    }
    return {version: found for version, found in programs.items() if found is not None}


class Neovim:
    """One running Neovim with the plugin."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, project: Path) -> None:
        self.project = project
        self._reader = reader
        self._writer = writer
        self._numbers = itertools.count(1)

    async def lua(self, code: str) -> Any:
        """What the chunk ``code`` returns, as JSON has it."""
        return await self._ask({"lua": code})

    async def type(self, keys: str) -> None:
        """Type ``keys`` as at a keyboard, ``<Esc>`` and the like as Neovim writes them."""
        await self._ask({"keys": keys})
        await self.lua("return true")

    async def command(self, command: str) -> None:
        """Type an ex command."""
        await self.type(f":{command.replace('<', '<lt>')}<CR>")

    async def text(self, name: str | None = None) -> str:
        """The text of the buffer of file ``name``, or of the current one."""
        buffer = f"vim.fn.bufnr({json.dumps(str(self.project / name))})" if name else "0"
        lines = await self.lua(f"return vim.api.nvim_buf_get_lines({buffer}, 0, -1, false)")
        return "\n".join(lines) + "\n"

    async def screen(self) -> str:
        """What a user sees."""
        rows = await self.lua(
            "vim.cmd.redraw() local rows = {} for row = 1, vim.o.lines do local cells = {} "
            "for column = 1, vim.o.columns do cells[column] = vim.fn.screenstring(row, column) end "
            "rows[row] = table.concat(cells) end return rows"
        )
        return "\n".join(row.rstrip() for row in rows)

    async def until(self, lua: str, timeout: float = WAIT_S) -> Any:
        """Wait until the expression ``lua`` is neither nil nor false; gives its value."""
        deadline = asyncio.get_running_loop().time() + timeout
        while not (value := await self.lua(f"return {lua}")):
            if asyncio.get_running_loop().time() > deadline:
                messages = await self.lua("return vim.fn.execute('messages')")
                raise TimeoutError(f"{lua}\n{await self.screen()}\n{messages}")
            await asyncio.sleep(0.02)
        return value

    async def seen(self, text: str) -> str:
        """Wait until ``text`` is on the screen; gives the screen."""
        deadline = asyncio.get_running_loop().time() + WAIT_S
        while text not in (screen := await self.screen()):
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError(f"“{text}” is not on the screen:\n{screen}")
            await asyncio.sleep(0.02)
        return screen

    async def attached(self) -> None:
        """Wait until the server speaks to the current buffer."""
        await self.until("require('kimi.client').of(0) ~= nil")

    async def idle(self) -> None:
        """Wait until a job was seen to end and none runs."""
        await self.until("KIMI_ENDED > 0 and #require('kimi.progress').jobs() == 0")

    async def _ask(self, request: Mapping[str, Any]) -> Any:
        number = next(self._numbers)
        self._writer.write(json.dumps({"id": number, **request}).encode() + b"\n")
        while True:
            line = await asyncio.wait_for(self._reader.readline(), WAIT_S)
            assert line, "Neovim has ended"
            answer = json.loads(line)
            if answer["id"] == number:
                assert "error" not in answer, answer["error"]
                return answer["value"]


PATH = "vim.opt.runtimepath:prepend(vim.env.KIMI_PLUGIN)"
OFFLINE = f"vim.g.kimi_autostart = false {PATH} vim.cmd('runtime plugin/kimi.lua')"
"""The plugin, and no server."""
SETUP = """
vim.o.swapfile, vim.o.lines, vim.o.columns = false, tonumber(vim.env.ROWS), tonumber(vim.env.COLUMNS)
vim.cmd('filetype plugin indent on')
KIMI_ENDED, KIMI_SAID = 0, {}
vim.api.nvim_create_autocmd('LspProgress', { callback = function(event)
  local value = event.data.params.value
  table.insert(KIMI_SAID, value.kind .. ': ' .. (value.message or value.title or ''))
  if value.kind == 'end' then KIMI_ENDED = KIMI_ENDED + 1 end
end })
"""


@asynccontextmanager
async def neovim(
    executable: str,
    folder: Path,
    turns: Sequence[Mapping[str, Any]] = (),
    *,
    files: Mapping[str, str],
    setup: str = "",
    start: str = "",
    attach: bool = True,
    key: str = KEY,
    pace: float = 0,
    exchanges: list[Exchange] | None = None,
) -> AsyncIterator[Neovim]:
    """A Neovim whose current buffer is the first of ``files``, the server attached.

    ``setup`` is what the Lua function of that name is given; ``start`` is run in its place. ``turns`` are the
    gateway's (``simulator/scripted.py``). Without ``attach`` the server is not waited for.
    """
    project = folder / "project"
    (project / ".git").mkdir(parents=True)
    for name, text in files.items():
        (project / name).write_text(text, encoding="utf-8")
    observer = exchanges.append if exchanges is not None else None
    brain = Scripted(Scenario.of({"turns": list(turns)}))
    async with running(brain, key=KEY, tokens_per_second=pace, observer=observer) as url:
        environment = environment_of(folder, url, key)
        command = f"{{ {json.dumps(sys.executable)}, '-m', 'kimi_lsp', '--stdio' }}"
        options = f"vim.tbl_extend('force', {{ cmd = {command} }}, {setup or '{}'})"
        async with _running(executable, environment, project) as editor:
            usual = f"{PATH} require('kimi').setup({options}) vim.cmd('runtime plugin/kimi.lua')"
            await editor.lua(f"{SETUP} {start or usual}")
            first = next(iter(files))
            await editor.lua(f"vim.cmd.edit({json.dumps(str(project / first))})")
            if attach:
                await editor.attached()
            yield editor


def environment_of(folder: Path, url: str, key: str) -> dict[str, str]:
    """The server against the gateway at ``url``, its programs on PATH, and nothing of the user's own settings."""
    programs = folder / "bin"
    programs.mkdir()
    server = programs / "kimi-lsp"
    server.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m kimi_lsp "$@"\n')
    server.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIG", "KIMI", "NVIM"))}
    return {
        **kept,
        "PATH": os.pathsep.join([str(programs), os.environ.get("PATH", os.defpath)]),
        "AIGATEWAY_API_KEY": key,
        "KIMI_LSP_BASE_URL": url,
        "KIMI_PLUGIN": str(EDITORS / "neovim"),
        "PYTHONPATH": os.pathsep.join([str(EDITORS.parent), os.environ.get("PYTHONPATH", "")]),
        "ROWS": str(LINES),
        "COLUMNS": str(COLUMNS),
        **{f"XDG_{name}_HOME": str(folder / name) for name in ("CACHE", "STATE", "CONFIG", "DATA")},
    }


@asynccontextmanager
async def _running(executable: str, environment: Mapping[str, str], project: Path) -> AsyncIterator[Neovim]:
    connected: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
    connected = asyncio.get_running_loop().create_future()

    def took(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set_result((reader, writer))

    listening = await asyncio.start_server(took, "127.0.0.1", 0, limit=1 << 24)
    port = listening.sockets[0].getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        executable, "--clean", "--headless", "-S", str(BRIDGE), cwd=project,
        env={**environment, "BRIDGE_PORT": str(port)},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        reader, writer = await asyncio.wait_for(connected, WAIT_S)
        try:
            yield Neovim(reader, writer, project)
        finally:
            writer.close()
        await asyncio.wait_for(process.wait(), WAIT_S)
    finally:
        listening.close()
        if process.returncode is None:
            process.kill()
            await process.wait()
