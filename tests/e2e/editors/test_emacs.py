"""Real Emacs with Eglot and with lsp-mode: commands typed into it, the real server, a simulated gateway."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.editors.emacs import FLAVOURS, Emacs, Flavour, emacs
from tests.e2e.editors.installed import program
from tests.e2e.editors.tmux import until

TEXT = 'import os\n\n\ndef greet(name):\n    text = "😀 hello, " + name; unused = 1\n    return text\n'
FIXED = TEXT.replace("; unused = 1", "")
OTHER = "from a import greet\n\ngreet('x')\n"
FILES = {"a.py": TEXT, "b.py": OTHER}
ASKED = "make it shorter"


def edit(old: str, new: str, path: str = "a.py", **more: Any) -> dict[str, Any]:
    call = {"name": "edit", "arguments": {"path": path, "old_string": old, "new_string": new}}
    return {"tool_calls": [call], **more}


FIX = [edit("; unused = 1", ""), {"content": "Removed the unused name."}]
REFACTOR = [
    {"tool_calls": [
        {"name": "read", "arguments": {"path": "b.py"}},
        {"name": "edit", "arguments": {"path": "a.py", "old_string": "; unused = 1", "new_string": ""}},
    ]},
    edit("greet('x')", "greet('world')", "b.py"),
    {"content": "Shorter."},
]  # fmt: skip

pytestmark = [
    pytest.mark.editor,
    pytest.mark.parametrize(
        "flavour",
        [pytest.param(one, id=one.name, marks=pytest.mark.scenario(editor=one.name)) for one in FLAVOURS],
    ),
]

_missing = cache(Flavour.missing)


@pytest.fixture(autouse=True)
def there(flavour: Flavour) -> None:
    if why := _missing(flavour):
        pytest.skip(why)


async def problem_shown(editor: Emacs, words: str) -> None:
    """Wait until Flymake shows a problem of ruff."""
    state: dict[str, Any] = {}

    async def shown() -> bool:
        nonlocal state
        state = await editor.state()
        return any(words in text for text in state.get("problems", ()))

    await until(shown, lambda: f"no {words!r} in {state}")


@pytest.mark.scenario(name="fix")
@pytest.mark.scenario(name="undo")
async def test_fix_what_ruff_has_found(flavour: Flavour, tmp_path: Path) -> None:
    async with emacs(flavour, tmp_path, FIX, FILES) as editor:
        await problem_shown(editor, "F841")
        await editor.go_to("unused")
        await editor.command("kimi-fix")
        await editor.becomes("a.py", FIXED)
        await editor.is_idle()
        await editor.says("a.py +1 −1; ")
        assert "F841" in str(editor.exchanges[0].request["messages"])
        await editor.undo()
        await editor.becomes("a.py", TEXT)
        assert (editor.project / "a.py").read_text() == TEXT


@pytest.mark.scenario(name="refactor two files")
async def test_refactor_over_two_files(flavour: Flavour, tmp_path: Path) -> None:
    async with emacs(flavour, tmp_path, REFACTOR, FILES) as editor:
        await editor.go_to("hello")
        await editor.command("kimi-refactor")
        await editor.terminal.shows("Refactor .*:")
        await editor.terminal.type(ASKED)
        await editor.terminal.keys("Enter")
        await editor.becomes("a.py", FIXED)
        await editor.becomes("b.py", OTHER.replace("'x'", "'world'"))
        await editor.is_idle()
        assert ASKED in str(editor.exchanges[0].request["messages"])
        await editor.undo()
        await editor.becomes("a.py", TEXT)
        await editor.becomes("b.py", OTHER.replace("'x'", "'world'"))
        await editor.command("find-file")
        await editor.terminal.type("b.py")
        await editor.terminal.keys("Enter")
        await editor.undo()
        await editor.becomes("b.py", OTHER)


@pytest.mark.scenario(name="typing")
async def test_what_is_typed_meanwhile_is_kept(flavour: Flavour, tmp_path: Path) -> None:
    slow = [edit("; unused = 1", "", first_byte_delay_s=1.0), {"content": "Done.", "first_byte_delay_s": 0.5}]
    async with emacs(flavour, tmp_path, slow, FILES) as editor:
        await editor.go_to("hello")
        await editor.command("kimi-simplify")
        await editor.terminal.keys("M-<")
        typed = "# typed while Kimi was at work 😀, and after it had done its work"
        await editor.terminal.type(typed, pause_s=0.04)
        await editor.becomes("a.py", typed + FIXED)
        await editor.is_idle()
        await editor.terminal.type("!")
        await editor.becomes("a.py", typed + "!" + FIXED)


@pytest.mark.scenario(name="cancel")
async def test_cancel(flavour: Flavour, tmp_path: Path) -> None:
    never = [edit("; unused = 1", "", first_byte_delay_s=60)]
    async with emacs(flavour, tmp_path, never, FILES) as editor:
        await editor.go_to("hello")
        await editor.command("kimi-simplify")
        await editor.terminal.shows(r"Kimi: Simplify")
        await editor.command("kimi-cancel")
        await editor.says("cancelled, nothing was changed")
        await editor.is_idle()
        assert await editor.text("a.py") == TEXT


EXPLANATION = """`greet` puts *hello* before a name and gives the text back.

