"""``kimi-lsp doctor``: what is wrong, and how to mend it.

``--json`` prints ``{"ok": bool, "checks": [{"name", "status", "found", "mend"}]}``; ``status`` is ``ok``, ``warn``,
``fail`` or ``skipped``, ``mend`` is empty where there is nothing to mend. The key is never shown.

``--editor NAME`` prints the configuration for that editor and looks at nothing but what the editor needs; the JSON
has ``editor``, ``where`` and ``configuration`` too.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import os
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from kimi_lsp import settings
from kimi_lsp.cli import check_editor
from kimi_lsp.cli.check import Check
from kimi_lsp.cli.check_machine import key, on_this_machine
from kimi_lsp.model.presets import PRESETS

if TYPE_CHECKING:
    from kimi_lsp.settings import Settings

FAILED = 1
_STYLES = {"ok": "green", "warn": "yellow", "fail": "red", "skipped": "dim"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which service to ask, and how much."""
    parser.add_argument(
        "--base-url", metavar="URL", help="where the service is (default: as the environment says)"
    )
    parser.add_argument("--model", metavar="NAME", help="which model to ask for")
    parser.add_argument("--preset", choices=tuple(PRESETS), help="which service it is")
    parser.add_argument(
        "--live",
        action="store_true",
        help="send one small request, which costs money; on loopback it is sent anyway",
    )
    parser.add_argument(
        "--editor",
        choices=tuple(check_editor.EDITORS),
        metavar="NAME",
        help=f"print the configuration for an editor: {', '.join(check_editor.EDITORS)}",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")


def run(arguments: argparse.Namespace) -> int:
    """Look at everything; 1 if anything has failed."""
    if arguments.editor is not None:
        return _editor(arguments.editor, as_json=arguments.json)
    checks = asyncio.run(_checks(arguments))
    if arguments.json:
        print(json.dumps(_plain(checks), indent=2))
    else:
        _print(Console(highlight=False), checks)
    return _status(checks)


def _editor(name: str, *, as_json: bool) -> int:
    """What one editor needs; 1 if anything has failed."""
    checks = list(check_editor.on_this_machine(name, os.environ))
    where = check_editor.here(check_editor.EDITORS[name].where)
    configuration = check_editor.here(check_editor.configuration(name))
    if as_json:
        more = {"editor": name, "where": where, "configuration": configuration}
        print(json.dumps({**_plain(checks), **more}, indent=2))
    else:
        print(f"{where}:\n\n{configuration}")
        _print(Console(highlight=False), checks)
    return _status(checks)


def _plain(checks: list[Check]) -> dict[str, object]:
    return {"ok": _status(checks) == 0, "checks": [dataclasses.asdict(check) for check in checks]}


def _status(checks: list[Check]) -> int:
    return FAILED if any(check.status == "fail" for check in checks) else 0


async def _checks(arguments: argparse.Namespace) -> list[Check]:
    from kimi_lsp.cli import check_service
    from kimi_lsp.model.config import GatewayConfig

    merged, problems = _settings(arguments)
    config = GatewayConfig.of(merged.model)
    checks = list(on_this_machine(os.environ, problems))
    checks.append(key(os.environ, needed=config.needs_key))
    checks.append(check_service.base_url(config.base_url, with_key=bool(config.key)))
    if all(check.status != "fail" for check in checks[-2:]):
        checks += [check async for check in check_service.asked(config, live=arguments.live)]
    return checks


def _settings(arguments: argparse.Namespace) -> tuple[Settings, tuple[str, ...]]:
    """The environment's settings, under those of the command line."""
    said = {"base_url": arguments.base_url, "name": arguments.model, "preset": arguments.preset}
    found, problems = settings.from_environment(os.environ)
    merged, refused = settings.merge(found, {"model": said})
    return merged, (*problems, *refused)


def _print(console: Console, checks: list[Check]) -> None:
    width = max(len(check.name) for check in checks)
    for check in checks:
        line = Text(f"{check.status:<8}", style=_STYLES[check.status])
        console.print(line.append(f"{check.name:<{width}}  {check.found}", style="default"), soft_wrap=True)
        if check.mend:
            console.print(Text(f"{'':<8}{'':<{width}}  to mend it: {check.mend}"), soft_wrap=True)
    counts = {status: sum(check.status == status for check in checks) for status in _STYLES}
    console.print(", ".join(f"{count} {status}" for status, count in counts.items() if count))
