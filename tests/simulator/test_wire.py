"""Bodies against the gateway's page and the recorded answers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.simulator.answer import Answer, Call, limited, pieces, signed
from kimi_lsp.simulator.running import running
from kimi_lsp.simulator.wire import Envelope, chunks, event, whole
from tests.simulator.asking import body, events, post, scripted

SHARED = Path(__file__).parents[3] / "shared"
STREAMS = SHARED / "data" / "streams"
CARD = SHARED / "model-card.txt"
ENVELOPE = Envelope("chatcmpl-1", 1_776_947_082, "moonshot/kimi-k2.7-code", 53, 0)
ANSWER = Answer(
    "Simulator: the user asks for an edit.",
    "I edit `a.py`.",
    (Call.of("edit", {"path": "a.py", "old_string": "x = 1\n"}), Call.of("read", {"path": "ä.py"})),
)


def deltas(answer: Answer) -> list[dict[str, Any]]:
    return [chunk["choices"][0]["delta"] for chunk in chunks(ENVELOPE, answer, include_usage=False)]


def joined(answer: Answer) -> Answer:
    """What a client puts together from the stream."""
    reasoning = content = ""
    calls: dict[int, list[str]] = {}
    for delta in deltas(answer):
        reasoning += delta.get("reasoning_content", "")
        content += delta.get("content", "")
        for call in delta.get("tool_calls", ()):
            name, arguments = call["function"].get("name"), call["function"]["arguments"]
            known = calls.setdefault(call["index"], [name or "", ""])
            known[1] += arguments
    return Answer(reasoning, content, tuple(Call(name, arguments) for name, arguments in calls.values()))


@settings(deadline=None, max_examples=80)
@given(
    reasoning=st.text(),
    content=st.text(),
    arguments=st.lists(st.text(), max_size=3),
    length=st.one_of(st.none(), st.integers(1, 9)),
)
def test_fragments_join_to_what_was_said(
    reasoning: str, content: str, arguments: list[str], length: int | None
) -> None:
    calls = tuple(Call.of("edit", {"new_string": argument}) for argument in arguments)
    said = joined(Answer(reasoning, content, calls, piece_length=length))
    assert (said.reasoning, said.content, said.calls) == (reasoning, content, calls)


@given(text=st.text(alphabet=" \n\tab_1.,é\u2028\U0001f600(){}", max_size=200))
def test_pieces_lose_nothing_and_are_small(text: str) -> None:
    found = list(pieces(text, None))
    assert "".join(found) == text
    assert all(len(piece.strip()) <= 12 for piece in found)


def test_the_order_of_the_page() -> None:
    kinds: list[str] = []
    last: dict[str, Any] = {"delta": {"usage": {}}, "finish_reason": None}
    for chunk in chunks(ENVELOPE, ANSWER, include_usage=True):
        (choice,) = chunk["choices"] or [last]
        kind = "finish" if choice["finish_reason"] else "+".join(choice["delta"])
        if kind not in kinds[-1:]:
            kinds.append(kind)
    assert kinds == ["role", "reasoning_content", "content", "tool_calls", "finish", "usage"]


def test_calls_are_named_once_and_count_through_the_conversation() -> None:
    envelope = Envelope("i", 1, "m", 1, 0, first_call=3)
    starts = [
        call
        for chunk in chunks(envelope, ANSWER, include_usage=False)
        for call in chunk["choices"][0]["delta"].get("tool_calls", ())
        if "id" in call
    ]
    assert [(call["index"], call["id"]) for call in starts] == [
        (0, "functions.edit:3"),
        (1, "functions.read:4"),
    ]
    assert all(call["function"]["arguments"] == "" for call in starts)
    assert list(chunks(envelope, ANSWER, include_usage=False))[-1]["choices"][0] == {
        "index": 0,
        "delta": {},
        "finish_reason": "tool_calls",
    }


def test_a_chunk_is_one_event_of_one_line() -> None:
    text = "line\nline\r\n\u2028 é"
    (_, delta, _) = events(b"".join(event(chunk) for chunk in chunks(
        ENVELOPE, Answer(content=text, piece_length=99), include_usage=False)
    ))  # fmt: skip
    assert delta["choices"][0]["delta"]["content"] == text


@pytest.mark.skipif(not CARD.exists(), reason="the service's page is not beside this checkout")
@pytest.mark.parametrize(
    ("section", "answer"),
    [
        ("Streaming (SSE)", {"reasoning": "The user ", "content": "Hello!", "piece_length": 5}),
        ("Streaming tool calls", {"tool_calls": [{"name": "get_weather", "arguments": {"city": "Tokyo"}}]}),
    ],
)
async def test_the_bytes_come_in_the_order_of_the_card(section: str, answer: dict[str, Any]) -> None:
    card = CARD.read_text(encoding="utf-8").split(section)[1].split("Use Kimi")[0].split("Tool calling\n")[0]
    wanted = [json.loads(data) for data in re.findall(r"data: (\{.*?\]\})(?=\n|$)", card, re.DOTALL)]
    assert len(wanted) >= 4
    async with running(scripted(answer), tokens_per_second=0) as url:
        *sent, done = events((await post(url, body(stream=True))).content)
    assert done == "[DONE]"
    for chunk in wanted:  # each in its turn, with as many more of its like as there are
        place = next(place for place, ours in enumerate(sent) if alike(chunk, ours))
        assert all(kind(ours) <= kind(chunk) for ours in sent[:place])
        sent = sent[place + 1 :]
    assert sent == []


ORDER = ("role", "reasoning_content", "content", "tool_calls", "finish")


def kind(chunk: dict[str, Any]) -> int:
    (choice,) = chunk["choices"]
    return ORDER.index("finish" if choice["finish_reason"] else next(iter(choice["delta"])))


def alike(wanted: Any, ours: Any) -> bool:
    """Whether all keys of the page's chunk are in ours; texts may differ, but not the finish reason."""
    if isinstance(wanted, dict):
        return isinstance(ours, dict) and all(key in ours and alike(wanted[key], ours[key]) for key in wanted)
    if isinstance(wanted, list):
        return len(wanted) == len(ours) and all(map(alike, wanted, ours))
    return type(wanted) is type(ours)


