from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimi_lsp.context.estimate import BY_LANGUAGE, HIGHEST, LOWEST, STEP, Estimate
from kimi_lsp.context.window import size

LANGUAGES = st.sampled_from([*BY_LANGUAGE, "", "plaintext"])
ESTIMATES = st.builds(Estimate, st.floats(LOWEST, HIGHEST))


@given(text=st.text(max_size=300), language=LANGUAGES, estimate=ESTIMATES)
def test_a_text_fits_in_the_bytes_of_its_tokens(text: str, language: str, estimate: Estimate) -> None:
    tokens = estimate.tokens(text, language)
    assert tokens >= 1
    assert size(text) <= estimate.bytes(tokens, language)


@given(tokens=st.integers(0, 5_000), language=LANGUAGES, estimate=ESTIMATES)
def test_so_many_bytes_are_no_more_tokens(tokens: int, language: str, estimate: Estimate) -> None:
    count = estimate.bytes(tokens, language)
    assert count < 0 or estimate.of_size(count, language) <= tokens
    assert estimate.of_size(count + 1, language) > tokens


@given(parts=st.lists(st.text(max_size=50), max_size=8), language=LANGUAGES)
def test_parts_cost_no_less_than_their_whole(parts: list[str], language: str) -> None:
    estimate = Estimate()
    assert (
        sum(estimate.tokens(part, language) for part in parts) + 1
        > estimate.tokens("".join(parts), language) - 1
    )


@pytest.mark.parametrize("factor", [0.7, 0.85, 1.0, 1.2, 1.6])
def test_reports_are_learned_from(factor: float) -> None:
    estimate = Estimate()
    for _ in range(30):
        said = estimate.of_size(35_000)
        estimate = estimate.corrected(said, int(10_000 * factor))
    assert abs(estimate.factor - factor) <= STEP


def test_a_single_odd_report_changes_little_and_never_much() -> None:
    assert Estimate().corrected(10_000, 1_000_000).factor <= 1.25
    estimate = Estimate()
    for _ in range(50):
        estimate = estimate.corrected(1_000, 1_000_000)
    assert estimate.factor == HIGHEST


@pytest.mark.parametrize(("estimated", "reported"), [(0, 10), (10_000, 0), (10_000, -1), (100, 180)])
def test_what_says_nothing_teaches_nothing(estimated: int, reported: int) -> None:
    assert Estimate(1.3).corrected(estimated, reported) == Estimate(1.3)


def test_small_differences_change_no_prompt() -> None:
    estimate = Estimate().corrected(10_000, 10_050)
    assert (estimate.exact > 1, estimate.factor) == (True, 1.0)
