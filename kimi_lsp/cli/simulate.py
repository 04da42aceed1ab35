"""``kimi-lsp simulate``: the simulated gateway alone, for an editor without a key, or for curl."""

from __future__ import annotations

import argparse
import asyncio
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from kimi_lsp.simulator.account import DEFAULT_KEY

if TYPE_CHECKING:
    from kimi_lsp.simulator.answer import Brain
    from kimi_lsp.simulator.app import Exchange

DEFAULT_PORT = 8321
PORT_TAKEN = 1
NOT_USABLE = 2
"""Exit status where a part is missing or the scenario is wrong; argparse's own is the same."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument(
        "--port",
        type=_port,
        default=DEFAULT_PORT,
        help="loopback port, 0 for a free one (default %(default)s)",
    )
    parser.add_argument(
        "--brain", choices=("ruff", "scripted"), default="ruff", help="what answers (default %(default)s)"
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--scenario", type=Path, metavar="FILE", help="JSON scenario, for the scripted brain")
    source.add_argument(
        "--replay", type=Path, metavar="FILE", help="a recorded job, whose answers are played"
    )
    parser.add_argument("--key", help="the one key to accept (default: any that begins with sk-aig-)")
    parser.add_argument(
        "--tokens-per-second",
        type=_pace,
        metavar="N",
        help="pace of the answers, 0 is as fast as possible (default: some 110)",
    )
    parser.add_argument(
        "--rate", choices=("10", "600", "off"), default="off", help="requests a minute (default %(default)s)"
    )


def missing_parts() -> str:
    """The sentence that says what to install for the simulator, empty where all is there."""
    missing = [name for name in ("starlette", "uvicorn", "ruff") if find_spec(name) is None]
    if not missing:
        return ""
    return (
        f"The simulator needs {' and '.join(missing)}; install all of it with: pip install 'kimi-lsp[demo]'"
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C. Returns 0, 1 where the port is taken, 2 where something is missing or wrong."""
    if sentence := missing_parts():
        return _failed(NOT_USABLE, sentence)
    from kimi_lsp.model.recording import BadRecording
    from kimi_lsp.simulator.errors import ScenarioError

    try:
        brain = _brain(arguments)
    except (BadRecording, OSError) as error:
        return _failed(NOT_USABLE, f"The recording cannot be played: {error}")
    except ScenarioError as error:
        return _failed(NOT_USABLE, f"The scenario was refused: {error}")
    try:
        asyncio.run(_serve(brain, arguments))
    except OSError as error:
        return _failed(PORT_TAKEN, f"Port {arguments.port} cannot be used: {error.strerror or error}")
    except KeyboardInterrupt:
        print("\nThe simulator has stopped.")
    return 0


def _brain(arguments: argparse.Namespace) -> Brain:
    from kimi_lsp.simulator.errors import ScenarioError
    from kimi_lsp.simulator.ruff_brain import RuffBrain
    from kimi_lsp.simulator.scripted import Scenario, Scripted

    if arguments.replay is not None:
        from kimi_lsp.cli.playback import brain_of

        return brain_of(arguments.replay, at_once=arguments.tokens_per_second == 0)
    if arguments.scenario is not None:
        return Scripted(Scenario.read(arguments.scenario))
    if arguments.brain == "scripted":
        raise ScenarioError("--brain scripted needs --scenario FILE")
    return RuffBrain()


async def _serve(brain: Brain, arguments: argparse.Namespace) -> None:
    from kimi_lsp.simulator.running import TOKENS_PER_SECOND, running

    pace = arguments.tokens_per_second
    serving = running(
        brain,
        port=arguments.port,
        key=arguments.key,
        rate=None if arguments.rate == "off" else int(arguments.rate),
        tokens_per_second=TOKENS_PER_SECOND if pace is None else pace,
        observer=_report,
    )
    async with serving as url:
        print(_instructions(url, brain.name, arguments.key), flush=True)
        await asyncio.get_running_loop().create_future()


def _instructions(url: str, brain: str, key: str | None) -> str:
    from kimi_lsp.simulator.rules import MODEL

    shown = DEFAULT_KEY if key is None else "KEY"
    question = '"messages": [{"role": "user", "content": "What can you do?"}]'
    return f"""\
A simulated gateway listens on {url} (brain: {brain}). There is no model behind it.

An editor:  set these two for kimi-lsp, then start the editor
    export KIMI_LSP_BASE_URL={url}
    export AIGATEWAY_API_KEY={shown}
curl:
    curl -N {url}/chat/completions -H "Authorization: Bearer {shown}" \\
      -d '{{"model": "{MODEL}", "stream": true, {question}}}'

Ctrl-C ends it."""


def _report(exchange: Exchange) -> None:
    used = (
        f"{exchange.prompt_tokens} tokens in ({exchange.cached_tokens} cached), {exchange.output_tokens} out"
    )
    print(f"{exchange.status} {exchange.outcome}: {used}, {exchange.seconds:.1f} s", flush=True)


def _failed(status: int, sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return status


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65_535:
        raise argparse.ArgumentTypeError(f"{port} is not a port")
    return port


def _pace(text: str) -> float:
    pace = float(text)
    if not 0 <= pace <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text} is not a pace; 0 is as fast as possible")
    return pace
