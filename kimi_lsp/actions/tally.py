"""What a job has used up, and which of its limits ends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from kimi_lsp.actions.updates import Spent
from kimi_lsp.model import events
from kimi_lsp.settings import LimitSettings

SAME_CALL_LIMIT = 3


class Tally:
    """Turns, repairs, tokens, dollars and seconds of one job, counted from when this is made.

    ``price`` gives the cost of a turn in US dollars, None where the model's price is unknown.
    """

    def __init__(
        self,
        limits: LimitSettings,
        price: Callable[[events.Usage], Decimal | None],
        clock: Callable[[], float],
    ) -> None:
        self.turns = 0
        self.repairs = 0
        self.spent = Spent()
        self._limits = limits
        self._price = price
        self._clock = clock
        self._deadline = clock() + limits.seconds
        self._last_calls: list[tuple[tuple[str, str], ...]] = []

    def spend(self, usage: events.Usage) -> None:
        """Add what a turn used."""
        before, cost = self.spent, self._price(usage)
        self.spent = Spent(
            events.Usage(
                input=before.usage.input + usage.input,
                output=before.usage.output + usage.output,
                cached=before.usage.cached + usage.cached,
                reasoning=before.usage.reasoning + usage.reasoning,
                estimated=before.usage.estimated or usage.estimated,
            ),
            None if cost is None or before.cost is None else before.cost + cost,
        )

    def called(self, calls: Sequence[events.ToolCall]) -> None:
        """Note the calls of a turn."""
        self._last_calls.append(tuple((call.name, call.raw) for call in calls))

    def input_cost(self, tokens: int) -> Decimal | None:
        """US dollars for an input of so many tokens, none of which is cached."""
        return self._price(events.Usage(tokens, 0))

    def cost_with(self, tokens: int) -> Decimal | None:
        """What the job will have cost at least, in US dollars, with one more input; None where that is unknown."""
        cost = self.input_cost(tokens)
        return None if cost is None else (self.spent.cost or Decimal(0)) + cost

    def limit_reached(self, next_tokens: int) -> str | None:
        """The sentence that says which limit ends the job before a turn with an input of so many tokens."""
        limits = self._limits
        used = self.spent.usage.input + self.spent.usage.output
        cost = (self.spent.cost or Decimal(0)) + (self.input_cost(next_tokens) or Decimal(0))
        endings = (
            (self.repairs > limits.repairs, f"it was refused {_times(self.repairs)}"),
            (self._repeats(), "the model made the same call three times running"),
            (self.turns >= limits.turns, f"it took {limits.turns} turns (limits.turns)"),
            (used >= limits.tokens, f"it used {used:,} tokens (limits.tokens)"),
            (
                cost > Decimal(str(limits.cost_usd)),
                f"its next turn would make it cost ${cost:.2f} (limits.cost_usd)",
            ),
            (self._clock() >= self._deadline, f"it took {limits.seconds:g} s (limits.seconds)"),
        )
        return next((sentence for ended, sentence in endings if ended), None)

    def _repeats(self) -> bool:
        last = self._last_calls[-SAME_CALL_LIMIT:]
        return len(last) == SAME_CALL_LIMIT and len(set(last)) == 1


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
