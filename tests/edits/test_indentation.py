"""What is learnt from matched lines, and what is not guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimi_lsp.edits.errors import Uncertain
from kimi_lsp.edits.indentation import indentation, learn, lone_line_style
from kimi_lsp.edits.reindented import reindented


@pytest.mark.parametrize(
    ("pairs", "new", "there"),
    [
        pytest.param([("", "  ")], "  ", "    ", id="deeper"),
        pytest.param([("", "\t")], "\t", "\t\t", id="deeper-by-tabs"),
        pytest.param([("    ", "")], "      ", "  ", id="shallower"),
        pytest.param([("    ", "")], "  ", "", id="clamped"),
        pytest.param([("    ", "  ")], "        ", "      ", id="less-deep"),
        pytest.param([("\t\t", "\t")], "\t", "", id="shallower-by-tabs"),
        pytest.param([("\t\t", "\t")], "", "", id="clamped-by-tabs"),
        pytest.param([("  \t", "\t")], "  \t\t", "\t\t", id="shallower-mixed"),
        pytest.param(
            [("", ""), ("    ", "  "), ("        ", "    ")], "            ", "      ", id="half-of-three"
        ),
        pytest.param([("  ", "\t  ")], "    ", "\t    ", id="mixed"),
        pytest.param([("  ", "    "), ("    ", "        ")], "      ", "            ", id="twice-as-wide"),
        pytest.param([("    ", "  "), ("        ", "    ")], "            ", "      ", id="half-as-wide"),
        pytest.param([("    ", "  "), ("        ", "    ")], "", "", id="half-at-the-margin"),
        pytest.param([("", "    "), ("  ", "        ")], "    ", "            ", id="wider-and-deeper"),
        pytest.param([("   ", " "), ("      ", "  ")], "         ", "   ", id="a-third"),
        pytest.param([("\t", "    "), ("\t\t", "        ")], "\t\t\t", "            ", id="tabs-to-spaces"),
        pytest.param([("    ", "\t"), ("        ", "\t\t")], "            ", "\t\t\t", id="spaces-to-tabs"),
        pytest.param([("    ", "\t"), ("        ", "\t\t")], "          ", "\t\t  ", id="and-some-spaces"),
        pytest.param(
            [("\t", "        "), ("\t\t", "            ")], "\t\t\t", "                ", id="tabs-and-deeper"
        ),
        pytest.param([("  ", "  "), ("   ", "      ")], "  ", "  ", id="a-known-one"),
        pytest.param([("", "")], "\t ", "\t ", id="the-same"),
    ],
)
def test_learnt(pairs: list[tuple[str, str]], new: str, there: str) -> None:
    learnt = learn(pairs, file_unit=None, written=[ours for ours, _ in pairs])
    assert learnt is not None
    assert learnt(new) == there


@pytest.mark.parametrize(
    ("pairs", "file_unit", "written", "new", "there"),
    [
        pytest.param([("\t", "    ")], 4, [], "\t\t", "        ", id="the-file-says-how-wide-a-tab-is"),
        pytest.param([("\t", "    ")], 2, [], "\t\t", None, id="another-width-fits-two-readings"),
        pytest.param([("    ", "\t")], None, ["    ", "        "], "        ", "\t\t", id="the-edit-says"),
        pytest.param([("  ", "\t")], None, ["  ", "    "], "    ", "\t\t", id="the-edit-says-two"),
        pytest.param(
            [("    ", "\t")], 2, ["    ", "          "], "        ", None, id="an-edit-without-levels"
        ),
        pytest.param([("\t", "    ")], None, [], "\t\t", None, id="nobody-says"),
        pytest.param([("\t", "     ")], 5, [], "\t\t", None, id="no-such-width"),
        pytest.param([("", "\t")], None, [""], "    ", None, id="spaces-below-tabs"),
    ],
)
def test_levels(
    pairs: list[tuple[str, str]], file_unit: int | None, written: list[str], new: str, there: str | None
) -> None:
    learnt = learn(pairs, file_unit=file_unit, written=written)
    assert learnt is not None
    assert learnt(new) == there


@pytest.mark.parametrize(
    ("pairs", "new"),
    [
        pytest.param([("  ", "    "), ("   ", "    ")], "    ", id="two-to-one"),
        pytest.param([("", ""), ("  ", "     ")], "    ", id="two-and-a-half"),
        pytest.param([("    ", "  "), ("        ", "    ")], "     ", id="half-of-an-odd-one"),
        pytest.param([("    ", "  "), ("        ", "    ")], "\t", id="a-tab-where-there-are-none"),
        pytest.param([("", "  "), ("  ", "   "), ("    ", "      ")], "      ", id="no-line-through-three"),
    ],
)
def test_not_guessed(pairs: list[tuple[str, str]], new: str) -> None:
    learnt = learn(pairs, file_unit=None, written=[])
    assert learnt is not None
    assert learnt(new) is None


def test_a_contradiction_teaches_nothing() -> None:
    assert learn([("", ""), ("", "  ")], file_unit=None, written=[]) is None


def test_identical() -> None:
    for pairs, identical in (([("", ""), ("\t", "\t")], True), ([("", ""), ("\t", "  ")], False)):
        learnt = learn(pairs, file_unit=None, written=[])
        assert learnt is not None
        assert learnt.identical is identical


@given(
    indents=st.lists(st.text(" \t", max_size=6), min_size=1, max_size=5),
    prefix=st.text(" \t", min_size=1, max_size=4),
)
def test_a_shift_is_learnt_and_undone(indents: list[str], prefix: str) -> None:
    there = [(indent, prefix + indent) for indent in indents]
    back = [(prefix + indent, indent) for indent in indents]
    for pairs in (there, back):
        learnt = learn(pairs, file_unit=None, written=[])
        assert learnt is not None
        assert all(learnt(ours) == theirs for ours, theirs in pairs)


def test_indentation() -> None:
    assert [indentation(line) for line in ("", "a", " \ta ", "\fa", "  ")] == ["", "", " \t", "", "  "]


@pytest.mark.parametrize(
    ("first", "later", "continues", "style"),
    [
        pytest.param("f()", [], False, "literal", id="one-line"),
        pytest.param("  f()", [], True, None, id="indented"),
        pytest.param("f()", ["    g()"], False, "literal", id="in-place"),
        pytest.param("f(", ["        a,", "    )"], False, "literal", id="in-place-and-opened"),
        pytest.param("if a:", ["    f()"], False, "shifted", id="opened-and-at-the-margin"),
        pytest.param("if a:", ["  f()"], False, "shifted", id="opened-and-less-deep"),
        pytest.param("f()", ["g()"], True, "shifted", id="the-block-goes-on"),
        pytest.param("f()", ["g()"], False, None, id="or-not"),
        pytest.param("f()", ["  g()"], False, None, id="less-deep"),
        pytest.param("f() {", ["}"], False, None, id="opened-and-closed"),
        pytest.param("if a:", ["        f()", "g()"], False, None, id="leaves-the-block"),
    ],
)
def test_lone_line(first: str, later: list[str], continues: bool, style: str | None) -> None:
    assert lone_line_style(first, later, "    ", continues=continues) == style


@pytest.mark.parametrize(
    ("source", "base", "depth", "there"),
    [
        pytest.param("a\n  b\n\nc", "    ", None, "    a\n      b\n\n    c", id="at-the-margin"),
        pytest.param("\n\n  a\n  b\n", "", None, "a\nb", id="taken-back"),
        pytest.param("a:\n        b", "    ", "        ", "    a:\n        b", id="first-line-at-the-margin"),
        pytest.param("a:\n    b", "    ", "        ", "    a:\n        b", id="all-at-the-margin"),
        pytest.param("a:\n      b", "    ", "        ", "    a:\n      b", id="another-depth-in-place"),
        pytest.param("a {\n      b\n    }", "    ", None, "    a {\n      b\n    }", id="closed-in-place"),
        pytest.param("a\n    b", "    ", None, "    a\n        b", id="not-closed"),
        pytest.param("a\n   \nb  ", "  ", None, "  a\n\n  b  ", id="blank-lines-are-blank"),
        pytest.param("a\r\nb\r\n", "  ", None, "  a\n  b", id="crlf"),
        pytest.param("", "  ", None, "", id="empty"),
        pytest.param("  \n ", "  ", None, "", id="blank"),
    ],
)
def test_reindented(source: str, base: str, depth: str | None, there: str) -> None:
    assert reindented(source, base, file_unit=None, depth=depth) == there


def test_reindented_is_refused_where_it_is_not_certain() -> None:
    with pytest.raises(Uncertain, match="same kind of white space"):
        reindented("\ta\n\t\tb", "   ", file_unit=None)
