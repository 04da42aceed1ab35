"""Stops asking a service that does not answer, so that ten actions do not mean ten long waits. No I/O."""

from __future__ import annotations

import time
from collections.abc import Callable

from kimi_lsp.model.errors import Disconnected, Down, ModelError, ServiceError, TimedOut, Unreachable

THRESHOLD = 4
FIRST_PAUSE_S = 10.0
LONGEST_PAUSE_S = 120.0


class Circuit:
    """Opens after ``THRESHOLD`` failures in a row; then lets one probe through after each pause.

    Pauses double from ``FIRST_PAUSE_S`` up to ``LONGEST_PAUSE_S`` while the probes fail.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._pause_s = 0.0
        self._open_until = float("-inf")
        self._probing = False

    @property
    def open(self) -> bool:
        """Whether requests are refused at the moment, but for a probe."""
        return self._pause_s > 0

    def enter(self) -> None:
        """Ask to send a request; ``succeeded``, ``failed`` or ``abandoned`` must follow.

        Raises:
            Down: the service did not answer lately.
        """
        if not self.open:
            return
        wait = self._open_until - self._clock()
        if wait > 0 or self._probing:
            raise Down(max(wait, 1.0))
        self._probing = True

    def succeeded(self) -> None:
        """The service answered: whatever it said, it is there."""
        self._failures = 0
        self._pause_s = 0.0
        self._probing = False

    def failed(self, error: ModelError) -> None:
        """Count a failure, if it says that the service is not there."""
        if not _not_there(error):
            self.succeeded()
            return
        self._failures += 1
        if self._probing or self._failures >= THRESHOLD:
            self._pause_s = min(LONGEST_PAUSE_S, self._pause_s * 2 or FIRST_PAUSE_S)
            self._open_until = self._clock() + self._pause_s
        self._probing = False

    def abandoned(self) -> None:
        """The request was cancelled: nothing is known."""
        self._probing = False


def _not_there(error: ModelError) -> bool:
    if isinstance(error, TimedOut):
        return error.stage in ("connect", "first byte")
    return isinstance(error, (Unreachable, Disconnected, ServiceError))
