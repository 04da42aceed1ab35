"""The doctor against the simulator, against nothing, and against what is no such service."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from kimi_lsp.__main__ import main
from kimi_lsp.cli import check_service
from kimi_lsp.cli.check_answer import price
from kimi_lsp.model.config import GatewayConfig
from kimi_lsp.simulator.answer import Brain
from kimi_lsp.simulator.app import Exchange
from kimi_lsp.simulator.ruff_brain import RuffBrain
from kimi_lsp.simulator.running import running
from tests.simulator.asking import scripted

KEY = "sk-aig-simulator"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with a key, one linter, and folders of its own."""
    linter = tmp_path / "bin" / "ruff"
    linter.parent.mkdir()
    linter.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(linter.parent))
    for name in (
        "AIG_KEY",
        "KIMI_LSP_BASE_URL",
        "KIMI_LSP_MODEL",
        "KIMI_LSP_PRESET",
        "HTTP_PROXY",
        "http_proxy",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AIGATEWAY_API_KEY", KEY)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


@asynccontextmanager
async def simulator(brain: Brain | None = None) -> AsyncIterator[tuple[str, list[Exchange]]]:
    exchanges: list[Exchange] = []
    serving = running(brain or RuffBrain(), key=KEY, tokens_per_second=0, observer=exchanges.append)
    async with serving as url:
        yield url, exchanges


async def doctor(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, dict[str, str]]]:
    """The exit status, and the checks by name."""
    status = await asyncio.to_thread(main, ["doctor", "--json", *words])
    said = capsys.readouterr().out
    assert KEY not in said
    plain: dict[str, Any] = json.loads(said)
    assert plain["ok"] == (status == 0)
    return status, {check["name"]: check for check in plain["checks"]}


async def test_against_the_simulator_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    async with simulator() as (url, exchanges):
        status, checks = await doctor(capsys, "--base-url", url)
    assert {name: check["status"] for name, check in checks.items()} == dict.fromkeys(
        ["python", "packages", "settings", "grammars", "linters", "cache folder", "state folder", "key", "base url",
         "network", "tls", "model", "streaming", "tool calling", "reasoning", "latency"], "ok",
    )  # fmt: skip
    assert status == 0
    assert checks["key"]["found"] == "set by AIGATEWAY_API_KEY, 16 characters"
    assert checks["model"]["found"].startswith("moonshot/kimi-k2.7-code, 262,144 tokens of context")
    assert checks["linters"]["found"].startswith("ruff; not on PATH: mypy, eslint, ")
    assert [(exchange.status, exchange.tag) for exchange in exchanges] == [(200, "kimi-lsp-doctor")]


async def test_it_reads_well(capsys: pytest.CaptureFixture[str]) -> None:
    async with simulator() as (url, _):
        status = await asyncio.to_thread(main, ["doctor", "--base-url", url, "--model", "x/y"])
    lines = capsys.readouterr().out.splitlines()
    assert status == 1
    assert "fail    model         The service does not know the model 'x/y'" in lines
    mend = "to mend it: check model.name and model.base_url (it said: there are moonshot/kimi-k2.7-code)."
    assert lines[-2].strip() == mend
    assert lines[-1] == "11 ok, 1 fail"


async def test_what_the_model_cannot_do_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    async with simulator(scripted({"content": "Ready.", "reasoning": ""})) as (url, _):
        status, checks = await doctor(capsys, "--base-url", url)
    warned = [name for name, check in checks.items() if check["status"] == "warn"]
    assert (status, warned) == (0, ["tool calling", "reasoning"])


async def test_a_live_request_that_fails_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    async with simulator(scripted({"status": 402, "error": "Insufficient credits"})) as (url, _):
        status, checks = await doctor(capsys, "--base-url", url)
    assert (status, checks["streaming"]["status"]) == (1, "fail")
    assert checks["streaming"]["found"] == "The credits of this API key are used up"


async def web_page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError):  # a connection that only tries the port
        await reader.readuntil(b"\r\n\r\n")
    page = b"<html>Please log in</html>"
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b" % (len(page), page)
    )
    await writer.drain()
    writer.close()


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


async def test_a_web_page(capsys: pytest.CaptureFixture[str]) -> None:
    server = await asyncio.start_server(web_page, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        status, checks = await doctor(capsys, "--base-url", url)
    assert (status, checks["model"]["status"]) == (1, "fail")
    assert "a web page" in checks["model"]["found"]


async def test_a_wrong_key(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGATEWAY_API_KEY", "sk-aig-mistyped")
    async with simulator() as (url, exchanges):
        status, checks = await doctor(capsys, "--base-url", url)
    assert (status, checks["model"]["status"], exchanges) == (1, "fail", [])
    assert checks["model"]["found"] == "The model service refuses the API key"
    assert "set AIGATEWAY_API_KEY" in checks["model"]["mend"]


async def test_nobody_listens(capsys: pytest.CaptureFixture[str]) -> None:
    port = closed_port()
    status, checks = await doctor(capsys, "--base-url", f"http://127.0.0.1:{port}/v1")
    assert (status, list(checks)[-1]) == (1, "network")
    assert checks["network"]["found"] == f"127.0.0.1:{port}: Connection refused"


async def test_https_where_there_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    async with simulator() as (url, _):
        status, checks = await doctor(capsys, "--base-url", url.replace("http:", "https:"))
    assert (status, list(checks)[-1], checks["tls"]["status"]) == (1, "tls", "fail")


async def test_without_a_key_nobody_is_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIGATEWAY_API_KEY")
    status, checks = await doctor(capsys)
    assert (status, checks["key"]["status"]) == (1, "fail")
    assert "network" not in checks


async def test_the_machine_s_own_faults(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "occupied").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(here / "occupied"))
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("KIMI_LSP_PRESET", "skynet")
    monkeypatch.setenv("AIGATEWAY_API_KEY", "sk-aig two words")
    status, checks = await doctor(capsys, "--base-url", f"http://127.0.0.1:{closed_port()}/v1")
    found = {name: check["status"] for name, check in checks.items() if check["status"] != "ok"}
    assert found == {"settings": "warn", "linters": "warn", "state folder": "fail", "key": "fail"}
    assert (status, "KIMI_LSP_PRESET: model.preset" in checks["settings"]["found"]) == (1, True)


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("https://api.aigateway.sh/v1", "ok"),
        ("http://localhost:8000/v1", "ok"),
        ("http://192.0.2.7:8000/v1", "warn"),
        ("api.aigateway.sh/v1", "fail"),
        ("https:///v1", "fail"),
        ("https://host:port/v1", "fail"),
        ("https://api.aigateway.sh/v1/chat/completions", "fail"),
    ],
)
def test_addresses(url: str, status: str) -> None:
    assert check_service.base_url(url, with_key=True).status == status


def test_the_live_request_s_price_is_said() -> None:
    config = GatewayConfig("https://api.aigateway.sh/v1", "moonshot/kimi-k2.7-code", key=KEY)
    assert price(config) == "$0.0044"
