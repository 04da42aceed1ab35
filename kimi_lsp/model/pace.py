"""The client's own pace, so that a rate limit is met by waiting instead of by refusals. No I/O: it only counts.

The gateway counts requests in rolling 60 seconds: 10 for a key on signup credit, 600 for a paid one
(model-card.txt, Limits). One ``Pace`` is shared by all jobs of a process.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW_S = 60.0
TIERS = (10, 600, 30_000)
LEARNED_FOR_S = 600.0
"""A limit that was learned is forgotten after this long: a top-up moves a key to the next tier."""


class Ticket:
    """A request's place in the order: it may be sent at ``at`` (the pace's clock)."""

    __slots__ = ("at",)

    def __init__(self, at: float) -> None:
        self.at = at


class Pace:
    """Hands out places, never more than the limit in any 60 seconds."""

    def __init__(self, per_minute: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        """``per_minute`` is the limit that is set; 0: learn it from refusals."""
        self._set = per_minute
        self._learned = 0
        self._learned_at = 0.0
        self._clock = clock
        self._taken: deque[Ticket] = deque()
        self._held_until = float("-inf")

    @property
    def per_minute(self) -> int:
        """The limit in force; 0 is none."""
        if self._set:
            return self._set
        fresh = self._clock() - self._learned_at < LEARNED_FOR_S
        return self._learned if fresh else 0

    def take(self) -> Ticket:
        """The next free place. The caller waits until ``ticket.at``, or gives it back."""
        now = self._clock()
        while self._taken and self._taken[0].at <= now - WINDOW_S:
            self._taken.popleft()
        at = max(now, self._held_until)
        limit = self.per_minute
        if limit and len(self._taken) >= limit:
            at = max(at, self._taken[-limit].at + WINDOW_S)
        if self._taken:
            at = max(at, self._taken[-1].at)
        ticket = Ticket(at)
        self._taken.append(ticket)
        return ticket

    def delay(self, ticket: Ticket) -> float:
        """Seconds until the ticket's turn; a refusal met meanwhile puts it off."""
        return max(0.0, max(ticket.at, self._held_until) - self._clock())

    def give_back(self, ticket: Ticket) -> None:
        """Free a place that was not used."""
        if ticket in self._taken:
            self._taken.remove(ticket)

    def refused(self, retry_after_s: float | None) -> None:
        """Learn from a 429: hold everybody for as long as it says, and guess the tier."""
        now = self._clock()
        self._held_until = max(self._held_until, now + (retry_after_s or 0.0))
        recent = sum(now - WINDOW_S < ticket.at <= now for ticket in self._taken) - 1
        self._learned = next((tier for tier in TIERS if recent <= tier), TIERS[-1])
        self._learned_at = now
