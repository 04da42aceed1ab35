"""What one simulated gateway allows: keys, requests a minute, credit, answers at once."""

from __future__ import annotations

import secrets
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil

from kimi_lsp.simulator.errors import NoCredit, RateLimited, Saturated, Unauthorized

DEFAULT_KEY = "sk-aig-simulator"
KEY_PREFIX = "sk-aig-"
WINDOW_S = 60.0
SATURATED_RETRY_S = 2
INPUT_USD, CACHED_USD, OUTPUT_USD, FEE = 0.95e-6, 0.475e-6, 4.0e-6, 0.05
"""US dollars a token, and the gateway's fee on top (model card)."""


class Account:
    """Keeps count for every key.

    Without ``key`` every key that begins with ``sk-aig-`` is accepted. ``rate`` is in requests a rolling
    minute and key; ``credit_usd`` is what all answers together may cost; ``slots`` is how many answers may
    run at once. None is no limit. ``clock`` gives seconds.
    """

    def __init__(
        self,
        *,
        key: str | None = None,
        rate: int | None = None,
        credit_usd: float | None = None,
        slots: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._key = key
        self._rate = rate
        self._credit_usd = credit_usd
        self._slots = slots
        self._clock = clock
        self._running = 0
        self._recent: defaultdict[str, deque[float]] = defaultdict(deque)

    def authenticate(self, authorization: str | None) -> str:
        """The key of an ``Authorization: Bearer`` header.

        Raises:
            Unauthorized: it is missing or not accepted.
        """
        scheme, _, key = (authorization or "").strip().partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer" or not key:
            raise Unauthorized("No API key: send it as 'Authorization: Bearer sk-aig-...'")
        if self._key is None:
            accepted = key.startswith(KEY_PREFIX)
        else:
            accepted = secrets.compare_digest(key.encode(errors="replace"), self._key.encode())
        if not accepted:
            raise Unauthorized("Invalid API key")
        return key

    def admit(self, key: str) -> None:
        """Count a request.

        Raises:
            RateLimited: too many in the last 60 s; those refused do not count.
            NoCredit: nothing is left.
        """
        now, recent = self._clock(), self._recent[key]
        while recent and now - recent[0] >= WINDOW_S:
            recent.popleft()
        if self._rate is not None and len(recent) >= self._rate:
            wait = max(1, ceil(recent[0] + WINDOW_S - now)) if recent else int(WINDOW_S)
            raise RateLimited(f"Rate limit exceeded: {self._rate} requests per minute", retry_after_s=wait)
        if self._credit_usd is not None and self._credit_usd <= 0:
            raise NoCredit("Insufficient credits: the simulated credit is used up")
        recent.append(now)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold one place for an answer while it is worked out and sent.

        Raises:
            Saturated: all places are taken.
        """
        if self._slots is not None and self._running >= self._slots:
            sentence = "Service unavailable: upstream saturation on Kimi (simulated)"
            raise Saturated(sentence, retry_after_s=SATURATED_RETRY_S)
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1

    def charge(self, prompt_tokens: int, cached_tokens: int, output_tokens: int) -> None:
        """Take the price of one answer off the credit."""
        if self._credit_usd is not None:
            fresh = prompt_tokens - cached_tokens
            cost = fresh * INPUT_USD + cached_tokens * CACHED_USD + output_tokens * OUTPUT_USD
            self._credit_usd -= cost * (1 + FEE)
