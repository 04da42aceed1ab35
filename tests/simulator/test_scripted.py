"""Scenario files: what they may say, what is refused by name, and which turn is taken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kimi_lsp.simulator.errors import Invalid, ScenarioError
from kimi_lsp.simulator.request import parse
from kimi_lsp.simulator.scripted import Scenario
from tests.simulator.asking import HELLO, body, scripted


@pytest.mark.parametrize(
    ("plain", "sentence"),
    [
        pytest.param({"turns": [{"contents": "x"}]}, "unknown field 'contents' - at '$.turns[0]'", id="key"),
        pytest.param({"name": "x"}, "missing required field 'turns'", id="no-turns"),
        pytest.param({"turns": [], "speed": 1}, "unknown field 'speed'", id="top-level"),
        pytest.param({"turns": [{"status": 200}]}, ">= 400", id="status"),
        pytest.param({"turns": [{"fault": {"kind": "explode"}}]}, "'explode'", id="fault"),
        pytest.param({"turns": [{"tool_calls": [{"nam": "x"}]}]}, "'nam'", id="call"),
        pytest.param({"turns": [{"chunk_delay_s": -1}]}, ">= 0", id="delay"),
        pytest.param([], "Expected 'object'", id="array"),
    ],
)
def test_what_does_not_fit_is_named(plain: Any, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "scenario.json"
    file.write_text(json.dumps(plain))
    with pytest.raises(ScenarioError) as refused:
        Scenario.read(file)
    assert str(file) in str(refused.value)
    assert sentence in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe"])
def test_a_file_that_is_no_json(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "scenario.json"
    file.write_bytes(content)
    with pytest.raises(ScenarioError, match=r"scenario\.json: "):
        Scenario.read(file)
    with pytest.raises(ScenarioError, match="No such file"):
        Scenario.read(tmp_path / "none.json")


async def test_turns_are_taken_in_order_by_what_the_user_said() -> None:
    brain = scripted(
        {"when": "Fix", "content": "first fix"},
        {"when": "Explain", "content": "explained", "repeat": True},
        {"when": "Fix", "content": "second fix"},
        {"content": "anything"},
    )

    async def say(text: str) -> str:
        messages = [HELLO, {"role": "user", "content": [{"type": "text", "text": text}]}]
        return (await brain.answer(parse(body(messages=messages)))).content

    assert [await say("Explain it") for _ in range(2)] == ["explained", "explained"]
    assert [await say("Fix it") for _ in range(2)] == ["first fix", "second fix"]
    assert await say("Fix it") == "anything"
    assert len(brain.left) == 1
    with pytest.raises(Invalid, match="scenario 'test' has no turn left"):
        await say("Fix it")


async def test_calls_in_both_spellings() -> None:
    brain = scripted(
        {
            "tool_calls": [
                {"name": "edit", "arguments": {"path": "ä.py", "old_string": "x"}},
                {"name": "edit", "raw_arguments": '{"path": ', "id": "call_1"},
            ]
        }
    )
    answer = await brain.answer(parse(body()))
    assert [call.arguments for call in answer.calls] == ['{"path": "ä.py", "old_string": "x"}', '{"path": ']
    assert [call.id for call in answer.calls] == [None, "call_1"]
    assert answer.finish == "tool_calls"
