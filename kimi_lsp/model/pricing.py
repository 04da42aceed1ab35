"""What a turn costs. Exact decimal arithmetic on the price lists; no floats, no rounding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kimi_lsp import settings
from kimi_lsp.model.events import Usage

_MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens. ``fee`` is what the gateway adds, as a fraction of the rest."""

    input: Decimal
    output: Decimal
    cached: Decimal
    fee: Decimal = Decimal(0)

    @classmethod
    def of(cls, price: settings.Price) -> Price:
        """A price from the settings; cached input costs what input costs, unless it is given."""
        cached = price.input if price.cached is None else price.cached
        return cls(*(Decimal(str(value)) for value in (price.input, price.output, cached, price.fee)))

    def cost(self, usage: Usage) -> Decimal:
        """US dollars for one turn, the fee included. Reasoning is a part of the output."""
        cached = min(usage.cached, usage.input)
        tokens = (usage.input - cached) * self.input + cached * self.cached + usage.output * self.output
        return tokens / _MILLION * (1 + self.fee)

    def estimate(self, input_tokens: int, output_tokens: int) -> Decimal:
        """US dollars that a request may cost at most: nothing cached, all of the output used."""
        return self.cost(Usage(input_tokens, output_tokens))


_KIMI = Price(Decimal("0.95"), Decimal("4.00"), Decimal("0.475"), Decimal("0.05"))
_DIRECT = Price(_KIMI.input, _KIMI.output, _KIMI.cached)

PRICES: Mapping[str, Price] = {
    "moonshot/kimi-k2.7-code": _KIMI,
    "moonshot/kimi-k2.6": _KIMI,
    "kimi-k2.7-code": _DIRECT,
    "kimi-k2.6": _DIRECT,
}
"""Known prices by model name (model-card.txt, Pricing); names with a maker are AIgateway's, with its fee."""


class PriceList:
    """The known prices, with those of the settings laid over them."""

    def __init__(self, overrides: Mapping[str, settings.Price] | None = None) -> None:
        own = {model: Price.of(price) for model, price in (overrides or {}).items()}
        self._prices = {**PRICES, **own}

    def of(self, model: str) -> Price | None:
        """The price of ``model``; None where it is unknown."""
        return self._prices.get(model)

    def cost(self, model: str, usage: Usage) -> Decimal | None:
        """US dollars for one turn of ``model``; None where its price is unknown."""
        price = self.of(model)
        return None if price is None else price.cost(usage)


def dollars(cost: Decimal | None, *, estimated: bool = False) -> str:
    """A cost as people read it: ``$0.0018``, ``about $0.0018``, ``unknown cost``."""
    if cost is None:
        return "unknown cost"
    text = f"${cost:.2f}" if cost >= 1 else f"${cost:.4f}"
    return f"about {text}" if estimated else text
