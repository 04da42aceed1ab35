from __future__ import annotations

import os
from pathlib import Path

import pytest

from kimi_lsp.workspace.disk import BLOCK, NotRegular, read_regular


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, 3 * BLOCK + 1])
@pytest.mark.parametrize("limit", [0, 1, BLOCK, 4 * BLOCK])
def test_a_file_is_read_up_to_one_byte_more_than_the_limit(tmp_path: Path, size: int, limit: int) -> None:
    content = bytes(number % 251 for number in range(size))
    (tmp_path / "a").write_bytes(content)
    assert read_regular(tmp_path / "a", limit) == content[: limit + 1]


@pytest.mark.parametrize("said", [0, 10, 2 * BLOCK, 5 * BLOCK])
def test_a_file_that_is_not_as_large_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: int
) -> None:
    content = b"marina " * (3 * BLOCK // 7)
    (tmp_path / "a").write_bytes(content)
    real = os.fstat

    def wrong(descriptor: int) -> os.stat_result:
        return os.stat_result((*real(descriptor)[:6], said, *real(descriptor)[7:10]))

    monkeypatch.setattr(os, "fstat", wrong)
    assert read_regular(tmp_path / "a", 10 * BLOCK) == content


def test_what_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotRegular):
        read_regular(tmp_path / "pipe", 10)
    with pytest.raises(OSError, match="No such file"):
        read_regular(tmp_path / "gone", 10)
