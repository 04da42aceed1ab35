"""``apply_edits``: ladder and guards over one text, all or nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

import kimi_lsp.edits
from kimi_lsp.edits import Edit, EditError, apply_edits
from kimi_lsp.edits.errors import Ambiguous, LostSymbol, NoChange, NotFound, Omission, SyntaxBroken, TooLarge
from kimi_lsp.edits.guards import Guards

SOURCE = """\
class Lock:
    def acquire(self):
        self.held = True

    def release(self):
        self.held = False
"""


def test_edits_are_made_in_order_each_in_what_the_last_one_left() -> None:
    edits = [Edit("a\n", "b\n"), Edit("b\nx\n", "c\n"), Edit("c", "d")]
    assert apply_edits("a\nx\n", edits, path="a.txt") == "d\n"


def test_no_edits_change_nothing() -> None:
    assert apply_edits("a\n", [], path="a.py") == "a\n"


def test_one_refused_edit_refuses_all_and_is_named() -> None:
    with pytest.raises(NotFound, match=r"^Edit 2: old_string does not occur") as refusal:
        apply_edits("a\nb\n", [Edit("a\n", "c\n"), Edit("x\n", "y\n")], path="a.txt")
    assert refusal.value.number == 2


def test_a_single_edit_is_not_numbered() -> None:
    with pytest.raises(Ambiguous, match=r"^old_string occurs 2 times \(lines 1, 2\)"):
        apply_edits("a\na\n", [Edit("a\n", "b\n")], path="a.txt")


def test_what_edits_take_back_is_the_text_itself() -> None:
    assert apply_edits("a\n", [Edit("a", "b"), Edit("b", "a")], path="a.py") == "a\n"


def test_replace_all_with_edits_before_and_after() -> None:
    edits = [Edit("x", "longer"), Edit("a", "bcd", replace_all=True), Edit("longer\nbcd\n", "z\n")]
    assert apply_edits("a\nx\na\na\n", edits, path="a.py") == "bcd\nz\nbcd\n"


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        pytest.param("self.held = True", "self.held = = True", SyntaxBroken, id="syntax"),
        pytest.param(
            "        self.held = False\n", "        # ... rest of the code\n", Omission, id="omission"
        ),
        pytest.param("self.held = True", "self.held = True", NoChange, id="no-change"),
    ],
)
def test_guards_are_on(old: str, new: str, error: type[EditError]) -> None:
    with pytest.raises(error):
        apply_edits(SOURCE, [Edit(old, new)], path="lock.py")


def test_syntax_is_checked_when_all_edits_are_made() -> None:
    whole, half = "    def release(self):\n", "    def release(\n"
    edits = [Edit(whole, half), Edit(half, whole)]
    assert apply_edits(SOURCE, edits, path="lock.py") == SOURCE


def test_a_definition_that_vanishes_unseen_is_refused() -> None:
    opened = SOURCE.replace("= False\n", '= False\n"""\n')
    with pytest.raises(LostSymbol, match=r"`Lock\.release` would no longer be defined"):
        apply_edits(
            opened, [Edit("        self.held = True\n", '        self.held = True\n"""\n')], path="lock.py"
        )


def test_guards_can_be_switched_off() -> None:
    off = Guards(syntax=False, omission=False, lost_symbol=False)
    edits = [
        Edit("self.held = True", "self.held = = True"),
        Edit("self.held = False", "# ... existing code ..."),
    ]
    assert "= =" in apply_edits(SOURCE, edits, path="lock.py", guards=off)


def test_the_size_is_limited() -> None:
    with pytest.raises(TooLarge, match=r"larger than 1 KB. \(guard: size\)"):
        apply_edits("a\n", [Edit("a", "é" * 600)], path="a.txt", guards=Guards(max_file_kb=1))
    assert apply_edits("a\n", [Edit("a", "é" * 500)], path="a.txt", guards=Guards(max_file_kb=1))


@pytest.mark.parametrize("path", ["notes.md", "Makefile", "data.unknown"])
def test_a_language_without_grammar_passes(path: str) -> None:
    assert apply_edits("def f(\n", [Edit("def f(", "def f((")], path=path) == "def f((\n"


def test_a_byte_order_mark_survives() -> None:
    assert apply_edits("\ufeffa = 1\n", [Edit("\ufeffa = 1", "a = 2")], path="a.py") == "\ufeffa = 2\n"


def test_the_face_is_what_the_package_offers() -> None:
    assert kimi_lsp.edits.__all__ == ["Edit", "EditError", "apply_edits"]


def test_importing_it_imports_no_grammar() -> None:
    code = (
        "import sys, kimi_lsp.edits; print(*(m for m in sys.modules if 'tree_sitter' in m or m == 'msgspec'))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "\n"
    )