- `unused` is assigned and never read: it can go.
- Nothing is said of an empty `name`; the text then ends with a blank.
"""


@pytest.mark.scenario(name="explain")
async def test_explain_in_another_window(flavour: Flavour, tmp_path: Path) -> None:
    async with emacs(flavour, tmp_path, [{"content": EXPLANATION}], FILES, size=(110, 26)) as editor:
        await editor.go_to("hello")
        await editor.command("kimi-explain")
        await editor.terminal.shows("the text then ends with a blank")
        await editor.is_idle()
        state = await editor.state()
        assert state["selected"] == "a.py"
        assert len(state["shown"]) == 2
        await editor.terminal.picture(flavour.name)


@pytest.mark.scenario(name="wrong key")
async def test_a_wrong_key_is_said(flavour: Flavour, tmp_path: Path) -> None:
    async with emacs(flavour, tmp_path, FIX, FILES, key="sk-aig-wrong") as editor:
        await editor.go_to("unused")
        await editor.command("kimi-fix")
        messages = await editor.says("The model service refuses the API key")
        assert "sk-aig-wrong" not in messages
        assert await editor.text("a.py") == TEXT


@pytest.mark.scenario(name="key")
async def test_the_key_of_auth_source(flavour: Flavour, tmp_path: Path) -> None:
    secret = "machine api.aigateway.sh login kimi password sk-aig-simulator\n"
    (tmp_path / ".authinfo").write_text(secret)
    async with emacs(flavour, tmp_path, FIX, FILES, key="") as editor:
        await editor.go_to("unused")
        await editor.command("kimi-fix")
        await editor.becomes("a.py", FIXED)
        search = (
            "(lambda (b) (with-current-buffer b (save-excursion (goto-char 1) (search-forward key nil t))))"
        )
        key = '(concat "sk-aig-" "simulator")'  # in two parts, for the request itself is in a buffer too
        found = await editor.evaluate(
            f"(let ((key {key})) (json-encode (seq-filter #'identity (mapcar {search} (buffer-list)))))"
        )
        assert found in (None, [])


@pytest.mark.scenario(name="preview")
async def test_an_edit_that_was_declined_is_kept(flavour: Flavour, tmp_path: Path) -> None:
    async with emacs(flavour, tmp_path, FIX, FILES, init="(setq kimi-confirm-edits t)") as editor:
        await editor.go_to("unused")
        await editor.command("kimi-fix")
        await editor.terminal.shows(r"\(y or n\)")
        await editor.terminal.keys("n")
        await editor.is_idle()
        assert await editor.text("a.py") == TEXT
        await editor.command("kimi-show-diff")
        await editor.terminal.shows(r"-.*unused = 1")


@pytest.mark.scenario(name="hover")
async def test_a_hover_shows_the_explanation(flavour: Flavour, tmp_path: Path) -> None:
    async with emacs(flavour, tmp_path, [{"content": "It greets everybody."}], FILES) as editor:
        await editor.go_to("greet")
        await asyncio.sleep(1)
        assert editor.exchanges == []
        await editor.command("kimi-explain")
        await editor.is_idle()
        await editor.terminal.keys("C-x", "1")
        await editor.go_to("greet")
        await editor.terminal.shows("It greets everybody")
        assert len(editor.exchanges) == 1


BESIDE = """(setq eglot-stay-out-of nil)

