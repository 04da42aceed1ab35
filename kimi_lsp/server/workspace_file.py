"""``.kimi-lsp.json`` of a workspace: what a project may say for itself. It is not trusted, so it may only do harmless
things: word instructions, hide files, and lower budgets.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from kimi_lsp.settings import ContextSettings, Settings, merge

NAME = ".kimi-lsp.json"
MAX_BYTES = 64 * 1024
LOWERED = {
    "context": ("budget_tokens",),
    "limits": ("turns", "repairs", "seconds", "tokens", "cost_usd"),
    "budget": ("per_day_usd", "per_month_usd"),
    "edits": ("max_file_kb", "max_changed_files"),
}
"""Numbers that a project may make smaller, never larger; 0 dollars of a budget are no limit."""
ADDED = ("instructions", "instruction_files", "ignore")
"""What a project may add to the user's own, in the section ``context``."""


def settings_of(settings: Settings, folder: Path) -> tuple[Settings, tuple[str, ...]]:
    """``settings`` with what the file of the workspace in ``folder`` says, and a sentence for each thing refused."""
    path = folder / NAME
    try:
        if not path.is_file():
            return settings, ()
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            return settings, (f"{NAME} is larger than {MAX_BYTES // 1024} KiB",)
        sent = json.loads(raw)
    except OSError as error:
        return settings, (f"{NAME} cannot be read: {error.strerror}",)
    except (ValueError, RecursionError):
        return settings, (f"{NAME} is not valid JSON",)
    restricted, problems = restrict(settings, sent)
    return restricted, tuple(f"{NAME}: {problem}" for problem in problems)


def restrict(settings: Settings, sent: object) -> tuple[Settings, tuple[str, ...]]:
    """Lay over ``settings`` what an untrusted project may say; the rest is refused by name."""
    wanted, problems = merge(settings, sent)
    refused = tuple(_refused(sent)) if isinstance(sent, Mapping) else ()
    changed: dict[str, Any] = {}
    for section, names in LOWERED.items():
        old, new = getattr(settings, section), getattr(wanted, section)
        lowered = {name: lower(section, getattr(old, name), getattr(new, name)) for name in names}
        changed[section] = msgspec.structs.replace(old, **lowered)
    own = sent.get("context") if isinstance(sent, Mapping) else None
    if isinstance(own, Mapping):
        changed["context"] = _added(changed["context"], wanted.context, own)
    return msgspec.structs.replace(settings, **changed), (*problems, *refused)


def _added(mine: ContextSettings, theirs: ContextSettings, own: Mapping[str, Any]) -> ContextSettings:
    """The user's own words, globs and files first, the project's behind them."""
    both = mine
    if "instructions" in own and theirs.instructions != mine.instructions:
        words = "\n".join(text for text in (mine.instructions, theirs.instructions) if text)
        both = msgspec.structs.replace(both, instructions=words)
    for name in ("instruction_files", "ignore"):
        if name in own:
            joined = tuple(dict.fromkeys((*getattr(mine, name), *getattr(theirs, name))))
            both = msgspec.structs.replace(both, **{name: joined})
    return both


def lower(section: str, mine: float, theirs: float) -> float:
    """The stricter of two numbers of one of the sections of ``LOWERED``."""
    unlimited = section == "budget"
    if unlimited and not theirs:
        return mine
    return theirs if unlimited and not mine else min(mine, theirs)


def _refused(sent: Mapping[str, object]) -> Iterator[str]:
    known = set(Settings.__struct_fields__)
    for section, values in sent.items():
        if section not in known:
            continue
        allowed = LOWERED.get(section, ()) + (ADDED if section == "context" else ())
        for name in values if isinstance(values, Mapping) else ("",):
            if name not in allowed:
                yield f"{section}.{name}".rstrip(".") + " is not for a project to set"
