from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimi_lsp import settings
from kimi_lsp.model.events import Usage
from kimi_lsp.model.pricing import PRICES, PriceList, dollars

KIMI = "moonshot/kimi-k2.7-code"
TOKENS = st.integers(0, 300_000)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        pytest.param(Usage(500, 300), "0.00175875", id="the-worked-turn-of-the-card"),
        pytest.param(Usage(500, 300, reasoning=200), "0.00175875", id="reasoning-is-output"),
        pytest.param(Usage(1_000_000, 0), "0.9975", id="a-million-in"),
        pytest.param(Usage(1_000_000, 0, 1_000_000), "0.49875", id="a-million-cached"),
        pytest.param(Usage(0, 1_000_000), "4.2", id="a-million-out"),
        pytest.param(Usage(1, 0, 1), "0.00000049875", id="one-cached-token"),
        pytest.param(Usage(0, 0), "0", id="nothing"),
    ],
)
def test_the_price_list_s_arithmetic(usage: Usage, expected: str) -> None:
    assert PriceList().cost(KIMI, usage) == Decimal(expected)


def test_without_the_gateway_there_is_no_fee() -> None:
    assert PriceList().cost("kimi-k2.7-code", Usage(500, 300)) == Decimal("0.001675")


@given(prompt=TOKENS, output=TOKENS, share=st.integers(0, 100))
def test_exact_to_the_last_digit(prompt: int, output: int, share: int) -> None:
    cached = prompt * share // 100
    thousandths = (prompt - cached) * 950 + cached * 475 + output * 4_000
    assert PRICES[KIMI].cost(Usage(prompt, output, cached)) * 10**11 == thousandths * 105


def test_an_unknown_model_has_no_cost() -> None:
    assert PriceList().cost("other", Usage(500, 300)) is None
    assert dollars(None) == "unknown cost"


def test_prices_of_the_settings_win() -> None:
    prices = PriceList(
        {"other": settings.Price(input=1.1, output=2.2), KIMI: settings.Price(input=0, output=0)}
    )
    assert prices.cost("other", Usage(1_000_000, 0, 500_000)) == Decimal("1.1")
    assert prices.cost(KIMI, Usage(500, 300)) == 0


def test_an_estimate_is_the_most_it_can_cost() -> None:
    assert PRICES[KIMI].estimate(500, 300) == Decimal("0.00175875")


@pytest.mark.parametrize(
    ("cost", "estimated", "text"),
    [("0.00175875", False, "$0.0018"), ("0.00175875", True, "about $0.0018"), ("12.345", False, "$12.34")],
)
def test_dollars(cost: str, estimated: bool, text: str) -> None:
    assert dollars(Decimal(cost), estimated=estimated) == text
