"""The command as a person runs it: a child process, its first lines, curl's view, Ctrl-C."""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kimi_lsp.cli import simulate
from tests.simulator.asking import KEY, body, post

RUN = """\
import argparse, sys
from kimi_lsp.cli import simulate
parser = argparse.ArgumentParser()
simulate.add_arguments(parser)
sys.exit(simulate.run(parser.parse_args()))
"""


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    simulate.add_arguments(parser)
    return parser.parse_args(words)


@contextmanager
def simulator(*words: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """The command as a child, what it said first, and the URL in it; whatever happens it is gone afterwards."""
    environment = {**os.environ, "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", RUN, "--port", "0", *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as child:
        try:
            assert child.stdout is not None
            said = "".join(iter(child.stdout.readline, "Ctrl-C ends it.\n"))
            found = re.search(r"http://127\.0\.0\.1:\d+/v1", said)
            assert found is not None
            yield child, said, found[0]
        finally:
            child.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one child on Windows")
async def test_it_says_how_to_use_it_answers_and_ends_with_ctrl_c() -> None:
    with simulator("--tokens-per-second", "0") as (child, said, url):
        answer = await post(url, body())
        assert "This is the simulator, not Kimi." in answer.json()["choices"][0]["message"]["content"]
        child.send_signal(signal.SIGINT)
        out, errors = child.communicate(timeout=10)
        assert (child.returncode, errors) == (0, "")
        for line in (
            f"export KIMI_LSP_BASE_URL={url}",
            "export AIGATEWAY_API_KEY=sk-aig-simulator",
            f"curl -N {url}/chat/completions",
            "200 whole: 9 tokens in (0 cached)",
            "The simulator has stopped.",
        ):
            assert line in said + out


async def test_a_fixed_key_is_never_printed_and_the_tier_is_kept() -> None:
    with simulator("--key", "sk-aig-mine", "--rate", "10", "--tokens-per-second", "0") as (child, said, url):
        assert (await post(url, body())).status_code == 401
        mine = {**KEY, "Authorization": "Bearer sk-aig-mine"}
        statuses = [(await post(url, body(), headers=mine)).status_code for _ in range(11)]
        assert statuses == [200] * 10 + [429]
        child.kill()
        assert "sk-aig-mine" not in said + "".join(child.communicate(timeout=10))


async def test_a_scenario_is_played(tmp_path: Path) -> None:
    scenario = tmp_path / "busy.json"
    scenario.write_text('{"turns": [{"status": 503, "retry_after_s": 2}, {"content": "Back."}]}')
    with simulator("--scenario", str(scenario)) as (_, _, url):
        assert (await post(url, body())).headers["retry-after"] == "2"
        assert (await post(url, body())).json()["choices"][0]["message"]["content"] == "Back."


def test_a_scenario_that_does_not_fit_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = tmp_path / "wrong.json"
    scenario.write_text('{"turns": [{"says": "x"}]}')
    assert simulate.run(arguments("--scenario", str(scenario))) == 2
    assert "unknown field 'says'" in capsys.readouterr().err
    assert simulate.run(arguments("--brain", "scripted")) == 2
    assert "--brain scripted needs --scenario FILE" in capsys.readouterr().err


def test_a_taken_port_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert simulate.run(arguments("--port", port)) == 1
    assert capsys.readouterr().err.startswith(f"Port {port} cannot be used: ")


def test_without_its_parts_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(simulate, "find_spec", lambda name: None if name == "starlette" else object())
    assert simulate.run(arguments()) == 2
    expected = "The simulator needs starlette; install all of it with: pip install 'kimi-lsp[demo]'\n"
    assert capsys.readouterr().err == expected


@pytest.mark.parametrize("words", [("--port", "70000"), ("--tokens-per-second", "-1"), ("--rate", "11")])
def test_options_out_of_range(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments(*words)
    assert words[0] in capsys.readouterr().err
