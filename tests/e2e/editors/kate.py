"""Drives a real Kate on a screen of its own (Xvfb): keys go in, files are saved, what kimi-lsp sent is read."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shlex
import shutil
import signal
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
from tests.e2e.editors.tmux import until

EDITORS = Path(__file__).parents[3] / "editors"
KEY = "sk-aig-simulator"
PROGRAMS = ("kate", "Xvfb", "xdotool", "openbox", "dbus-run-session")
SCREEN = "1000x560x24"
KATERC = """\
[General]
Show welcome view for new window=false
[Kate Plugins]
lspclientplugin=true
[KTextEditor View]
Auto Brackets=false
Auto Completion=false
Scroll Bar MiniMap=false
[lspclient]
AllowedServerCommandLines={server} --stdio
"""
_HEAD = re.compile(rb"Content-Length: (\d+)\r\n(?:[^\r\n]+\r\n)*\r\n")


def missing() -> str:
    """Why Kate cannot be driven here; empty where it can."""
    there_not = [name for name in PROGRAMS if program(name) is None]
    return f"no {', '.join(there_not)}: .ci/editors kate" if there_not else ""


@dataclass
class Kate:
    """One running Kate; ``exchanges`` are the requests that the gateway got."""

    project: Path
    sent: Path
    environment: dict[str, str]
    exchanges: list[Exchange] = field(default_factory=list)

    async def keys(self, *keys: str) -> None:
        """Press keys, each by its name in X: ``ctrl+s``, ``Down``."""
        for key in keys:
            await self._xdotool("key", key)
            await asyncio.sleep(0.05)

    async def text(self, text: str) -> None:
        """Type text, as fast as a person does."""
        await self._xdotool("type", "--delay", "30", text)

    async def run(self, action: str) -> None:
        """Run an action by its name, through Kate's command bar."""
        await self.keys("ctrl+alt+i")
        await asyncio.sleep(0.5)  # until it has the keys
        await self.text(action)
        await asyncio.sleep(0.3)
        await self.keys("Return")

    async def go(self, line: int, column: int = 1) -> None:
        """Put the cursor there, both from 1."""
        await self.keys("Escape", "ctrl+Home", *["Down"] * (line - 1), *["Right"] * (column - 1))

    def messages(self) -> list[dict[str, Any]]:
        """All that kimi-lsp has sent so far."""
        data, found, at = self.sent.read_bytes() if self.sent.exists() else b"", [], 0
        while head := _HEAD.match(data, at):
            at = head.end() + int(head[1])
            if at > len(data):
                break
            found.append(json.loads(data[head.end() : at]))
        return found

    async def told(self, sentence: str) -> str:
        """Wait until Kate was told a message, which its Output shows, that holds ``sentence``; the message."""
        found: list[str] = []

        def there() -> bool:
            texts = [
                one["params"]["message"]
                for one in self.messages()
                if one.get("method") == "window/showMessage"
            ]
            found[:] = [text for text in texts if sentence in text]
            return bool(found)

        await until(there, lambda: f"{sentence!r} was not said: {self.messages()[-3:]}")
        return found[-1]

    async def hovered(self, text: str) -> None:
        """Wait until Kate got a hover that holds ``text``."""
        await until(
            lambda: any(text in str(one["result"].get("contents")) for one in self._results(dict)),
            lambda: f"no hover has {text!r}",
        )

    async def menu(self) -> list[str]:
        """Open the menu of code actions; its titles."""
        before = len(self._menus())
        await self.keys("alt+Return")
        await until(lambda: len(self._menus()) > before, lambda: "no menu came")
        await asyncio.sleep(0.3)  # until it is drawn
        return [entry["title"] for entry in self._menus()[-1]]

    async def choose(self, title: str) -> list[str]:
        """Open the menu until an entry begins with ``title``, and take that; gives all titles."""
        titles: list[str] = []

        async def offered() -> bool:
            titles[:] = await self.menu()
            if any(one.startswith(title) for one in titles):
                return True
            await self.keys("Escape")
            await asyncio.sleep(0.3)
            return False

        await until(offered, lambda: f"{title!r} is not in the menu: {titles}")
        place = next(index for index, one in enumerate(titles) if one.startswith(title))
        await self.keys(*["Down"] * (place + 1), "Return")
        return titles

    async def saved(self, name: str = "a.py") -> str:
        """The text of a file, after all files were saved."""
        await self.keys("ctrl+l")
        await asyncio.sleep(0.2)
        return (self.project / name).read_text(encoding="utf-8")

    async def becomes(self, text: str, name: str = "a.py") -> None:
        """Wait until a file, saved, is ``text``."""
        last = ""

        async def there() -> bool:
            nonlocal last
            last = await self.saved(name)
            return last == text

        await until(there, lambda: f"{name} is {last!r}")

    async def fill_the_screen(self) -> None:
        """Let the window cover the screen."""
        width, height, _ = SCREEN.split("x")
        await self._xdotool(
            "search", "--sync", "--onlyvisible", "--class", "kate", "windowmove", "0", "0",
            "windowsize", "--sync", width, height,
        )  # fmt: skip

    async def picture(self, name: str) -> None:
        """Take a picture of the screen, where pictures are wanted (``$KIMI_LSP_PICTURES``) and scrot is there."""
        folder = os.environ.get("KIMI_LSP_PICTURES")
        if folder and shutil.which("scrot"):
            process = await asyncio.create_subprocess_exec(
                "scrot", "-o", str(Path(folder) / f"{name}.png"), env=self.environment
            )
            assert await process.wait() == 0

    def _menus(self) -> list[list[dict[str, Any]]]:
        lists = [one["result"] for one in self._results(list)]
        return [one for one in lists if all("title" in entry for entry in one)]

    def _results(self, kind: type) -> list[dict[str, Any]]:
        return [one for one in self.messages() if "method" not in one and isinstance(one.get("result"), kind)]

    async def _xdotool(self, *arguments: str) -> None:
        process = await asyncio.create_subprocess_exec("xdotool", *arguments, env=self.environment)
        assert await process.wait() == 0, arguments


