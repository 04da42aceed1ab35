"""How the extension comes by kimi-lsp in real VS Code: it installs it, or finds it; and what the menu offers."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from tests.e2e.editors.vscode import extension
from tests.e2e.editors.vscode.install import REPOSITORY
from tests.e2e.editors.vscode.program import kimi_lsp, why_not

pytest.importorskip("playwright.async_api", reason="no playwright: pip install playwright")

from tests.e2e.editors.vscode.screen import screen

VERSION = "1.139"
REASON = extension.why_not() or why_not(VERSION)
FILES = {"greet.py": 'def greet(name):\n    return "hello " + name\n'}
INSTALL_TIMEOUT_MS = 150_000

pytestmark = [
    pytest.mark.editor,
    pytest.mark.scenario(editor="vscode-1.139", name="fix"),  # without these there is none
    pytest.mark.skipif(bool(REASON), reason=REASON),
    pytest.mark.timeout(240),
]

PYTHON_EXTENSION = """\
exports.activate = () => ({
  environments: {
    getActiveEnvironmentPath: () => ({ path: PYTHON }),
    resolveEnvironment: async ({ path }) => ({ executable: { uri: require('vscode').Uri.file(path) } }),
  },
});
"""
"""What we use of the Python extension; the real one is only to be had from the Marketplace."""


def path_without_kimi() -> str:
    """PATH without the folders in which there is a kimi-lsp or a uv."""
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(
        one for one in folders if not any((Path(one) / name).exists() for name in ("kimi-lsp", "uv"))
    )


async def test_it_is_installed_where_there_is_none(tmp_path: Path) -> None:
    machine = {"kimi.server.package": str(REPOSITORY)}
    environment = {"PATH": path_without_kimi(), "AIGATEWAY_API_KEY": "sk-aig-simulator"}
    async with (
        screen(VERSION, tmp_path, machine=machine, environment=environment) as shown,
        shown.window(tmp_path, FILES, ready=False) as window,
    ):
        offer = window.toast("kimi-lsp is not installed")
        await offer.wait_for()
        await window.status.filter(has_text="Kimi: install").wait_for()
        await offer.get_by_role("button", name="Install", exact=True).click()
        await window.toast("kimi-lsp is installed").wait_for(timeout=INSTALL_TIMEOUT_MS)
        await window.ready()
        assert any("Kimi: " in title for title in await window.actions("Control+Shift+r"))
    programs = list(shown.profile.data.glob("**/server/bin/kimi-lsp"))
    assert len(programs) == 1, programs


async def test_what_cannot_be_installed_is_told_in_a_sentence(tmp_path: Path) -> None:
    machine = {"kimi.server.package": str(tmp_path / "nowhere")}
    async with (
        screen(VERSION, tmp_path, machine=machine, environment={"PATH": path_without_kimi()}) as shown,
        shown.window(tmp_path, FILES, ready=False) as window,
    ):
        await window.command("Kimi: Install kimi-lsp")
        told = window.toast("kimi-lsp was not installed: ERROR")
        await told.wait_for(timeout=INSTALL_TIMEOUT_MS)
        assert "nowhere" in await told.inner_text()


async def test_a_path_that_names_no_program_is_told(tmp_path: Path) -> None:
    machine = {"kimi.server.path": str(tmp_path / "nowhere")}
    async with (
        screen(VERSION, tmp_path, machine=machine, environment={}) as shown,
        shown.window(tmp_path, FILES, ready=False) as window,
    ):
        await window.toast("kimi.server.path names no program that can be run").wait_for()
        await window.status.filter(has_text="Kimi: not running").wait_for()


async def test_it_is_found_in_the_environment_of_the_python_extension(tmp_path: Path) -> None:
    python = tmp_path / "environment" / "bin"
    python.mkdir(parents=True)
    kimi_lsp(python)
    machine, environment = {"kimi.model.base_url": ""}, {"PATH": path_without_kimi()}
    async with screen(VERSION, tmp_path, machine=machine, environment=environment) as shown:
        provide_python_extension(shown.profile.extensions, python / "python")
        async with shown.window(tmp_path, FILES, ready=False) as window:
            await window.status.filter(has_text="Kimi: no API key").wait_for()
            await window.command("Kimi: Show log")
            # What it says can't be read here: this VS Code is installed without the native module that writes logs.
            await window.page.locator("select.monaco-select-box", has_text="Kimi").first.wait_for()


async def test_restricted_mode_runs_it_without_checkers(tmp_path: Path) -> None:
    traffic = tmp_path / "traffic"
    user = {"security.workspace.trust.enabled": True, "security.workspace.trust.startupPrompt": "never"}
    machine = {"kimi.server.path": str(kimi_lsp(tmp_path, traffic))}
    environment = {"AIGATEWAY_API_KEY": "sk-aig-simulator"}
    async with (
        screen(VERSION, tmp_path, machine=machine, user=user, environment=environment) as shown,
        shown.window(tmp_path, FILES) as window,
    ):
        await window.page.locator(".statusbar-item", has_text="Restricted Mode").wait_for()
        assert any("Kimi: " in title for title in await window.actions("Control+Shift+r"))
    assert '"checkers":{"enabled":false}' in traffic.read_text()


async def test_context_menu_and_walkthrough(tmp_path: Path) -> None:
    machine = {"kimi.server.path": str(kimi_lsp(tmp_path))}
    environment = {"AIGATEWAY_API_KEY": "sk-aig-simulator"}
    async with (
        screen(VERSION, tmp_path, machine=machine, environment=environment) as shown,
        shown.window(tmp_path, FILES) as window,
    ):
        await window.page.locator(".monaco-editor .view-line").first.click(button="right")
        await window.page.locator(".monaco-menu .action-label", has_text="Kimi").first.hover()
        await window.page.locator(
            ".monaco-menu .action-label", has_text="Refactor with instruction"
        ).wait_for()
        await window.picture("context")
        await window.page.keyboard.press("Escape")
        await window.page.keyboard.press("Escape")
        await window.command("Kimi: First steps")
        steps = window.page.locator(".gettingStartedContainer")
        for step in ("Have kimi-lsp", "Set your API key", "Fix a problem", "Say what you want"):
            await steps.get_by_text(step, exact=True).first.wait_for()
        for done in ("Have kimi-lsp", "Set your API key"):
            shown_step = steps.locator(".getting-started-step", has_text=done)
            await shown_step.locator(".codicon-getting-started-step-checked").wait_for()
        await window.picture("walkthrough")


async def test_doctor_usage_and_log(tmp_path: Path) -> None:
    machine = {"kimi.server.path": str(kimi_lsp(tmp_path))}
    environment = {"AIGATEWAY_API_KEY": "sk-aig-simulator"}
    async with (
        screen(VERSION, tmp_path, machine=machine, environment=environment) as shown,
        shown.window(tmp_path, FILES) as window,
    ):
        await window.status.click()
        await window.input.locator(".monaco-list-row", has_text="Doctor").click()
        terminal = window.page.locator(".xterm-rows")
        await terminal.filter(has_text=re.compile("Ended.with.status")).wait_for()
        said = await terminal.inner_text()
        assert "Simulator:" in said  # it asked the service of the settings
        assert "sk-aig-simulator" not in said
        await window.picture("doctor")
        await window.status.click()
        await window.input.locator(".monaco-list-row", has_text="Usage").click()
        await window.page.locator(".tab", has_text="Preview").wait_for()


def provide_python_extension(extensions: Path, python: Path) -> None:
    folder = extensions / "ms-python.python-2000.1.0"
    folder.mkdir()
    manifest = {
        "name": "python",
        "publisher": "ms-python",
        "version": "2000.1.0",
        "engines": {"vscode": "^1.80.0"},
        "main": "./main.js",
    }
    (folder / "package.json").write_text(json.dumps(manifest))
    (folder / "main.js").write_text(PYTHON_EXTENSION.replace("PYTHON", json.dumps(str(python))))
    listed = extensions / "extensions.json"
    entry = {
        "identifier": {"id": "ms-python.python"},
        "version": manifest["version"],
        "location": {"$mid": 1, "path": str(folder), "scheme": "file"},
        "relativeLocation": folder.name,
    }
    listed.write_text(json.dumps([*json.loads(listed.read_text()), entry]))
