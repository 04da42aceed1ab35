"""Real Helix in tmux with the settings of ``editors/helix``, ruff beside kimi: keys are typed, the screen is read."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kimi_lsp.simulator.app import Exchange
from kimi_lsp.syntax.languages import LANGUAGES
from tests.e2e.editors.helix import EDITORS, environment_of, helix, missing
from tests.e2e.editors.installed import program

A = 'import os\n\n\ndef greet(name):\n    text = "😀 hello, " + name; unused = 1\n    return text, os\n'
B = "from a import greet\n\n\ndef main():\n    print(greet('you'))\n"
WITHOUT_UNUSED = A.replace("; unused = 1", "")

pytestmark = [
    pytest.mark.editor,
    pytest.mark.scenario(editor="helix"),
    pytest.mark.skipif(missing() != "", reason=missing()),
]

LOOP = """    result = 0
    for item in items:
        result = result + item.price
    return result * RATES[kind]
"""
EXPRESSION = "    return sum(item.price for item in items) * RATES[kind]\n"
SHOP = f"""RATES = {{"book": 0.07, "wine": 0.19}}


# How much tax is in a list of items, at the rate of their kind.

# kimi: make this one expression
def tax(items, kind):
{LOOP}

def receipt(items):
    return "\\n".join(f"{{item.name}}: {{item.price:.2f}}" for item in items)
