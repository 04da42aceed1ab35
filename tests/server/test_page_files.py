"""Pages in the cache folder: the newest stay."""

import os
from pathlib import Path

import pytest

from kimi_lsp.server import page_files
from kimi_lsp.server.page_files import write_page


def test_the_oldest_pages_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_files, "KEPT_FILES", 3)
    for number in range(5):
        path = write_page(tmp_path / "diffs", f"{number}.diff", f"text {number}")
        os.utime(path, (number, number))
    newest = write_page(tmp_path / "diffs", "newest.diff", "\ud800 half")
    assert sorted(path.name for path in newest.parent.iterdir()) == ["3.diff", "4.diff", "newest.diff"]


def test_a_page_that_is_written_again_is_the_same_file(tmp_path: Path) -> None:
    for text in ("one", "two"):
        path = write_page(tmp_path, "a.md", text)
    assert path.read_text() == "two"
    assert len(list(tmp_path.iterdir())) == 1
