from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.text.myers import Budget, Difference, differences

words = st.lists(st.sampled_from("abc"), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("", "", [], id="nothing"),
        pytest.param("abc", "abc", [], id="equal"),
        pytest.param("", "ab", [(0, 0, 0, 2)], id="from-nothing"),
        pytest.param("abc", "axc", [(1, 2, 1, 2)], id="one"),
        pytest.param("abcdef", "bcxef", [(0, 1, 0, 0), (3, 4, 2, 3)], id="two"),
        pytest.param("ab" * 90, "", [(0, 180, 0, 0)], id="to-nothing"),
    ],
)
def test_differences(before: str, after: str, expected: list[Difference]) -> None:
    assert list(differences(before, after, Budget(10_000))) == expected
    check(before, after, Budget(10_000))


@settings(deadline=None, max_examples=500)
@given(before=words, after=words)
def test_the_script_is_the_shortest(before: str, after: str) -> None:
    changed = check(before, after, Budget(10_000))
    assert changed == len(before) + len(after) - 2 * longest_common(before, after)


@settings(deadline=None, max_examples=100)
@given(
    before=st.lists(st.integers(0, 400), max_size=400),
    after=st.lists(st.integers(0, 400), max_size=400),
    steps=st.integers(0, 30_000),
)
def test_a_script_whatever_the_budget(before: list[int], after: list[int], steps: int) -> None:
    check([*map(str, before)], [*map(str, after)], Budget(steps))


def test_beyond_the_limit_it_goes_on_where_it_was() -> None:
    before = ["x", "y"] * 3_000
    after = before.copy()
    for at in range(5_900, 0, -20):
        after.insert(at, "new")
    assert check(before, after, Budget(1_000_000)) == len(after) - len(before)


@cache
def longest_common(one: str, other: str) -> int:
    if not one or not other:
        return 0
    if one[0] == other[0]:
        return 1 + longest_common(one[1:], other[1:])
    return max(longest_common(one[1:], other), longest_common(one, other[1:]))


def check(before: str | list[str], after: str | list[str], budget: Budget) -> int:
    """What is between two differences is equal, and they are in order; returns how much is in them."""
    found = list(differences(before, after, budget))
    at = other_at = 0
    for a, b, c, d in (*found, (len(before), len(before), len(after), len(after))):
        assert before[at:a] == after[other_at:c]
        at, other_at = b, d
    assert all(one[1] <= other[0] and one[3] <= other[2] for one, other in pairwise(found))
    return sum(b - a + d - c for a, b, c, d in found)
