"""Links and copies that look like the project with the job's texts in it."""

import os
import sys
import time
from pathlib import Path

import pytest

from kimi_lsp.workspace.checkers import shadow

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")


def project(root: Path) -> None:
    for name, text in {
        "a.py": "a",
        "lock": "old",
        "src/b.py": "b",
        "src/deep/c.py": "c",
        "lib/d.py": "d",
        ".git/config": "secret",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def seen(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for pattern in ("*", "*/*", "*/*/*", "*/*/*/*")
        for path in folder.glob(pattern)
        if path.is_file()
    }


def test_a_mirror(tmp_path: Path) -> None:
    root, folder = tmp_path / "p", tmp_path / "shadow"
    project(root)
    before = seen(root)
    texts = {root / "src/b.py": b"B", root / "a.py": None, root / "new/er/n.py": b"N"}
    shadow.mirror(root, folder, texts, copied=["lock"])
    assert seen(folder) == {
        "lock": "old",
        "src/b.py": "B",
        "src/deep/c.py": "c",
        "lib/d.py": "d",
        "new/er/n.py": "N",
    }
    (folder / "lock").write_text("written")
    (folder / "src/b.py").write_text("written")
    assert seen(root) == before
    assert (folder / "lib").is_symlink()
    assert not (folder / ".git").is_symlink()


def test_a_link_in_the_place_of_a_change_is_not_followed(tmp_path: Path) -> None:
    root, folder = tmp_path / "p", tmp_path / "shadow"
    project(root)
    (root / "link.py").symlink_to(root / "a.py")
    shadow.mirror(root, folder, {root / "link.py": b"L"})
    assert (seen(folder)["link.py"], (root / "a.py").read_text()) == ("L", "a")


def test_a_project_that_is_not_on_disk(tmp_path: Path) -> None:
    shadow.mirror(tmp_path / "nowhere", tmp_path / "shadow", {tmp_path / "nowhere/x/a.py": b"A"})
    assert seen(tmp_path / "shadow") == {"x/a.py": "A"}


def test_slots_are_taken_once_and_the_same_again(tmp_path: Path) -> None:
    with shadow.slot(tmp_path, "go vet", Path("/p")) as first:
        with shadow.slot(tmp_path, "go vet", Path("/p")) as second:
            assert first != second
        (first / "shadow").mkdir()
        with shadow.slot(tmp_path, "go vet", Path("/other")) as other:
            assert other.parent != first.parent
    with shadow.slot(tmp_path, "go vet", Path("/p")) as again:
        assert again == first
        assert not (first / "shadow").exists()


def test_slots_end(tmp_path: Path) -> None:
    from contextlib import ExitStack

    with ExitStack() as stack:
        for _ in range(shadow.SLOTS):
            stack.enter_context(shadow.slot(tmp_path, "x", Path("/p")))
        with pytest.raises(OSError, match="too many runs at once"):
            stack.enter_context(shadow.slot(tmp_path, "x", Path("/p")))


def test_what_is_kept_for_projects_of_long_ago_is_removed(tmp_path: Path) -> None:
    with (
        shadow.slot(tmp_path, "mypy", Path("/old")) as old,
        shadow.slot(tmp_path, "mypy", Path("/new")) as new,
    ):
        (old / "cache").mkdir()
    long_ago = time.time() - shadow.KEPT_S - 60
    os.utime(old / "lock", (long_ago, long_ago))
    (tmp_path / "something").touch()
    shadow.forget_old(tmp_path)
    assert (old.parent.exists(), new.exists()) == (False, True)
    shadow.forget_old(tmp_path / "nowhere")
