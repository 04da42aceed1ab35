from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.model.assemble import Assembler
from kimi_lsp.model.errors import Endless, ModelError
from kimi_lsp.model.events import (
    Content,
    Event,
    Finished,
    Reasoning,
    ToolArgument,
    ToolCall,
    ToolCallStarted,
    Usage,
)
from kimi_lsp.model.port import Request
from kimi_lsp.model.sse import Splitter
from tests.model.oddities import ESTIMATED, ODDITIES, REQUEST, Whole
from tests.model.wire import call, chunk, fragment, say, stream, think

RECORDINGS = Path(__file__).parents[3] / "shared" / "data" / "streams"


def events_of(data: bytes, cuts: list[int] | None = None, request: Request = REQUEST) -> list[Event]:
    """Push ``data`` in pieces that end at ``cuts``; a whole turn or a ``ModelError``."""
    splitter, assembler, events = Splitter(), Assembler(request), []
    ends = [*sorted(cuts or []), len(data)]
    for begin, end in zip([0, *ends], ends, strict=False):
        for sent in splitter.push(data[begin:end]):
            events += assembler.push(sent)
    return events + assembler.close()


def outcome(data: bytes, cuts: list[int] | None = None) -> list[Event] | str:
    try:
        return events_of(data, cuts)
    except ModelError as error:
        return error.name if str(error).endswith(".") else f"no sentence: {error}"


@pytest.mark.parametrize("name", ODDITIES)
def test_oddity(name: str) -> None:
    data, expected = ODDITIES[name]
    found = outcome(data)
    if isinstance(expected, Whole):
        assert not isinstance(found, str), found
        expected.check(found)
    else:
        assert found == expected


@pytest.mark.parametrize("name", ODDITIES)
def test_a_byte_at_a_time_is_the_same(name: str) -> None:
    data, _ = ODDITIES[name]
    assert outcome(data, list(range(1, len(data)))) == outcome(data)


@settings(deadline=None, max_examples=150)
@given(data=st.sampled_from([data for data, _ in ODDITIES.values() if data]), random=st.data())
def test_chunk_boundaries_never_matter(data: bytes, random: st.DataObject) -> None:
    cuts = random.draw(st.lists(st.integers(0, len(data)), max_size=30))
    assert outcome(data, cuts) == outcome(data)


def recording(name: str) -> bytes:
    path = RECORDINGS / f"kimi_live_{name}.chunks.jsonl"
    if not path.exists():
        pytest.skip("the recordings are not here")
    return stream(*(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()))


def test_the_recorded_text_comes_through_whole() -> None:
    events = events_of(recording("text"))
    assert "".join(e.text for e in events if isinstance(e, Content)) == "OK"
    assert events[-2] == Usage(90, 50, 90, 33)
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.message["reasoning_content"].startswith("The user is asking me")
    assert set(finished.message) == {"role", "reasoning_content", "content"}


def test_the_recorded_call_comes_through_whole() -> None:
    events = events_of(recording("tool_call"))
    assert events[-3] == ToolCall(0, "get_weather_0", "get_weather", {"city": "Paris"}, '{"city": "Paris"}')
    assert events[-2] == Usage(213, 99, 213, 46)
    assert ToolArgument(0, "city", "Paris") in events


@settings(deadline=None, max_examples=40)
@given(name=st.sampled_from(["text", "tool_call"]), random=st.data())
def test_any_cut_of_a_recording_gives_the_same_events(name: str, random: st.DataObject) -> None:
    data = recording(name)
    cuts = random.draw(st.lists(st.integers(0, len(data)), max_size=100))
    assert outcome(data, cuts) == outcome(data)


def test_the_recorded_answer_that_was_not_streamed_is_a_turn() -> None:
    path = RECORDINGS / "kimi_k2.7_tool_call.json"
    if not path.exists():
        pytest.skip("the recordings are not here")
    events = events_of(stream(json.loads(path.read_text(encoding="utf-8"))))
    assert events[-3] == ToolCall(0, "ping_0", "ping", {}, "{}")
    assert events[-2] == Usage(41, 28, 0, 16)


def test_progress_is_told_while_a_call_arrives() -> None:
    events = events_of(
        stream(
            call(fragment('{"path": "a.', "edit", index=0)),
            call(fragment('py", "new', index=0)),
            call(fragment('_string": "x\\n', index=0)),
            call(fragment('"}', index=0)),
            chunk(finish="tool_calls"),
        )
    )
    assert events[:5] == [
        ToolCallStarted(0, "edit"),
        ToolArgument(0, "path", "a."),
        ToolArgument(0, "path", "py"),
        ToolArgument(0, "new_string", "x\n"),
        events[4],
    ]


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        pytest.param(
            stream(
                think("Hm."), call(fragment('{"path": "a"}', "edit", index=0, id="x")), chunk(finish="stop")
            ),
            {"role": "assistant", "reasoning_content": "Hm.", "tool_calls": ["x", "edit", '{"path": "a"}']},
            id="no-content-on-a-call-turn",
        ),
        pytest.param(
            stream(
                chunk({"reasoning": "Hm."}),
                call(fragment('{"a": 1', "edit", index=0, id="x")),
                chunk(finish="stop"),
            ),
            {"role": "assistant", "reasoning": "Hm.", "tool_calls": ["x", "edit", "{}"]},
            id="bad-json-never-goes-back",
        ),
        pytest.param(
            stream(say(""), call(fragment('{"a": "1"', "edit", index=0, id="x")), chunk(finish="stop")),
            {"role": "assistant", "tool_calls": ["x", "edit", '{"a": "1"}']},
            id="the-repaired-call-goes-back",
        ),
        pytest.param(
            stream(think(""), say("Yes"), chunk(finish="stop")),
            {"role": "assistant", "reasoning_content": "", "content": "Yes"},
            id="empty-reasoning-is-not-absent",
        ),
        pytest.param(
            stream(say("Yes"), chunk(finish="stop")),
            {"role": "assistant", "content": "Yes"},
            id="no-reasoning",
        ),
    ],
)
def test_the_message_for_the_history(sent: bytes, message: dict[str, object]) -> None:
    finished = events_of(sent)[-1]
    assert isinstance(finished, Finished)
    found = dict(finished.message)
    if "tool_calls" in found:
        (one,) = found["tool_calls"]
        found["tool_calls"] = [one["id"], one["function"]["name"], one["function"]["arguments"]]
    assert found == message


def test_a_turn_that_failed_says_what_it_cost() -> None:
    with pytest.raises(ModelError) as caught:
        events_of(stream(think("Hm, sir."), chunk(finish="stop")))
    assert caught.value.usage == ESTIMATED


def test_a_truncated_call_is_named() -> None:
    with pytest.raises(ModelError, match="in the middle of a call of edit, which was not executed"):
        events_of(ODDITIES["length in an argument"][0])


def test_a_turn_has_a_largest_size() -> None:
    assembler, splitter = Assembler(Request((), max_tokens=1)), Splitter()
    (sent,) = splitter.push(stream(think("x" * 1_000_000), done=False))

    def push() -> None:
        for _ in range(9):
            assembler.push(sent)

    with pytest.raises(Endless):
        push()


def test_events_come_as_soon_as_they_can() -> None:
    assembler, splitter = Assembler(REQUEST), Splitter()
    (sent,) = splitter.push(stream(say("Yes <"), done=False))
    assert assembler.push(sent) == [Content("Yes ")]
    (sent,) = splitter.push(stream(think("Hm."), done=False))
    assert assembler.push(sent) == [Reasoning("Hm.")]
