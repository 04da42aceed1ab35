from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from kimi_lsp.workspace.index.builder import Builder
from kimi_lsp.workspace.index.reader import Disk
from kimi_lsp.workspace.index.values import Defined, Used
from tests.workspace.index.trees import MAX_BYTES, all_said, built, write

PROJECT = {
    "marina/berths.py": "class Berth:\n    def moor(self, boat):\n        return boat\n",
    "marina/main.py": "from marina.berths import Berth\n\nprint(Berth().moor(1))\n",
    "web/app.ts": "export function show(berth: Berth) { berth.moor(2) }\n",
    "README.md": "# Berth\n",
    "logo.png": "not looked at",
}


def no_progress(done: int, total: int) -> None:
    """Nobody looks."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = (tmp_path / "root").resolve()
    write(root, PROJECT)
    return root


def refreshed(root: Path, cache: Path) -> Builder:
    builder = Builder([root], cache, MAX_BYTES)
    builder.refresh(no_progress)
    return builder


def test_answers(root: Path, tmp_path: Path) -> None:
    index = built(root, tmp_path / "cache")
    head = "class Berth:"
    assert index.files() == ("README.md", "marina/berths.py", "marina/main.py", "web/app.ts")
    assert index.definitions(["Berth", "nothing"]) == {
        "Berth": (Defined("Berth", "Berth", "class", "marina/berths.py", 1, 3, head),)
    }
    assert [one.path for one in index.defined_in("marina/berths.py")] == ["Berth", "Berth.moor"]
    assert index.uses("moor") == (
        Used("moor", "marina/berths.py", (2,), 1),
        Used("moor", "marina/main.py", (3,), 1),
        Used("moor", "web/app.ts", (1,), 1),
    )
    assert [(link.source, link.target) for link in index.links("web/app.ts")] == [
        ("marina/main.py", "marina/berths.py"),
        ("web/app.ts", "marina/berths.py"),
    ]
    assert index.uses("moor", limit=1) == index.uses("moor")[:1]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_bytes(b"no database" * 1_000), id="garbage"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:5_000]), id="cut"),
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: _execute(path, "PRAGMA user_version = 99"), id="other-version"),
        pytest.param(lambda path: _execute(path, "DROP TABLE languages"), id="no-table"),
        pytest.param(
            lambda path: path.write_bytes(
                path.read_bytes()[:4_096] + b"\xff" * (path.stat().st_size - 4_096)
            ),
            id="broken-pages",
        ),
    ],
)
def test_a_broken_database_is_made_anew(root: Path, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    names = ["Berth", "moor"]
    before = all_said(built(root, tmp_path / "cache"), names)
    path = Builder([root], tmp_path / "cache", MAX_BYTES).path
    damage(path)
    assert all_said(built(root, tmp_path / "cache"), names) == before


def _execute(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def test_a_language_that_was_read_with_other_queries_is_read_again(root: Path, tmp_path: Path) -> None:
    time.sleep(0.1)  # a file that changed just now would be looked into a second time
    path = refreshed(root, tmp_path / "cache").path
    _execute(path, "UPDATE contents SET definitions = x''")
    assert not built(root, tmp_path / "cache").definitions(["Berth", "show"])
    _execute(path, "UPDATE languages SET fingerprint = 'of old' WHERE id = 'python'")
    assert list(built(root, tmp_path / "cache").definitions(["Berth", "show"])) == ["Berth"]


def test_a_cache_that_cannot_be_written_leaves_an_index_that_knows_nothing(
    root: Path, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    index = built(root, tmp_path / "cache")
    assert index.files() == ()
    assert "the index cannot be made in" in index.trouble


@pytest.mark.parametrize("damage", ["x'ff'", "x'78ff'", "x'93'", "'text'"])
def test_what_is_damaged_is_told(root: Path, tmp_path: Path, damage: str) -> None:
    time.sleep(0.1)  # a file that changed just now would be looked into a second time
    path = refreshed(root, tmp_path / "cache").path
    _execute(path, f"UPDATE contents SET definitions = {damage}, mentions = {damage}")
    index = built(root, tmp_path / "cache")
    assert index.trouble == ""
    assert not index.definitions(["Berth"])
    assert not index.uses("Berth")
    assert f"; please delete {path}" in index.trouble


@pytest.mark.parametrize("damage", ["x'ff'", "x'78ff'", "'text'"])
def test_what_is_found_damaged_is_made_anew(root: Path, tmp_path: Path, damage: str) -> None:
    path = refreshed(root, tmp_path / "cache").path
    _execute(path, f"UPDATE contents SET definitions = {damage}, mentions = {damage}")
    for file in root.rglob("*.py"):
        os.utime(file, (1, 1))
    index = built(root, tmp_path / "cache")
    assert list(index.definitions(["Berth"])) == ["Berth"]
    assert index.trouble == ""


def test_what_is_left_out_is_known_with_its_reason(root: Path, tmp_path: Path) -> None:
    write(
        root,
        {"big.py": "x = 1\n" * 20_000, "made.py": "# @gen" + "erated\nx = 1\n", ".env": "A=1", "no.py": "x"},
    )
    write(root, {".kimiignore": "no.py\n"})
    (root / "link.py").symlink_to(root / "marina" / "main.py")
    os.mkfifo(root / "pipe.py")
    path = refreshed(root, tmp_path / "cache").path
    assert Disk(path).left_out() == {
        "big.py": "big.py is larger than 64 KiB",
        "made.py": "made.py is generated, as its first lines say",
    }
    assert Disk(path).files() == {"README.md", "marina/berths.py", "marina/main.py", "web/app.ts"}


def test_a_folder_without_permission_and_a_loop_of_links(root: Path, tmp_path: Path) -> None:
    (root / "closed").mkdir()
    (root / "closed" / "x.py").write_text("x = 1\n")
    (root / "closed").chmod(0)
    (root / "marina" / "again").symlink_to(root)
    try:
        files = built(root, tmp_path / "cache").files()
    finally:
        (root / "closed").chmod(0o700)
    assert "marina/again/web/app.ts" not in files
    assert "web/app.ts" in files


def test_several_roots_and_nested_ones(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write(other, {"x.py": "def other_thing(): ...\n"})
    builder = Builder([root, other, root / "web"], tmp_path / "cache", MAX_BYTES)
    builder.refresh(no_progress)
    assert Disk(builder.path).files() == {
        "root/README.md",
        "root/marina/berths.py",
        "root/marina/main.py",
        "web/app.ts",
        "other/x.py",
    }


@pytest.mark.skipif(shutil.which("git") is None, reason="no git")
def test_another_working_tree_inside_says_nothing_twice(root: Path, tmp_path: Path) -> None:
    identity = ("-c", "user.name=u", "-c", "user.email=u@example.org")
    for words in (("init",), ("add", "."), ("commit", "-m", "all"), ("worktree", "add", "other")):
        subprocess.run(["git", "-C", str(root), *identity, *words], check=True, capture_output=True)
    files = built(root, tmp_path / "cache").files()
    assert files
    assert not [file for file in files if file.startswith("other/")]
    assert built(root / "other", tmp_path / "cache").files() == files


@pytest.mark.skipif(shutil.which("git") is None, reason="no git")
def test_git_names_the_files(root: Path, tmp_path: Path) -> None:
    def git(*words: str, folder: Path = root) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main")
        subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, capture_output=True)

    write(root, {".git/info/exclude": "", "inner/z.py": "z = 1\n", "gone.py": "x = 1\n", "new.py": "y = 1\n"})
    (root / ".git" / "info" / "exclude").unlink()
    git("init")
    git("init", folder=root / "inner")
    git("add", "marina", "gone.py")
    (root / "gone.py").unlink()
    write(root, {".git/info/exclude": "web/\n", ".kimiignore": "new.py\n", ".gitignore": "marina/main.py\n"})
    (root / "ümläut.py").write_text("x = 1\n")
    files = built(root, tmp_path / "cache").files()
    assert files == ("README.md", "inner/z.py", "marina/berths.py", "ümläut.py")
    assert built(root / "web", tmp_path / "cache").files() == ("app.ts",), "opened, though it is excluded"


def test_a_file_that_changed_and_shows_neither_by_size_nor_by_time(root: Path, tmp_path: Path) -> None:
    berths = root / "marina" / "berths.py"
    for _ in range(5):
        for name in ("Berth", "Booth"):
            berths.write_text(f"class {name}: ...\n")
            assert list(built(root, tmp_path / "cache").definitions(["Berth", "Booth"])) == [name]


def test_nothing_changed_is_seen_at_once(root: Path, tmp_path: Path) -> None:
    past = time.time() - 60
    for number in range(2_000):
        write(root, {f"many/{number % 50}/f{number}.py": f"def f{number}(): return f{number // 2}\n"})
    for file in root.rglob("*"):
        os.utime(file, (past, past))
    time.sleep(0.1)
    builder = Builder([root], tmp_path / "cache", MAX_BYTES)
    counted: list[tuple[int, int]] = []
    builder.refresh(lambda done, total: counted.append((done, total)))
    assert counted[-1] == (2_004, 2_004)
    counted.clear()
    started = time.process_time()
    builder.refresh(lambda done, total: counted.append((done, total)))
    assert not counted
    assert time.process_time() - started < 1.0


def test_twenty_thousand_small_files(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for number in range(200):
        (root / str(number)).mkdir(parents=True)
        for file in range(100):
            (root / str(number) / f"f{file}.py").write_text(f"def f{number}_{file}(): ...\n")
    index = built(root, tmp_path / "cache")
    assert len(index.files()) == 20_000
    assert index.definitions(["f7_99"])["f7_99"][0].file == "7/f99.py"


def test_an_index_that_nobody_used_for_long_is_thrown_away(root: Path, tmp_path: Path) -> None:
    old = refreshed(root / "web", tmp_path / "cache").path
    used = refreshed(root / "marina", tmp_path / "cache").path
    past = time.time() - 91 * 24 * 3600
    for path in (old, old.with_suffix(".lock"), used, used.with_suffix(".lock")):
        os.utime(path, (past, past))
    refreshed(root / "marina", tmp_path / "cache")
    refreshed(root, tmp_path / "cache")
    assert used.exists()
    assert not old.exists()
    assert not old.with_suffix(".lock").exists()


def test_ignore_files_are_read_again_when_they_change(root: Path, tmp_path: Path) -> None:
    builder = refreshed(root, tmp_path / "cache")
    for lines, known in (("web/\n", False), ("wob/\n", True), (None, True), ("*.ts\n", False)):
        (root / ".gitignore").unlink(missing_ok=True)
        if lines is not None:
            write(root, {".gitignore": lines})
        time.sleep(0.02)
        builder.refresh(no_progress)
        assert ("web/app.ts" in Disk(builder.path).files()) is known