"""


def edit(path: str, old: str, new: str) -> dict[str, Any]:
    return {"name": "edit", "arguments": {"path": path, "old_string": old, "new_string": new}}


def turns(*calls: Mapping[str, Any], delay_s: float = 0) -> list[dict[str, Any]]:
    """One turn with all ``calls``, and the last word."""
    return [{"tool_calls": list(calls), "first_byte_delay_s": delay_s}, {"content": "Done."}]


def health(language: str, environment: Mapping[str, str]) -> str:
    """What ``hx --health`` says of a language, without colours."""
    command = [str(program("hx")), "--health", language]
    said = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, check=True, timeout=20
    )
    return re.sub(r"\x1b\[[0-9;]*m", "", said.stdout.decode())


def servers(language: str, environment: Mapping[str, str]) -> list[str]:
    """The language's servers, in Helix's order."""
    configured = (
        health(language, environment).split("Configured language servers:")[1].split("Configured debug")[0]
    )
    return re.findall(r"^ +\S (\S+): ", configured, re.MULTILINE)


HELIX_NAMES = {
    "javascriptreact": "jsx", "typescriptreact": "tsx", "csharp": "c-sharp", "shellscript": "bash",
    "ocaml.interface": "ocaml-interface", "terraform": "hcl",
}  # fmt: skip
NO_PREVIEW = "Helix declares no changeAnnotationSupport (helix-lsp/src/client.rs), and applies at once"
REMOVE_UNUSED = edit("a.py", "; unused = 1", "")


@pytest.mark.scenario(name="fix")
@pytest.mark.scenario(name="undo")
async def test_ruffs_diagnostic_is_fixed_and_undone(tmp_path: Path) -> None:
    exchanges: list[Exchange] = []
    async with helix(tmp_path, turns(REMOVE_UNUSED), files={"a.py": A}, exchanges=exchanges) as editor:
        await editor.ready()
        await editor.seen("assigned to but never used")
        await editor.keys("]", "d")
        menu = await editor.choose("Kimi: Fix Local variable")
        assert any("Ruff (F841)" in row for row in menu)
        await editor.becomes(WITHOUT_UNUSED)
        await editor.keys("u")
        await editor.becomes(A)
    assert "Local variable `unused` is assigned to but never used" in str(exchanges[0].request["messages"])


@pytest.mark.scenario(name="refactor two files")
@pytest.mark.scenario(name="preview", limit=NO_PREVIEW)
async def test_a_refactoring_of_two_files_is_one_undo_each(tmp_path: Path) -> None:
    both = turns(
        edit("a.py", "def greet(name)", "def hail(name)"),
        edit("b.py", "from a import greet", "from a import hail"),
        edit("b.py", "print(greet('you'))", "print(hail('you'))"),
    )
    async with helix(tmp_path, both, files={"a.py": A, "b.py": B}) as editor:
        await editor.ready()
        await editor.keys("4", "G")
        await editor.choose("Kimi: Refactor `greet`")
        await editor.becomes(A.replace("greet", "hail"))
        await editor.becomes(B.replace("greet", "hail"), "b.py")
        await editor.keys("u")
        await editor.becomes(A)
        await editor.command("open b.py")
        await editor.keys("u")
        await editor.becomes(B, "b.py")


@pytest.mark.scenario(name="typing")
async def test_what_is_typed_meanwhile_stays(tmp_path: Path) -> None:
    async with helix(tmp_path, turns(REMOVE_UNUSED, delay_s=1.5), files={"a.py": A}) as editor:
        await editor.ready()
        await editor.keys("4", "G")
        await editor.choose("Kimi: Refactor `greet`")
        await editor.seen("asking Kimi")
        await editor.keys("g", "g", "O")
        await editor.text("# a word ")
        await editor.seen("a.py +1 −1", "a.py +1")
        await editor.text("more")
        await editor.keys("Escape")
        await editor.becomes("# a word more\n" + WITHOUT_UNUSED)
        # Helix makes one undo step of what was typed in an insert before the edit and of the edit.
        await editor.keys("u")
        await editor.becomes("# a word \n" + WITHOUT_UNUSED)
        await editor.keys("u")
        await editor.becomes(A)


@pytest.mark.scenario(name="cancel")
async def test_cancel_by_its_key(tmp_path: Path) -> None:
    async with helix(tmp_path, turns(REMOVE_UNUSED, delay_s=60), files={"a.py": A}) as editor:
        await editor.ready()
        await editor.keys("4", "G")
        await editor.choose("Kimi: Refactor `greet`")
        await editor.seen("asking Kimi")
        await editor.keys("Space", "K", "c")
        await editor.seen("cancelled, nothing was changed")
        assert await editor.saved() == A


@pytest.mark.scenario(name="explain")
async def test_an_explanation_from_the_menu_is_opened(tmp_path: Path) -> None:
    answer = {"content": "It salutes somebody by name."}
    async with helix(tmp_path, [answer], files={"a.py": A}) as editor:
        await editor.ready()
        await editor.keys("4", "G")
        await editor.choose("Kimi: Explain `greet`")
        await editor.seen("It salutes somebody by name.")


@pytest.mark.scenario(name="explain")
@pytest.mark.scenario(name="hover")
async def test_an_explanation_by_its_key_is_hovered_after(tmp_path: Path) -> None:
    exchanges: list[Exchange] = []
    answer = {"content": "It salutes somebody by name."}
    async with helix(tmp_path, [answer], files={"a.py": A}, exchanges=exchanges) as editor:
        await editor.ready()
        await editor.keys("4", "G", "Space", "K", "e")
        await editor.seen("It salutes somebody by name.")
        await editor.command("buffer-close")
        await editor.seen("def greet")
        await editor.keys("Space", "k")
        await editor.seen("It salutes somebody by name.")
    assert "greet" in str(exchanges[0].request["messages"])


@pytest.mark.scenario(name="wrong key")
@pytest.mark.scenario(name="key")
async def test_a_wrong_key_gives_a_readable_message(tmp_path: Path) -> None:
    async with helix(tmp_path, files={"a.py": A}, key="sk-aig-wrong") as editor:
        await editor.ready()
        await editor.keys("4", "G")
        await editor.choose("Kimi: Refactor `greet`")
        screen = await editor.seen("key was refused", "rejected", "AIGATEWAY_API_KEY", "the key")
        assert "sk-aig-wrong" not in screen
        assert await editor.saved() == A


async def test_a_comment_says_what_is_wanted(tmp_path: Path) -> None:
    after = SHOP.replace("# kimi: make this one expression\n", "").replace(LOOP, EXPRESSION)
    calls = turns(
        edit("shop.py", LOOP, EXPRESSION), edit("shop.py", "# kimi: make this one expression\n", "")
    )
    exchanges: list[Exchange] = []
    async with helix(tmp_path, calls, files={"shop.py": SHOP}, exchanges=exchanges) as editor:
        await editor.ready()
        await editor.keys("1", "1", "G")
        await editor.choose("Kimi: Do “make this one expression”", picture="helix-menu")
        await editor.becomes(after, "shop.py")
        await editor.picture("helix-done")
    assert "make this one expression" in str(exchanges[0].request["messages"])


async def test_health_knows_kimi_beside_each_languages_usual_servers(tmp_path: Path) -> None:
    wanted = {HELIX_NAMES.get(language.id, language.id) for language in LANGUAGES}
    written = re.findall(r'^name = "(.+)"$', (EDITORS / "helix" / "languages.toml").read_text(), re.MULTILINE)
    assert wanted <= set(written)
    ours = environment_of(tmp_path / "ours", "http://127.0.0.1:1/v1", "")
    for language in written:
        usual = servers(language, {"XDG_CONFIG_HOME": str(tmp_path / "none")})
        assert servers(language, ours) == [*usual, "kimi"], language
    assert "✓ kimi: " in health("python", ours)


async def test_two_servers_and_the_editor_agree_after_typing(tmp_path: Path) -> None:
    async with helix(tmp_path, turns(REMOVE_UNUSED), files={"a.py": A}) as editor:
        await editor.ready()
        for word in ("# 😀 one", "two", "three"):
            await editor.keys("g", "g", "O")
            await editor.text(word)
            await editor.keys("Escape")
        await editor.keys("u", "7", "G")
        await editor.choose("Kimi: Refactor `greet`")
        await editor.becomes("# two\n# 😀 one\n" + WITHOUT_UNUSED)
