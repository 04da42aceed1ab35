import os
import shutil
import subprocess
from pathlib import Path

import pytest

from kimi_lsp.workspace.errors import Refused
from kimi_lsp.workspace.files import Files
from kimi_lsp.workspace.policy import Policy

FILES = (
    "a.py",
    "b.log",
    "keep.log",
    "src/a.py",
    "src/b.log",
    "src/deep/a.py",
    "src/deep/keep.log",
    "out/a.py",
)


def tree(root: Path, ignore_files: dict[str, str]) -> Files:
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
    for name, lines in ignore_files.items():
        (root / name).write_text(lines)
    return Files(Policy.of([root]), {})


def readable(view: Files, path: str) -> bool:
    try:
        view.snapshot(path)
    except Refused:
        return False
    return True


@pytest.mark.parametrize(
    "ignore_files",
    [
        pytest.param({}, id="none"),
        pytest.param({".gitignore": "*.log\n!keep.log\n"}, id="negated"),
        pytest.param(
            {".gitignore": "src/\n", "src/.gitignore": "!a.py\n"}, id="nothing-comes-back-from-a-folder"
        ),
        pytest.param({".gitignore": "*.py\n", "src/.gitignore": "!a.py\n"}, id="deeper-says-no"),
        pytest.param({".gitignore": "/a.py\nsrc/deep\n"}, id="anchored"),
        pytest.param({"src/.gitignore": "deep/*.log\n"}, id="nested"),
        pytest.param({".gitignore": "**/deep/\n/out\n"}, id="stars"),
        pytest.param({".gitignore": "/*\n!/src/\n"}, id="all-but-one"),
    ],
)
@pytest.mark.skipif(shutil.which("git") is None, reason="git is the oracle")
def test_as_git_says(tmp_path: Path, ignore_files: dict[str, str]) -> None:
    view = tree(tmp_path, ignore_files)
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", "init", "-q", tmp_path], check=True, env=environment)
    listed = subprocess.run(
        ["git", "-C", tmp_path, "ls-files", "--others", "--exclude-standard"],
        check=True, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert set(view.files()) == set(listed.stdout.split())
    assert {name for name in FILES if readable(view, name)} == set(listed.stdout.split()) & set(FILES)


def test_files_above_the_root_count_up_to_the_top_of_its_repository(tmp_path: Path) -> None:
    tree(tmp_path, {".gitignore": "deep/a.py\n"})
    top = tmp_path / "src"
    (top / ".git").mkdir()
    (top / ".gitignore").write_text("/deep/*.log\n")
    view = Files(Policy.of([top / "deep"]), {})
    assert list(view.files()) == ["a.py"]
    with pytest.raises(Refused, match=r"keep\.log is ignored by \.\./\.gitignore"):
        view.snapshot("keep.log")


def test_a_root_that_is_ignored_as_a_whole_was_opened_nonetheless(tmp_path: Path) -> None:
    tree(tmp_path, {".gitignore": "src\n*.log\n"})
    (tmp_path / ".git").mkdir()
    assert list(Files(Policy.of([tmp_path / "src" / "deep"]), {}).files()) == ["a.py", "keep.log"]


def test_a_repository_ends_at_its_own_root(tmp_path: Path) -> None:
    tree(tmp_path, {".gitignore": "*.log\n"})
    for folder in (tmp_path, tmp_path / "src"):
        (folder / ".git").mkdir()
    assert "b.log" in set(Files(Policy.of([tmp_path / "src"]), {}).files())


def test_links_to_folders_and_what_is_never_read_are_not_listed(tmp_path: Path) -> None:
    view = tree(tmp_path, {})
    (tmp_path / "link").symlink_to("src")
    (tmp_path / "src" / "node_modules").mkdir()
    (tmp_path / "src" / "node_modules" / "x.js").write_text("")
    assert set(view.files()) == set(FILES)
