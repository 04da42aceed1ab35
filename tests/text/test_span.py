from __future__ import annotations

import pytest

from kimi_lsp.text.span import Span


@pytest.mark.parametrize(
    ("one", "other", "contains"),
    [
        pytest.param(Span(2, 5), Span(2, 5), True, id="equal"),
        pytest.param(Span(2, 5), Span(3, 4), True, id="inside"),
        pytest.param(Span(2, 5), Span(4, 6), False, id="across-the-end"),
        pytest.param(Span(2, 5), Span(5, 6), False, id="adjacent"),
        pytest.param(Span(2, 5), Span(5, 5), True, id="empty-at-the-border"),
        pytest.param(Span(2, 5), Span(3, 3), True, id="empty-inside"),
        pytest.param(Span(2, 2), Span(2, 2), True, id="both-empty"),
    ],
)
def test_contains(one: Span, other: Span, contains: bool) -> None:
    assert one.contains(other) == contains


@pytest.mark.parametrize(
    ("start", "end"), [pytest.param(3, 2, id="reversed"), pytest.param(-1, 2, id="negative")]
)
def test_what_is_no_span(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=f"not a span: {start}..{end}"):
        Span(start, end)


def test_of_and_moved() -> None:
    assert Span(1, 3).of("abcd") == "bc"
    assert Span(1, 3).moved(-1) == Span(0, 2)
    assert (len(Span(2, 2)), bool(Span(2, 2))) == (0, True)
