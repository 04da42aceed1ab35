"""Real Vim with ALE: commands typed into it, the real server, a simulated gateway."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.editors.tmux import until
from tests.e2e.editors.vim import Vim, missing, vim

TEXT = 'import os\n\n\ndef greet(name):\n    text = "😀 hello, " + name; unused = 1\n    return text\n'
FIXED = TEXT.replace("; unused = 1", "")
OTHER = "from a import greet\n\ngreet('x')\n"
FILES = {"a.py": TEXT, "b.py": OTHER}


def edit(old: str, new: str, path: str = "a.py", **more: Any) -> dict[str, Any]:
    call = {"name": "edit", "arguments": {"path": path, "old_string": old, "new_string": new}}
    return {"tool_calls": [call], **more}


EXPLANATION = """`greet` puts *hello* before a name and gives the text back.

- `unused` is assigned and never read: it can go.
- Nothing is said of an empty `name`; the text then ends with a blank.
"""
FIX = [edit("; unused = 1", ""), {"content": "Removed the unused name."}]

pytestmark = [pytest.mark.editor, pytest.mark.scenario(editor="vim-ale")]

_missing = cache(missing)


@pytest.fixture(autouse=True)
def there() -> None:
    if why := _missing():
        pytest.skip(why)


async def at(editor: Vim, text: str) -> None:
    await editor.command("1")
    await editor.terminal.keys("0")
    await editor.terminal.type(f"/{text}")
    await editor.terminal.keys("Enter")


@pytest.mark.scenario(name="fix")
@pytest.mark.scenario(name="undo")
async def test_fix_what_ruff_has_found(tmp_path: Path) -> None:
    async with vim(tmp_path, FIX, FILES) as editor:
        await at(editor, "unused")
        await editor.terminal.shows("ruff_of_today: .*F841")
        await editor.command("Kimi fix")
        await editor.becomes("a.py", FIXED)
        assert "F841" in str(editor.exchanges[0].request["messages"])
        await editor.terminal.keys("u")
        await editor.becomes("a.py", TEXT)
        assert (editor.project / "a.py").read_text() == TEXT


@pytest.mark.scenario(name="refactor two files")
async def test_refactor_over_two_files(tmp_path: Path) -> None:
    calls = [
        {"name": "read", "arguments": {"path": "b.py"}},
        {"name": "edit", "arguments": {"path": "a.py", "old_string": "; unused = 1", "new_string": ""}},
    ]
    turns = [{"tool_calls": calls}, edit("greet('x')", "greet('world')", "b.py"), {"content": "Shorter."}]
    async with vim(tmp_path, turns, FILES) as editor:
        await at(editor, "hello")
        await editor.command("Kimi refactor make it shorter")
        await editor.becomes("a.py", FIXED)
        await editor.becomes("b.py", OTHER.replace("'x'", "'world'"))
        assert "make it shorter" in str(editor.exchanges[0].request["messages"])
        await editor.terminal.keys("u")
        await editor.becomes("a.py", TEXT)
        await editor.command("b b.py")
        await editor.terminal.keys("u")
        await editor.becomes("b.py", OTHER)


@pytest.mark.scenario(name="typing")
async def test_what_is_typed_meanwhile_is_kept(tmp_path: Path) -> None:
    slow = [edit("; unused = 1", "", first_byte_delay_s=1.0), {"content": "Done.", "first_byte_delay_s": 0.5}]
    async with vim(tmp_path, slow, FILES) as editor:
        await at(editor, "hello")
        await editor.command("Kimi simplify")
        typed = "# typed while Kimi was at work 😀, and after it had done its work"
        await editor.terminal.keys("g", "g", "O")
        await editor.terminal.type(typed, pause_s=0.04)
        await editor.terminal.keys("Escape")
        await editor.becomes("a.py", f"{typed}\n{FIXED}")
        await editor.terminal.keys("u")
        await editor.becomes("a.py", f"{typed}\n{TEXT}")


@pytest.mark.scenario(name="cancel")
async def test_cancel(tmp_path: Path) -> None:
    async with vim(tmp_path, [edit("; unused = 1", "", first_byte_delay_s=60)], FILES) as editor:
        await at(editor, "hello")
        await editor.command("Kimi simplify")
        await until(lambda: _working(editor))
        await editor.command("Kimi cancel")
        await editor.terminal.shows("cancelled, nothing was changed")
        assert await editor.text("a.py") == TEXT


async def _working(editor: Vim) -> bool:
    """Whether the statusline names a job."""
    return "a.py  Kimi: " in await editor.terminal.screen()


async def _idle(editor: Vim) -> bool:
    return not await _working(editor)


@pytest.mark.scenario(name="explain")
async def test_explain_in_the_preview_window(tmp_path: Path) -> None:
    async with vim(
        tmp_path, [{"content": EXPLANATION}], FILES, vimrc="syntax on | set background=dark", size=(110, 34)
    ) as editor:
        await at(editor, "unused")
        await editor.command("Kimi explain")
        await editor.terminal.shows("the text then ends with a blank")
        await until(lambda: _idle(editor))
        await editor.terminal.keys("l")
        await editor.terminal.shows("ruff_of_today: .*F841")
        await editor.terminal.picture("vim-ale")
        assert await editor.text("a.py") == TEXT


@pytest.mark.scenario(name="hover")
async def test_a_hover_shows_the_explanation(tmp_path: Path) -> None:
    async with vim(tmp_path, [{"content": "It greets everybody."}], FILES) as editor:
        await at(editor, "greet")
        await editor.command("Kimi explain")
        await editor.terminal.shows("It greets everybody")
        await editor.command("pclose")
        await at(editor, "greet")
        await editor.command("ALEHover")
        await editor.terminal.shows("It greets everybody")
        assert len(editor.exchanges) == 1


@pytest.mark.scenario(name="wrong key")
@pytest.mark.scenario(name="key")
async def test_a_wrong_key_is_said(tmp_path: Path) -> None:
    async with vim(tmp_path, FIX, FILES, key="sk-aig-wrong") as editor:
        await at(editor, "unused")
        await editor.command("Kimi fix")
        screen = await editor.terminal.shows("The model service refuse")
        assert "sk-aig-wrong" not in screen
        assert await editor.text("a.py") == TEXT


@pytest.mark.scenario(name="preview")
async def test_a_result_can_wait(tmp_path: Path) -> None:
    async with vim(tmp_path, FIX, FILES, vimrc="let g:kimi_apply = 0") as editor:
        await at(editor, "unused")
        await editor.command("Kimi fix")
        await editor.terminal.shows("this editor takes no e")
        await editor.command("Kimi diff")
        await editor.terminal.shows("-.*unused = 1")
        assert await editor.text("a.py") == TEXT
        await editor.command("Kimi apply")
        await editor.becomes("a.py", FIXED)


async def test_a_range_and_the_status(tmp_path: Path) -> None:
    async with vim(tmp_path, FIX, FILES) as editor:
        await editor.command("Kimi status")
        await editor.terminal.shows("Kimi: moonshot/kimi-k2.7-code; nothing is running")
        await editor.command("5,6Kimi simplify and keep the name")
        await editor.becomes("a.py", FIXED)
        prompt = str(editor.exchanges[0].request["messages"])
        assert "and keep the name" in prompt
        assert "the selected lines 5-6 of a.py" in prompt, prompt[-600:]
        await editor.command("Kimi bake")
        await editor.terminal.shows("Kimi: there is no bake; there are add-types, apply,")
