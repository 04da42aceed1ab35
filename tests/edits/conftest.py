"""A real folder with files in it, and a job on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from kimi_lsp.edits.staging import Staging
from kimi_lsp.workspace.files import Files
from kimi_lsp.workspace.policy import Policy
from tests.edits.calls import ALL, FILES, Start

Folder = Callable[[Mapping[str, str]], Files]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Makes a workspace of files by their paths; line endings are written as they are."""

    def make(texts: Mapping[str, str]) -> Files:
        for path, text in texts.items():
            location = tmp_path / path
            location.parent.mkdir(parents=True, exist_ok=True)
            location.write_bytes(text.encode())
        return Files(Policy.of([tmp_path]), {})

    return make


@pytest.fixture
def start(folder: Folder) -> Start:
    def make(files: dict[str, str] = FILES, **options: Any) -> Staging:
        return Staging(folder(files), **{"allowed": ALL, **options})

    return make
