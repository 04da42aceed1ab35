"""Laws of resolving: it is certain, it is bounded, and what it makes is what was asked for."""

from __future__ import annotations

from contextlib import suppress
from textwrap import dedent, indent
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kimi_lsp.edits.edit import Edit
from kimi_lsp.edits.errors import EditError
from kimi_lsp.edits.folding import folded
from kimi_lsp.edits.resolve import locate
from kimi_lsp.edits.searchable import SPACE, Searchable
from kimi_lsp.text.replacement import apply
from kimi_lsp.text.span import Span

LINES = st.sampled_from(["a", "b", "    a", "\tb", "", "  ", "c = “d”", 'c = "d"', "a b", "x-y", "x—y", "a "])
ENDINGS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])
TEXTS = st.lists(st.tuples(LINES, ENDINGS), max_size=14).map(lambda lines: "".join(a + b for a, b in lines))
BLOCKS = st.lists(LINES, min_size=1, max_size=5).map(lambda lines: "\n".join(lines) + "\n")


def filled(text: str) -> list[str]:
    """The trimmed lines that are not blank, as the loosest rung compares them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [folded(line.strip(SPACE)) for line in lines if line.strip(SPACE)]


@given(text=TEXTS, old=BLOCKS, new=BLOCKS, every=st.booleans())
def test_what_is_replaced_is_what_was_quoted(text: str, old: str, new: str, every: bool) -> None:
    try:
        found = locate(Searchable(text), Edit(old, new, every))
    except EditError:
        return
    for replacement in found.replacements:
        there = replacement.span.of(text)
        if found.rung == "exact":
            assert there == old
        elif found.rung == "line endings":
            assert there.replace("\r\n", "\n").replace("\r", "\n") == old
        else:
            assert filled(there) == filled(old)
    assert apply(text, found.replacements) != text


@given(text=TEXTS, old=BLOCKS, new=BLOCKS)
def test_a_match_below_the_first_rungs_is_whole_lines_and_not_too_many(text: str, old: str, new: str) -> None:
    try:
        found = locate(Searchable(text), Edit(old, new))
    except EditError:
        return
    (replacement,) = found.replacements
    if found.rung not in ("exact", "line endings"):
        before, there, after = (
            text[: replacement.span.start],
            replacement.span.of(text),
            text[replacement.span.end :],
        )
        assert not before or before[-1] in "\r\n"
        assert there[-1] in "\r\n" or not after
        assert len(there.splitlines()) <= 2 * len(old.splitlines())


@given(text=TEXTS, old=BLOCKS, new=BLOCKS)
def test_lines_keep_the_style_of_a_file_that_has_one(text: str, old: str, new: str) -> None:
    dos = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    try:
        found = locate(Searchable(dos), Edit(old, new))
    except EditError:
        return
    after = apply(dos, found.replacements)
    assert after.count("\r\n") == after.count("\n") == after.count("\r")


@given(text=TEXTS, old=BLOCKS, new=BLOCKS)
@example(text="c = “d”\n    a\nc = “d”\na\n", old="b\n", new="c = “d”\na\n")
def test_the_style_of_the_edit_does_not_matter(text: str, old: str, new: str) -> None:
    def outcome(style: str) -> object:
        try:
            return locate(
                Searchable(text), Edit(old.replace("\n", style), new.replace("\n", style))
            ).replacements
        except EditError as error:
            return type(error)

    text = text.replace("\r\n", "\n").replace("\r", "\n")
    assert outcome("\n") == outcome("\r\n")


@given(
    names=st.lists(st.text("abcdef", min_size=3, max_size=8), min_size=3, max_size=9, unique=True),
    at=st.integers(0, 100),
    extra=st.sampled_from(["    ", "  ", "\t"]),
)
def test_a_shift_of_old_and_new_changes_nothing(names: list[str], at: int, extra: str) -> None:
    lines = [f"    {name}()\n" for name in names]
    at %= len(lines) - 1
    old = "".join(lines[at : at + 2])
    new = lines[at] + "    if fresh:\n        more()\n" + lines[at + 1]
    text = "".join(lines)
    wanted = text.replace(old, new)
    for change in (dedent, lambda block: indent(block, extra)):
        found = locate(Searchable(text), Edit(change(old), change(new)))
        assert apply(text, found.replacements) == wanted


@given(text=TEXTS, old=BLOCKS, new=BLOCKS, cut=st.tuples(st.integers(0, 200), st.integers(0, 200)))
def test_a_place_in_the_focus_is_in_the_focus_or_nowhere_in_it(
    text: str, old: str, new: str, cut: tuple[int, int]
) -> None:
    start, end = sorted(min(offset, len(text)) for offset in cut)
    source = Searchable(text)
    focus = source.whole_lines(Span(start, end))
    try:
        (replacement,) = locate(source, Edit(old, new), focus=focus).replacements
    except EditError:
        return
    if not focus.contains(replacement.span):
        with pytest.raises(EditError):
            locate(Searchable(text[focus.start : focus.end]), Edit(old, new))


def seconds(text: str, old: str, new: str) -> float:
    best = float("inf")
    for _ in range(3):
        source = Searchable(text)
        started = process_time()
        with suppress(EditError):
            locate(source, Edit(old, new))
        best = min(best, process_time() - started)
    return best


@pytest.mark.parametrize(
    ("unit", "old"),
    [
        pytest.param("a", "aa", id="one-letter"),
        pytest.param("a", "a" * 400 + "b", id="almost-everywhere"),
        pytest.param("x\n", "x \n", id="one-line"),
        pytest.param("x\n", "x \n" * 50, id="one-line-often"),
        pytest.param("x\n", "x \n" * 500 + "y\n", id="almost-a-block-everywhere"),
        pytest.param("\n", " \n  \n", id="blank-lines"),
        pytest.param("x ", "x  x", id="one-long-line"),
        pytest.param("“a” ", '"a" "b"', id="quotes"),
        pytest.param("“a”\n", '"a"\n' * 50, id="quotes-by-lines"),
        pytest.param("x\\n", "x\\\\n" * 50, id="escapes"),
        pytest.param("a\r\nb\n", "a\nb\na\n", id="mixed-endings"),
        pytest.param("a\r", "a\n" * 50 + "b\n", id="carriage-returns"),
        pytest.param("  x\n    x\n", "x\n  x\nx\n  y\n", id="indentation"),
        pytest.param("alpha beta\n", "alpha beta gamma\n" * 300, id="similar-everywhere"),
    ],
)
def test_the_work_is_linear(unit: str, old: str) -> None:
    """Twice the text takes about twice the time: far from the fourfold of quadratic work over a factor of four."""
    size = 60_000 // len(unit)
    once, more = (seconds(unit * (size * factor), old, "new\n") for factor in (1, 4))
    assert more < 11 * once + 0.02


def test_a_huge_old_string_takes_linear_time() -> None:
    def edit(lines: int) -> tuple[str, str]:
        text = "".join(f"    line_{n}(a, b)\n" for n in range(lines))
        return text, text.replace("    ", "").replace("line_7(", "row_7(")

    once, more = (seconds(*edit(lines), "new\n") for lines in (2_000, 8_000))
    assert more < 11 * once + 0.02