(setq eglot-server-programs (cons (cons 'python-mode (kimi-eglot-beside "ruff" "server")) eglot-server-programs))"""


@pytest.mark.skipif(program("rass") is None, reason="no rass: pip install rassumfrassum")
async def test_beside_another_server(flavour: Flavour, tmp_path: Path) -> None:
    if flavour.client != "eglot":
        pytest.skip("lsp-mode runs servers side by side by itself")
    async with emacs(flavour, tmp_path, FIX, FILES, init=BESIDE) as editor:
        await problem_shown(editor, "F841")
        await editor.go_to("unused")
        await editor.command("kimi-fix")
        await editor.becomes("a.py", FIXED)
        assert "F841" in str(editor.exchanges[0].request["messages"])
        await editor.undo()
        await editor.becomes("a.py", TEXT)


FLYCHECK = """(require 'flycheck)
(flycheck-define-checker ruff-of-today "Ruff."
  :command ("ruff" "check" "--quiet" "--output-format=concise" "--stdin-filename=stdin.py" "-")
  :standard-input t
  :error-patterns ((warning line-start "stdin.py:" line ":" column ": " (id (+ alnum)) " " (message) line-end))
  :modes python-mode)
(remove-hook 'python-mode-hook #'flymake-mode)
(add-hook 'python-mode-hook
          (lambda () (flymake-mode -1) (flycheck-select-checker 'ruff-of-today) (flycheck-mode)) 90)"""


async def test_what_flycheck_has_found_goes_along(flavour: Flavour, tmp_path: Path) -> None:
    if not flavour.has("flycheck"):
        pytest.skip("no flycheck: Debian's elpa-flycheck")
    async with emacs(flavour, tmp_path, FIX, FILES, init=FLYCHECK) as editor:
        await editor.terminal.shows(r"FlyC[^ ]*2")
        await editor.go_to("unused")
        await editor.command("kimi-fix")
        await editor.becomes("a.py", FIXED)
        assert "ruff-of-today F841" in str(editor.exchanges[0].request["messages"])


async def test_status_and_usage(flavour: Flavour, tmp_path: Path) -> None:
    async with emacs(flavour, tmp_path, FIX, FILES) as editor:
        await editor.command("kimi-status")
        await editor.says("Kimi: moonshot/kimi-k2.7-code; nothing is running")
        await editor.go_to("unused")
        await editor.command("kimi-fix")
        await editor.becomes("a.py", FIXED)
        await editor.is_idle()
        await editor.command("kimi-usage")
        await editor.terminal.shows("What Kimi has cost")
        assert len((await editor.state())["shown"]) == 2


async def test_a_new_file_is_a_new_buffer(flavour: Flavour, tmp_path: Path) -> None:
    tests = "from a import greet\n\n\ndef test_greet():\n    assert greet('x') == '😀 hello, x'\n"
    call = {"name": "create_file", "arguments": {"path": "tests/test_a.py", "content": tests}}
    async with emacs(flavour, tmp_path, [{"tool_calls": [call]}, {"content": "Tested."}], FILES) as editor:
        await editor.go_to("hello")
        await editor.command("kimi-test")
        await editor.becomes("test_a.py", tests)
        await editor.is_idle()
        assert await editor.text("a.py") == TEXT
        assert not (editor.project / "tests" / "test_a.py").exists()
