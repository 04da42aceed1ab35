"""Where findings belong in a text, and how the engine gets them."""

import json
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.actions import updates
from kimi_lsp.actions.action import Task
from kimi_lsp.actions.catalogue import by_id
from kimi_lsp.actions.review import LONGEST_TEXT, MOST_FINDINGS, Finding, Placement, Review, place
from kimi_lsp.model.events import Usage
from kimi_lsp.model.scripted import Turn
from kimi_lsp.model.structured import BadAnswer
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span
from tests.actions.test_engine import READ, TEXT, done_of, play

EMPTY = '{"findings": []}'


def finding(quote: str, line: int = 1, message: str = "wrong", **more: Any) -> Finding:
    return msgspec.convert(
        {"quote": quote, "line": line, "severity": "warning", "message": message, **more}, Finding
    )


def placement(text: str, findings: Sequence[Finding], within: str = "") -> Placement:
    start = text.index(within) if within else 0
    span = Span(start, start + len(within)) if within else Span(0, len(text))
    return place(Review(list(findings)), Snapshot.of("a.py", text), span)


TWICE = "a = go()\n# 2\n# 3\n# 4\n# 5\n# 6\n# 7\nb = go()\n"


@pytest.mark.parametrize(
    ("text", "found", "within", "expected"),
    [
        pytest.param("x = 1\ny = 2\n", finding("y = 2", 2), "", (6, 11), id="unique"),
        pytest.param("x = 1\ny = 2\n", finding("y = 2", -7), "", (6, 11), id="unique-whatever-its-line"),
        pytest.param("x = 1\ny = 2\n", finding("\n  y = 2 \n", 2), "", (6, 11), id="white-space-around-it"),
        pytest.param("😀 = 1\ny = '😀'\n", finding("y = '😀'", 2), "", (6, 13), id="astral"),
        pytest.param("a\r\nb\r\n", finding("a\nb"), "", (0, 4), id="line-endings"),
        pytest.param("a\fb\u2028c\n", finding("a\fb\u2028c"), "", (0, 5), id="form-feed-is-text"),
        pytest.param(TWICE, finding("go()", 8), "", (37, 41), id="twice-and-the-line-tells"),
        pytest.param(TWICE, finding("go()", 9), "", (37, 41), id="twice-and-the-line-nearly-tells"),
        pytest.param(TWICE, finding("go()", 1), "b = go()", (37, 41), id="where-it-was-asked-for"),
        pytest.param(TWICE, finding("# 3", 1), "b = go()", (13, 16), id="elsewhere-if-not-where-it-was-asked-for"),
        pytest.param(TWICE, finding("go()", 4), "", None, id="twice-and-the-line-is-between"),
        pytest.param(TWICE, finding("go()", -1), "", None, id="twice-and-a-negative-line"),
        pytest.param(TWICE, finding("go()", 10**18), "", None, id="twice-and-a-huge-line"),
        pytest.param("go(); go()\n", finding("go()", 1), "", None, id="twice-on-the-line"),
        pytest.param("aaa\n", finding("aa", 1), "", None, id="twice-overlapping"),
        pytest.param("x = 1\n", finding("x = 2", 1), "", None, id="nowhere"),
        pytest.param("x = 1\n", finding("", 1), "", None, id="empty"),
        pytest.param("x = 1\n", finding(" \n ", 1), "", None, id="blank"),
        pytest.param("x" * 3000, finding("x" * 3000, 1), "", None, id="too-long-to-be-a-quote"),
        pytest.param("", finding("x", 1), "", None, id="empty-file"),
    ],
)  # fmt: skip
def test_places(text: str, found: Finding, within: str, expected: tuple[int, int] | None) -> None:
    result = placement(text, [found], within)
    assert [(one.span.start, one.span.end) for one in result.placed] == ([expected] if expected else [])
    assert result.unplaced == (() if expected else (found,))


def test_many_findings_are_cut_and_counted() -> None:
    lines = "".join(f"value_{number:05} = 1\n" for number in range(10_000))
    result = placement(lines, [finding(f"value_{number:05}", number + 1) for number in range(10_000)])
    assert (len(result.placed), result.unplaced, result.left_out) == (
        MOST_FINDINGS,
        (),
        10_000 - MOST_FINDINGS,
    )


def test_many_places_cost_no_time() -> None:
    result = placement("e\n" * 1_000_000, [finding("e", 500_000 + n, str(n)) for n in range(MOST_FINDINGS)])
    assert len(result.unplaced) == MOST_FINDINGS


