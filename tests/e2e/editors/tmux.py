"""A terminal (tmux) in which an editor runs: keys in, the screen out."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.e2e.editors.installed import program
from tests.e2e.editors.terminal import drawn

WAIT_S = 20.0
"""How long something may take to show on the screen."""


class Terminal:
    """One tmux server with one window; made by ``terminal``."""

    def __init__(self, tmux: str, socket: Path) -> None:
        self._tmux = (tmux, "-S", str(socket), "-f", "/dev/null")

    async def run(self, *words: str, environment: Mapping[str, str] | None = None) -> str:
        """What a command of tmux prints.

        Raises:
            RuntimeError: it failed; its sentence.
        """
        process = await asyncio.create_subprocess_exec(
            *self._tmux,
            *words,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        if process.returncode:
            raise RuntimeError(f"tmux {words[0]}: {err.decode().strip()}")
        return out.decode()

    async def keys(self, *names: str) -> None:
        """Press keys by the names that tmux has for them: ``Enter``, ``C-g``, ``M-x``."""
        await self.run("send-keys", "-t", "editor", *names)

    async def type(self, text: str, pause_s: float = 0.0) -> None:
        """Type text; with a pause after each character, as people do."""
        for piece in text if pause_s else [text]:
            await self.run("send-keys", "-t", "editor", "-l", "--", piece)
            await asyncio.sleep(pause_s)

    async def screen(self) -> str:
        """What is shown."""
        return await self.run("capture-pane", "-p", "-t", "editor")

    async def shows(self, pattern: str, wait_s: float = WAIT_S) -> str:
        """The screen, once ``pattern`` occurs in it; line ends that only wrap a line count as white space."""
        screen = ""

        async def there() -> bool:
            nonlocal screen
            screen = await self.screen()
            return re.search(pattern, screen) is not None

        await until(there, lambda: f"{pattern!r} is not on the screen:\n{screen}", wait_s)
        return screen

    async def picture(self, name: str) -> None:
        """Draw the screen into ``$KIMI_LSP_PICTURES/NAME.svg``, if that folder is set: the pages' pictures."""
        if folder := os.environ.get("KIMI_LSP_PICTURES"):
            ansi = await self.run("capture-pane", "-p", "-e", "-N", "-t", "editor")
            (Path(folder) / f"{name}.svg").write_text(drawn(ansi.rstrip("\n")), encoding="utf-8")


async def until(
    condition: Callable[[], object], failure: Callable[[], str] = lambda: "", wait_s: float = WAIT_S
) -> None:
    """Wait until ``condition()``, which may be a coroutine function, gives something true.

    Raises:
        TimeoutError: it did not within ``wait_s`` seconds; says what ``failure()`` says.
    """
    end = asyncio.get_running_loop().time() + wait_s
    while True:
        found = condition()
        if await found if asyncio.iscoroutine(found) else found:
            return
        if asyncio.get_running_loop().time() > end:
            raise TimeoutError(failure())
        await asyncio.sleep(0.05)


async def becomes(
    read: Callable[[], Awaitable[str | None]], wanted: str, seen: Callable[[], Awaitable[str]]
) -> None:
    """Wait until what ``read()`` gives is ``wanted``.

    Raises:
        AssertionError: it never was; says what it was last, and what ``seen()`` says.
    """
    last: str | None = None

    async def there() -> bool:
        nonlocal last
        last = await read()
        return last == wanted

    try:
        await until(there)
    except TimeoutError:
        raise AssertionError(f"{last!r}\n{await seen()}") from None


@asynccontextmanager
async def terminal(
    folder: Path, command: Sequence[str], environment: Mapping[str, str], size: tuple[int, int] = (100, 30)
) -> AsyncIterator[Terminal]:
    """Run ``command`` in ``folder`` in a terminal of ``size`` columns and lines; leaving ends it."""
    tmux = program("tmux")
    assert tmux is not None
    shown = Terminal(tmux, folder / "tmux")
    columns, lines = map(str, size)
    await shown.run(
        "new-session", "-d", "-s", "editor", "-x", columns, "-y", lines, "-c", str(folder), *command,
        environment={**environment, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    try:
        yield shown
    finally:
        with contextlib.suppress(RuntimeError):  # it ends with the editor
            await shown.run("kill-server")
