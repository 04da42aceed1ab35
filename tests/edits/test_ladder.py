"""Rung by rung: ``«`` and ``»`` stand around the place, ``after`` is what comes in between."""

from __future__ import annotations

import pytest

from kimi_lsp.edits.edit import Edit
from kimi_lsp.edits.errors import Ambiguous, NotFound, Uncertain
from kimi_lsp.edits.resolve import locate
from kimi_lsp.edits.searchable import Searchable
from kimi_lsp.text.span import Span


def check(marked: str, old: str, new: str, rung: str, after: str) -> None:
    text = marked.replace("«", "").replace("»", "")
    found = locate(Searchable(text), Edit(old, new))
    start = marked.index("«")
    assert found.rung == rung
    (replacement,) = found.replacements
    assert replacement.span == Span(start, marked.index("»") - 1)
    assert replacement.text == after


@pytest.mark.parametrize(
    ("marked", "old", "new", "after"),
    [
        pytest.param("a\n«b\n»c\n", "b\n", "x\n", "x\n", id="a-line"),
        pytest.param("a\n«b»\nc\n", "b", "x", "x", id="without-line-break"),
        pytest.param("f(«a, b»)", "a, b", "c", "c", id="inside-a-line"),
        pytest.param("«a\n»b\n", "a\n", "", "", id="deletion"),
        pytest.param(
            "    «x = 1\n    y = 2\n»", "x = 1\n    y = 2\n", "z = 3\n", "z = 3\n", id="first-line-stripped"
        ),
        pytest.param(
            "«    x = 1\n»if a:\n        x = 1\n",
            "    x = 1\n",
            "    x = 2\n",
            "    x = 2\n",
            id="deeper-line-is-no-rival",
        ),
        pytest.param(
            "«    x = 1\n»        x = 1\n", "    x = 1\n", "    z\n", "    z\n", id="first-line-of-the-file"
        ),
        pytest.param(
            "    «f()»\n    g()\n", "f()", "if a:\n        f()", "if a:\n        f()", id="goes-on-in-place"
        ),
        pytest.param("    «f()»\n", "f()", "f()\n    g()", "f()\n    g()", id="second-line-in-place"),
        pytest.param(
            "\ufeff«import a\n»", "\ufeffimport a\n", "\ufeffimport b\n", "import b\n", id="byte-order-mark"
        ),
        pytest.param("é = «ü\u2028»;\n", "ü\u2028", "ä", "ä", id="not-ascii"),
    ],
)
def test_exact(marked: str, old: str, new: str, after: str) -> None:
    check(marked, old, new, "exact", after)


@pytest.mark.parametrize(
    ("marked", "old", "new", "after"),
    [
        pytest.param("«a\r\nb\r\n»", "a\nb\n", "a\nc\n", "a\r\nc\r\n", id="crlf-file"),
        pytest.param("«a\nb\n»", "a\r\nb\r\n", "a\r\nc\r\n", "a\nc\n", id="crlf-edit"),
        pytest.param("x«\r\na»\r\n", "\na", "\nb", "\r\nb", id="a-pair-is-not-parted"),
        pytest.param("«a\rb\r»", "a\nb\n", "a\nc\n", "a\rc\r", id="cr-file"),
        pytest.param("x\n«a\r\nb\n»", "a\nb\n", "a\nc\n", "a\r\nc\n", id="mixed-each-line-keeps-its-own"),
        pytest.param("x\r\n«a\r\nb\r\n»y\n", "a\nb\n", "a\nc\nd\n", "a\r\nc\r\nd\r\n", id="mixed-elsewhere"),
        pytest.param(
            "«a\r\n\r\nb\nc\n»", "a\n\nb\nc\n", "a\n\nz\nc\n", "a\r\n\r\nz\nc\n", id="mixed-with-blank-line"
        ),
    ],
)
def test_line_endings(marked: str, old: str, new: str, after: str) -> None:
    check(marked, old, new, "line endings", after)


@pytest.mark.parametrize(
    ("marked", "old", "new", "after"),
    [
        pytest.param("a\r\n«b»\r\n", "b", "c\nd", "c\r\nd", id="crlf"),
        pytest.param("a\r\n«b»\r\nc\n", "b", "c\nd", "c\r\nd", id="mixed-the-neighbours"),
        pytest.param("a\r\nb\n«c»\n", "c", "d\r\ne", "d\ne", id="mixed-the-neighbours-lf"),
        pytest.param(
            "x\n«a\r\nb\n»", "a\r\nb\n", "a\nz\nb\n", "a\r\nz\r\nb\n", id="mixed-new-line-like-the-one-before"
        ),
        pytest.param("a\r\nb\n«c»", "c", "d\ne", "d\ne", id="mixed-last-line"),
    ],
)
def test_exact_with_endings_of_the_place(marked: str, old: str, new: str, after: str) -> None:
    check(marked, old, new, "exact", after)


