"""Focus, several places at once, and what is said where nothing is found."""

from __future__ import annotations

import pytest

from kimi_lsp.edits.edit import Edit
from kimi_lsp.edits.errors import AlreadyThere, Ambiguous, EditError, NoChange, NotFound, Uncertain
from kimi_lsp.edits.resolve import locate, resolve
from kimi_lsp.edits.searchable import Searchable
from kimi_lsp.text.replacement import Replacement, apply
from kimi_lsp.text.span import Span


def focused(marked: str) -> tuple[str, Span]:
    """The text, and the span between ``«`` and ``»``."""
    start = marked.index("«")
    end = marked.index("»") - 1
    return marked.replace("«", "").replace("»", ""), Span(start, end)


@pytest.mark.parametrize(
    ("marked", "old", "line"),
    [
        pytest.param("a\n«b\na\n»", "a\n", 3, id="once-inside-once-outside"),
        pytest.param("a\nb«\n»c\n", "a\n", 1, id="only-outside"),
        pytest.param("«b\na\n»a\n", "a\n", 2, id="once-outside-behind-it"),
        pytest.param("«b\na \n»a \n", "a\n", 2, id="behind-it-on-another-rung"),
        pytest.param("x\n«    a\n  a\n»  a\n  a\n", "  a\n", 3, id="whole-lines-behind-it"),
        pytest.param("  f(y)\n«        f(x)\n»f(z)\n", "    f(", 2, id="a-part-with-rivals-outside"),
        pytest.param("  “a”\n«    “a”\n»“a”\n", '"a"\n', 2, id="punctuation-with-rivals-outside"),
        pytest.param("a\n  x«x\n  a»a\n", "  aa\n", 3, id="the-focus-is-widened-to-whole-lines"),
        pytest.param("a\n«\n»a\nb\n", "a\nb\n", 3, id="empty-line-in-focus"),
        pytest.param("  a\n  a\n«    a\n    b\n»  a\n  b \n", "a\nb\n", 3, id="another-rung-outside"),
    ],
)
def test_the_focus_is_searched_first(marked: str, old: str, line: int) -> None:
    text, focus = focused(marked)
    replacement = resolve(text, Edit(old, "new\n"), within=focus)
    assert Searchable(text).line_number(replacement.span.start) == line


def test_a_pair_of_line_ends_is_not_parted() -> None:
    assert resolve("a\r\nb\r\n", Edit("a\r", "c\r")) == Replacement(Span(0, 3), "c\r\n")
    assert resolve("a\rb\r\n", Edit("a\r", "c\r")).span == Span(0, 2)


def test_twice_in_the_focus_is_ambiguous() -> None:
    text, focus = focused("a\n«a\na\n»")
    with pytest.raises(Ambiguous) as refusal:
        resolve(text, Edit("a\n", "b\n"), within=focus)
    assert refusal.value.lines == (2, 3)


def test_an_exact_place_outside_is_a_rival_of_a_looser_one_inside() -> None:
    text, focus = focused("a\nb\n«    a\n    b\n»")
    with pytest.raises(Ambiguous, match=r"lines 1, 3") as refusal:
        resolve(text, Edit("a\nb\n", "c\n"), within=focus)
    assert refusal.value.lines == (1, 3)


@pytest.mark.parametrize(
    ("text", "old", "new", "after"),
    [
        pytest.param("a b a\na\n", "a", "c", "c b c\nc\n", id="exact"),
        pytest.param("a\r\nb\r\na\r\nb\r\n", "a\nb\n", "c\n", "c\r\nc\r\n", id="line-endings"),
        pytest.param("a \nb\na \nb\nc\n", "a\nb\n", "d\n", "d\nd\nc\n", id="trailing-space"),
        pytest.param(
            "  a\n  b\n    a\n    b\n", "a\nb\n", "a\nc\n", "  a\n  c\n    a\n    c\n", id="each-its-shift"
        ),
        pytest.param(
            "  a\n  b\n    a\n\n    b\n", "a\nb\n", "c\n", "  c\n    a\n\n    b\n", id="of-one-rung"
        ),
        pytest.param("xab xab\n", "x", "y", "yab yab\n", id="all-inside-words"),
    ],
)
def test_replace_all(text: str, old: str, new: str, after: str) -> None:
    found = locate(Searchable(text), Edit(old, new, replace_all=True))
    assert apply(text, found.replacements) == after


