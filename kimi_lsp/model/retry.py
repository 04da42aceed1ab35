"""Whether and when a failed request is sent again (kimi.md, Errors). Pure, apart from the dice."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from kimi_lsp.model.errors import (
    Broken,
    Busy,
    Disconnected,
    ModelError,
    RateLimited,
    Saturated,
    ServiceError,
    TimedOut,
    Unreachable,
)

SATURATED_PAUSE_S = 2.0
RATE_LIMITED_PAUSE_S = 6.0


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently.

    ``tries`` counts the first one. A pause that the service asks for is kept to the second, unless it is longer
    than ``patience_s``: then the error is raised at once. Other pauses double from ``base_s`` up to ``longest_s``,
    each shortened by up to a half, so that several clients do not come back together.
    """

    tries: int = 4
    tries_after_timeout: int = 2
    base_s: float = 0.5
    longest_s: float = 20.0
    patience_s: float = 120.0
    dice: Callable[[], float] = random.random

    def pause(self, error: ModelError, tried: int) -> float | None:
        """Seconds to wait after ``tried`` tries ended with ``error``; None: do not try again."""
        if not error.retryable or tried >= self._tries(error):
            return None
        if isinstance(error, Busy) and error.retry_after_s is not None:
            return error.retry_after_s if error.retry_after_s <= self.patience_s else None
        if isinstance(error, Saturated):
            return SATURATED_PAUSE_S
        if isinstance(error, RateLimited):
            return min(self.longest_s, RATE_LIMITED_PAUSE_S * 2.0 ** (tried - 1))
        return min(self.longest_s, self.base_s * 2.0 ** (tried - 1)) * (1 - self.dice() / 2)

    def _tries(self, error: ModelError) -> int:
        if isinstance(error, TimedOut):
            return self.tries_after_timeout if error.stage in ("connect", "first byte") else 1
        return self.tries


def why(error: ModelError) -> str:
    """The reason of a pause in two or three words, for ``Waiting``."""
    if isinstance(error, RateLimited):
        return "rate limited"
    if isinstance(error, Saturated):
        return "service saturated"
    if isinstance(error, (Unreachable, TimedOut)):
        return "service not reachable" if isinstance(error, Unreachable) else "no answer in time"
    if isinstance(error, Disconnected):
        return "connection lost"
    if isinstance(error, ServiceError):
        return "service failed"
    return "unreadable answer" if isinstance(error, Broken) else error.name
