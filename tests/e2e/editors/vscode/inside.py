"""Runs ``host/index.js`` inside VS Code's extension host. A browser shows the page; nothing drives it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.e2e.editors.vscode.program import BROWSER, Profile, Program, chromium, ended

SUITE = Path(__file__).parent / "host"
TIMEOUT_S = 150.0


@dataclass(frozen=True, slots=True)
class Desk:
    """A VS Code below ``folder`` with its own profile, for which ``server`` is kimi-lsp and ``url`` the model."""

    folder: Path
    program: Program
    server: Path
    url: str

    async def install(self, vsix: Path) -> None:
        """Lay the profile and install the extension into it."""
        machine = {"kimi.server.path": str(self.server), "kimi.model.base_url": self.url}
        await self.program.install_extension(self._profile.write(machine=machine), vsix)

    async def seen(self, files: Mapping[str, str], scenarios: Sequence[str] = ()) -> dict[str, Any]:
        """What the scenarios saw, all of them or those named, on a folder with these files.

        Raises:
            TimeoutError: they did not end in time.
        """
        project, answer = self.folder / "project", self.folder / "seen.json"
        project.mkdir()
        for name, text in files.items():
            (project / name).write_text(text)
        environment = {"KIMI_SEEN": str(answer), "AIGATEWAY_API_KEY": "sk-aig-simulator"}
        if scenarios:
            environment["KIMI_SCENARIOS"] = ",".join(scenarios)
        async with self.program.serving(self._profile, environment, driver=True) as address:
            remote = f"vscode-remote://{address.removeprefix('http://')}"
            payload = [
                ["extensionDevelopmentPath", f"{remote}{SUITE}"],
                ["extensionTestsPath", f"{remote}{SUITE}/index"],
                ["skipWelcome", "true"],
            ]
            query = urlencode({"folder": str(project), "payload": json.dumps(payload)})
            await self._browse(f"{address}/?{query}", answer)
        found: dict[str, Any] = json.loads(answer.read_text())
        return found

    @property
    def _profile(self) -> Profile:
        return Profile(self.folder / "profile")

    async def _browse(self, url: str, answer: Path) -> None:
        browser = chromium()
        assert browser is not None
        process = await asyncio.create_subprocess_exec(
            browser, "--headless", *BROWSER, f"--user-data-dir={self.folder / 'browser'}", url,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            for _ in range(int(TIMEOUT_S / 0.1)):
                if answer.exists():
                    return
                await asyncio.sleep(0.1)
            raise TimeoutError(f"the scenarios in VS Code did not end within {TIMEOUT_S:.0f} s")
        finally:
            await ended(process)
