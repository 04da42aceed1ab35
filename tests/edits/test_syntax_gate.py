"""More faults than before are refused; as many, or fewer, pass."""

from __future__ import annotations

import pytest

from kimi_lsp.edits import Edit, apply_edits
from kimi_lsp.edits.errors import SyntaxBroken
from kimi_lsp.edits.guards import Guards

ONLY_SYNTAX = Guards(omission=False, lost_symbol=False)


def check(text: str, old: str, new: str, path: str = "a.py") -> None:
    apply_edits(text, [Edit(old, new)], path=path, guards=ONLY_SYNTAX)


@pytest.mark.parametrize(
    ("path", "text", "old", "new", "message"),
    [
        pytest.param("a.py", "a = 1\nb = 2\n", "b = 2", "b = = 2", "line 2, column 5", id="python"),
        pytest.param("a.py", "a = 1\r\nb = 2\r\n", "b = 2", "b = = 2", "line 2, column 5", id="crlf"),
        pytest.param(
            "a.js", "a;\n\ng(1);\n", "(1)", "(1", r"line 3, column 4: '\)' is missing", id="missing"
        ),
        pytest.param("a.rs", "fn f() { g(); }\n", "g();", "g(;", "line 1, column", id="rust"),
        pytest.param("a.ts", "const a = 1;\n", "= 1", "= = 1", "line 1, column", id="typescript"),
    ],
)
def test_a_fault_where_there_was_none(path: str, text: str, old: str, new: str, message: str) -> None:
    with pytest.raises(
        SyntaxBroken, match=rf"(?s)1 syntax fault where there was none.*{message}.*\(guard: syntax\)"
    ):
        check(text, old, new, path)


def test_the_source_line_is_shown() -> None:
    with pytest.raises(SyntaxBroken, match=r"does not fit the grammar:\nb = = 2\nNothing was changed"):
        check("a = 1\nb = 2\nc = 3\n", "b = 2", "b = = 2")


def test_one_more_fault_in_a_broken_file_is_refused_and_it_is_the_new_one_that_is_named() -> None:
    with pytest.raises(
        SyntaxBroken, match=r"2 syntax faults instead of 1\. After the edit, line 5, column 5"
    ):
        check("a = = 1\n\n\n\nb = 2\n", "b = 2", "b = = 2")


def test_a_fault_of_the_same_line_is_known() -> None:
    with pytest.raises(
        SyntaxBroken, match=r"2 syntax faults instead of 1\. After the edit, line 3, column 5"
    ):
        check("b = = 2\n\nb = 2\n", "\nb = 2\n", "\nb = = 2\n")


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        pytest.param("a = = 1\nb = 2\n", "b = 2", "b = 3", id="elsewhere"),
        pytest.param("a = = 1\n", "= =", "=", id="mended"),
        pytest.param("a = = 1\nb = 2\n", "a = = 1\nb = 2", "a = 1\nb = = 2", id="moved"),
    ],
)
def test_a_broken_file_may_stay_as_broken_or_get_better(text: str, old: str, new: str) -> None:
    check(text, old, new)


@pytest.mark.parametrize("mark", ["{{ x }}", "{% if x %}", "<% x %>", "<?php x ?>"])
def test_a_template_is_not_in_the_language_of_its_name(mark: str) -> None:
    text = f"a = 1;\nb = {mark};\nc = 2;\n"
    check(text, "c = 2", "c = = 2", "a.js")


def test_a_new_template_mark_is_a_fault() -> None:
    with pytest.raises(SyntaxBroken):
        check("a = 1;\nc = 2;\n", "c = 2", "c = {% x %}", "a.js")


def test_the_fault_nearest_to_the_edit_is_named() -> None:
    text = "class A:\n    def f(self):\n        return 1\n" + "x = 1\n" * 30
    with pytest.raises(SyntaxBroken, match="line 20, column 1:"):
        apply_edits(
            text.replace("x = 1\n" * 30, "".join(f"x{n} = 1\n" for n in range(30))),
            [Edit("x16 = 1\n", "=======\n")],
            path="a.py",
            guards=ONLY_SYNTAX,
        )