def test_replace_all_is_for_the_whole_file() -> None:
    text, focus = focused("a\n«a\n»")
    found = locate(Searchable(text), Edit("a\n", "b\n", replace_all=True), focus=focus)
    assert len(found.replacements) == 2


@pytest.mark.parametrize(
    ("text", "old", "error"),
    [
        pytest.param("aaa", "aa", Uncertain, id="overlapping"),
        pytest.param("x = 1\nmax = 2\n", "x", Uncertain, id="as-a-word-and-in-words"),
        pytest.param("a\n\nb\n", "a\nb\n", NotFound, id="not-by-blank-lines"),
        pytest.param("it’s\n", "it's\n", NotFound, id="not-by-punctuation"),
        pytest.param('f("a")\n', 'f(\\"a\\")\n', NotFound, id="not-by-escapes"),
    ],
)
def test_replace_all_is_refused(text: str, old: str, error: type[EditError]) -> None:
    with pytest.raises(error):
        locate(Searchable(text), Edit(old, "c\n", replace_all=True))


def test_a_text_that_stays_is_no_change() -> None:
    with pytest.raises(NoChange, match="are the same"):
        resolve("a\n", Edit("a\n", "a\n"))
    with pytest.raises(NoChange, match="already as new_string has it"):
        resolve("a\r\n", Edit("a\n", "a\r\n"))


def test_an_empty_old_string_is_for_an_empty_file() -> None:
    assert resolve("", Edit("", "a\n")) == Replacement(Span(0, 0), "a\n")
    assert resolve("\ufeff", Edit("", "a\n")) == Replacement(Span(1, 1), "a\n")
    with pytest.raises(NotFound, match="only for an empty file"):
        resolve("\n", Edit("", "a\n"))


def test_the_closest_passage_is_shown_with_its_lines() -> None:
    text = "".join(f"    line_{n} = compute({n})\n" for n in range(100))
    old = "    line_40 = compute(40)\n    line_41 = compute(42)\n    line_42 = compute(42)\n"
    with pytest.raises(NotFound) as refusal:
        resolve(text, Edit(old, "x\n"))
    closest = refusal.value.closest
    assert closest is not None
    assert (closest.first, closest.last) == (41, 43)
    assert closest.text == "".join(text.splitlines(keepends=True)[40:43])
    assert str(refusal.value) == (
        "old_string does not occur in the file. The closest passage is lines 41-43; if that is meant, quote it "
        f"exactly as it stands:\n{closest.text}"
    )


@pytest.mark.parametrize(
    ("text", "old", "lines"),
    [
        pytest.param("alpha beta gamma\nx\n", "alpha beta delta\n", (1, 1), id="by-words"),
        pytest.param(
            "x\ny\nalpha beta gamma\nz\n", "q\nalpha beta delta\nw\n", (2, 4), id="by-the-longest-line"
        ),
        pytest.param("alpha beta gamma\n", "w\nalpha beta delta\n", (1, 1), id="at-the-start"),
        pytest.param("\n\nx\nalpha()\nbeta(1)\n", "alpha()\nbeta(2)\ngamma(3)\n", (4, 5), id="at-the-end"),
    ],
)
def test_closest(text: str, old: str, lines: tuple[int, int]) -> None:
    with pytest.raises(NotFound) as refusal:
        resolve(text, Edit(old, "new\n"))
    assert refusal.value.closest is not None
    assert (refusal.value.closest.first, refusal.value.closest.last) == lines


