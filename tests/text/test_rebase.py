from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.text.net import net
from kimi_lsp.text.rebase import Conflict, Rebased, rebase, rebase_texts
from kimi_lsp.text.replacement import Overlap, Replacement, apply
from kimi_lsp.text.span import Span
from tests.text.marked import unmarked
from tests.text.strategies import code, logs, replacements

typed_words = st.sampled_from(["", "T", "UU", "V\n", " W"])


@pytest.mark.parametrize(
    ("theirs", "ours", "after"),
    [
        pytest.param("a b\nc d\n", "a ⟨b|x⟩\nc d\n", "a x\nc d\n", id="nobody-typed"),
        pytest.param("⟨a|aa⟩ b\nc d\n", "a b\nc ⟨d|x⟩\n", "aa b\nc x\n", id="typed-on-a-line-before"),
        pytest.param("a b\nc ⟨|e ⟩d\n", "⟨a|x⟩ b\nc d\n", "x b\nc e d\n", id="typed-on-a-line-after"),
        pytest.param("a ⟨b|y⟩ c\n", "⟨a|x⟩ b c\n", "x y c\n", id="on-one-line-but-apart"),
        pytest.param("⟨|new\n⟩a\nb\n", "⟨a\nb\n|a\nB\n⟩", "new\na\nB\n", id="coarse-passage-line-before"),
        pytest.param("a⟨|1⟩\nb\nc\n", "⟨a\nb\nc\n|a\nb\nC\n⟩", "a1\nb\nC\n", id="inside-a-coarse-passage"),
        pytest.param("f(a⟨|, b⟩)\n", "⟨f(a)\n|g(a)\n⟩", "g(a, b)\n", id="within-the-line-they-do-not-touch"),
        pytest.param("a,⟨bc|y⟩ d", "⟨a,|x;⟩bc d", "x;y d", id="adjacent-replacements"),
        pytest.param("a ⟨|y.⟩bc", "a ⟨bc|x⟩", "a y.x", id="typed-where-a-replacement-starts"),
        pytest.param("a bc⟨|, y⟩", "a ⟨bc|x⟩", "a x, y", id="typed-where-a-replacement-ends"),
        pytest.param("a ⟨bc|y⟩", "a ⟨|x.⟩bc", "a x.y", id="job-inserts-where-typed-one-starts"),
        pytest.param("a ⟨bc|y⟩", "a bc⟨|, x⟩", "a y, x", id="job-inserts-where-typed-one-ends"),
        pytest.param("a⟨b|y⟩c", "a⟨b|y⟩c", "ayc", id="the-same-change"),
        pytest.param("a\n⟨|x\n⟩b\n", "a⟨|\nx⟩\nb\n", "a\nx\nb\n", id="the-same-line-the-other-way-round"),
        pytest.param("a\n⟨b\n|⟩c\n", "a⟨\nb|⟩\nc\n", "a\nc\n", id="the-same-line-gone-the-other-way-round"),
        pytest.param(
            "⟨old|new⟩(a)\nb\n", "⟨old(a)\nb\n|new(a)\nB\n⟩", "new(a)\nB\n", id="a-part-of-it-done-already"
        ),
        pytest.param("⟨x|⟩⟨|x⟩y", "⟨x|z⟩y", "zy", id="typed-again-is-not-typed"),
        pytest.param("⟨a|b⟩\r\nc\r\n", "a\r\n⟨c|d⟩\r\n", "b\r\nd\r\n", id="crlf"),
        pytest.param("⟨a\nb\n|A\nB\n⟩", "⟨a\nb\n|A\nB\n⟩", "A\nB\n", id="the-same-passage"),
    ],
)
def test_both_stand(theirs: str, ours: str, after: str) -> None:
    assert not check(theirs, ours, after).conflicts


