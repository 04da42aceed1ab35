from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.model.pace import LEARNED_FOR_S, WINDOW_S, Pace
from tests.model.clock import Clock


def test_without_a_limit_nobody_waits() -> None:
    pace = Pace(clock=Clock())
    assert [pace.delay(pace.take()) for _ in range(50)] == [0.0] * 50


def test_a_place_is_free_when_the_minute_is_over() -> None:
    clock = Clock()
    pace = Pace(2, clock)
    waits = []
    for _ in range(5):
        waits.append(pace.delay(pace.take()))
        clock.now += 1
    assert waits == [0.0, 0.0, 58.0, 58.0, 116.0]


def test_a_place_that_was_given_back_is_free() -> None:
    pace = Pace(1, Clock())
    pace.give_back(pace.take())
    assert pace.delay(pace.take()) == 0.0


@settings(deadline=None, max_examples=100)
@given(limit=st.integers(1, 5), steps=st.lists(st.floats(0, 40), max_size=30))
def test_never_more_than_the_limit_in_any_minute(limit: int, steps: list[float]) -> None:
    clock, sent = Clock(), []
    pace = Pace(limit, clock)
    for step in steps:
        clock.now += step
        ticket = pace.take()
        sent.append(clock.now + pace.delay(ticket))
    assert sent == sorted(sent)
    for first, later in zip(sent, sent[limit:], strict=False):
        assert later - first >= WINDOW_S - 1e-6


def test_a_refusal_holds_everybody_and_teaches_the_tier() -> None:
    clock = Clock()
    pace = Pace(clock=clock)
    early = pace.take()
    refused = pace.take()
    pace.refused(6.0)
    pace.give_back(refused)
    assert pace.per_minute == 10
    assert pace.delay(early) == 6.0
    assert pace.delay(pace.take()) == 6.0


def test_a_busy_key_is_of_the_higher_tier() -> None:
    pace = Pace(clock=Clock())
    for _ in range(50):
        pace.take()
    pace.refused(None)
    assert pace.per_minute == 600


def test_what_was_learned_is_forgotten_what_was_set_is_not() -> None:
    clock = Clock()
    learned, fixed = Pace(clock=clock), Pace(30, clock)
    for pace in (learned, fixed):
        pace.take()
        pace.refused(1.0)
    clock.now += LEARNED_FOR_S
    assert (learned.per_minute, fixed.per_minute) == (0, 30)