def test_most_lines_in_common_win_not_the_first() -> None:
    good = "one = first()\ntwo = second()\nthree = third()\n"
    text = "one = first()\nx\ny\n" + good + "one = first()\nz\n"
    with pytest.raises(NotFound) as refusal:
        resolve(text, Edit(good.replace("three", "four"), "new\n"))
    assert refusal.value.closest is not None
    assert (refusal.value.closest.first, refusal.value.closest.last) == (4, 6)


def test_of_equals_the_first_is_shown() -> None:
    text = "x\none = first()\ny\none = first()\nz\n"
    with pytest.raises(NotFound) as refusal:
        resolve(text, Edit("one = first()\nw\n", "new\n"))
    assert refusal.value.closest is not None
    assert refusal.value.closest.first == 2


@pytest.mark.parametrize(
    ("text", "old"),
    [
        pytest.param("alpha\nbeta\n", "completely = different(text)\n", id="nothing-alike"),
        pytest.param("alpha\nbeta\n", "?\n", id="no-words"),
        pytest.param("", "a", id="empty-file"),
        pytest.param("a = 1\n" + "q" * 60 + "\n", "a = 1\n" + "z" * 60 + "\n", id="one-line-of-two-alike"),
    ],
)
def test_nothing_is_close(text: str, old: str) -> None:
    with pytest.raises(NotFound) as refusal:
        resolve(text, Edit(old, "new\n"))
    assert refusal.value.closest is None


def test_what_is_shown_is_cut_short() -> None:
    many = "".join(f"line number {n}\n" for n in range(200))
    with pytest.raises(NotFound) as refusal:
        resolve(many, Edit(many.replace("number 7\n", "number x\n"), "new\n"))
    closest = refusal.value.closest
    assert closest is not None
    assert (closest.first, closest.last) == (1, 200)
    assert closest.text.count("\n") == 30
    with pytest.raises(NotFound) as refusal:
        resolve("word " * 5_000, Edit("word " * 5_001 + "x", "new\n"))
    assert refusal.value.closest is not None
    assert len(refusal.value.closest.text) == 3_000


@pytest.mark.parametrize(
    ("text", "new", "line"),
    [
        pytest.param("a\nnew text = 1\nb\n", "new text = 1\n", 2, id="a-line"),
        pytest.param("a\n    new text = 1\n\n    b\n", "new text = 1\nb\n", 2, id="white-space-aside"),
        pytest.param("a\nx(new text = 1)\n", "new text = 1", 2, id="inside-a-line"),
    ],
)
def test_the_new_text_is_already_there(text: str, new: str, line: int) -> None:
    with pytest.raises(AlreadyThere, match=f"already stands at line {line}") as refusal:
        resolve(text, Edit("old text\n", new))
    assert refusal.value.line == line


@pytest.mark.parametrize(
    ("text", "new"),
    [
        pytest.param("new text\nnew text\n", "new text\n", id="twice"),
        pytest.param("x(new text)\ny(new text)\n", "new text", id="twice-inside-lines"),
        pytest.param("a\n}\n", "}\n", id="too-little-to-tell"),
        pytest.param("a\n", "", id="a-deletion"),
    ],
)
def test_the_new_text_is_not_said_to_be_there(text: str, new: str) -> None:
    with pytest.raises(NotFound) as refusal:
        resolve(text, Edit("old text\n", new))
    assert not isinstance(refusal.value, AlreadyThere)


def test_a_text_full_of_one_line_is_refused_not_searched_for_ever() -> None:
    text = "x\n" * 60_000
    with pytest.raises(Ambiguous, match="in more than 1000 places"):
        resolve(text, Edit("x \n" * 5, "y\n"))
    with pytest.raises(NotFound):
        resolve(text, Edit("y\n", "x \n" * 9))