@pytest.mark.parametrize(
    ("theirs", "ours", "after", "sides", "lines"),
    [
        pytest.param("a ⟨b|y⟩ c\n", "a ⟨b|x⟩ c\n", "a y c\n", ("x", "y"), (0, 0), id="one-word"),
        pytest.param("a⟨|y⟩b\n", "a⟨|x⟩b\n", "ayb\n", ("x", "y"), (0, 0), id="insertions-at-one-point"),
        pytest.param("ab⟨|y⟩cd\n", "a⟨bc|⟩d\n", "abycd\n", ("", "byc"), (0, 0), id="typed-in-what-goes"),
        pytest.param("a⟨bc|⟩d\n", "ab⟨|x⟩cd\n", "ad\n", ("bxc", ""), (0, 0), id="job-in-what-went"),
        pytest.param(
            "⟨|0\n⟩one\nt⟨w|y⟩o\nmid\nend\n",
            "one\nt⟨w|x⟩o\nmid\n⟨end|END⟩\n",
            "0\none\ntyo\nmid\nEND\n",
            ("x", "y"),
            (2, 2),
            id="the-rest-is-applied",
        ),
        pytest.param(
            "one\nt⟨w|y⟩o\nend\n",
            "one\nt⟨w|x⟩o\n⟨end|END⟩\n",
            "one\ntyo\nend\n",
            ("xo\nEND", "yo\nend"),
            (1, 2),
            id="a-run-of-changed-lines-is-one",
        ),
        pytest.param(
            "t⟨w|y⟩o\n\n}\nend\n",
            "t⟨w|x⟩o\n\n}\n⟨end|END⟩\n",
            "tyo\n\n}\nend\n",
            ("xo\n\n}\nEND", "yo\n\n}\nend"),
            (0, 3),
            id="blanks-and-brackets-part-no-run",
        ),
        pytest.param(
            "a⟨b\nsaid\nc|y⟩d\n",
            "⟨ab|1⟩\nsaid\n⟨cd|2⟩\n",
            "ayd\n",
            ("1\nsaid\n2", "ayd"),
            (0, 0),
            id="one-typed-touches-two",
        ),
        pytest.param(
            "a\r⟨b|y⟩\rc\rd",
            "a\r⟨b|x⟩\rc\r⟨d|D⟩",
            "a\ry\rc\rD",
            ("x", "y"),
            (1, 1),
            id="lines-that-end-with-a-return",
        ),
        pytest.param(
            "a\n⟨b\n|y\n⟩c\n⟨d|D⟩\n",
            "a\n⟨b\n|x\n⟩c\n⟨d|D⟩\n",
            "a\ny\nc\nD\n",
            ("x", "y"),
            (1, 1),
            id="beside-one-that-both-made",
        ),
        pytest.param("⟨a|y⟩", "⟨a|x\n⟩", "y", ("x\n", "y"), (0, 0), id="all-of-it"),
    ],
)
def test_conflicts(
    theirs: str, ours: str, after: str, sides: tuple[str, str], lines: tuple[int, int]
) -> None:
    (conflict,) = check(theirs, ours, after).conflicts
    assert (conflict.ours.text, conflict.theirs.text) == sides
    assert conflict.theirs.lines == lines


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        pytest.param("wait(2⟨|0⟩)\n", "wait(⟨2|3⟩)\n", id="a-digit-after"),
        pytest.param("wait(⟨|1⟩2)\n", "wait(⟨2|3⟩)\n", id="a-digit-before"),
        pytest.param("wait(2⟨|.5⟩)\n", "wait(⟨2|3⟩)\n", id="a-fraction"),
        pytest.param("foo⟨|d⟩\n", "⟨foo|bar(1)⟩\n", id="a-letter-after-a-name"),
        pytest.param("foo⟨|d⟩\n", "⟨foo|⟩\n", id="a-letter-after-what-goes"),
        pytest.param("foo⟨_old|⟩\n", "⟨foo|bar⟩_old\n", id="each-a-part-of-a-name"),
        pytest.param("foo⟨| ⟩bar\n", "⟨foo|x⟩bar\n", id="a-name-that-is-parted"),
        pytest.param("a <⟨|=⟩ b\n", "a ⟨<|>⟩ b\n", id="an-operator"),
        pytest.param("é⟨|t⟩\n", "⟨é|a⟩\n", id="any-letter"),
    ],
)
def test_one_word_is_one_place(theirs: str, ours: str) -> None:
    for one, other in ((theirs, ours), (ours, theirs)):
        base, typed = unmarked(one)
        rebased = rebase(base, typed, unmarked(other)[1])
        assert rebased.replacements == ()
        assert len(rebased.conflicts) == 1


def test_each_place_is_a_conflict() -> None:
    rebased = check("⟨a|y⟩\nb\n⟨c|z⟩\n", "⟨a|1⟩\nb\n⟨c|2⟩\n", "y\nb\nz\n")
    assert [conflict.ours.lines for conflict in rebased.conflicts] == [(0, 0), (2, 2)]


def test_no_hunk_of_the_users_stands_for_two() -> None:
    check("ab⟨|ab⟩ab", "a⟨|ba⟩ba⟨|ba⟩b", "abababab")


def test_a_set_that_overlaps_is_refused() -> None:
    twice = [Replacement(Span(0, 2), "x"), Replacement(Span(1, 3), "y")]
    with pytest.raises(Overlap, match="begins before"):
        rebase("abcd", [Replacement(Span(3, 4), "")], twice)