@pytest.mark.parametrize(
    ("marked", "old", "new", "after"),
    [
        pytest.param("«a\nb\n»", "a \nb\n", "a \nc\n", "a\nc\n", id="old-has-some"),
        pytest.param(
            "«a\nb\n»", "a \nb\n", "a \nc \n", "a\nc\n", id="what-old-has-too-much-new-has-too-much"
        ),
        pytest.param("«a  \nb\n»", "a\nb\n", "a\nc\n", "a  \nc\n", id="file-has-some"),
        pytest.param("«a\t\nb\n»", "a \nb\n", "a \nc\n", "a\t\nc\n", id="another-kind"),
        pytest.param("«a  \nb\n»", "a\nb\n", "a\nc  \n", "a  \nc  \n", id="new-line-as-written"),
        pytest.param("«a\n\nb\n»", "a\n  \nb\n", "a\n  \nc\n", "a\n\nc\n", id="on-a-blank-line"),
        pytest.param(
            "«  a\n\n  b\n»", "  a\n  \n  b\n", "  a\n  \n  c\n", "  a\n  \n  c\n", id="indented-blank-line"
        ),
        pytest.param("«a\n  \nb\n»", "a\n\nb\n", "a\n\nc\n", "a\n  \nc\n", id="blank-line-of-the-file-stays"),
        pytest.param("«a \nb»", "a\nb\n", "a\nc\n", "a \nc", id="no-final-newline"),
        pytest.param("«a \r\nb\r\n»", "a\nb\n", "a\nc\nd\n", "a \r\nc\r\nd\r\n", id="crlf"),
        pytest.param("«a \nb»\n", "a\nb", "a\nc", "a \nc", id="last-line-not-closed"),
        pytest.param("«a \nb»\n", "a\nb", "a\nc\n", "a \nc\n", id="new-closed-old-not"),
        pytest.param("«a \nb\n»c\n", "a\nb\n", "", "", id="deletion"),
        pytest.param("x\n«a \nb\n»", "a\nb\n", "b\na\n", "b\na\n", id="lines-swapped"),
    ],
)
def test_trailing_white_space(marked: str, old: str, new: str, after: str) -> None:
    check(marked, old, new, "trailing white space", after)


@pytest.mark.parametrize(
    ("marked", "old", "new", "after"),
    [
        pytest.param("«    a\n    b\n»", "a\nb\n", "a\nc\n", "    a\n    c\n", id="deeper"),
        pytest.param("«a\nb\n»", "    a\n    b\n", "    a\n    c\n", "a\nc\n", id="shallower"),
        pytest.param("«\ta\n\t\tb\n»", "a\n\tb\n", "a\n\tb\n\t\tc\n", "\ta\n\t\tb\n\t\t\tc\n", id="tabs"),
        pytest.param(
            "«  a\n    b\n»",
            "a\n  b\n",
            "a\n  b\n\n  c\n",
            "  a\n    b\n\n    c\n",
            id="blank-line-stays-blank",
        ),
        pytest.param(
            "«  a\n    b\n»", "a\n  b\n", "a\n  b\n  \n  c\n", "  a\n    b\n\n    c\n", id="and-is-cleaned"
        ),
        pytest.param("«a\n  b\n»", "    a\n      b\n", "  a\n    c\n", "a\nc\n", id="clamped-at-the-margin"),
        pytest.param(
            "«    a\n    b\n»",
            "\ta\n\tb\n",
            "\ta\n\tif c:\n\t\tb\n",
            "    a\n    if c:\n        b\n",
            id="tabs-for-spaces",
        ),
        pytest.param(
            "«\ta\n\t\tb\n»", "    a\n        b\n", "    a\n        c\n", "\ta\n\t\tc\n", id="spaces-for-tabs"
        ),
        pytest.param(
            "«  a\n    b\n»",
            "    a\n        b\n",
            "    a\n        b\n            c\n",
            "  a\n    b\n      c\n",
            id="another-width",
        ),
        pytest.param("«    a\n»    z\n", "a \n", "a\nb\n", "    a\n    b\n", id="one-line-among-its-like"),
        pytest.param("«    a \n»", "a\n", "a\n    b\n", "    a \n    b\n", id="one-line-in-place"),
        pytest.param(
            "«    f()\n»    g()\n",
            "f()\n",
            "if a:\n    f()\n",
            "    if a:\n        f()\n",
            id="one-line-wrapped",
        ),
        pytest.param(
            "«    f()\n»    g()\n", "f()\n", "f()\nh()\n", "    f()\n    h()\n", id="one-line-to-two"
        ),
        pytest.param(
            "«        f()\n»",
            "    f()\n",
            "    f()\n    h()\n",
            "        f()\n        h()\n",
            id="half-of-the-indentation",
        ),
        pytest.param("«    a\r\n    b\r\n»", "a\nb\n", "a\nc\n", "    a\r\n    c\r\n", id="crlf"),
        pytest.param("x\n«  a\n  b»", "a\nb\n", "a\nc\n", "  a\n  c", id="no-final-newline"),
        pytest.param(
            "«  a\n\n  b\n»", "a\n\nb\n", "a\n\nb\n\n\nc\n", "  a\n\n  b\n\n\n  c\n", id="more-blank-lines"
        ),
    ],
)
def test_indentation(marked: str, old: str, new: str, after: str) -> None:
    check(marked, old, new, "indentation", after)