@asynccontextmanager
async def kate(
    folder: Path,
    turns: Sequence[Mapping[str, Any]],
    files: Mapping[str, str],
    *,
    key: str = KEY,
) -> AsyncIterator[Kate]:
    """A Kate that shows the first of ``files`` and is served; ``turns`` are those of ``simulator/scripted.py``."""
    project, home = folder / "project", folder / "home"
    (project / ".git").mkdir(parents=True)
    for name, text in files.items():
        (project / name).write_text(text, encoding="utf-8")
    _configure(home, folder)
    exchanges: list[Exchange] = []
    brain = Scripted(Scenario.of({"turns": list(turns)}))
    async with (
        running(brain, key=KEY, tokens_per_second=0, observer=exchanges.append) as url,
        _screen() as display,
    ):
        environment = _environment(folder, home, display, url, key)
        editor = Kate(project, folder / "sent", environment, exchanges)
        command = ["dbus-run-session", "--", str(folder / "start"), next(iter(files))]
        process = await asyncio.create_subprocess_exec(
            *command, cwd=project, env=environment, start_new_session=True,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            await until(lambda: any("capabilities" in one["result"] for one in editor._results(dict)))
            await editor.fill_the_screen()
            await asyncio.sleep(0.5)  # until the window has the keys
            yield editor
        finally:
            await _ended(process)


def _configure(home: Path, folder: Path) -> None:
    """Our settings for Kate, the server under test on PATH, and what starts both."""
    settings, programs = home / ".config", folder / "bin"
    (settings / "kate" / "lspclient").mkdir(parents=True)
    (home / "run").mkdir(mode=0o700)
    programs.mkdir()
    shutil.copy(EDITORS / "kate" / "settings.json", settings / "kate" / "lspclient")
    (settings / "katerc").write_text(KATERC.format(server=programs / "kimi-lsp"), encoding="utf-8")
    server = f'"{sys.executable}" -m kimi_lsp "$@" | tee -a {shlex.quote(str(folder / "sent"))}'
    start = 'openbox --sm-disable &\nexec kate --new --block "$@"'
    for file, script in ((programs / "kimi-lsp", server), (folder / "start", start)):
        file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        file.chmod(0o755)


def _environment(folder: Path, home: Path, display: str, url: str, key: str) -> dict[str, str]:
    mine = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AIG", "KIMI", "XDG", "DBUS"))
    }
    places = [str(folder / "bin"), str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
    return {
        **mine,
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "DISPLAY": display,
        "LC_ALL": "C.UTF-8",
        "PATH": os.pathsep.join(places),
        "PYTHONPATH": os.pathsep.join([str(EDITORS.parent), os.environ.get("PYTHONPATH", "")]),
        "AIGATEWAY_API_KEY": key,
        "KIMI_LSP_BASE_URL": url,
    }


@asynccontextmanager
async def _screen() -> AsyncIterator[str]:
    """A screen that nobody sees; its name for DISPLAY."""
    reading, writing = os.pipe()
    process = await asyncio.create_subprocess_exec(
        "Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp",
        pass_fds=(writing,), stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    try:
        with os.fdopen(reading) as said:
            number = await asyncio.wait_for(asyncio.to_thread(said.readline), 20)
        yield f":{number.strip()}"
    finally:
        process.terminate()
        await process.wait()


async def _ended(process: asyncio.subprocess.Process) -> None:
    """End Kate and all that it has started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(process.wait(), 5)
            return