@pytest.mark.parametrize(
    ("log", "hunks"),
    [
        pytest.param([(1, 1, "x"), (1, 2, "")], [], id="typed-and-deleted"),
        pytest.param([(1, 3, ""), (1, 1, "bc")], [], id="deleted-and-undone"),
        pytest.param([(0, 4, "abXcd")], [(2, 2, "X")], id="whole-text-sent"),
        pytest.param([(2, 2, "x"), (3, 3, "y")], [(2, 2, "xy")], id="typed-on"),
        pytest.param([(0, 0, "abcdabcd"), (4, 8, ""), (4, 8, "")], [], id="undone-elsewhere"),
        pytest.param([(0, 1, "x"), (3, 4, "y")], [(0, 1, "x"), (3, 4, "y")], id="two-places"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_net(log: list[tuple[int, int, str]], hunks: list[tuple[int, int, str]]) -> None:
    steps = [Replacement(Span(start, end), text) for start, end, text in log]
    expected = tuple(Replacement(Span(start, end), text) for start, end, text in hunks)
    assert net("abcd", steps) == expected


def test_a_file_that_was_opened_again() -> None:
    base, ours = unmarked("a\nb\n⟨c|x⟩\n")
    rebased = rebase_texts(base, "new\na\nc\n", ours)
    assert apply("new\na\nc\n", rebased.replacements) == "new\na\nx\n"


@settings(deadline=None, max_examples=500)
@given(base=code, data=st.data())
def test_symmetric_where_nothing_touches(base: str, data: st.DataObject) -> None:
    one = data.draw(replacements(base, typed_words))
    other = data.draw(replacements(base, st.sampled_from(["", "x", "J", "KK\n"])))
    forth, back = rebase(base, one, other), rebase(base, other, one)
    assert bool(forth.conflicts) == bool(back.conflicts)
    if not forth.conflicts:
        assert applied(base, one, forth) == applied(base, other, back)


@settings(deadline=None, max_examples=500)
@given(base=code, data=st.data())
def test_nothing_typed_is_lost(base: str, data: st.DataObject) -> None:
    log = data.draw(logs(base, typed_words))
    ours = data.draw(replacements(base, st.sampled_from(["", "x", "\n"])))
    theirs = net(base, log)
    now = apply(base, theirs)
    for form in (theirs, minimal_of(base, now)):
        rebased = rebase(base, form, ours)
        result = apply(now, rebased.replacements)
        assert letters(result) == letters(now)
        everything = [*rebased.replacements, *map(taking_ours, rebased.conflicts)]
        apply(now, sorted(everything, key=lambda each: each.span))  # raises if any overlap


@settings(deadline=None, max_examples=200)
@given(base=code, data=st.data())
def test_undone_typing_is_no_typing(base: str, data: st.DataObject) -> None:
    log = data.draw(logs(base, typed_words))
    ours = data.draw(replacements(base, typed_words))
    text = base
    undo: list[Replacement] = []
    for step in log:
        written = Span(step.span.start, step.span.start + len(step.text))
        undo = [Replacement(written, step.span.of(text)), *undo]
        text = apply(text, [step])
    assert net(base, [*log, *undo]) == ()
    assert rebase(base, net(base, [*log, *undo]), ours) == Rebased(ours, ())


@settings(deadline=None, max_examples=200)
@given(base=code, data=st.data())
def test_the_same_on_both_sides_is_nothing_more(base: str, data: st.DataObject) -> None:
    both = data.draw(replacements(base, code))
    rebased = rebase(base, both, both)
    assert not rebased.conflicts
    assert applied(base, both, rebased) == apply(base, both)


def letters(text: str) -> str:
    return "".join(each for each in text if each.isupper())


def minimal_of(base: str, now: str) -> tuple[Replacement, ...]:
    return net(base, [Replacement(Span(0, len(base)), now)])


def taking_ours(conflict: Conflict) -> Replacement:
    return Replacement(conflict.theirs.span, conflict.ours.text)


def applied(base: str, theirs: tuple[Replacement, ...], rebased: Rebased) -> str:
    return apply(apply(base, theirs), rebased.replacements)


def check(theirs: str, ours: str, after: str) -> Rebased:
    """``theirs`` and ``ours`` are one text with each side's changes marked in it."""
    base, typed = unmarked(theirs)
    same_base, made = unmarked(ours)
    assert base == same_base
    rebased = rebase(base, typed, made)
    assert applied(base, typed, rebased) == after
    for conflict in rebased.conflicts:
        assert conflict.theirs.span.of(apply(base, typed)) == conflict.theirs.text
    return rebased