@pytest.mark.parametrize(
    ("marked", "old", "new", "after"),
    [
        pytest.param("«a\n\nb\nc\n»", "a\nb\nc\n", "a\nb\nd\n", "a\n\nb\nd\n", id="missing-in-both"),
        pytest.param("«a\n\nb\nc\n»", "a\nb\nc\n", "a\n\nb\nd\n", "a\n\nb\nd\n", id="missing-in-old"),
        pytest.param("«a\nb\nc\n»", "a\n\nb\nc\n", "a\n\nb\nd\n", "a\nb\nd\n", id="too-many-in-both"),
        pytest.param("«a\nb\nc\n»", "a\n\nb\nc\n", "a\nb\nd\n", "a\nb\nd\n", id="too-many-in-old"),
        pytest.param("«a\nb\nc\n»", "a\n\nb\nc\n", "a\n\n\nb\nd\n", "a\n\n\nb\nd\n", id="meant-to-change"),
        pytest.param("x\n«a\nb\n»c\n", "\na\nb\n\n", "\na\nd\n\n", "a\nd\n", id="around-it"),
        pytest.param(
            "x\n«\na\nb\n\n»c\n", "\n\na\nb\n\n\n", "\n\na\nd\n\n\n", "\na\nd\n\n", id="some-around-it"
        ),
        pytest.param("«a\n\nb\nc\n»", "a\nb\nc\n", "a\nz\nc\n", "a\n\nz\nc\n", id="before-a-changed-line"),
        pytest.param("«a\nb\n\nc\n»", "a\nb\nc\n", "a\ny\nz\nc\n", "a\ny\nz\n\nc\n", id="after-two-for-one"),
        pytest.param("«a\n\nb\nc\n»", "a\nb\nc\n", "a\n\nx\n\nb\nc\n", "a\n\nx\n\nb\nc\n", id="with-its-own"),
        pytest.param(
            "«  a\n\n  b\n  c\n»", "a\nb\nc\n", "a\nb\nd\n", "  a\n\n  b\n  d\n", id="and-indentation"
        ),
    ],
)
def test_blank_lines(marked: str, old: str, new: str, after: str) -> None:
    check(marked, old, new, "blank lines", after)


@pytest.mark.parametrize(
    ("marked", "old", "new", "after"),
    [
        pytest.param(
            "«# it’s\na\n»", "# it's\na\n", "# it's\nb\n", "# it’s\nb\n", id="kept-in-a-line-that-stays"
        ),
        pytest.param(
            "«# it’s a\n»", "# it's a\n", "# it's b\n", "# it’s b\n", id="kept-in-a-line-that-changes"
        ),
        pytest.param("«f('a')\n»", "f(’a’)\n", "f(’b’, ’c’)\n", "f('b', 'c')\n", id="made-by-the-model"),
        pytest.param("«a — b\nc\n»", "a - b\nc\n", "a - b\nd\n", "a — b\nd\n", id="dash"),
        pytest.param("«a\u00a0b\nc\n»", "a b\nc\n", "a b\nd\n", "a\u00a0b\nd\n", id="space"),
        pytest.param("«  a — b\n  c\n»", "a - b\nc\n", "a - b\nd\n", "  a — b\n  d\n", id="and-indentation"),
        pytest.param("«a — b \nc\n»", "a - b\nc\n", "c\na - b\n", "c\na — b\n", id="moved"),
        pytest.param(
            "«x - y\na — b\n»", "x - y\na - b\n", "x - z\na - b\n", "x - z\na — b\n", id="both-and-none-new"
        ),
    ],
)
def test_punctuation(marked: str, old: str, new: str, after: str) -> None:
    check(marked, old, new, "punctuation", after)