def test_the_same_finding_twice_is_one_and_empty_ones_are_none() -> None:
    same, lost = finding("y", 2), finding("nowhere", 2)
    result = placement("x\ny\n", [same, finding("y ", 3), finding("x", 1), lost, lost, finding("x", 1, " ")])
    assert [one.finding.quote for one in result.placed] == ["x", "y"]
    assert result.unplaced == (lost,)


def test_texts_are_one_line_each_and_bearable() -> None:
    long = finding("x", message="a\nb" * 10_000, suggestion="do\n this")
    message, suggestion = long.text.split("\n")
    assert len(message) == LONGEST_TEXT
    assert message.startswith("a ba b")
    assert suggestion == "Suggestion: do this"


@given(
    st.text("ab\n\r😀 ", max_size=40),
    st.lists(st.tuples(st.text("ab\n😀 ", max_size=6), st.integers(-3, 12)), max_size=4),
)
@settings(deadline=None, max_examples=200)
def test_what_is_placed_is_what_was_quoted(text: str, quotes: list[tuple[str, int]]) -> None:
    findings = [finding(quote, line, str(number)) for number, (quote, line) in enumerate(quotes)]
    result = placement(text, findings)
    assert len(result.placed) + len(result.unplaced) == len(findings)
    for one in result.placed:
        found = one.span.of(text).replace("\r\n", "\n").replace("\r", "\n")
        assert found == one.finding.quote.strip().replace("\r", "\n")


async def test_a_review_is_asked_for_as_json_and_offers_the_same_tools() -> None:
    answer = json.dumps({"findings": [msgspec.to_builtins(finding("x = 1", 2))]})
    seen, model = await play([Turn(calls=[READ]), Turn(content=answer)], action="review")
    _, explain = await play([Turn(content="It is.")], action="explain")
    assert done_of(seen).value == Review([finding("x = 1", 2)])
    assert [request.json_object for request in model.requests] == [True, True]
    assert not explain.requests[0].json_object
    assert model.requests[0].tools == explain.requests[0].tools
    assert model.requests[0].messages[0] == explain.requests[0].messages[0]
    assert any(isinstance(update, updates.Called) for update in seen)
    asked = model.requests[0].messages[1]["content"]
    assert '"severity": "error" | "hint" | "information" | "warning"' in asked
    shared = asked.partition("### request")[0]
    assert explain.requests[0].messages[1]["content"].startswith(shared)


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param("All is well.", id="prose"),
        pytest.param("[]", id="array"),
        pytest.param('{"findings": [{"quote": "x"}]}', id="incomplete"),
        pytest.param('{"findings": [' + '"x",' * 10_000 + '"x"]}', id="ten-thousand-of-another-kind"),
    ],
)
async def test_an_answer_of_another_shape_goes_back_once(bad: str) -> None:
    turns = [Turn(content=bad, usage=Usage(500, 300)), Turn(content=EMPTY, usage=Usage(700, 20))]
    seen, model = await play(turns, action="review")
    done = done_of(seen)
    assert (done.value, done.turns, done.complete) == (Review([]), 2, True)
    assert done.spent.usage == Usage(1200, 320)
    assert "Your answer cannot be used: " in model.requests[1].messages[-1]["content"]
    assert model.requests[1].messages[:2] == model.requests[0].messages


async def test_twice_is_an_error_and_both_turns_are_paid_for() -> None:
    billed: list[Usage] = []
    with pytest.raises(BadAnswer, match="could not be read, and neither could its correction"):
        await play([Turn(content="no"), Turn(content="never")], action="review", price=billed.append)
    assert [usage for usage in billed if usage.output] == [Usage(100, 20)] * 2


async def test_a_review_that_is_cut_short_has_no_value() -> None:
    seen, _ = await play([Turn(calls=[READ])] * 9, action="review")
    assert (done_of(seen).value, done_of(seen).complete) == (None, False)


async def test_a_review_changes_nothing() -> None:
    fix = ("edit", {"path": "a.py", "old_string": "x = 1", "new_string": "x = 2"})
    seen, model = await play([Turn(calls=[fix]), Turn(content=EMPTY)], action="review")
    assert done_of(seen).changeset.empty
    assert "error: There is no tool `edit`" in model.requests[1].messages[-1]["content"]


def test_the_request() -> None:
    review = by_id("review")
    asked = review.ask(Task(review, "a.py", Span(0, len(TEXT)), instruction="only races"), "`f` in a.py")
    assert asked.startswith("Review `f` in a.py as a careful colleague would.")
    assert "The engineer asks: only races\n" in asked
    assert "Answer with one JSON object and nothing else" in asked
