"""Names that many files define or mention: no answer grows with the workspace, and none depends on what is open."""

from __future__ import annotations

from pathlib import Path

import pytest

from kimi_lsp.workspace.index.answers import COMMON
from kimi_lsp.workspace.index.now import build_now
from kimi_lsp.workspace.index.values import MOST, MOST_NEAR, Index
from tests.workspace.index.trees import MAX_BYTES, write

ROPES = "def rope(): ...\n"
MANY = MOST + 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("common").resolve()
    write(folder / "root", {f"quay/r{number:04}.py": ROPES for number in range(MANY)})
    return folder


def index(folder: Path, opened: dict[str, str]) -> Index:
    root = folder / "root"
    texts = {root / name: text for name, text in opened.items()}
    return build_now([root], folder / "cache", MAX_BYTES, texts=texts)


@pytest.mark.parametrize(
    "opened",
    [
        pytest.param({}, id="nothing-open"),
        pytest.param({"quay/r0001.py": ROPES, "quay/r1019.py": ROPES}, id="open-and-the-same"),
    ],
)
def test_the_first_files_by_name_are_told(folder: Path, opened: dict[str, str]) -> None:
    found = index(folder, opened).definitions(["rope"])["rope"]
    assert [one.file for one in found] == [f"quay/r{number:04}.py" for number in range(MOST)]


@pytest.mark.parametrize("opened", [{}, {"quay/r0777.py": ROPES}, {"quay/r0003.py": ROPES}])
def test_the_nearest_files_are_told_where_it_is_said_what_is_near(
    folder: Path, opened: dict[str, str]
) -> None:
    found = index(folder, opened).definitions(["rope"], lambda file: (file.endswith("7.py"),))["rope"]
    sevens = [f"quay/r{number:04}.py" for number in range(7, MOST_NEAR * 10, 10)]
    assert [one.file for one in found] == sevens


def test_what_is_common_links_no_files_whatever_is_open(folder: Path) -> None:
    opened = {"quay/r0001.py": ROPES, "quay/r0002.py": "rope()\n"}
    assert index(folder, opened).links("quay/r0002.py") == ()


@pytest.mark.parametrize(("defining", "links"), [(COMMON, COMMON), (COMMON + 1, 0)])
def test_a_name_links_files_up_to_a_count(tmp_path: Path, defining: int, links: int) -> None:
    root = tmp_path.resolve() / "root"
    write(root, {f"r{number}.py": ROPES for number in range(defining)} | {"user.py": "rope()\n"})
    for opened in ({}, {"r0.py": ROPES}, {"user.py": "rope()\n"}):
        assert len(index(root.parent, opened).links("user.py")) == links
