"""The damaged edits, in smaller files than ``python -m tests.damage`` has."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.damage.__main__ import all_cases, judged, main
from tests.damage.kinds import KINDS
from tests.damage.sources import DIALECTS

CASES = list(all_cases(4_000))


def test_there_are_enough() -> None:
    assert len(CASES) >= 200
    assert len(KINDS) >= 12
    assert len(DIALECTS) >= 6


@pytest.mark.parametrize("language", DIALECTS)
def test_none_is_wrong_and_enough_are_right(language: str) -> None:
    cases = [case for case in CASES if case.name.startswith(f"{language}:")]
    verdicts = Counter()  # type: Counter[str]
    for case in cases:
        verdict, why = judged(case)
        assert verdict != "wrong", f"{case.kind}, {case.name}: {why}"
        verdicts[verdict] += 1
    assert verdicts["right"] >= 0.95 * len(cases)


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--size", "3000"]) == 0
    assert "twin nearby" in capsys.readouterr().out
