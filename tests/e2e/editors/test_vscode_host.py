"""The VSIX inside the extension host of a real VS Code: what each scenario of ``vscode/host/index.js`` saw."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from kimi_lsp.simulator.running import running
from kimi_lsp.simulator.scripted import Scenario, Scripted
from tests.e2e.editors.vscode import extension
from tests.e2e.editors.vscode.inside import Desk
from tests.e2e.editors.vscode.program import Program, kimi_lsp, why_not

VERSION = "1.139"
ACTIVATION_MS = 50.0
REASON = extension.why_not() or why_not(VERSION)

pytestmark = [
    pytest.mark.editor,
    pytest.mark.scenario(editor="vscode-host"),
    pytest.mark.skipif(bool(REASON), reason=REASON),
    pytest.mark.timeout(240),
]

UNSEEN = (
    "an extension can show messages, input boxes and previews, but not read or answer another one's"
    " (VS Code API, namespace window); the rows vscode-1.139 and vscode-1.100 do it in the browser"
)
GREET = 'def greet(name):\n    return "hello " + name\n'
FILES = {
    "fix.py": f"import os\n\n\n{GREET}",
    "shop.py": "def total(prices):\n    return sum(prices)\n",
    "till.py": "from shop import total\n\nprint(total([1, 2]))\n",
    "slow.py": GREET,
    "endless.py": GREET,
    "explain.py": GREET,
}


def edit(path: str, old: str, new: str) -> dict[str, Any]:
    return {"name": "edit", "arguments": {"path": path, "old_string": old, "new_string": new}}


def turns() -> list[dict[str, Any]]:
    """What the simulated model answers, in the order of the scenarios."""
    fix: list[dict[str, Any]] = [
        {"tool_calls": [edit("fix.py", "import os\n\n\n", "")]},
        {"content": "Removed it."},
    ]
    rename = [
        edit("shop.py", "def total(", "def sum_of("),
        edit("till.py", "import total", "import sum_of"),
        edit("till.py", "print(total(", "print(sum_of("),
    ]
    return [
        *fix,
        *fix,
        {"tool_calls": rename},
        {"content": "Renamed."},
        {"tool_calls": [edit("slow.py", '"hello "', '"hail "')], "first_byte_delay_s": 1.5},
        {"content": "Done."},
        {"content": "never", "first_byte_delay_s": 60, "when": "endless.py"},
        {"content": "It greets somebody by name.", "when": "explain.py"},
    ]


async def run(folder: Path) -> dict[str, Any]:
    """Let VS Code run the suite against the simulated model."""
    async with running(Scripted(Scenario.of({"turns": turns()})), tokens_per_second=0) as url:
        desk = Desk(folder, Program(VERSION), kimi_lsp(folder), url)
        await desk.install(extension.build())
        return await desk.seen(FILES)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    extension.build()
    return asyncio.run(run(tmp_path_factory.mktemp("vscode")))


def of(seen: dict[str, Any], scenario: str) -> dict[str, Any]:
    """What one scenario saw; fails with its error where it had one."""
    result: dict[str, Any] = seen[scenario]
    assert "error" not in result, result["error"]
    return result


def test_activation_takes_less_than_50_ms_and_does_not_wait_for_the_server(seen: dict[str, Any]) -> None:
    result = of(seen, "activation")
    shown = ", ".join(
        f"{name} {result[name]:.1f}" for name in ("load_ms", "activate_ms", "took_ms", "ready_ms")
    )
    print(f"VS Code {seen['version']}: {shown}")
    assert not result["before"]
    assert result["load_ms"] + result["activate_ms"] < ACTIVATION_MS
    assert result["took_ms"] < result["ready_ms"]


@pytest.mark.scenario(name="fix")
@pytest.mark.scenario(name="undo")
def test_fix_is_one_edit_and_one_undo(seen: dict[str, Any]) -> None:
    result = of(seen, "fix")
    assert result["title"] == "Kimi: Fix `os` imported but unused (Ruff F401)"
    assert result["after"] == GREET
    assert result["undone"]


@pytest.mark.scenario(name="fix")
def test_fix_by_the_command_takes_the_problem_of_another_extension_along(seen: dict[str, Any]) -> None:
    assert of(seen, "by_command")["after"] == GREET


@pytest.mark.scenario(name="refactor two files")
def test_refactor_over_two_files(seen: dict[str, Any]) -> None:
    result = of(seen, "refactor")
    assert result["after"] == [
        "def sum_of(prices):\n    return sum(prices)\n",
        "from shop import sum_of\n\nprint(sum_of([1, 2]))\n",
    ]
    assert result["undone"]


@pytest.mark.scenario(name="typing")
def test_nothing_typed_is_lost(seen: dict[str, Any]) -> None:
    result = of(seen, "typing")
    assert result["while_it_ran"]
    assert result["after"] == result["before"].replace("hello", "hail") + "# typed while it ran\n"


@pytest.mark.scenario(name="cancel")
def test_cancel_leaves_the_text_alone(seen: dict[str, Any]) -> None:
    result = of(seen, "cancel")
    assert result["offered"].startswith("Kimi: Cancel “Refactor")
    assert result["untouched"]


@pytest.mark.scenario(name="explain")
@pytest.mark.scenario(name="hover")
def test_explanation_opens_in_the_preview_and_stays_in_the_hover(seen: dict[str, Any]) -> None:
    result = of(seen, "explain")
    assert result["tab"].startswith("Preview ")
    assert "markdown.preview" in result["kind"]
    assert result["beside"] == 2
    assert "It greets somebody by name." in result["hover"]
    assert "It greets somebody by name." in result["page"]


@pytest.mark.scenario(name="wrong key", limit=UNSEEN)
@pytest.mark.scenario(name="key", limit=UNSEEN)
@pytest.mark.scenario(name="preview", limit=UNSEEN)
def test_no_extension_reads_messages_or_answers_what_another_one_asks(seen: dict[str, Any]) -> None:
    kinds = re.compile("message|notification|inputbox|preview", re.IGNORECASE)
    found = [name for name in of(seen, "api")["window"] if kinds.search(name)]
    assert found
    assert all(name.startswith(("show", "create", "set")) for name in found), found


def test_a_server_that_died_is_started_again(seen: dict[str, Any]) -> None:
    assert "Kimi: Refactor `total`" in of(seen, "crash")["titles"]


def test_restart(seen: dict[str, Any]) -> None:
    result = of(seen, "restart")
    assert result["before"] == result["after"] == 1
