"""The commands. A command's module is imported when it is the one that is run."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from typing import Protocol, cast

from kimi_lsp import __version__

COMMANDS = {
    "cache": "say what of recorded prompts was stable, and where each parts from those before",
    "context": "print the prompt of an action at a place, and what each part of it costs; sends nothing",
    "demo": "watch one real fix: the simulator, the server and a client on this machine",
    "simulate": "serve the gateway's protocol on loopback, for trying without a key",
    "doctor": "look for what is wrong with key, network, service, grammars and folders",
    "replay": "run a recorded job again, offline, and say where it goes another way",
    "usage": "say what was spent, by day, action, model or workspace",
}


class Command(Protocol):
    """What each module of this package offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's own options."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it; returns the exit status."""


def run(argv: Sequence[str]) -> int:
    """Parse and run; without a command the language server itself."""
    if argv and argv[0] in COMMANDS:
        command = _load(argv[0])
        parser = argparse.ArgumentParser(prog=f"kimi-lsp {argv[0]}", description=COMMANDS[argv[0]])
        command.add_arguments(parser)
        return command.run(parser.parse_args(argv[1:]))
    serve = _load("serve")
    parser = argparse.ArgumentParser(
        prog="kimi-lsp",
        description="A language server that explains, refactors and fixes code with Kimi.",
        epilog="commands: " + "; ".join(f"{name}: {what}" for name, what in COMMANDS.items()),
    )
    parser.add_argument("--version", action="version", version=f"kimi-lsp {__version__}")
    serve.add_arguments(parser)
    return serve.run(parser.parse_args(argv))


def _load(name: str) -> Command:
    return cast(Command, importlib.import_module(f"kimi_lsp.cli.{name}"))
