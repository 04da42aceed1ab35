"""A program in a real terminal (tmux): keys are pressed, the screen is read, a picture of it is made."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path
from typing import TypeVar
from xml.sax.saxutils import escape

from rich.cells import cell_len
from rich.color import Color
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

WAIT_S = 20.0
LINES, COLUMNS = 30, 110
CELL_WIDTH, CELL_HEIGHT, BASELINE = 9.03, 19, 14
FOREGROUND, BACKGROUND = "#e0e2ea", "#14161b"


class Terminal:
    """One program in a terminal of its own."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    async def tmux(self, *arguments: str) -> str:
        """What tmux says."""
        process = await asyncio.create_subprocess_exec(
            "tmux", "-S", str(self._socket), "-f", "/dev/null", *arguments,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode()

    async def screen(self) -> str:
        """What a user sees."""
        return await self.tmux("capture-pane", "-p")

    async def keys(self, *keys: str) -> None:
        """Press keys, each by tmux's name for it (``Escape``, ``C-o``)."""
        for key in keys:
            await self.tmux("send-keys", key)
            await asyncio.sleep(0.05)

    async def text(self, text: str) -> None:
        """Type text."""
        await self.tmux("send-keys", "-l", text)
        await asyncio.sleep(0.1)

    async def seen(self, *texts: str) -> str:
        """Wait until one of ``texts`` is on the screen; gives the screen."""
        deadline = asyncio.get_running_loop().time() + WAIT_S
        while True:
            screen = await self.screen()
            if any(text in screen for text in texts):
                return screen
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError(f"{texts} not on the screen:\n{screen}")
            await asyncio.sleep(0.05)

    async def picture(self, name: str) -> None:
        """Draw the screen into ``$KIMI_LSP_PICTURES/NAME.svg``, if that folder is set: the READMEs' pictures."""
        folder = os.environ.get("KIMI_LSP_PICTURES")
        if not folder:
            return
        ansi = await self.tmux("capture-pane", "-p", "-e", "-N")
        (Path(folder) / f"{name}.svg").write_text(drawn(ansi.rstrip("\n")), encoding="utf-8")


def drawn(ansi: str) -> str:
    """A terminal's screen as SVG. Each word has its own place: any monospaced font will do, and none is fetched."""
    console = Console(width=COLUMNS, file=StringIO(), force_terminal=True, color_system="truecolor")
    rows = console.render_lines(Text.from_ansi(ansi), console.options.update(no_wrap=True), pad=True)
    width, height = COLUMNS * CELL_WIDTH, len(rows) * CELL_HEIGHT
    shapes = [shape for row, segments in enumerate(rows) for shape in _row(row, segments)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -8 {width + 16:.0f} {height + 16}">\n'
        f"<style>text {{ font: 15px monospace; white-space: pre }} .b {{ font-weight: bold }}</style>\n"
        f'<rect x="-8" y="-8" width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>\n'
        + "\n".join(shapes)
        + "\n</svg>\n"
    )


def _row(row: int, segments: Sequence[Segment]) -> Iterator[str]:
    """The backgrounds and the words of one line."""
    column, words = 0, []
    for segment in segments:
        style = segment.style or Style()
        front, back = _colour(style.color, FOREGROUND), _colour(style.bgcolor, "")
        if style.reverse:
            front, back = back or BACKGROUND, front
        length = cell_len(segment.text)
        if back:
            place = f'x="{column * CELL_WIDTH:.1f}" y="{row * CELL_HEIGHT}"'
            yield f'<rect {place} width="{length * CELL_WIDTH + 0.3:.1f}" height="{CELL_HEIGHT}.3" fill="{back}"/>'
        for word in re.finditer(r"\S+", segment.text):
            x = (column + cell_len(segment.text[: word.start()])) * CELL_WIDTH
            bold = ' class="b"' if style.bold else ""
            y = row * CELL_HEIGHT + BASELINE
            words.append(f'<text x="{x:.1f}" y="{y}" fill="{front}"{bold}>{escape(word[0])}</text>')
        column += length
    yield from words


def _colour(colour: Color | None, default: str) -> str:
    """As SVG has it; the terminal's own default is ``default``."""
    return default if colour is None or colour.is_default else str(colour.get_truecolor().hex)


SomeTerminal = TypeVar("SomeTerminal", bound=Terminal)


@asynccontextmanager
async def running_in(
    terminal: SomeTerminal, command: Sequence[str], environment: Mapping[str, str], folder: Path
) -> AsyncIterator[SomeTerminal]:
    """Run ``command`` in ``terminal``, in ``folder``; the terminal is gone afterwards."""
    settings = [f"{name}={value}" for name, value in environment.items()]
    size = ("-x", str(COLUMNS), "-y", str(LINES), "-c", str(folder))
    await terminal.tmux("new-session", "-d", *size, shlex.join(["env", *settings, *command]))
    try:
        yield terminal
    finally:
        await terminal.tmux("kill-server")
