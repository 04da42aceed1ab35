"""Two more clients that we did not write, each installed into a folder of its own.

They take a minute and a package registry, so they run only when ``KIMI_LSP_PEERS=1`` is set.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kimi_lsp.simulator.app import Exchange
from kimi_lsp.simulator.running import running
from tests.simulator.asking import scripted

pytestmark = [
    pytest.mark.skipif(os.environ.get("KIMI_LSP_PEERS") != "1", reason="KIMI_LSP_PEERS=1 is not set"),
    pytest.mark.timeout(600),
]

PEERS = Path(__file__).parent / "peers"
CALL = {"name": "get_weather", "arguments": {"city": "Tōkyō"}}
SAYING = {"when": "say text", "reasoning": "I greet.", "content": "Hello, wörld!", "repeat": True}
JSON = {"when": "say json", "content": '{"city": "Tokyo"}', "repeat": True}


def install(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"cannot be installed here: {(done.stderr or done.stdout).strip()[-300:]}")


async def client(command: list[str], folder: Path, *turns: dict[str, Any]) -> tuple[Any, list[Exchange]]:
    """What the client printed, and what the simulator saw."""
    seen: list[Exchange] = []
    async with running(scripted(SAYING, JSON, *turns), tokens_per_second=0, observer=seen.append) as url:
        process = await asyncio.create_subprocess_exec(
            *command, url, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()[-2_000:]
    return json.loads(out), seen


async def test_langchain_openai(tmp_path: Path) -> None:
    install([sys.executable, "-m", "venv", str(tmp_path / "env")], tmp_path)
    python = str(tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin") / "python")
    install([python, "-m", "pip", "install", "-q", "langchain-openai"], tmp_path)
    calling = {"when": "call a tool", "tool_calls": [CALL]}
    got, seen = await client([python, str(PEERS / "langchain_client.py")], tmp_path, calling, calling)
    assert (got["text"], got["streamed"]) == ("Hello, wörld!", "Hello, wörld!")
    assert got["pieces"] > 3
    assert got["usage"] == got["streamed_usage"] > 0
    assert got["calls"] == got["streamed_calls"] == [["get_weather", {"city": "Tōkyō"}]]
    assert got["json"] == {"city": "Tokyo"}
    assert seen[-1].request["response_format"] == {"type": "json_object"}
    assert {exchange.status for exchange in seen} == {200}


@pytest.mark.skipif(shutil.which("npm") is None, reason="there is no npm")
async def test_vercel_ai_sdk(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"private": true, "type": "module"}')
    shutil.copy(PEERS / "ai_sdk_client.mjs", tmp_path)
    npm = ["npm", "install", "--no-audit", "--no-fund", "ai", "@ai-sdk/openai-compatible", "zod"]
    install(npm, tmp_path)
    rounds: list[dict[str, Any]] = [
        {"when": "call a tool", "reasoning": "I ask.", "tool_calls": [CALL]},
        {"when": "call a tool", "content": "Sunny."},
    ]
    got, seen = await client(["node", "ai_sdk_client.mjs"], tmp_path, *rounds, *rounds)
    assert (got["text"], got["streamed"]) == ("Hello, wörld!", "Hello, wörld!")
    assert got["reasoning"] == got["streamed_reasoning"] == "Simulator: I greet."
    assert got["pieces"] > 3
    assert got["usage"] == got["streamed_usage"] > 0
    assert got["calls"] == got["streamed_calls"] == [["get_weather", {"city": "Tōkyō"}]]
    assert got["fragments"] > 3
    assert got["after_calls"] == got["after_streamed_calls"] == "Sunny."
    assert got["json"] == {"city": "Tokyo"}
    assert seen[-1].request["response_format"] == {"type": "json_object"}
    assert {exchange.status for exchange in seen} == {200}
