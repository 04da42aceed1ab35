"""Folders to index, and all that an index says of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kimi_lsp.workspace.index.now import build_now
from kimi_lsp.workspace.index.values import Index

MAX_BYTES = 64 * 1024


def write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def built(root: Path, cache: Path, texts: Mapping[Path, str] | None = None) -> Index:
    return build_now([root], cache, MAX_BYTES, texts=texts)


def all_said(index: Index, names: list[str]) -> dict[str, Any]:
    """Every answer there is, by question."""
    files = index.files()
    return {
        "files": files,
        "definitions": dict(index.definitions(names)),
        "defined_in": {file: index.defined_in(file) for file in files},
        "uses": {name: index.uses(name) for name in names},
        "links": {file: index.links(file) for file in files},
    }
