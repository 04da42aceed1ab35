"""The index for the command line: brought up to date in the process that asks, before it is used."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from kimi_lsp.workspace.errors import Refused
from kimi_lsp.workspace.index.answers import Answers
from kimi_lsp.workspace.index.builder import Builder
from kimi_lsp.workspace.index.extract import Extracted, extract
from kimi_lsp.workspace.index.reader import Disk
from kimi_lsp.workspace.index.store import Layered, Memory
from kimi_lsp.workspace.index.values import Index, empty
from kimi_lsp.workspace.policy import Policy


def build_now(
    roots: Sequence[Path],
    cache_folder: Path,
    max_bytes: int,
    *,
    texts: Mapping[Path, str] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Index:
    """The index of ``roots`` as they are on the disk now, with the ``texts`` of unsaved documents over it.

    It knows nothing where there can be none, as in a cache folder that cannot be written.
    """
    builder = Builder(roots, cache_folder, max_bytes)
    try:
        builder.refresh(on_progress or _nobody)
    except (OSError, sqlite3.Error) as error:
        return empty(f"the index cannot be made in {cache_folder}: {error}")
    policy = Policy.of(roots, max_bytes)
    over = (_extracted(policy, location, text) for location, text in (texts or {}).items())
    return Answers(Layered(Memory(dict(one for one in over if one)), Disk(builder.path)))


def _extracted(policy: Policy, location: Path, text: str) -> tuple[str, Extracted] | None:
    """The name of a document and what is in it; None where the policy refuses it."""
    try:
        policy.check(location, text)
    except Refused:
        return None
    name = policy.shown(location)
    return name, extract(text, name)


def _nobody(done: int, total: int) -> None:
    """Progress that nobody looks at."""
