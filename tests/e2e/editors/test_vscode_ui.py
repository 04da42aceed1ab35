"""Real VS Code in a real browser, through code-server: what a person sees, presses and types."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.editors.vscode import extension
from tests.e2e.editors.vscode.install import VERSIONS
from tests.e2e.editors.vscode.program import kimi_lsp, why_not

pytest.importorskip("playwright.async_api", reason="no playwright: pip install playwright")

from tests.e2e.editors.vscode.screen import Screen, screen

pytestmark = [
    pytest.mark.editor,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(bool(extension.why_not()), reason=extension.why_not()),
    pytest.mark.timeout(180),
]

GREET = 'def greet(name):\n    return "hello " + name\n'
MARINA = '''\
"""Bills of a small marina."""

PRICE_PER_METRE = 21.5


def bill(boat, nights, tax=0.07):
    price = boat["length"] * PRICE_PER_METRE * nights
    if nights > 7:
        price = price * 0.9
    return round(price * (1 + tax), 2)
'''
OFFICE = "from bills import bill\n\nprint(bill({'length': 9}, 3))\n"
KEY = "sk-aig-of-this-test-0123456789"


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="module",
    params=[
        pytest.param(name, id=name, marks=pytest.mark.scenario(editor=f"vscode-{name}")) for name in VERSIONS
    ],
)
async def shown(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Screen]:
    version: str = request.param
    if reason := why_not(version):
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("vscode")
    server = kimi_lsp(folder, folder / "profile" / "traffic")
    machine = {"kimi.server.path": str(server), "kimi.trace.server": "verbose"}
    async with screen(
        version, folder, machine=machine, environment={"AIGATEWAY_API_KEY": "sk-aig-simulator"}
    ) as one:
        yield one


def edit(path: str, old: str, new: str) -> dict[str, Any]:
    return {"name": "edit", "arguments": {"path": path, "old_string": old, "new_string": new}}


@pytest.mark.scenario(name="fix")
@pytest.mark.scenario(name="undo")
async def test_lightbulb_menu_fix_and_undo(shown: Screen, tmp_path: Path) -> None:
    broken = MARINA.replace("bill(boat, nights, tax=0.07):", "bill(boat, nights, tax=0.07:")
    turns = [{"tool_calls": [edit("bills.py", "tax=0.07:", "tax=0.07):")]}, {"content": "Closed it."}]
    async with shown.window(tmp_path, {"bills.py": broken}, turns) as window:
        await window.go(6, 33)
        await window.page.locator("[class*=codicon-lightbulb], [class*=codicon-light-bulb]").first.wait_for()
        titles = await window.actions()
        assert any(title.startswith("Kimi: Fix") for title in titles), titles
        await window.picture("fix")
        await window.choose("Kimi: Fix")
        await window.has("tax=0.07):")
        assert await window.text() == MARINA.rstrip("\n") + "\n"
        await window.toast("bills.py").wait_for()
        await window.into_the_text()
        await window.page.keyboard.press("Control+z")
        await window.has("tax=0.07):", gone=True)
        assert await window.text() == broken


@pytest.mark.scenario(name="refactor two files")
@pytest.mark.scenario(name="preview")
async def test_refactor_with_instruction_is_previewed_and_confirmed(shown: Screen, tmp_path: Path) -> None:
    calls = [
        edit("bills.py", "def bill(", "def bill_of("),
        edit("office.py", "import bill", "import bill_of"),
        edit("office.py", "print(bill(", "print(bill_of("),
    ]
    turns = [{"tool_calls": calls}, {"content": "Renamed."}]
    async with shown.window(tmp_path, {"bills.py": MARINA, "office.py": OFFICE}, turns) as window:
        await window.go(6, 6)
        await window.command("Kimi: Refactor with instruction")
        await window.answer("rename bill to bill_of everywhere")
        other = window.page.locator(".bulk-edit-panel .monaco-list-row", has_text="office.py")
        await other.wait_for()
        assert "def bill(" in await window.text()
        await other.locator(".edit-checkbox").click()  # what needs to be confirmed is not ticked at first
        await window.picture("preview")
        await window.page.get_by_role("button", name="Apply", exact=True).click()
        await window.has("def bill_of(")
        await window.show("office.py")
        await window.has("print(bill_of(")
        assert (
            tmp_path / "marina" / "office.py"
        ).read_text() == OFFICE  # unsaved: the server writes no files


@pytest.mark.scenario(name="cancel")
async def test_progress_is_seen_and_cancel_pressed(shown: Screen, tmp_path: Path) -> None:
    turns = [{"content": "never", "first_byte_delay_s": 60}]
    async with shown.window(tmp_path, {"bills.py": MARINA}, turns) as window:
        await window.go(6, 6)
        await window.actions("Control+Shift+r")
        await window.choose("Kimi: Refactor")
        running_job = window.toast("Kimi: Refactor `bill`")
        await running_job.wait_for()
        await window.status.filter(has_text="Refactor").wait_for()
        await window.picture("progress")
        await window.status.click()
        await window.input.locator(".monaco-list-row", has_text="Cancel").wait_for()
        await window.picture("menu")
        await window.page.keyboard.press("Escape")
        await running_job.get_by_role("button", name="Cancel").click()
        await running_job.wait_for(state="detached")
        await window.ready()
        assert await window.text() == MARINA


@pytest.mark.scenario(name="typing")
async def test_what_is_typed_while_the_job_runs_stays(shown: Screen, tmp_path: Path) -> None:
    turns = [
        {"tool_calls": [edit("greet.py", '"hello "', '"hail "')], "first_byte_delay_s": 2},
        {"content": "Done."},
    ]
    async with shown.window(tmp_path, {"greet.py": GREET}, turns) as window:
        await window.go(1, 6)
        await window.actions("Control+Shift+r")
        await window.choose("Kimi: Refactor")
        await window.toast("Kimi: Refactor").wait_for()
        await window.into_the_text()
        await window.page.keyboard.press("Control+End")
        await window.page.keyboard.type("# typed while it ran", delay=20)
        assert '"hello "' in await window.text()
        await window.has('"hail "')
        assert await window.text() == GREET.replace("hello", "hail") + "# typed while it ran"


@pytest.mark.scenario(name="explain")
@pytest.mark.scenario(name="hover")
async def test_explanation_is_shown_in_the_preview_and_in_the_hover(shown: Screen, tmp_path: Path) -> None:
    answer = "`bill` adds up a stay: **length × price × nights**, a tenth less beyond a week, and the tax."
    async with shown.window(tmp_path, {"bills.py": MARINA}, [{"content": answer}]) as window:
        await window.go(6, 6)
        await window.command("Kimi: Explain")
        await window.page.locator(".tab", has_text="Preview").wait_for()
        inner = window.page.frame_locator("iframe.webview").frame_locator("iframe")
        await inner.get_by_text("length × price × nights").wait_for()
        await window.picture("explain")
        await window.into_the_text()
        await window.page.keyboard.press("Control+k")
        await window.page.keyboard.press("Control+i")
        await window.page.locator(".monaco-hover", has_text="a tenth less beyond a week").first.wait_for()


@pytest.mark.scenario(name="wrong key")
@pytest.mark.scenario(name="key")
async def test_a_wrong_key_is_told_and_the_right_one_is_in_no_file(shown: Screen, tmp_path: Path) -> None:
    turns = [
        {"tool_calls": [edit("greet.py", '"hello "', '"hail "')]},
        {"content": "Done."},
    ]
    async with shown.window(tmp_path, {"greet.py": GREET}, turns, key=KEY) as window:
        await window.go(1, 6)
        await window.command("Kimi: Simplify")
        await window.toast("The model service refuses the API key").wait_for()
        await window.command("Notifications: Clear All Notifications")
        await window.command("Kimi: Set API key")
        await window.input.locator("input[type=password]").fill(KEY)
        await window.picture("key")
        await window.page.keyboard.press("Enter")
        await window.toast("the API key is set").wait_for()
        await window.ready()
        await window.into_the_text()
        await window.command("Kimi: Simplify")
        await window.has('"hail "')
        await window.command("Kimi: Forget API key")
        await window.toast("the API key is forgotten").wait_for()
        await window.ready()
        await window.into_the_text()
        await window.command("Kimi: Simplify")
        await window.toast("The model service refuses the API key").wait_for()
    assert (shown.profile.folder / "traffic").exists()
    assert files_with(KEY, shown.profile.folder) == []


def files_with(key: str, folder: Path) -> list[Path]:
    """The files that hold the key, in any of the ways in which it may be written."""
    needles = [key.encode(), key.encode("utf-16-le"), key[::-1].encode()]
    return [file for file in folder.rglob("*") if any(needle in content(file) for needle in needles)]


def content(file: Path) -> bytes:
    """What is in it; nothing where it is a folder, or has just gone."""
    try:
        return file.read_bytes()
    except OSError:
        return b""
