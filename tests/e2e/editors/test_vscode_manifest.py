"""The extension's manifest says what the server has: settings with their defaults and scopes, languages, commands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from kimi_lsp.settings import Secret, Settings
from kimi_lsp.syntax.languages import LANGUAGES
from tests.e2e.editors.vscode.extension import SOURCE

MANIFEST: dict[str, Any] = json.loads((SOURCE / "package.json").read_text(encoding="utf-8"))
CONTRIBUTED = MANIFEST["contributes"]
PROPERTIES: dict[str, Any] = {
    name.removeprefix("kimi."): value
    for section in CONTRIBUTED["configuration"]
    for name, value in section["properties"].items()
}
OURS = {"server.path", "server.arguments", "server.package", "trace.server"}
NOT_SETTINGS = {"model.api_key", "commands.suffix", "show.status_notifications"}
"""The key is a secret, and the extension itself says the other two."""
THE_USERS_OWN = ("model.preset", "model.base_url", "model.extra_body", "checkers.", "languages", "recording.",
                 "model.requests_per_minute", "model.tag", "budget.", "limits.", "prices", "server.")  # fmt: skip
WAKES_EVERY_WINDOW = {"json", "jsonc"}
"""VS Code itself opens texts of these languages when it starts: its settings, and lists of its own."""


def leaves(section: msgspec.Struct, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name in section.__struct_fields__:
        value = getattr(section, name)
        if isinstance(value, msgspec.Struct) and not isinstance(value, Secret):
            yield from leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def test_every_setting_is_there_with_its_default() -> None:
    settings = dict(leaves(Settings()))
    assert set(PROPERTIES) == set(settings) - NOT_SETTINGS | OURS
    for name in set(settings) - NOT_SETTINGS:
        default = settings[name]
        assert PROPERTIES[name]["default"] == (list(default) if isinstance(default, tuple) else default), name


def test_every_setting_is_described() -> None:
    for name, value in PROPERTIES.items():
        assert value.get("description") or value.get("markdownDescription"), name


def test_what_a_workspace_may_not_set_has_the_scope_of_the_machine() -> None:
    machine = {name for name, value in PROPERTIES.items() if value["scope"] == "machine"}
    assert machine == {name for name in PROPERTIES if name.startswith(THE_USERS_OWN)}


def test_the_key_is_no_setting() -> None:
    assert not [name for name in PROPERTIES if "key" in name.lower()]


def test_it_wakes_for_every_language() -> None:
    ids = {name for language in LANGUAGES for name in (language.id, *language.lsp_ids)}
    assert set(MANIFEST["activationEvents"]) == {f"onLanguage:{name}" for name in ids - WAKES_EVERY_WINDOW}


def test_menus_and_walkthrough_name_commands_that_exist() -> None:
    commands = {command["command"] for command in CONTRIBUTED["commands"]}
    named = [
        entry["command"] for menu in CONTRIBUTED["menus"].values() for entry in menu if "command" in entry
    ]
    steps = json.dumps(CONTRIBUTED["walkthroughs"])
    named += re.findall(r"command:(kimi-lsp\.\w+)", steps) + re.findall(r"onCommand:(kimi-lsp\.\w+)", steps)
    assert set(named) <= commands
    assert {
        f"kimi-lsp.{name}" for name in ("setKey", "forgetKey", "refactor", "cancel", "doctor")
    } <= commands


def test_pictures_of_the_walkthrough_are_there() -> None:
    for walkthrough in CONTRIBUTED["walkthroughs"]:
        for step in walkthrough["steps"]:
            assert (SOURCE / step["media"]["image"]).exists(), step["id"]


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((SOURCE / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
