"""A real folder with files in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kimi_lsp.workspace.files import Files
from kimi_lsp.workspace.policy import Policy

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
