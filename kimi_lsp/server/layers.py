"""The settings in force: what each source has sent, laid over the environment's, and whom the key may reach.

A client's initialization options are the user's; ``workspace/configuration`` and ``didChangeConfiguration`` may come
from a file of the project. So neither the environment's key nor that of the initialization options goes to an address
that only these name, and what the user lets it spend can only be made less by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from kimi_lsp.server.workspace_file import LOWERED, lower
from kimi_lsp.settings import ModelSettings, Secret, Settings, from_environment, merge

INITIALIZATION_OPTIONS = "initialization options"
USERS_OWN = {
    "commands": "the commands are registered once",
    "checkers": "they name programs that are run",
    "languages": "they name code that is loaded",
    "recording": "it names a folder that is written to",
}
"""Sections that only the initialization options set, and why."""


class Layers:
    """Settings by source. ``settings`` are those in force, ``problems`` what was refused of them.

    ``key_withheld`` where the user has a key that the address in force does not get.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment, self._environment_problems = from_environment(environment)
        self._sent: dict[str, object] = {}
        self.settings, self.problems = self._environment, self._environment_problems
        self.key_withheld = False

    def lay(self, source: str, sent: object) -> None:
        """Take what ``source`` sent, in place of what it sent before; the last one to speak wins."""
        self._sent.pop(source, None)
        self._sent[source] = _plain(sent)
        first = self._sent.get(INITIALIZATION_OPTIONS)
        trusted, problems = merge(_without_key(self._environment), first)
        merged = _without_key(trusted)
        for name, layer in self._sent.items():
            if name != INITIALIZATION_OPTIONS:
                merged, refused = merge(merged, layer)
                problems += refused
        for section, why in USERS_OWN.items():
            if getattr(merged, section) != getattr(trusted, section):
                merged = msgspec.structs.replace(merged, **{section: getattr(trusted, section)})
                problems += (f"{section} can be set by the initialization options only: {why}",)
        merged, raised = _within(merged, trusted)
        problems += raised
        self.settings = self._with_key(merged, trusted)
        self.problems = self._environment_problems + problems

    def _with_key(self, merged: Settings, trusted: Settings) -> Settings:
        if merged.model.api_key:  # one of the other sources names a key itself, and it is accepted
            self.key_withheld = False
            return merged
        key = trusted.model.api_key or self._environment.model.api_key
        self.key_withheld = bool(key) and not self._may_have(merged, trusted)
        model = msgspec.structs.replace(merged.model, api_key=Secret() if self.key_withheld else key)
        return msgspec.structs.replace(merged, model=model)

    def _may_have(self, merged: Settings, trusted: Settings) -> bool:
        """Whether the user's key may go to the address in ``merged``."""
        place = (merged.model.preset, merged.model.base_url)
        if place == (trusted.model.preset, trusted.model.base_url):
            return True
        presets_own = msgspec.structs.replace(trusted.model, base_url="")
        known = (self._environment.model, trusted.model, presets_own)
        return _address(merged.model) in map(_address, known)


def _within(merged: Settings, trusted: Settings) -> tuple[Settings, tuple[str, ...]]:
    """``merged`` with no more to spend than the user's own layers have set, and a sentence for what would be more.

    What these leave as it is, the other sources may set; but for prices, which say what a budget allows.
    """
    problems = []
    default = Settings()
    for section in ("limits", "budget"):
        mine, theirs = getattr(trusted, section), getattr(merged, section)
        own = [
            name
            for name in LOWERED[section]
            if getattr(mine, name) != getattr(getattr(default, section), name)
        ]
        kept = {name: lower(section, getattr(mine, name), getattr(theirs, name)) for name in own}
        raised = [name for name, value in kept.items() if value != getattr(theirs, name)]
        problems += [f"{section}.{name} is set by the user, and can only be lowered here" for name in raised]
        merged = msgspec.structs.replace(merged, **{section: msgspec.structs.replace(theirs, **kept)})
    if merged.prices != trusted.prices and trusted.budget != default.budget:
        merged = msgspec.structs.replace(merged, prices=trusted.prices)
        problems.append("prices can be set by the initialization options only where these set a budget")
    return merged, tuple(problems)


def _address(model: ModelSettings) -> str:
    from kimi_lsp.model.config import GatewayConfig  # only where a project names an address, off the start

    return GatewayConfig.of(model).base_url


def _without_key(settings: Settings) -> Settings:
    model = msgspec.structs.replace(settings.model, api_key=Secret())
    return msgspec.structs.replace(settings, model=model)


def _plain(sent: object) -> object:
    """Settings as plain values; a client may wrap them in their section's name, beside other sections."""
    value = _unwrapped(sent)
    if isinstance(value, dict) and "kimi" in value:
        return value["kimi"]
    return value


def _unwrapped(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, dict):
        return {key: _unwrapped(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_unwrapped(inner) for inner in value]
    return value
