from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.text.replacement import Overlap, Replacement, apply, compose, compose_all
from kimi_lsp.text.span import Span
from tests.text.marked import unmarked
from tests.text.strategies import logs, replacements, texts


@pytest.mark.parametrize(
    ("marked", "after"),
    [
        pytest.param("abc", "abc", id="none"),
        pytest.param("a⟨b|xy⟩c", "axyc", id="one"),
        pytest.param("⟨a|⟩b⟨c|d⟩", "bd", id="at-both-ends"),
        pytest.param("⟨a|x⟩⟨b|y⟩c", "xyc", id="adjacent"),
        pytest.param("a⟨|x⟩⟨|y⟩b", "axyb", id="two-insertions-in-order"),
        pytest.param("a⟨|x⟩⟨b|⟩c", "axc", id="insertion-before-a-deletion"),
    ],
)
def test_apply(marked: str, after: str) -> None:
    check(marked, after)


@pytest.mark.parametrize(
    ("spans", "message"),
    [
        pytest.param([(0, 2), (1, 3)], "of 1..3 begins before 2, where the last ends", id="overlap"),
        pytest.param([(2, 3), (0, 1)], "of 0..1 begins before 3, where the last ends", id="not-sorted"),
        pytest.param([(1, 3), (1, 1)], "of 1..1 begins before 3, where the last ends", id="insertion-late"),
    ],
)
def test_overlap(spans: list[tuple[int, int]], message: str) -> None:
    with pytest.raises(Overlap, match=message):
        apply("abcd", [Replacement(Span(*span), "") for span in spans])


def test_beyond_the_end() -> None:
    with pytest.raises(ValueError, match="ends at 5, but the text at 4"):
        apply("abcd", [Replacement(Span(3, 5), "")])


@settings(deadline=None, max_examples=500)
@given(text=texts, data=st.data())
def test_compose_is_one_after_the_other(text: str, data: st.DataObject) -> None:
    first = data.draw(replacements(text, texts))
    between = apply(text, first)
    second = data.draw(replacements(between, texts))
    assert apply(text, compose(first, second)) == apply(between, second)


@settings(deadline=None, max_examples=300)
@given(text=texts, data=st.data())
def test_compose_all_is_the_log(text: str, data: st.DataObject) -> None:
    log = data.draw(logs(text, texts))
    after = text
    for replacement in log:
        after = apply(after, [replacement])
    assert apply(text, compose_all(log)) == after


def test_typing_becomes_one() -> None:
    typed = [Replacement(Span(7 + at, 7 + at), letter) for at, letter in enumerate("word")]
    assert compose_all(typed) == (Replacement(Span(7, 7), "word"),)


def test_what_does_not_touch_stays() -> None:
    first, second = (Replacement(Span(2, 3), "xy"),), (Replacement(Span(9, 9), "z"),)
    assert compose(first, second) == (*first, Replacement(Span(8, 8), "z"))


def check(marked: str, after: str) -> None:
    text, given_set = unmarked(marked)
    assert apply(text, given_set) == after
    assert sum(each.growth for each in given_set) == len(after) - len(text)
