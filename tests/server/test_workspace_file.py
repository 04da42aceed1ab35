"""What a project may set: words, globs, and budgets downwards."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimi_lsp.server.workspace_file import LOWERED, NAME, restrict, settings_of
from kimi_lsp.settings import Settings, merge

MINE, _ = merge(Settings(), {"context": {"instructions": "Mine.", "ignore": ["a/*"]}, "limits": {"turns": 5}})


@pytest.mark.parametrize(
    ("sent", "section", "name", "value"),
    [
        ({"limits": {"turns": 3}}, "limits", "turns", 3),
        ({"limits": {"turns": 50}}, "limits", "turns", 5),
        ({"budget": {"per_day_usd": 0.5}}, "budget", "per_day_usd", 0.5),
        ({"budget": {"per_day_usd": 0}}, "budget", "per_day_usd", 0.0),
        ({"context": {"budget_tokens": 1_000}}, "context", "budget_tokens", 1_000),
        ({"context": {"budget_tokens": 100_000}}, "context", "budget_tokens", 12_000),
        ({"context": {"instructions": "Theirs."}}, "context", "instructions", "Mine.\nTheirs."),
        ({"context": {"ignore": ["b/*", "a/*"]}}, "context", "ignore", ("a/*", "b/*")),
        ({"context": {"instruction_files": ["AGENTS.md"]}}, "context", "instruction_files", ("AGENTS.md",)),
    ],
)
def test_harmless_things_are_taken(sent: object, section: str, name: str, value: object) -> None:
    settings, problems = restrict(MINE, sent)
    assert getattr(getattr(settings, section), name) == value
    assert problems == ()


@pytest.mark.parametrize(
    "sent",
    [
        {"model": {"base_url": "https://evil.example/v1"}},
        {"model": {"api_key": "sk-aig-theirs"}},
        {"checkers": {"table": {"x": {"command": ["./evil"]}}}},
        {"languages": {"x": {"module": "evil", "extensions": [".x"]}}},
        {"recording": {"folder": "/elsewhere"}},
        {"edits": {"syntax_guard": False}},
        {"context": {"index": False}},
        {"commands": {"suffix": ".x"}},
        {"prices": {"m": {"input": 0, "output": 0}}},
    ],
)
def test_everything_else_is_refused_by_name(sent: dict[str, dict[str, object]]) -> None:
    settings, problems = restrict(MINE, sent)
    assert settings == MINE
    section, values = next(iter(sent.items()))
    assert problems == (f"{section}.{next(iter(values))} is not for a project to set",)


@pytest.mark.parametrize("sent", [[], "x", 3, {"limits": []}, {"limits": {"turns": "many"}}, {"what": {}}])
def test_what_is_no_setting_changes_nothing(sent: object) -> None:
    settings, problems = restrict(MINE, sent)
    assert settings == MINE
    assert problems


@given(st.dictionaries(st.sampled_from(["turns", "seconds", "tokens", "cost_usd"]), st.integers(-5, 10**7)))
def test_no_limit_grows(sent: dict[str, int]) -> None:
    settings, _ = restrict(MINE, {"limits": sent})
    assert all(getattr(settings.limits, n) <= getattr(MINE.limits, n) for n in LOWERED["limits"])


def test_the_file(tmp_path: Path) -> None:
    assert settings_of(MINE, tmp_path) == (MINE, ())
    (tmp_path / NAME).write_text(json.dumps({"limits": {"turns": 2}, "model": {"name": "m"}}))
    settings, problems = settings_of(MINE, tmp_path)
    assert settings.limits.turns == 2
    assert problems == (f"{NAME}: model.name is not for a project to set",)


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[" * 60_000, b" " * 70_000])
def test_a_broken_file_is_named_and_changes_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    settings, problems = settings_of(MINE, tmp_path)
    assert settings == MINE
    assert problems[0].startswith(NAME)
