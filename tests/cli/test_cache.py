"""The command over recordings with prompts that part where they are told to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from kimi_lsp.__main__ import main
from kimi_lsp.cli.cache import Stable, compared
from kimi_lsp.model.port import Request
from kimi_lsp.model.recording import Recorder

SYSTEM = {"role": "system", "content": "You are Kimi. " * 100}
TOOL: dict[str, Any] = {"type": "function", "function": {"name": "edit", "description": "Edits. " * 40}}


def request(*said: str, tools: Sequence[dict[str, Any]] = (TOOL,)) -> Request:
    return Request((SYSTEM, *({"role": "user", "content": text} for text in said)), tuple(tools))


def test_prompts_are_compared_in_blocks_and_by_place() -> None:
    first, second, third = compared(
        [
            request("Explain `greet` in a.py,\nplease."),
            request("Explain `leave` in a.py,\nplease."),
            request("Explain `leave` in a.py,\nplease.", "And then?"),
        ]
    )
    assert first == Stable(first.tokens, 0)
    assert (second.stable, second.part) == (256, "message 2")
    assert second.before.endswith('"content":"Explain `')
    assert second.was.startswith("greet` in a.py,\nplease.")
    assert second.now.startswith("leave` in a.py,\nplease.")
    assert (third.stable, third.part) == (256, "")


def test_other_tools_empty_the_cache() -> None:
    other: dict[str, Any] = {"type": "function", "function": {"name": "find", "description": "Finds. " * 40}}
    _, second = compared([request("Hello"), request("Hello", tools=[other])])
    assert (second.stable, second.part) == (0, "tool 1")


def record(path: Path, *requests: Request) -> str:
    recorder = Recorder(path, {})
    for each in requests:
        recorder.request(each)
    recorder.close()
    return str(path)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = record(tmp_path / "one.jsonl", request("Explain a"), request("Explain a", "More"))
    two = record(tmp_path / "two.jsonl", request("Mend b"))
    assert main(["cache", one, two]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if not line.startswith("    ")] == [
        "one.jsonl",
        "  turn 1: 454 tokens, 0 stable (0%)",
        "  turn 2: 462 tokens, 256 stable (55%)",
        "two.jsonl",
        "  turn 1: 453 tokens, 256 stable (57%)",
        "all: 1,369 tokens, 512 stable (37%)",
    ]
    assert said[5].startswith("    parts in message 2, after ")
    assert said[6].startswith("    was 'Explain a")
    assert said[7].startswith("    is  'Mend b")


def test_a_file_that_is_no_recording(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x").write_text("")
    assert main(["cache", str(tmp_path / "x")]) == 2
    assert capsys.readouterr().err.startswith("kimi-lsp cache: x is no recording")
