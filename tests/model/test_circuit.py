from __future__ import annotations

import pytest

from kimi_lsp.model.circuit import FIRST_PAUSE_S, LONGEST_PAUSE_S, THRESHOLD, Circuit
from kimi_lsp.model.errors import (
    BadKey,
    Disconnected,
    Down,
    Garbled,
    ModelError,
    ServiceError,
    TimedOut,
    Unreachable,
)
from tests.model.clock import Clock

AWAY = Unreachable("http://x")


def opened(clock: Clock, error: ModelError = AWAY) -> Circuit:
    circuit = Circuit(clock)
    for _ in range(THRESHOLD):
        circuit.enter()
        circuit.failed(error)
    return circuit


@pytest.mark.parametrize(
    ("error", "opens"),
    [
        (AWAY, True),
        (Disconnected(), True),
        (ServiceError(), True),
        (TimedOut("connect", 5), True),
        (TimedOut("first byte", 60), True),
        (TimedOut("between bytes", 60), False),
        (TimedOut("total", 600), False),
        (BadKey(), False),
        (Garbled("x"), False),
    ],
    ids=str,
)
def test_what_says_that_the_service_is_not_there(error: ModelError, opens: bool) -> None:
    assert opened(Clock(), error).open is opens


def test_an_answer_between_failures_starts_the_count_again() -> None:
    circuit = Circuit(Clock())
    for _ in range(3 * THRESHOLD):
        circuit.failed(AWAY)
        circuit.succeeded()
    assert not circuit.open


def test_after_the_pause_one_probe_goes_through() -> None:
    clock = Clock()
    circuit = opened(clock)
    with pytest.raises(Down) as caught:
        circuit.enter()
    assert caught.value.retry_after_s == FIRST_PAUSE_S
    clock.now += FIRST_PAUSE_S
    circuit.enter()
    with pytest.raises(Down):
        circuit.enter()
    circuit.succeeded()
    circuit.enter()
    assert not circuit.open


def test_pauses_grow_while_probes_fail() -> None:
    clock = Clock()
    circuit, pauses = opened(clock), []
    for _ in range(6):
        with pytest.raises(Down) as caught:
            circuit.enter()
        pauses.append(caught.value.retry_after_s or 0.0)
        clock.now += pauses[-1]
        circuit.enter()
        circuit.failed(AWAY)
    assert pauses == [10.0, 20.0, 40.0, 80.0, 120.0, LONGEST_PAUSE_S]


def test_a_probe_that_was_cancelled_says_nothing() -> None:
    clock = Clock()
    circuit = opened(clock)
    clock.now += FIRST_PAUSE_S
    circuit.enter()
    circuit.abandoned()
    circuit.enter()
    assert circuit.open