@pytest.mark.parametrize(
    ("marked", "old", "new", "after"),
    [
        pytest.param(
            '«f("a")\ng()\n»', 'f(\\"a\\")\\ng()\\n', 'f(\\"b\\")\\ng()\\n', 'f("b")\ng()\n', id="wholly"
        ),
        pytest.param(
            '«f("a\\n")\ng()\n»',
            'f(\\"a\\\\n\\")\\ng()\\n',
            'h(\\"\\\\t\\")\\n',
            'h("\\t")\n',
            id="backslashes",
        ),
        pytest.param(
            '«f("a")\ng()\n»', 'f(\\"a\\")\ng()\n', 'f(\\"b\\")\ng()\n', 'f("b")\ng()\n', id="double-quotes"
        ),
        pytest.param("«f('a')»\n", "f(\\'a\\')", "f(\\'b\\')", "f('b')", id="single-quotes"),
        pytest.param(
            "«f('a', \"b\")\n»", "f(\\'a\\', \\\"b\\\")\n", 'f(\\"b\\")\n', 'f("b")\n', id="both-quotes"
        ),
        pytest.param(
            '«  f("a")\n  g()\n»',
            'f(\\"a\\")\ng()\n',
            'f(\\"b\\")\ng()\n',
            '  f("b")\n  g()\n',
            id="indented",
        ),
        pytest.param("«\tf()\n\tg()\n»", "\\tf()\\n\\tg()\\n", "\\tf()\\n", "\tf()\n", id="tabs"),
    ],
)
def test_escapes(marked: str, old: str, new: str, after: str) -> None:
    check(marked, old, new, "escapes", after)


