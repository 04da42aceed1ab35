"""Texts without a grammar: blocks by indentation."""

from __future__ import annotations

from textwrap import dedent
from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.syntax.indented import BLOCK, LONGEST, outline
from kimi_lsp.syntax.outline import enclosing
from kimi_lsp.text.span import Span

MAKEFILE = """\
CC = gcc
OBJ = a.o

# Builds it.
all: $(OBJ)
	$(CC) -o all
	if x; then \\
		echo; \\
	fi

clean:
	rm -f all
"""
BRACES = """\
@tagged
proc free(lock) {
  if (held) {
    release(lock)
  }
  else
    return

  done()
}
proc next() {
  x
}
"""


@pytest.mark.parametrize(
    ("marked", "path"),
    [
        pytest.param(MAKEFILE.replace("$(CC) -o", "$0$(CC) -o"), "all: $(OBJ)", id="recipe"),
        pytest.param(MAKEFILE.replace("echo", "ec$0ho"), "all: $(OBJ).if x; then \\", id="nested"),
        pytest.param(MAKEFILE.replace("# Builds", "# Bu$0ilds"), "all: $(OBJ)", id="comment-above"),
        pytest.param(MAKEFILE.replace("OBJ = a", "OBJ = $0a"), "CC = gcc", id="paragraph"),
        pytest.param(BRACES.replace("release", "rel$0ease"), "proc free(lock).if (held)", id="inner-block"),
        pytest.param(BRACES.replace("done()", "do$0ne()"), "proc free(lock)", id="after-a-blank-line"),
        pytest.param(BRACES.replace("@tagged", "@tag$0ged"), "proc free(lock)", id="attribute"),
        pytest.param(BRACES.replace("}\nproc", "$0}\nproc"), "proc free(lock)", id="closing-brace"),
        pytest.param(BRACES.replace("proc next", "proc $0next"), "proc next()", id="the-next"),
        pytest.param("a\n\n$0\n\nb", None, id="between"),
        pytest.param("$0", None, id="empty"),
        pytest.param("if x then\r\n  y$0\r\nend\r\n", "if x then", id="crlf"),
    ],
)
def test_enclosing_block(marked: str, path: str | None) -> None:
    before, after = marked.split("$0")
    symbols = outline(before + after)
    symbol = enclosing(symbols, Span(len(before), len(before)))
    assert (symbol.path if symbol is not None else None) == path
    assert all(symbol.kind == BLOCK for symbol in symbols)


def test_the_parts_of_a_block() -> None:
    text = dedent(BRACES)
    free = outline(text)[0]
    assert free.span.of(text) == text[: text.index("\nproc next")]
    assert free.head.of(text) == "proc free(lock) {"
    assert free.name_span.of(text) == "proc free(lock)"
    assert free.body is not None
    assert free.body.of(text).startswith("  if (held) {")
    assert free.body.of(text).endswith("done()")
    assert free.lines.of(text).endswith("}\n")


@settings(deadline=None, max_examples=100)
@given(text=st.text(st.sampled_from(" \t\r\nab{}#@é\0\u2028"), max_size=120))
def test_blocks_are_in_order_and_in_the_text(text: str) -> None:
    symbols = outline(text)
    assert [one.span.start for one in symbols] == sorted(one.span.start for one in symbols)
    for one in symbols:
        assert Span(0, len(text)).contains(one.lines)
        assert one.lines.contains(one.span)
        assert one.span.contains(one.head)
        assert one.head.contains(one.name_span)
        assert one.body is None or one.lines.contains(one.body)


@pytest.mark.parametrize(
    "text",
    ["\n".join(" " * depth + "x" for depth in range(800)), "a\n b\n" * 50_000, "x" * LONGEST, " " * LONGEST],
    ids=["deep", "many", "one-line", "blank"],
)
def test_a_hostile_text_takes_linear_time(text: str) -> None:
    start = monotonic()
    outline(text)
    assert monotonic() - start < 5
    assert outline(text + "x" * LONGEST) == ()
