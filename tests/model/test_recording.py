from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from kimi_lsp.model.errors import ModelError, NoCredit, RateLimited, Truncated
from kimi_lsp.model.events import Content, Event, ToolArgument, ToolCall, Waiting
from kimi_lsp.model.port import Model, Request
from kimi_lsp.model.recording import BadRecording, Recorded, Recorder, Recording, read
from kimi_lsp.model.redact import Words, redact
from kimi_lsp.model.replay import RecordingEnded, Replayed, differences
from kimi_lsp.model.scripted import Scripted, Turn
from kimi_lsp.model.sse import ServerSentEvent, Splitter
from tests.model.oddities import ODDITIES, TOOLS

KEY = 'sk-"secret"'
SOURCE = "def acquire(self, timeout):\n    return self.lock.acquire(timeout)\n"
EDIT = {
    "path": "src/locks.py",
    "old_string": "self.lock.acquire(timeout)",
    "new_string": "self.acquire()\n# été",
}
TURNS = [
    Turn(reasoning="The lock is never released.", calls=[("edit", EDIT)], piece=5),
    Turn(content="Done: acquire returns early."),
]
ABOUT = {"action": "fix", "path": "src/locks.py", "sources": {"src/locks.py": SOURCE}, "line": 3}


async def events_of(model: Model, request: Request) -> list[Event] | str:
    try:
        async with contextlib.aclosing(model.stream(request)) as events:
            return [event async for event in events]
    except ModelError as error:
        return f"{error.name}: {error}"


def requests(source: str = SOURCE) -> list[Request]:
    """Two turns of one conversation, as the engine asks them."""
    first = (
        {"role": "system", "content": "You are Kimi."},
        {"role": "user", "content": f"Fix this, with the key {KEY}:\n{source}"},
    )
    call = {"id": "edit:0", "type": "function", "function": {"name": "edit", "arguments": json.dumps(EDIT)}}
    second = (
        *first,
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "edit:0", "content": "ok"},
    )
    return [Request(first, TOOLS, tag="t"), Request(second, TOOLS, tag="t")]


async def recorded(path: Path, turns: Sequence[Turn] = tuple(TURNS)) -> list[list[Event] | str]:
    recorder = Recorder(path, ABOUT, hide=(KEY,), clock=iter(range(1000)).__next__)
    model = Recorded(Scripted(turns), recorder)
    found = [await events_of(model, request) for request in requests()[: len(turns)]]
    recorder.result("edit:0", "edit", "ok")
    recorder.outcome("done", files=1)
    recorder.close()
    return found


async def replayed(recording: Recording, model: Replayed | None = None) -> list[list[Event] | str]:
    model = model or Replayed(recording)
    return [await events_of(model, turn.request) for turn in recording.turns]


async def test_a_recording_plays_as_it_was(tmp_path: Path) -> None:
    before = await recorded(tmp_path / "a" / "job.jsonl")
    recording = read(tmp_path / "a" / "job.jsonl")
    assert await replayed(recording) == before
    assert recording.about == ABOUT
    assert recording.results == (("edit:0", "edit", "ok"),)
    assert (recording.outcome["name"], recording.outcome["files"]) == ("done", 1)
    assert recording.turns[1].request.messages[2:] == requests()[1].messages[2:]
    assert recording.turns[1].request.tools == TOOLS


async def test_only_what_is_new_is_written_and_the_key_is_not(tmp_path: Path) -> None:
    await recorded(tmp_path / "job.jsonl")
    text = (tmp_path / "job.jsonl").read_text(encoding="utf-8")
    assert text.count("You are Kimi.") == 1
    assert text.count('"tools"') == 1
    assert "secret" not in text
    assert "Fix this, with the key ***:" in text
    assert (tmp_path / "job.jsonl").stat().st_mode & 0o077 == 0


async def test_a_failed_turn_fails_again(tmp_path: Path) -> None:
    turns = [Turn(fails=NoCredit("none")), Turn(reasoning="Hm.", fails=RateLimited(6.0))]
    before = await recorded(tmp_path / "job.jsonl", turns)
    assert before == [f"no-credit: {NoCredit('none')}", f"rate-limited: {RateLimited(6.0)}"]
    assert await replayed(read(tmp_path / "job.jsonl")) == before


async def test_a_turn_that_judged_itself_fails_again(tmp_path: Path) -> None:
    before = await recorded(tmp_path / "job.jsonl", [Turn(content="Yes, bu", finish="length")])
    assert before == [f"truncated: {Truncated()}"]
    assert await replayed(read(tmp_path / "job.jsonl")) == before


@pytest.mark.parametrize("name", ODDITIES)
async def test_every_oddity_survives_recording(name: str, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "job.jsonl", {})
    recorder.request(Request((), TOOLS))
    sent = Splitter().push(ODDITIES[name][0])
    for event in sent:
        recorder.sent(event, 0.5)
    recorder.close()
    (turn,) = read(tmp_path / "job.jsonl").turns
    assert [event for _, event in turn.sent] == sent
    assert Splitter().push(b"".join(turn.frames())) == sent


def test_a_try_that_was_given_up_leaves_only_its_waiting(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "job.jsonl", {})
    recorder.request(Request(()))
    recorder.sent(ServerSentEvent(b"{nonsense"), 0.1)
    recorder.write("waiting", seconds=0.5, why="unreadable answer")
    recorder.sent(ServerSentEvent(b"[DONE]"), 0.9)
    recorder.close()
    (turn,) = read(tmp_path / "job.jsonl").turns
    assert turn.waited == [Waiting(0.5, "unreadable answer")]
    assert turn.sent == [(0.9, ServerSentEvent(b"[DONE]"))]


