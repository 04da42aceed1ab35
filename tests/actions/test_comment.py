"""Comments that tell Kimi what to do: where they are seen, and what is left when they are gone."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.actions.comment import Wish, removal, wishes
from kimi_lsp.syntax.registry import by_path
from kimi_lsp.syntax.tree import parse
from kimi_lsp.text.replacement import apply
from kimi_lsp.text.span import Span


def seen(name: str, text: str, *, with_tree: bool = True) -> list[Wish]:
    language = by_path(name)
    tree = parse(text, language) if language is not None and with_tree else None
    return list(wishes(text, Span(0, len(text)), language, tree))


def without(name: str, text: str) -> str:
    (wish,) = seen(name, text)
    return apply(text, [removal(text, wish)])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        pytest.param("a.py", "# kimi: make this a dataclass\n", ["make this a dataclass"], id="line"),
        pytest.param("a.py", "x = 1  # Kimi: rename to y\n", ["rename to y"], id="behind-code"),
        pytest.param("a.py", "#kimi:now\n", ["now"], id="tight"),
        pytest.param("a.py", "# @kimi: go\n", ["go"], id="at"),
        pytest.param("a.py", "# kimi:\n", [], id="says-nothing"),
        pytest.param("a.py", "# what kimi: is\n", [], id="not-at-the-beginning"),
        pytest.param("a.py", "# write # kimi: so\n", [], id="a-comment-about-comments"),
        pytest.param("a.py", "# notkimi: so\n", [], id="part-of-a-word"),
        pytest.param("a.py", "x = '# kimi: no'\n", [], id="string"),
        pytest.param("a.py", 'def f():\n    """\n    # kimi: no\n    """\n', [], id="docstring"),
        pytest.param("a.py", "kimi: int = 1\n", [], id="code"),
        pytest.param("a.py", "# kimi: a\n#   b\n#   c\n# not mine\n", ["a b c"], id="goes-on-deeper"),
        pytest.param("a.py", "# kimi: a\n# kimi: b\n#   c\n", ["a; b c"], id="goes-on-by-name"),
        pytest.param("a.py", "# kimi: a\n\n# kimi: b\n", ["a", "b"], id="two"),
        pytest.param("a.py", "x = 1 # kimi: a\n#     b\n", ["a"], id="behind-code-never-goes-on"),
        pytest.param("a.py", "# kimi: a\r\n#  b\r\n", ["a b"], id="crlf"),
        pytest.param("a.py", "# kimi: a\r#  b\r", ["a b"], id="cr"),
        pytest.param("a.c", "/* kimi: a\n * b\n */\n", ["a b"], id="block"),
        pytest.param("a.c", "/*\n * kimi: a\n */\n", ["a"], id="block-on-the-next-line"),
        pytest.param("a.c", "/** kimi: a */ int x;\n", ["a"], id="doc-block"),
        pytest.param("a.c", "/* so\n * kimi: a\n */\n", [], id="block-not-at-the-beginning"),
        pytest.param("a.c", "/* so\n// kimi: a\n */\n", [], id="line-in-a-block"),
        pytest.param("a.c", 'char *s = "/* kimi: a */";\n', [], id="block-in-a-string"),
        pytest.param("a.js", "const s = `\n// kimi: a\n`;\n", [], id="template"),
        pytest.param("a.tsx", "const a = <p>{/* kimi: b */}</p>;\n", ["b"], id="jsx"),
        pytest.param("a.rs", "/// kimi: a\nfn f() {}\n", ["a"], id="rust-doc"),
        pytest.param("a.hs", "-- so\n-- kimi: a\nf = 1\n", ["a"], id="one-node-of-two-lines"),
        pytest.param("a.lua", "--[[ kimi: a ]]\n-- kimi: b\n", ["a", "b"], id="lua"),
        pytest.param("a.html", "<p><!-- kimi: a --></p>\n", ["a"], id="html"),
        pytest.param("a.html", "<script>\n  // kimi: a\n</script>\n", ["a"], id="script-in-html"),
        pytest.param("a.html", "<style>\n/* kimi: a */\n</style>\n", ["a"], id="style-in-html"),
        pytest.param("a.html", '<p title="// kimi: a"></p>\n', [], id="attribute"),
        pytest.param("a.md", "# T\n\nText <!-- kimi: a -->\n", ["a"], id="markdown"),
        pytest.param("a.md", "```py\n# kimi: a\n```\n", [], id="fence"),
        pytest.param("a.ml", "(* kimi: a *)\nlet x = 1\n", ["a"], id="ocaml"),
        pytest.param("a.css", "/* kimi: a */\n", ["a"], id="css"),
        pytest.param("a.yaml", "# kimi: a\nb: 1\n", ["a"], id="yaml"),
        pytest.param("Makefile.x", "# kimi: a\nx = 1 # kimi: b\n", ["a"], id="no-language"),
        pytest.param("a.txt", "<!-- kimi: a\nb -->\n", ["a b"], id="no-language-block"),
        pytest.param("a.txt", "<!-- kimi: a\n", [], id="never-closed"),
        pytest.param("a.txt", "Dear kimi: a\n", [], id="prose"),
        pytest.param("a.txt", "", [], id="empty"),
    ],
)  # fmt: skip
def test_what_is_an_instruction(name: str, text: str, said: list[str]) -> None:
    assert [wish.text for wish in seen(name, text)] == said


