from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.model.strict import BadArguments, parse
from tests.model.objects import OBJECTS


@settings(deadline=None, max_examples=200)
@given(value=OBJECTS, indent=st.sampled_from([None, 2]))
def test_whole_json_is_parsed_and_not_repaired(value: dict[str, Any], indent: int | None) -> None:
    raw = json.dumps(value, indent=indent)
    parsed = parse(raw)
    assert parsed.arguments == value
    assert parsed.repairs == ()
    assert parsed.as_json(raw) is raw


@pytest.mark.parametrize(
    ("raw", "expected", "repairs"),
    [
        pytest.param("", {}, ["empty"], id="empty"),
        pytest.param(" \n", {}, ["empty"], id="blank"),
        pytest.param("null", {}, ["null"], id="null"),
        pytest.param('{"a": "x\ny\tz\r\n"}', {"a": "x\ny\tz\r\n"}, ["raw newline"], id="raw-newline"),
        pytest.param('{"a": "x"', {"a": "x"}, ["closing brace"], id="brace-after-string"),
        pytest.param('{"a": true\n', {"a": True}, ["closing brace"], id="brace-after-literal"),
        pytest.param('{"a": [1]', {"a": [1]}, ["closing brace"], id="brace-after-list"),
        pytest.param('{"a": "x\ny"', {"a": "x\ny"}, ["raw newline", "closing brace"], id="newline-and-brace"),
        pytest.param('{"a": 1} {"a":1}', {"a": 1}, ["repeated object"], id="repeated"),
        pytest.param(
            '{"a": "\n"}{"a": "\\n"}', {"a": "\n"}, ["raw newline", "repeated object"], id="repeated-raw"
        ),
        pytest.param('{"a": 1}<|tool_call_end|>', {"a": 1}, ["control marker"], id="marker"),
        pytest.param('{"a": 1, "a": 1}', {"a": 1}, [], id="the-same-name-and-value-twice"),
        pytest.param('{"a": "\\ud83d\\ude00"}', {"a": "\U0001f600"}, [], id="pair"),
    ],
)
def test_repairs_that_leave_no_doubt(raw: str, expected: dict[str, Any], repairs: list[str]) -> None:
    parsed = parse(raw)
    assert parsed.arguments == expected
    assert list(parsed.repairs) == repairs
    assert json.loads(parsed.as_json(raw)) == expected


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param('{"a": "x', "no valid JSON", id="unterminated-string"),
        pytest.param('{"a": "x\n', "no valid JSON", id="unterminated-raw-string"),
        pytest.param('{"a": 12', "no valid JSON", id="the-number-may-go-on"),
        pytest.param('{"a": {"b": 1}', "no valid JSON", id="which-brace-is-missing"),
        pytest.param('{"a": [1', "no valid JSON", id="bracket-and-brace"),
        pytest.param('{"a": {"b": "x"', "no valid JSON", id="two-braces"),
        pytest.param("{", "no valid JSON", id="nothing-in-it"),
        pytest.param('{"a": "x",', "no valid JSON", id="after-a-comma"),
        pytest.param('{"a"', "no valid JSON", id="after-a-name"),
        pytest.param('{"a": 1}{"a": 2}', "two different objects", id="two-objects"),
        pytest.param('{}{"a": 2}', "two different objects", id="an-empty-one-first"),
        pytest.param('{"a": 1}{"a": true}', "two different objects", id="one-is-not-true"),
        pytest.param('{"a": 1} and more', "went on", id="text-after-it"),
        pytest.param('{"a": 1}}', "went on", id="a-brace-too-many"),
        pytest.param('{"a": 1, "a": 2}', "twice", id="two-values-for-a-name"),
        pytest.param('{"b": {"a": 1, "a": 2}}', "twice", id="two-values-inside"),
        pytest.param("[1]", "no JSON object", id="list"),
        pytest.param('"{}"', "no JSON object", id="string"),
        pytest.param('{"a": NaN}', "NaN", id="nan"),
        pytest.param('{"a": "\x00\n"}', "no valid JSON", id="nul"),
        pytest.param('{"a": "\\ud83d"}', "surrogate", id="half"),
        pytest.param('{"\\ude00": 1}', "surrogate", id="half-in-a-name"),
        pytest.param('{"a": ' + "[" * 100_000, "no valid JSON", id="depth"),
        pytest.param('{"a": ' + "9" * 5_000 + "}", "no valid JSON|^$", id="digits"),
        pytest.param("{'a': 1}", "no valid JSON", id="python"),
    ],
)
def test_what_could_be_meant_otherwise_is_refused(raw: str, reason: str) -> None:
    with pytest.raises(BadArguments, match=reason):
        parse(raw)


@settings(deadline=None, max_examples=300)
@given(value=OBJECTS.filter(bool), random=st.data())
def test_a_cut_never_changes_a_value(value: dict[str, Any], random: st.DataObject) -> None:
    """Only a brace is made good: every member is whole, and what is missing are whole members at the end."""
    raw = json.dumps(value)
    cut = random.draw(st.integers(1, len(raw) - 1))
    try:
        parsed = parse(raw[:cut])
    except BadArguments:
        return
    assert parsed.repairs == ("closing brace",)
    assert list(parsed.arguments.items()) == list(value.items())[: len(parsed.arguments)]


def test_without_repair_only_strict_json_will_do() -> None:
    assert parse('{"a": 1}', repair=False).arguments == {"a": 1}
    with pytest.raises(BadArguments):
        parse('{"a": "x"', repair=False)