async def test_a_recording_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "job.jsonl"
    await recorded(path)
    whole = path.read_bytes()
    for cut in range(0, len(whole), 97):
        path.write_bytes(whole[:cut])
        if b"\n" in whole[:cut]:
            assert read(path).about == ABOUT
        else:
            with pytest.raises(BadRecording, match="is no recording"):
                read(path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "does not begin with a job"),
        ("{}\n", "line 1 has no type"),
        ("no\n", "line 1 is no JSON"),
        ('{"type": "job", "version": 9, "about": {}}\n', "of version 9"),
        ('{"type": "job", "version": 1, "about": {}}\n{"type": "sent"}\n', "line 2: KeyError"),
        (
            '{"type": "job", "version": 1, "about": {}}\n{"type": "failed", "name": 1, "sentence": 2}\n',
            "line 2: IndexError",
        ),
    ],
)
def test_what_is_no_recording_is_named(text: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "job.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(BadRecording, match=reason):
        read(tmp_path / "job.jsonl")


def test_a_disk_that_is_full_ends_the_recording_not_the_job(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "job.jsonl", {})
    recorder.close()
    recorder.request(Request(()))
    assert recorder.error is not None


async def test_a_replay_says_where_it_is_asked_otherwise(tmp_path: Path) -> None:
    await recorded(tmp_path / "job.jsonl")
    recording = read(tmp_path / "job.jsonl")
    model = Replayed(recording)
    await events_of(model, recording.turns[0].request)
    assert model.differences == []
    await events_of(model, requests(SOURCE.replace("timeout", "seconds"))[1])
    (difference,) = model.differences
    assert str(difference).startswith("turn 2, message 2: content differs at character 23: '***:")
    with pytest.raises(RecordingEnded, match="has only 2 turns"):
        await model.stream(Request(())).__anext__()


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        (Request(()), Request((), TOOLS[:1]), ["turn 1: the tools were [] and are ['edit']"]),
        (Request(({"role": "user"},)), Request(()), ["turn 1: there were 1 messages and are 0"]),
        (
            Request(({"role": "user"},)),
            Request(({"role": "tool"},)),
            ["turn 1, message 1: its role was user and is tool"],
        ),
        (Request(({"role": "user"},)), Request(({"role": "user", "a": 1},)), ["turn 1, message 1: a is new"]),
        (
            Request(({"role": "user", "a": 1},)),
            Request(({"role": "user"},)),
            ["turn 1, message 1: a is missing"],
        ),
        (
            Request((), ({"function": {"name": "edit"}},)),
            Request((), TOOLS[:1]),
            ["turn 1: the tools are described otherwise"],
        ),
    ],
)
def test_differences(then: Request, now: Request, expected: list[str]) -> None:
    assert [str(one) for one in differences(then, now)] == expected


async def test_time_passes_as_it_did(tmp_path: Path) -> None:
    await recorded(tmp_path / "job.jsonl", [Turn(content="Yes", usage=None)])
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    recording = read(tmp_path / "job.jsonl")
    await replayed(recording, Replayed(recording, speed=2.0, sleep=sleep))
    assert pauses == [0.5, 0.5, 0.5, 0.5]


async def test_redacting_keeps_the_shape_and_no_word(tmp_path: Path) -> None:
    before = await recorded(tmp_path / "job.jsonl")
    redact(tmp_path / "job.jsonl", tmp_path / "shown.jsonl")
    text = (tmp_path / "shown.jsonl").read_text(encoding="utf-8")
    for word in ("acquire", "lock", "timeout", "released", "Fix", "été", "\\u00e9t\\u00e9"):
        assert word not in text
    shown = read(tmp_path / "shown.jsonl")
    assert shown.redacted
    assert shown.about["action"] == "fix"
    ((path, source),) = shown.about["sources"].items()
    assert len(source) == len(SOURCE)
    assert source.splitlines()[0].startswith("def ")
    assert shown.turns[0].request.messages[0] == {"role": "system", "content": "You are Kimi."}
    assert shown.turns[0].request.tools == TOOLS
    after = await replayed(shown)
    assert [_shape(events) for events in after] == [_shape(events) for events in before]
    (call,) = [event for event in after[0] if isinstance(event, ToolCall)]
    assert call.arguments["old_string"] in source
    assert call.arguments["path"].endswith(".py")
    assert path.endswith(".py")


def _shape(events: list[Event] | str) -> Any:
    assert not isinstance(events, str)
    return [
        (type(event).__name__, len(event.text))
        if isinstance(event, (Content, ToolArgument))
        else type(event).__name__
        for event in events
    ]


@pytest.mark.parametrize("name", ODDITIES)
def test_every_oddity_can_be_redacted(name: str, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "job.jsonl", {})
    recorder.request(Request((), TOOLS))
    for event in Splitter().push(ODDITIES[name][0]):
        recorder.sent(event, 0.5)
    recorder.close()
    redact(tmp_path / "job.jsonl", tmp_path / "shown.jsonl", salt=b"x")
    (turn,) = read(tmp_path / "shown.jsonl").turns
    assert len(turn.sent) == len(read(tmp_path / "job.jsonl").turns[0].sent)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("def f(x):\n    return x\n", True),
        (r"'\n\t\x41'", True),
        ("a.py", True),
        ("42", True),
        ("Lock", False),
        ("12345", False),
        ("straße", False),
    ],
)
def test_which_words_are_replaced(text: str, kept: bool) -> None:
    other = Words(b"salt").text(text)
    assert (other == text) is kept
    assert len(other) == len(text)
    assert [c.isupper() for c in other] == [c.isupper() for c in text]


def test_images_are_not_shown() -> None:
    value = {"image_url": {"url": "data:image/png;base64,SECRET"}}
    assert "SECRET" not in json.dumps(Words(b"salt").value(value))