def test_without_a_tree_the_language_says_how_comments_begin() -> None:
    assert [wish.text for wish in seen("a.py", "# kimi: a\n", with_tree=False)] == ["a"]
    assert seen("a.py", "// kimi: a\n", with_tree=False) == []
    assert seen("a.py", "x = '# kimi: a'\n", with_tree=False) == []
    assert [wish.text for wish in seen("a.c", "/* kimi: a */\n", with_tree=False)] == ["a"]


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        pytest.param("a.py", "x = 1\n    # kimi: a\ny = 2\n", "x = 1\ny = 2\n", id="its-whole-line"),
        pytest.param("a.py", "x\r\n# kimi: a\r\n#  b\r\ny\r\n", "x\r\ny\r\n", id="its-lines-crlf"),
        pytest.param("a.py", "x = 1  # kimi: a\ny\n", "x = 1\ny\n", id="behind-code"),
        pytest.param("a.py", "x = 1\t# kimi: a  \r\ny\r\n", "x = 1\r\ny\r\n", id="blanks-behind-it"),
        pytest.param("a.py", "x\n# kimi: a", "x\n", id="last-line"),
        pytest.param("a.py", "# kimi: a", "", id="all-there-is"),
        pytest.param("a.py", "\ufeff# kimi: a\nx\n", "\ufeffx\n", id="byte-order-mark"),
        pytest.param("a.py", "# kimi: a\n#   b\n# c\n", "# c\n", id="not-the-comment-below"),
        pytest.param("a.c", "  /* kimi: a\n   * b */\nint x;\n", "int x;\n", id="block-of-two-lines"),
        pytest.param("a.c", "  /* kimi: a */ int x;\n", "  int x;\n", id="before-code"),
        pytest.param("a.c", "f(1, /* kimi: a */ 2);\n", "f(1, 2);\n", id="between"),
        pytest.param("a.c", "f(/* kimi: a */ 2);\n", "f(2);\n", id="behind-a-bracket"),
        pytest.param("a.c", "f(2 /* kimi: a */);\n", "f(2);\n", id="before-a-bracket"),
        pytest.param("a.c", "int/* kimi: a */x;\n", "int x;\n", id="between-words"),
        pytest.param("a.c", "int /* kimi: a */x;\n", "int x;\n", id="blank-before"),
        pytest.param("a.c", "int/* kimi: a */ x;\n", "int x;\n", id="blank-behind"),
        pytest.param("a.tsx", "x = <p>{/* kimi: b */}</p>;\n", "x = <p></p>;\n", id="jsx-braces"),
        pytest.param("a.html", "<p>a</p> <!-- kimi: b -->\n", "<p>a</p>\n", id="html"),
    ],
)  # fmt: skip
def test_what_is_left(name: str, text: str, left: str) -> None:
    assert without(name, text) == left


WORDS = st.text("ab ./*#'\"{}()-", max_size=12)
ENDINGS = st.sampled_from(["\n", "\r\n", "\r"])


@given(WORDS, WORDS, st.lists(WORDS, max_size=3), st.text("ab c", min_size=1, max_size=8), ENDINGS)
@settings(deadline=None, max_examples=200)
def test_only_the_comment_and_blanks_beside_it_go(
    before: str, behind: str, lines: list[str], said: str, end: str
) -> None:
    text = end.join([*lines, f"{before}/* kimi: {said} */{behind}", *lines])
    for name in ("a.c", "a.txt", "a.html"):
        for wish in seen(name, text):
            gone = removal(text, wish)
            before_it, behind_it = text[: wish.span.start], text[wish.span.end :]
            after = apply(text, [gone])
            assert gone.span.contains(wish.span)
            assert re.findall(r"\w+|\S", after) == re.findall(r"\w+|\S", f"{before_it} {behind_it}")
            alone = not before_it.rpartition(end)[2].strip() and not behind_it.partition(end)[0].strip()
            assert after.count(end) == (before_it + behind_it).count(end) - (alone and end in behind_it)


@given(text=st.text("k#/*imi: \n\r<!->{}'\"", max_size=60))
@settings(deadline=None, max_examples=300)
def test_any_text_is_looked_through(text: str) -> None:
    for name in ("a.py", "a.c", "a.tsx", "a.html", "a.md", "a.txt"):
        ends = 0
        for wish in seen(name, text):
            assert ends <= wish.span.start < wish.span.end <= len(text)
            assert wish.text == " ".join(wish.text.split()) != ""
            ends = wish.span.end


@pytest.mark.parametrize(
    "unit", ["kimi:", "# kimi: a ", "/* kimi: ", "// kimi: a\n", "<!-- kimi: a\n", "{/*kimi:"]
)
def test_hostile_texts_take_linear_time(unit: str) -> None:
    from time import process_time

    started = process_time()
    for name in ("a.py", "a.txt"):
        seen(name, unit * 4_000)
    assert process_time() - started < 2
