"""A window of VS Code in the browser, as a person uses it: keys, clicks, and what can be read on the screen."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.async_api import Locator, Page

PICTURES = os.environ.get("KIMI_LSP_PICTURES", "")
"""The folder into which pictures are taken; empty takes none."""
TRIES = 5
ONE_TRY_MS = 4_000


class Window:
    """One page that shows VS Code on a folder."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.menu = page.locator(".action-widget").first
        self.input = page.locator(".quick-input-widget")
        self.toasts = page.locator(".notification-toast")
        self.status = page.locator('.statusbar-item[id*="kimi-lsp"]')

    async def open(self, address: str, folder: Path, file: str) -> None:
        """Show ``file`` of ``folder``."""
        await self.page.goto(f"{address}/?folder={folder}", wait_until="domcontentloaded")
        await self.page.locator(".monaco-workbench").wait_for()
        await self.show(file)

    async def show(self, file: str) -> None:
        """Open a file from the explorer."""
        await self.page.locator(".explorer-folders-view .monaco-list-row", has_text=file).dblclick()
        await self.page.locator(".tab.active", has_text=file).wait_for()
        await self.page.locator(".monaco-editor .view-line").first.wait_for()

    async def ready(self) -> None:
        """Wait until the status bar says that the server runs and is at rest."""
        await self.status.locator(".codicon-sparkle").wait_for()

    async def text(self) -> str:
        """What the first editor shows; only for texts that fit into the window."""
        lines = self.page.locator(".monaco-editor .view-lines").first
        # The lines stand in the document in the order in which they were drawn.
        found: list[list[str | float]] = await lines.evaluate(
            "node => [...node.querySelectorAll('.view-line')].map(l => [parseFloat(l.style.top), l.textContent])"
        )
        shown = [str(text) for _, text in sorted(found, key=lambda line: float(line[0]))]
        return "\n".join(shown).replace("\N{NO-BREAK SPACE}", " ").replace("\N{ZERO WIDTH NON-JOINER}", "")

    async def has(self, text: str, *, gone: bool = False) -> None:
        """Wait until the first editor shows ``text``, or no longer does."""
        await self.page.wait_for_function(
            """([text, gone]) => {
                const lines = document.querySelector('.monaco-editor .view-lines');
                return lines && lines.textContent.replaceAll('\\u00a0', ' ').includes(text) !== gone;
            }""",
            arg=[text, gone],
        )

    async def go(self, line: int, column: int) -> None:
        """Put the cursor there, both from 1."""
        await self.page.keyboard.press("Control+g")
        await self.input.locator("input").fill(f":{line}:{column}")
        await self.page.keyboard.press("Enter")
        await self.input.wait_for(state="hidden")
        await self.page.locator(".statusbar-item", has_text=f"Ln {line}, Col {column}").wait_for()

    async def actions(self, key: str = "Control+.") -> list[str]:
        """Open the menu of code actions and read its titles."""
        for attempt in range(TRIES):
            await self.page.keyboard.press(key)
            try:
                await self.menu.locator(".monaco-list-row", has_text="Kimi").first.wait_for(
                    timeout=ONE_TRY_MS
                )
                break
            except Exception:
                if attempt == TRIES - 1:
                    raise
                await self.page.keyboard.press("Escape")
        return [
            " ".join(text.split()) for text in await self.menu.locator(".monaco-list-row").all_inner_texts()
        ]

    async def choose(self, title: str) -> None:
        """Take an entry of the open menu of code actions."""
        wanted = self.menu.locator(".monaco-list-row.focused", has_text=title)
        for _ in range(await self.menu.locator(".monaco-list-row").count()):
            if await wanted.count():
                break
            await self.page.keyboard.press("ArrowDown")
        await wanted.wait_for(timeout=ONE_TRY_MS)
        await self.page.keyboard.press("Enter")
        await self.menu.wait_for(state="hidden")

    async def command(self, title: str) -> None:
        """Run a command by the palette."""
        await self.page.keyboard.press("F1")
        await self.input.locator("input").fill(f">{title}")
        await self.input.locator(".monaco-list-row", has_text=title).first.wait_for()
        await self.page.keyboard.press("Enter")

    async def answer(self, text: str) -> None:
        """Type into the input box that is open."""
        box = self.input.locator("input").first
        await box.wait_for()
        await box.fill(text)
        await self.page.keyboard.press("Enter")
        await self.input.wait_for(state="hidden")

    def toast(self, text: str | re.Pattern[str]) -> Locator:
        """A notification that is shown now."""
        return self.toasts.filter(has_text=text).first

    async def into_the_text(self) -> None:
        """Give the keys to the first editor."""
        await self.page.keyboard.press("Control+1")
        await self.page.locator(".monaco-editor.focused .view-lines").first.wait_for()

    async def picture(self, name: str) -> None:
        """Take a picture for the README, where pictures are wanted."""
        if PICTURES:
            await self.page.mouse.move(
                400, 664
            )  # away from what would explain itself or show its scroll bars
            await self.page.wait_for_timeout(400)  # until what slides has come to rest
            await self.page.screenshot(path=Path(PICTURES) / f"{name}.png")
