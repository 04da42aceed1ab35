"""What is no recording, jobs that ended otherwise than well, and the simulator's view of a recording."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kimi_lsp.__main__ import main
from kimi_lsp.actions import recorded
from kimi_lsp.actions.action import Task
from kimi_lsp.actions.fix import FIX
from kimi_lsp.actions.rerun import shape
from kimi_lsp.model.port import Request
from kimi_lsp.model.recording import Recorder
from kimi_lsp.model.sse import ServerSentEvent
from kimi_lsp.settings import Settings, merge
from kimi_lsp.text.span import Span
from tests.cli.test_simulate import simulator
from tests.simulator.asking import body, post

TEXT = "def greet(name):\n    unused = 1\n    return name\n"
THOUGHT = {"choices": [{"index": 0, "delta": {"reasoning_content": "hm"}}]}
ANSWER = {"choices": [{"index": 0, "delta": {"content": "Nothing to mend."}, "finish_reason": "stop"}]}
SETTINGS, _ = merge(Settings(), {"limits": {"turns": 3}})
PRICE = {"input": 0.95, "output": 4.0, "cached": 0.475, "fee": 0.05}


def recording(
    path: Path, turns: list[list[dict[str, Any]]], outcome: dict[str, Any] | None, failed: str = ""
) -> Path:
    """A job on ``a.py`` that was asked ``turns``; requests are empty, so that they differ from today's."""
    task = Task(FIX, "a.py", Span(0, 5))
    recorder = Recorder(path, recorded.about(task, SETTINGS, "moonshot/kimi-k2.7-code", PRICE))
    recorder.write("source", asked="a.py", path="a.py", language_id="python", text=TEXT)
    for chunks in turns:
        recorder.request(Request(()))
        for number, chunk in enumerate(chunks):
            recorder.sent(ServerSentEvent(json.dumps(chunk).encode()), 0.01 * number)
    if failed:
        recorder.write("failed", name=failed, sentence="It was so.")
    if outcome is not None:
        recorder.outcome(**outcome)
    recorder.close()
    return path


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"", "does not begin with a job", id="empty"),
        pytest.param(b'{"type": "job", "vers', "does not begin with a job", id="truncated"),
        pytest.param(b"\x7fELF\x00\x01\xff\xfe\n\x00", "line 1 is no JSON", id="binary"),
        pytest.param(
            b'{"type": "job", "version": 99, "about": {}}\n', "is of version 99, not 1", id="version"
        ),
        pytest.param(b'{"type": "job", "version": 1}\n', "does not say what was asked", id="without about"),
        pytest.param(
            b'{"type": "job", "version": 1, "about": {}}\n', "holds no request", id="without request"
        ),
        pytest.param(b"[1]\n", "line 1 has no type", id="other JSON"),
        pytest.param(
            b'{"type": "job", "version": 1, "about": {}}\n{"type": "sent"}\n', "line 2", id="bad line"
        ),
    ],
)
def test_a_file_that_is_no_recording_is_one_sentence(
    tmp_path: Path, content: bytes, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "job.jsonl"
    file.write_bytes(content)
    assert main(["replay", str(file)]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert said.err.startswith("kimi-lsp replay: job.jsonl")
    assert sentence in said.err


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl: No such file or directory." in capsys.readouterr().err


def test_an_action_that_is_unknown_today(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = recording(tmp_path / "job.jsonl", [[ANSWER]], {"name": "done"})
    file.write_text(file.read_text().replace('"action": "fix"', '"action": "juggle"'))
    assert main(["replay", str(file)]) == 2
    assert "no action 'juggle'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("turns", "outcome", "failed", "ended"),
    [
        pytest.param([[THOUGHT]], None, "", "the job was cut off then", id="crash"),
        pytest.param([[THOUGHT]], {"name": "cancelled"}, "", "the job was cut off then", id="cancelled"),
        pytest.param([[]], {"name": "no-credit"}, "no-credit", "", id="refused"),
        pytest.param([[THOUGHT], [THOUGHT], [THOUGHT]], {"name": "timed-out"}, "timed-out", "", id="retried"),
        pytest.param([[ANSWER]], {"name": "over-budget"}, "", "", id="budget"),
    ],
)
def test_ends_that_no_answer_causes_come_again(
    tmp_path: Path,
    turns: list[list[dict[str, Any]]],
    outcome: dict[str, Any] | None,
    failed: str,
    ended: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["replay", str(recording(tmp_path / "job.jsonl", turns, outcome, failed))])
    said = capsys.readouterr().out
    assert ended in said
    assert "the job ended" not in said
    assert "turn 1: the tools were [] and are ['edit'" in said


def test_another_outcome_is_a_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = recording(tmp_path / "job.jsonl", [[ANSWER], [ANSWER]], {"name": "ended early"})
    assert main(["replay", str(file)]) == 1
    assert "the job ended 'ended early' and ends 'done'" in capsys.readouterr().out


def test_a_copy_is_never_written_over_its_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = recording(tmp_path / "job.jsonl", [[ANSWER]], {"name": "done"})
    before = file.read_bytes()
    assert main(["replay", str(file), "--redact", str(file)]) == 2
    assert "is the recording itself" in capsys.readouterr().err
    assert file.read_bytes() == before


def test_shape_keeps_all_but_words() -> None:
    assert shape("Größe_12 = 'x';\n") == "aaaaa_00 = 'a';\n"


async def test_the_simulate_command_plays_it_byte_for_byte(tmp_path: Path) -> None:
    file = recording(tmp_path / "job.jsonl", [[THOUGHT, ANSWER], []], {"name": "saturated"}, "saturated")
    with simulator("--replay", str(file), "--tokens-per-second", "0") as (_, said, url):
        assert "brain: replay" in said
        answer = await post(url, body(stream=True))
        frames = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in (THOUGHT, ANSWER))
        assert (answer.status_code, answer.text) == (200, frames)
        assert (await post(url, body())).status_code == 503
        assert "no turn left" in (await post(url, body())).text


def test_the_simulate_command_names_what_is_no_recording(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "job.jsonl"
    file.write_text("{}\n")
    assert main(["simulate", "--replay", str(file)]) == 2
    assert capsys.readouterr().err.startswith("The recording cannot be played: job.jsonl")
