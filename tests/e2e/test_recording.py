"""A job recorded by the real server, run again offline, redacted, and played by the simulator."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from kimi_lsp.__main__ import main
from kimi_lsp.cli.playback import brain_of
from tests.e2e.editor import KEY, Editor, editing

TEXT = (
    "import os\n\nfrom harbour import moorings\n\n\ndef greet(captain):\n"
    '    """Greet the captain by name."""\n    unused = 731\n    return moorings(captain)\n'
)
CHANGED = TEXT.replace("    unused = 731\n", "")
HARBOUR = "def moorings(vessel):\n    return [vessel, 'Zanzibar']\n"


def call(tool: str, /, **arguments: Any) -> dict[str, Any]:
    return {"name": tool, "arguments": arguments}


TURNS: list[dict[str, Any]] = [
    {
        "reasoning": "captain needs moorings",
        "tool_calls": [call("read", path="harbour.py"), call("find", name="moorings")],
    },
    {"tool_calls": [call("edit", path="a.py", old_string="    unused = 999\n", new_string="")]},
    {"tool_calls": [call("edit", path="a.py", old_string="    unused = 731\n", new_string="")]},
    {"content": "Removed the unused name for the captain."},
]


async def fix(editor: Editor) -> str:
    (editor.root / "harbour.py").write_text(HARBOUR)
    document = editor.open("a.py", TEXT)
    found = editor.diagnostic(document, "unused", "Local variable `unused` is never used", "F841")
    await editor.run((await editor.menu(document, "unused", [found]))[0])
    return document.text


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One job's file; the job runs once for all tests."""
    folder = tmp_path_factory.mktemp("recorded")
    asyncio.run(recorded_in(folder))
    (file,) = (folder / "jobs").iterdir()
    return file


async def recorded_in(folder: Path) -> None:
    options = {"recording": {"folder": str(folder / "jobs")}, "model": {"tag": "audit"}}
    async with editing(folder, TURNS, options=options) as (editor, _):
        assert await fix(editor) == CHANGED


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_it_holds_the_job_and_no_key(recording: Path) -> None:
    assert re.fullmatch(r"\d{8}T\d{9}-fix-[0-9a-f]{6}\.jsonl", recording.name)
    text = recording.read_text(encoding="utf-8")
    assert KEY not in text
    assert "authorization" not in text.lower()
    written = lines(recording)
    about, outcome = written[0]["about"], written[-1]
    assert (about["action"], about["path"], about["model"]) == ("fix", "a.py", "moonshot/kimi-k2.7-code")
    assert about["diagnostic"]["message"] == "Local variable `unused` is never used"
    assert about["settings"]["limits"]["turns"] == 16
    assert {line["path"]: line["text"] for line in written if line["type"] == "source"} == {
        "a.py": TEXT,
        "harbour.py": HARBOUR,
    }
    assert [line["name"] for line in written if line["type"] == "result"] == ["read", "find", "edit", "edit"]
    assert (outcome["type"], outcome["name"], outcome["turns"]) == ("outcome", "done", 4)
    assert "-    unused = 731\n" in outcome["diff"]
    assert (outcome["usage"]["input"] > 0, outcome["cost_usd"] > 0) == (True, True)


def test_it_runs_again_as_it_did(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(recording)]) == 0
    assert capsys.readouterr().out == f"{recording.name} runs as it did: 4 turns, 4 tool results, done.\n"


def test_what_is_different_is_named(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.jsonl"
    whole = recording.read_text(encoding="utf-8")
    source = json.dumps(HARBOUR)[1:-1]
    assert source in whole
    other.write_text(whole.replace(source, source.replace("Zanzibar", "Mombasa"), 1), encoding="utf-8")
    assert main(["replay", str(other)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "other.jsonl runs otherwise than it did (4 turns, 4 tool results):"
    assert any(line.startswith("  turn 2, message 4: content differs at character ") for line in said)
    assert any(line.startswith("  tool result 1 (read): differs at character ") for line in said)


def test_a_redacted_copy_keeps_no_word_and_still_runs(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.jsonl"
    assert main(["replay", str(recording), "--redact", str(copy)]) == 0
    text = copy.read_text(encoding="utf-8")
    for word in ("captain", "moorings", "harbour", "Zanzibar", "greet", "unused", "= 731", "vessel", "Greet"):
        assert word in recording.read_text(encoding="utf-8")
        assert word not in text
    for then, now in zip(lines(recording), lines(copy), strict=True):
        if then["type"] == "source":
            assert [len(line) for line in now["text"].split("\n")] == [
                len(line) for line in then["text"].split("\n")
            ]
    capsys.readouterr()
    assert main(["replay", str(copy)]) == 0, capsys.readouterr().out
    assert capsys.readouterr().out == "copy.jsonl runs as it did: 4 turns, 4 tool results, done.\n"


async def test_the_simulator_plays_it(recording: Path, tmp_path: Path) -> None:
    async with editing(tmp_path, brain_of(recording, at_once=True)) as (editor, exchanges):
        assert await fix(editor) == CHANGED
        assert len(exchanges) == 4


async def test_a_recording_that_cannot_be_written_costs_the_job_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    async with editing(tmp_path, TURNS, options={"recording": {"folder": str(tmp_path / "file" / "x")}}) as (
        editor,
        _,
    ):
        assert await fix(editor) == CHANGED
