"""Real Kate on a screen of its own: keys pressed in it, the real server, a simulated gateway.

Kate takes edits only as the answer to an entry of its menu, so each result is fetched by *Apply result*.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.editors.kate import kate, missing
from tests.e2e.editors.tmux import until

TEXT = 'import os\n\n\ndef greet(name):\n    text = "😀 hello, " + name; unused = 1\n    return text, os\n'
FIXED = TEXT.replace("; unused = 1", "")
OTHER = "from a import greet\n\nprint(greet('x'))\n"
APPLY = "Kimi: Apply result"

pytestmark = [
    pytest.mark.editor,
    pytest.mark.scenario(editor="kate"),
    pytest.mark.skipif(missing() != "", reason=missing()),
    pytest.mark.timeout(120),
]


def edit(old: str, new: str, path: str = "a.py") -> dict[str, Any]:
    return {"name": "edit", "arguments": {"path": path, "old_string": old, "new_string": new}}


def turns(*calls: dict[str, Any], delay_s: float = 0) -> list[dict[str, Any]]:
    """One turn with all ``calls``, and the last word."""
    return [{"tool_calls": list(calls), "first_byte_delay_s": delay_s}, {"content": "Done."}]


@pytest.mark.scenario(name="fix")
@pytest.mark.scenario(name="undo")
@pytest.mark.scenario(name="preview")
async def test_what_the_checkers_find_is_fixed_and_undone(tmp_path: Path) -> None:
    async with kate(tmp_path, turns(edit("; unused = 1", "")), {"a.py": TEXT}) as editor:
        await editor.go(5, 6)
        titles = await editor.choose("Kimi: Fix Local variable")
        assert any("ruff F841" in title for title in titles)
        await editor.told("The code action menu offers the result")
        await editor.choose("Kimi: Show diff")
        shown = await editor.told("The file is ")
        assert "-" + TEXT.splitlines()[4] in Path(shown.split("The file is ")[1]).read_text()
        assert await editor.saved() == TEXT
        await editor.menu()
        await editor.picture("kate")
        await editor.keys("Escape")
        await editor.choose(APPLY)
        await editor.becomes(FIXED)
        await editor.keys("ctrl+z")
        await editor.becomes(TEXT)


@pytest.mark.scenario(name="refactor two files")
async def test_a_refactoring_of_two_files_is_one_undo_each(tmp_path: Path) -> None:
    calls = [
        edit("def greet(", "def hail("),
        edit("import greet", "import hail", "b.py"),
        edit("greet('x')", "hail('x')", "b.py"),
    ]
    async with kate(tmp_path, turns(*calls), {"a.py": TEXT, "b.py": OTHER}) as editor:
        await editor.go(4, 5)
        await editor.choose("Kimi: Refactor `greet`")
        await editor.told("The code action menu offers the result")
        await editor.choose(APPLY)
        await editor.becomes(TEXT.replace("greet", "hail"))
        await editor.becomes(OTHER.replace("greet", "hail"), "b.py")
        await editor.keys("ctrl+z")
        await editor.becomes(TEXT)
        await editor.keys("alt+Right", "ctrl+z")  # the other file's tab
        await editor.becomes(OTHER, "b.py")


@pytest.mark.scenario(name="typing")
async def test_what_is_typed_meanwhile_stays(tmp_path: Path) -> None:
    typed = "# typed while Kimi was at work"
    async with kate(tmp_path, turns(edit("; unused = 1", ""), delay_s=1.5), {"a.py": TEXT}) as editor:
        await editor.go(4, 5)
        await editor.choose("Kimi: Simplify `greet`")
        await editor.keys("ctrl+Home")
        await editor.text(typed)
        await editor.told("The code action menu offers the result")
        await editor.keys("Return")
        await editor.choose(APPLY)
        await editor.becomes(f"{typed}\n{FIXED}")


@pytest.mark.scenario(name="cancel")
async def test_cancel_by_the_menu(tmp_path: Path) -> None:
    async with kate(tmp_path, turns(edit("; unused = 1", ""), delay_s=60), {"a.py": TEXT}) as editor:
        await editor.go(4, 5)
        await editor.choose("Kimi: Simplify `greet`")
        await until(lambda: _progress(editor.messages(), "begin"))
        await editor.choose("Kimi: Cancel")
        await until(lambda: "cancelled, nothing was changed" in _progress(editor.messages(), "end"))
        assert not any(title.startswith("Kimi: Cancel") for title in await editor.menu())
        await editor.keys("Escape")
        assert await editor.saved() == TEXT


def _progress(messages: list[dict[str, Any]], kind: str) -> str:
    """The texts of the progress, which Kate's Output shows."""
    values = [one["params"]["value"] for one in messages if one.get("method") == "$/progress"]
    return "\n".join(str(value) for value in values if value["kind"] == kind)


@pytest.mark.scenario(name="explain")
async def test_an_explanation_is_a_file(tmp_path: Path) -> None:
    async with kate(tmp_path, [{"content": "It greets everybody."}], {"a.py": TEXT}) as editor:
        await editor.go(4, 5)
        await editor.choose("Kimi: Explain `greet`")
        ready = await editor.told("the explanation")
        assert "It greets everybody." in Path(ready.split("he file is ")[1]).read_text()
    assert len(editor.exchanges) == 1


@pytest.mark.scenario(name="hover")
async def test_a_hover_shows_the_explanation(tmp_path: Path) -> None:
    async with kate(tmp_path, [{"content": "It greets everybody."}], {"a.py": TEXT}) as editor:
        await editor.go(5, 6)
        await editor.choose("Kimi: Explain `greet`")
        await editor.told("the explanation")
        await editor.go(4, 5)
        await editor.run("Symbol Info")
        await editor.hovered("It greets everybody.")
        await editor.picture("kate-hover")
    assert len(editor.exchanges) == 1


@pytest.mark.scenario(name="wrong key")
@pytest.mark.scenario(name="key")
async def test_a_wrong_key_is_said(tmp_path: Path) -> None:
    async with kate(tmp_path, turns(), {"a.py": TEXT}, key="sk-aig-wrong") as editor:
        await editor.go(4, 5)
        await editor.choose("Kimi: Simplify `greet`")
        said = await editor.told("refuses the API key")
        assert "sk-aig-wrong" not in said
        assert await editor.saved() == TEXT
