from __future__ import annotations

import pytest

from kimi_lsp.model.errors import (
    BadKey,
    Disconnected,
    Down,
    Empty,
    ModelError,
    NoCredit,
    RateLimited,
    Saturated,
    ServiceError,
    TimedOut,
    Truncated,
    Unreachable,
)
from kimi_lsp.model.retry import RetryPolicy, why


def pauses(error: ModelError, dice: float = 0.0) -> list[float]:
    """What is waited after each try, until no more is made."""
    policy = RetryPolicy(dice=lambda: dice)
    found: list[float] = []
    while (pause := policy.pause(error, len(found) + 1)) is not None:
        found.append(pause)
    return found


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RateLimited(6.0), [6.0, 6.0, 6.0]),
        (RateLimited(0.0), [0.0, 0.0, 0.0]),
        (RateLimited(121.0), []),
        (RateLimited(), [6.0, 12.0, 20.0]),
        (Saturated(3.0), [3.0, 3.0, 3.0]),
        (Saturated(), [2.0, 2.0, 2.0]),
        (ServiceError(status=500), [0.5, 1.0, 2.0]),
        (Unreachable("http://x"), [0.5, 1.0, 2.0]),
        (Disconnected(), [0.5, 1.0, 2.0]),
        (TimedOut("connect", 5), [0.5]),
        (TimedOut("first byte", 60), [0.5]),
        (TimedOut("between bytes", 60), []),
        (TimedOut("total", 600), []),
        (Empty(), [0.5, 1.0, 2.0]),
        (NoCredit(), []),
        (BadKey(), []),
        (Truncated(), []),
        (Down(10), []),
    ],
    ids=lambda value: str(value)[:60],
)
def test_pauses(error: ModelError, expected: list[float]) -> None:
    assert pauses(error) == expected
    assert why(error)


def test_the_dice_shorten_a_pause_by_up_to_a_half() -> None:
    assert pauses(Disconnected(), dice=0.999) == pytest.approx([0.25, 0.5, 1.0], rel=0.01)
    assert pauses(Saturated(3.0), dice=0.999) == [3.0, 3.0, 3.0]
