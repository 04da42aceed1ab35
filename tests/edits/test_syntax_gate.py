"""More faults than before are refused; as many, or fewer, pass."""

from __future__ import annotations

import pytest

from kimi_lsp.edits import Edit, apply_edits
from kimi_lsp.edits.errors import SyntaxBroken
from kimi_lsp.edits.guards import Guards
from kimi_lsp.edits.trees import Trees
from kimi_lsp.syntax.registry import by_id
from kimi_lsp.syntax.tree import parse
from tests.edits.calls import Start, edit, run, texts

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


BROKEN = "a = = 1\n"


@pytest.mark.parametrize(
    ("first", "second", "line"),
    [
        pytest.param("x1 = 1\n", "x9 = = 1\n", 9, id="the-second"),
        pytest.param("x1 = = 1\n", "x9 = 10\n", 1, id="the-first"),
        pytest.param("x1 = 1\n" * 6, "x9 = = 1\n", 14, id="after-lines-that-came"),
    ],
)
def test_of_several_edits_the_one_that_breaks_is_named(first: str, second: str, line: int) -> None:
    text = "".join(f"x{n} = 0\n" for n in range(1, 20))
    edits = [Edit("x9 = 0\n", second), Edit("x1 = 0\n", first)]
    with pytest.raises(SyntaxBroken, match=rf"line {line}, column 6"):
        apply_edits(text, edits, path="a.py", guards=ONLY_SYNTAX)


def test_faults_that_look_alike_are_counted() -> None:
    with pytest.raises(SyntaxBroken, match=r"3 syntax faults instead of 2\. After the edit, line 3,"):
        check(f"{BROKEN}{BROKEN}c = 1\n", "c = 1\n", BROKEN)


def test_a_long_line_is_cut_short_and_the_last_one_is_shown_whole() -> None:
    with pytest.raises(SyntaxBroken) as refusal:
        check("a = 1\nb = 2", "b = 2", "b = = 2 + " + "1" * 300)
    assert "b = = 2 + " + "1" * 190 + "\nNothing" in str(refusal.value)
    with pytest.raises(SyntaxBroken, match=r":\nb = = 2\nNothing"):
        check("a = 1\nb = 2", "b = 2", "b = = 2")


def test_the_fault_nearest_to_the_edit_is_named() -> None:
    text = "class A:\n    def f(self):\n        return 1\n" + "x = 1\n" * 30
    with pytest.raises(SyntaxBroken, match="line 20, column 1:"):
        apply_edits(
            text.replace("x = 1\n" * 30, "".join(f"x{n} = 1\n" for n in range(30))),
            [Edit("x16 = 1\n", "=======\n")],
            path="a.py",
            guards=ONLY_SYNTAX,
        )


def test_a_script_without_an_extension_is_guarded_by_what_the_editor_says_it_is(start: Start) -> None:
    """Its name says nothing; the job's tree says Python."""
    text = "def greet():\n    return 2\n"
    trees = Trees()
    python = by_id("python")
    assert python is not None
    trees.know("script", parse(text, python))
    staging = start({"script": text}, trees=trees)
    (refused,) = run(staging, edit("script", "return 2", "return ("))
    assert not refused.ok
    (done,) = run(
        staging,
        (
            "replace_symbol",
            {"path": "script", "symbol": "greet", "new_source": "def greet():\n    return 3\n"},
        ),
    )
    assert done.ok
    assert texts(staging.changeset) == {"script": text.replace("2", "3")}