def shape(value: Any, under: Any) -> None:
    """Every key of a recorded body is in ours, with a value of the same kind."""
    assert type(value) is type(under)
    if isinstance(value, dict):
        for key in value:
            shape(value[key], under[key])
    if isinstance(value, list) and value:
        shape(value[0], under[0])


@pytest.mark.skipif(not STREAMS.exists(), reason="the recorded streams are not beside this checkout")
def test_every_key_of_the_recorded_bodies_is_there() -> None:
    recorded = json.loads((STREAMS / "kimi_k2.7_tool_call.json").read_bytes())
    shape(recorded, whole(ENVELOPE, ANSWER))
    ours = list(chunks(ENVELOPE, ANSWER, include_usage=True))
    for line in (STREAMS / "kimi_live_tool_call.chunks.jsonl").read_text().splitlines():
        chunk = json.loads(line)
        if not chunk["choices"]:
            shape(chunk, ours[-1])


@settings(deadline=None, max_examples=60)
@given(limit=st.integers(1, 60), reasoning=st.text(max_size=60), content=st.text(max_size=60))
def test_the_limit_is_kept_and_what_is_kept_is_a_beginning(limit: int, reasoning: str, content: str) -> None:
    answer = Answer(reasoning, content, (Call.of("edit", {"path": "a.py", "new_string": "y" * 40}),))
    cut = limited(answer, limit)
    if answer.output_tokens <= limit:
        assert cut == answer
    else:
        assert cut.finish == "length"
        assert cut.output_tokens <= limit + 3  # the parts of an answer are rounded up one by one
        assert reasoning.startswith(cut.reasoning)
        assert content.startswith(cut.content)
        assert all(answer.calls[0].arguments.startswith(call.arguments) for call in cut.calls)


def test_reasoning_says_whose_it_is() -> None:
    assert signed(Answer("I think.")).reasoning == "Simulator: I think."
    assert signed(Answer("Simulator: I think.")).reasoning == "Simulator: I think."
