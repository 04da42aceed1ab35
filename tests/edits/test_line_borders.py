"""Texts that begin or end at other borders of lines than the model meant: no two lines may become one unseen."""

import pytest

from kimi_lsp.edits import Edit, EditError, apply_edits

X, Y, Z = "    x = 1\n", "    y = 3\n", "    return x\n"
TEXT = "def f():\n    x = 1\n    y = 2\n    return x\n"


@pytest.mark.parametrize(
    ("old", "new", "after"),
    [
        pytest.param("\n    y = 2\n", "    y = 3\n", f"def f():\n{X}{Y}{Z}", id="break-before-old"),
        pytest.param("\n    y = 2\n", "", f"def f():\n{X}{Z}", id="deleted-with-the-break-before"),
        pytest.param("\n    y = 2\n", "\n    y = 3\n", f"def f():\n{X}{Y}{Z}", id="break-before-both"),
        pytest.param("\n    y = 2", "", f"def f():\n{X}{Z}", id="deleted-from-line-end-to-line-end"),
        pytest.param("y = 2\n", "", f"def f():\n{X}{Z}", id="deleted-without-its-indentation"),
        pytest.param("y = 2\n    return x\n", "", "def f():\n    x = 1\n", id="two-lines-without-indentation"),
        pytest.param("    x = 1\n    y = 2\n", "", "def f():\n    return x\n", id="whole-lines"),
    ],
)  # fmt: skip
def test_lines_stay_lines(old: str, new: str, after: str) -> None:
    assert apply_edits(TEXT, [Edit(old, new)], path="a.py") == after
    assert apply_edits(TEXT, [Edit(old, new)], path="a.txt") == after
    returns = apply_edits(TEXT.replace("\n", "\r\n"), [Edit(old, new)], path="a.py")
    assert returns == after.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("    x = 1\n", "    x = 2", id="break-behind-old-only"),
        pytest.param("\n    y = 2", "; y = 3", id="break-before-old-only"),
    ],
)
def test_what_would_glue_lines_is_refused(old: str, new: str) -> None:
    with pytest.raises(EditError, match="would be joined"):
        apply_edits(TEXT, [Edit(old, new)], path="a.txt")


@pytest.mark.parametrize(
    ("text", "old", "new", "path"),
    [
        pytest.param("# x = 1\nz = 1\n", "x = 1\n", "x = 2\n", "a.py", id="commented-out"),
        pytest.param(
            "return foo(a);\nb();\n", "foo(a);\nb();\n", "foo(b);\nb();\n", "a.js", id="tail-of-a-line"
        ),
        pytest.param(
            'x = f("a")\n', 'x = f(\\"a\\")', 'x = f(\\"a\\tb\\")', "a.py", id="escapes-read-two-ways"
        ),
        pytest.param(
            "def f():\n    a = 1\n\n    b = 2\n",
            "    a = 1\n    b = 2",
            "    if x:\n        a = 1\n        b = 2",
            "a.py",
            id="a-blank-line-would-be-lost",
        ),
        pytest.param(
            "void f()\n{\n    a();\n    b();\n\tc();\n}\n",
            "  a();\n  b();",
            "  a();\n\tq();\n  b();",
            "a.c",
            id="tab",
        ),
        pytest.param("- one\n- two\n", "- one", "- one\\n- three", "a.md", id="escaped-break"),
        pytest.param(
            "f() {\n    g\n    h\n}\n", "g\nh", "g\ncat <<EOF\nhello\nEOF\nh", "a.sh", id="here-document"
        ),
        pytest.param(
            "def f():\n    g()\n    h()\n",
            "  g()\n  h()",
            '  g()\n  q = """\nSELECT\n"""\n  h()',
            "a.txt",
            id="string-at-the-margin",
        ),
        pytest.param(
            "switch (x) {\n  case 1:\n  case 3:\n    g();\n}\n",
            "case 1:",
            "case 1:\n  case 2:",
            "a.js",
            id="label",
        ),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(text: str, old: str, new: str, path: str) -> None:
    with pytest.raises(EditError):
        apply_edits(text, [Edit(old, new)], path=path)


def test_white_space_of_the_model_does_not_reach_blank_lines() -> None:
    text = "function f() {\n  a();\n\n  b();\n}\n"
    edit = Edit("  a();  \n  \n  b();  \n", "  a();  \n  \n  c();  \n")
    assert apply_edits(text, [edit], path="a.js") == text.replace("b()", "c()")


def test_blank_lines_that_stand_there_are_not_doubled() -> None:
    text = "import os\n\n\ndef f():\n    a = 1\n\n    return a\n\n\nx = 1\n"
    old = "def f():\n    a = 1\n    return a\n"
    new = "\n\ndef f():\n    a = 2\n\n    return a\n\n\n"
    assert apply_edits(text, [Edit(old, new)], path="a.py") == text.replace("a = 1\n", "a = 2\n")
