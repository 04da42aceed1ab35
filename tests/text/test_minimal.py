from __future__ import annotations

import re
import time
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.text.replacement import apply, minimal
from tests.text.marked import marked, unmarked
from tests.text.strategies import code, texts


@pytest.mark.parametrize(
    "expected",
    [
        pytest.param("same\n", id="nothing"),
        pytest.param("⟨|new⟩", id="from-nothing"),
        pytest.param("⟨old\n|⟩", id="to-nothing"),
        pytest.param("a\n⟨b|c⟩\nd\n", id="one-line"),
        pytest.param("a\n⟨b\n|⟩c\n", id="line-gone"),
        pytest.param("a\n⟨|b\n⟩c\n", id="line-new"),
        pytest.param("total = count(⟨items|lot⟩, key=None)  # as before\n", id="one-word-in-a-line"),
        pytest.param("f(⟨alpha|rest⟩, 1) + g(⟨x|y⟩, 2)\n", id="two-words-in-a-line"),
        pytest.param("foo⟨|d⟩(x)\n", id="word-grows"),
        pytest.param("⟨get|fetch⟩_user(x)\n", id="start-of-a-word"),
        pytest.param("my⟨item|thing⟩s\n", id="middle-of-a-word"),
        pytest.param("def f():\n⟨|    if x:\n⟩⟨|    ⟩    a\n\n⟨|    ⟩    b\n", id="indented"),
        pytest.param("f(aaa,⟨|\n ⟩ bbb,⟨|\n ⟩ ccc)\n", id="one-line-becomes-three"),
        pytest.param("⟨first = 1|second(two)⟩\nkept\n", id="a-line-with-nothing-in-common"),
        pytest.param("a⟨\r\n|\n⟩b⟨\r\n|\n⟩", id="crlf-to-lf-does-not-part-them"),
        pytest.param("a⟨\r|\r\n⟩b\n", id="cr-to-crlf"),
        pytest.param("x\r\n⟨|y\r\n⟩z\r\n", id="crlf-line-new"),
        pytest.param("a⟨😀|😁⟩b\n", id="astral"),
        pytest.param("\ufeffa⟨|b⟩\n", id="bom"),
        pytest.param("a⟨|\n⟩", id="final-newline-new"),
        pytest.param("a\n⟨b|c⟩", id="no-final-newline"),
    ],
)
def test_hunks(expected: str) -> None:
    before, replacements = unmarked(expected)
    after = apply(before, replacements)
    check(before, after)
    assert len(minimal(before, after)) <= len(replacements)
    joined = re.sub("⟩⟨", "", expected)  # no hunk is adjacent to another
    if joined == expected:
        assert marked(before, minimal(before, after)) == expected


@settings(deadline=None, max_examples=500)
@given(before=code, after=code)
def test_laws_for_any_two(before: str, after: str) -> None:
    check(before, after)


@settings(deadline=None, max_examples=300)
@given(before=texts, at=st.integers(0, 60), size=st.integers(0, 5), new=texts)
def test_laws_for_one_change(before: str, at: int, size: int, new: str) -> None:
    check(before, before[:at] + new + before[at + size :])


@settings(deadline=None, max_examples=200)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 60), changes=st.integers(1, 40))
def test_unchanged_lines_are_untouched(seed: int, count: int, changes: int) -> None:
    random = Random(seed)
    lines = [f"line {number} of {count}\n" for number in range(count)]
    new = lines.copy()
    changed = set(random.sample(range(count), min(changes, count)))
    for number in changed:
        new[number] = random.choice(("", "new\n" + lines[number], lines[number].replace("of", "in")))
    before, after = "".join(lines), "".join(new)
    touched = {
        line
        for hunk in minimal(before, after)
        for line in range(
            before.count("\n", 0, hunk.span.start), before.count("\n", 0, max(hunk.span.end - 1, 0)) + 1
        )
        if len(hunk.span) or not hunk.text.endswith("\n")
    }
    assert touched <= changed
    check(before, after)


LINES = [f"    value_{number % 900} = compute(value_{number % 70}, {number})\n" for number in range(20_000)]
SHUFFLED = Random(1).sample(LINES, len(LINES))


@pytest.mark.parametrize(
    ("before", "after", "most_hunks", "seconds"),
    [
        pytest.param(
            "".join(LINES),
            "".join(
                line.replace("compute", "count") if at % 400 == 7 else line for at, line in enumerate(LINES)
            ),
            50,
            0.5,
            id="few-changes",
        ),
        pytest.param("".join(LINES), "".join(SHUFFLED), 20_000, 4, id="shuffled"),
        pytest.param("".join(LINES), "".join(LINES[::-1]), 20_000, 4, id="reversed"),
        pytest.param("a\n" * 200_000, "b\n" * 150_000, 1, 4, id="nothing-in-common"),
        pytest.param("\n" * 300_000, "x\n" + "\n" * 300_000 + "y\n", 2, 4, id="empty-lines"),
        pytest.param(
            " ".join(LINES).replace("\n", ""), " ".join(SHUFFLED).replace("\n", ""), 9, 4, id="one-line"
        ),
        pytest.param("".join(LINES), "".join(LINES).replace("\n", "\r\n"), 20_000, 4, id="other-endings"),
    ],
)
def test_work_is_bounded(before: str, after: str, most_hunks: int, seconds: float) -> None:
    began = time.process_time()
    hunks = minimal(before, after)
    assert time.process_time() - began < seconds  # measured: a tenth of it
    assert len(hunks) <= most_hunks
    assert apply(before, hunks) == after


def check(before: str, after: str) -> None:
    hunks = minimal(before, after)
    assert apply(before, hunks) == after
    assert all(one.span.end < other.span.start for one, other in pairwise(hunks))
    growth = 0
    for hunk in hunks:
        start = hunk.span.start + growth
        growth += hunk.growth
        assert len(hunk.span) or hunk.text
        for border in (hunk.span.start, hunk.span.end):
            assert before[max(border - 1, 0) : border + 1] != "\r\n"
        for border in (start, start + len(hunk.text)):
            assert after[max(border - 1, 0) : border + 1] != "\r\n"
