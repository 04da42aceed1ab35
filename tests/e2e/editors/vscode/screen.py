"""A VS Code that runs, and the browser before it; each test has its own folder, window and model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright

from kimi_lsp.simulator.running import running
from kimi_lsp.simulator.scripted import Scenario, Scripted
from tests.e2e.editors.vscode import extension
from tests.e2e.editors.vscode.program import BROWSER, HOST, Profile, Program, chromium, free_port
from tests.e2e.editors.vscode.window import Window

SHOWN = {
    "window.commandCenter": False,
    "editor.minimap.enabled": False,
    "breadcrumbs.enabled": False,
    "editor.fontSize": 14,
    "workbench.layoutControl.enabled": False,
    "terminal.integrated.gpuAcceleration": "off",
}
"""Less on the screen, for the pictures; and a terminal whose text can be read."""
PATIENCE_MS = 25_000


@dataclass(frozen=True, slots=True)
class Screen:
    """What a test needs of it: ``port`` is where kimi-lsp looks for the model."""

    address: str
    browser: Browser
    port: int
    profile: Profile

    @asynccontextmanager
    async def window(
        self,
        folder: Path,
        files: Mapping[str, str],
        turns: Sequence[object] = (),
        *,
        key: str | None = None,
        ready: bool = True,
    ) -> AsyncIterator[Window]:
        """Show the first of ``files``; the simulated model answers ``turns``, if asked with ``key``."""
        project = folder / "marina"
        project.mkdir()
        for name, text in files.items():
            (project / name).write_text(text)
        brain = Scripted(Scenario.of({"turns": list(turns)}))
        context = await self.browser.new_context(viewport={"width": 1180, "height": 680})
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        async with running(brain, port=self.port, key=key, tokens_per_second=0):
            try:
                window = Window(page)
                await window.open(self.address, project, next(iter(files)))
                if ready:
                    await window.ready()
                yield window
            except BaseException:
                await page.screenshot(path=folder / "failed.png")
                raise
            finally:
                await context.close()


@asynccontextmanager
async def screen(
    version: str,
    folder: Path,
    *,
    machine: Mapping[str, Any],
    user: Mapping[str, Any] | None = None,
    environment: Mapping[str, str],
) -> AsyncIterator[Screen]:
    """Start code-server with the VSIX installed, below ``folder``."""
    port, program = free_port(), Program(version)
    settings = {"kimi.model.base_url": f"http://{HOST}:{port}/v1", **machine}
    profile = Profile(folder / "profile").write(machine=settings, user={**SHOWN, **(user or {})})
    await program.install_extension(profile, extension.build())
    async with program.serving(profile, environment) as address, async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium(), args=BROWSER)
        yield Screen(address, browser, port, profile)
        await browser.close()