@pytest.mark.parametrize(
    ("text", "old", "new", "lines"),
    [
        pytest.param("a\nb\na\n", "a\n", "x\n", (1, 3), id="twice"),
        pytest.param("aa\naa\naa\n", "aa\naa\n", "x\n", (1, 2), id="overlapping"),
        pytest.param("a\r\nb\r\na\r\nb\r\n", "a\nb\n", "x\n", (1, 3), id="line-endings"),
        pytest.param("a \nb\na \nb\n", "a\nb\n", "x\n", (1, 3), id="trailing-space"),
        pytest.param("  a\n  b\n    a\n    b\n", "a\nb\n", "x\n", (1, 3), id="two-shifts"),
        pytest.param("  a\n  b\n  a\n\n  b\n", "a\nb\n", "x\n", (1, 3), id="a-shift-and-blank-lines"),
        pytest.param("a\n\nb\na\n\n\nb\n", "a\nb\n", "x\n", (1, 4), id="blank-lines"),
        pytest.param("it’s\nit‘s\n", "it's\n", "x\n", (1, 2), id="punctuation"),
        pytest.param('f("a")\nf("a")\n', 'f(\\"a\\")', "x", (1, 2), id="escapes"),
        pytest.param("x = 1\nxx = 1\n", "x = 1", "y", (1, 2), id="also-inside-a-word"),
        pytest.param("  a\n  a\n", "  a\n", "b\n", (1, 2), id="both-at-the-start-of-a-line"),
        pytest.param(
            "x\n  a\n    a\n  a\n", "  a\n", "b\n", (2, 3, 4), id="two-of-three-at-the-start-of-a-line"
        ),
        pytest.param("x\n    a\n    a\n", "  a\n", "b\n", (2, 3), id="none-at-the-start-of-a-line"),
        pytest.param("x\ny\na \nz\na \n", "a\n", "b\n", (3, 5), id="not-the-first-lines"),
        pytest.param(
            "x\ny\n  a\n  b\nz\n a\n b\nq\n  a\n  b\n", "a\nb\n", "c\n", (3, 6, 9), id="three-blocks"
        ),
    ],
)
def test_more_than_one_place_is_ambiguous(text: str, old: str, new: str, lines: tuple[int, ...]) -> None:
    with pytest.raises(Ambiguous) as refusal:
        locate(Searchable(text), Edit(old, new))
    assert refusal.value.lines == lines
    assert refusal.value.count == len(lines)
    assert f"lines {', '.join(str(line) for line in lines)}" in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "old", "new", "why"),
    [
        pytest.param(
            "forget = 1\n", "get = 1", "x", "inside a longer word, at line 1", id="starts-in-a-word"
        ),
        pytest.param("a\nx = 10\n", "x = 1", "x", "inside a longer word, at line 2", id="ends-in-a-word"),
        pytest.param("a\nb\n", "a\n", "c", "ends with a line break", id="next-line-would-be-glued"),
        pytest.param("a \nb\nc\n", "a\nb\n", "d", "ends with a line break", id="glued-on-another-rung"),
        pytest.param("a\n\n\n\nb\n", "a\nb\n", "c\n", "more than twice", id="spans-too-much"),
        pytest.param("  a\n      b\n  c\n", "a\nb\nc\n", "d\n", "not all by the same shift", id="uneven"),
        pytest.param(
            "    f()\n", "f()\n", "f()\n\ndef g():\n    pass\n", "not certain", id="leaves-the-block-or-not"
        ),
        pytest.param(
            "a\n\nb\nc\n", "a\nb\nc\n", "a\nx\nb\nc\n", "other blank lines", id="come-at-a-blank-line"
        ),
        pytest.param("a\n\nb\nc\n", "a\nb\nc\n", "a\nc\n", "other blank lines", id="gone-at-a-blank-line"),
        pytest.param("    f()\n", "f()", "    g()", "not certain", id="new-is-indented-old-is-not"),
        pytest.param("    f()\n", "f()", "\n    g()", "not certain", id="new-begins-with-a-line-break"),
        pytest.param("        f(x)\n", "    f(", "    g()\n    f(", "not certain", id="half-a-line"),
        pytest.param(
            "    a\n    b\n", "a\nb\n", "    a\n    c\n", "not certain", id="old-at-the-margin-new-in-place"
        ),
        pytest.param("    a\n", "a \n", "    b\n", "not certain", id="one-line-new-in-place"),
        pytest.param("    a\n", "a \n", "b\nc\n", "not certain", id="one-line-at-the-end-of-a-block"),
        pytest.param("     a\n", "\ta\n", "\tb\n\t\tc\n", "not certain", id="which-width-of-a-tab"),
        pytest.param("it’s\n", "it's\n", "it's 'a'\n", "other quotes", id="which-quote"),
        pytest.param(
            "it’s\na\n", "it's\na\n", "it's\n'b'\nc\n", "other quotes", id="which-quote-in-a-new-line"
        ),
        pytest.param("if a:\n  b\n", "  b\n", "\tc\n", "indented with tabs", id="tabs-where-there-are-none"),
        pytest.param(
            "a:\n  b\nc\n", "c\n", "c:\n\td\n", "indented with tabs", id="tabs-below-a-line-without"
        ),
        pytest.param(
            "if a:\n\tb\n", "\tb\n", "  c\n", "indented with spaces", id="spaces-where-there-are-none"
        ),
    ],
)
def test_one_place_but_not_certain(text: str, old: str, new: str, why: str) -> None:
    with pytest.raises(Uncertain, match=why):
        locate(Searchable(text), Edit(old, new))


@pytest.mark.parametrize(
    ("text", "old"),
    [
        pytest.param("a\nb\n", "c\n", id="not-there"),
        pytest.param("a\nb\n", "b\na\n", id="another-order"),
        pytest.param("a\nx\nb\n", "a\nb\n", id="a-line-between"),
        pytest.param("abc\nd\n", "b\nd\n", id="part-of-a-line"),
        pytest.param("f('a')\n", 'f("a")\n', id="single-and-double-quotes-are-two"),
        pytest.param("a\u2028b\n", "a\nb\n", id="a-line-separator-is-text"),
        pytest.param("a\x85b\n", "a\nb\n", id="so-is-a-next-line"),
        pytest.param("a\n", "   \n", id="white-space"),
        pytest.param("a\n", "\n\n", id="line-breaks"),
        pytest.param("", "a", id="empty-file"),
        pytest.param('f("a")\n', 'f(\\"a")\n', id="half-escaped"),
        pytest.param("a — b\n\nc\n", "a - b\nc\n", id="punctuation-and-blank-lines"),
    ],
)
def test_what_does_not_occur(text: str, old: str) -> None:
    with pytest.raises(NotFound):
        locate(Searchable(text), Edit(old, "new\n"))
