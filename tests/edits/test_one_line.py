"""One line, or a part of one, quoted with all, some or none of its indentation."""

from __future__ import annotations

import pytest

from kimi_lsp.edits.edit import Edit
from kimi_lsp.edits.errors import Ambiguous, EditError, Uncertain
from kimi_lsp.edits.resolve import locate
from kimi_lsp.edits.searchable import Searchable
from kimi_lsp.text.replacement import apply


@pytest.mark.parametrize(
    ("text", "old", "new", "rung", "after"),
    [
        pytest.param(
            "        x\n    x\n        x\n",
            "    x\n",
            "    z\n",
            "exact",
            "        x\n    z\n        x\n",
            id="whole",
        ),
        pytest.param(
            "        x\r    x\r", "    x\r", "    z\r", "exact", "        x\r    z\r", id="carriage-return"
        ),
        pytest.param(
            "    x\n        x\n", "    x\n", "    z\n", "exact", "    z\n        x\n", id="first-of-the-file"
        ),
        pytest.param(
            "def f():\n    a()\n    b()\n",
            "a()\n",
            "c()\nd()\n",
            "indentation",
            "def f():\n    c()\n    d()\n    b()\n",
            id="in-a-block",
        ),
        pytest.param(
            "def f():\n    a(x)\n    b()\n",
            "a(",
            "c(\nd(",
            "exact",
            "def f():\n    c(\nd(x)\n    b()\n",
            id="a-part",
        ),
        pytest.param(
            "def f():\n    a()\n    b()\n",
            "a()\n    b()\n",
            "c()\nd()\n",
            "exact",
            "def f():\n    c()\nd()\n",
            id="the-first-of-two",
        ),
        pytest.param(
            "if x:\n        f(a)\n",
            "    f(",
            "    g(",
            "exact",
            "if x:\n        g(a)\n",
            id="half-of-it-and-a-part",
        ),
        pytest.param(
            "if x:\n        f(a)\n",
            "    f(a)",
            "    g(a)",
            "indentation",
            "if x:\n        g(a)\n",
            id="half-of-it",
        ),
        pytest.param(
            "if x:\n        f(a)\n", "    f(a)\n", "", "indentation", "if x:\n", id="half-of-it-deleted"
        ),
        pytest.param("x:\n    f(a)\ny\n", "f(a)", "", "exact", "x:\n    \ny\n", id="without-its-end-deleted"),
    ],
)
def test_certain(text: str, old: str, new: str, rung: str, after: str) -> None:
    found = locate(Searchable(text), Edit(old, new))
    assert found.rung == rung
    assert apply(text, found.replacements) == after


@pytest.mark.parametrize(
    ("text", "old", "new", "error"),
    [
        pytest.param("def f():\n    a()\nb()\n", "a()\n", "c()\nd()\n", Uncertain, id="the-end-of-a-block"),
        pytest.param("  f(b)\n        f(a)\n", "    f(", "    g(", Uncertain, id="half-of-it-and-a-rival"),
        pytest.param("if x:\n        f(a)\n", "    f(", "    g(\n    f(", Uncertain, id="half-of-it-for-two"),
        pytest.param(
            "  else:\n        else:\n", "    else:\n", "    end:\n", Ambiguous, id="half-of-it-or-too-much"
        ),
        pytest.param("x\n  a\n    a\n  a\n", "  a\n", "b\n", Ambiguous, id="two-of-three-are-whole"),
        pytest.param("x\n    a\n    a\n", "  a\n", "b\n", Ambiguous, id="none-is-whole"),
        pytest.param("x:\n    f()\n", "f()", "\n\n    g()", Uncertain, id="begins-with-two-line-breaks"),
    ],
)
def test_not_certain(text: str, old: str, new: str, error: type[EditError]) -> None:
    with pytest.raises(error):
        locate(Searchable(text), Edit(old, new))


def test_a_line_among_many_that_share_its_longest_word() -> None:
    lines = [f"    call(a_long_name, {n})\n" for n in range(40)]
    text = "".join(lines)
    block = "".join(lines[20:22])
    old, new = (part.replace("    ", "") for part in (block, block.replace("20", "x")))
    found = locate(Searchable(text), Edit(old, new))
    assert apply(text, found.replacements) == text.replace(", 20)", ", x)")


def test_lines_that_repeat_in_one_window_and_in_two() -> None:
    for between in (0, 3, 60):
        text = "  a()\n  b()\n" + "x\n" * between + "  a()\n  b()\n"
        with pytest.raises(Ambiguous) as refusal:
            locate(Searchable(text), Edit("a()\nb()\n", "c()\n"))
        assert refusal.value.lines == (1, 3 + between)


def test_a_block_with_many_blank_lines_is_seen_whole() -> None:
    text = "x\n" * 50 + "  a()\n\n\n  b_is_the_longest()\n\n\n  c()\n" + "x\n" * 50
    old = "a()\n\n\nb_is_the_longest()\n\n\nc()\n"
    found = locate(Searchable(text), Edit(old, old.replace("c()", "d()")))
    assert apply(text, found.replacements) == text.replace("c()", "d()")
