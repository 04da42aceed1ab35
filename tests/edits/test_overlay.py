"""What a job sees of files that it changes, creates, renames and deletes."""

from __future__ import annotations

from pathlib import Path

import pytest

from kimi_lsp.edits.errors import EditError, FileError, FileExists, NoSuchFile, PathRefused
from kimi_lsp.edits.overlay import Overlay, Pinned
from tests.edits.conftest import Folder

FILES = {"a.py": "a\n", "b/c.py": "c\n", "d.txt": "d\n", ".env": "KEY=1\n"}


@pytest.fixture
def overlay(folder: Folder) -> Overlay:
    return Overlay(folder(FILES))


def test_changes_have_the_file_as_it_was(overlay: Overlay) -> None:
    for after in (overlay.deleted("a.py"), overlay.renamed("a.py", "z.py"), overlay.written("a.py", "x\n")):
        (change,) = after.changeset().files
        assert change.before is not None
        assert (change.before.path, change.before_text) == ("a.py", "a\n")


def kinds(overlay: Overlay) -> list[tuple[str, str, str | None, str | None]]:
    return [(c.kind, c.path, c.new_path, c.after) for c in overlay.changeset().files]


def test_it_shows_the_workspace_where_nothing_is_staged(overlay: Overlay) -> None:
    assert overlay.text("a.py") == "a\n"
    assert overlay.exists("b/c.py")
    assert not overlay.exists("b/d.py")
    assert list(overlay.files("*.py")) == ["a.py", "b/c.py"]
    assert kinds(overlay) == []


def test_a_written_file_is_an_edit(overlay: Overlay) -> None:
    after = overlay.written("a.py", "x\n").written("a.py", "y\n")
    assert after.text("a.py") == "y\n"
    assert after.snapshot("a.py").text == "a\n"
    assert kinds(after) == [("edit", "a.py", None, "y\n")]
    assert kinds(overlay) == []
    assert overlay.text("a.py") == "a\n"


def test_written_back_is_no_change(overlay: Overlay) -> None:
    assert overlay.written("a.py", "x\n").written("a.py", "a\n").changeset().empty


def test_a_created_file_can_be_read_changed_and_taken_back(overlay: Overlay) -> None:
    after = overlay.created("new/e.py", "e\n")
    assert after.text("new/e.py") == "e\n"
    assert after.snapshot("new/e.py").text == ""
    assert list(after.files("*.py")) == ["new/e.py", "a.py", "b/c.py"]
    assert list(after.files("a*")) == ["a.py"]
    assert list(after.files("new/*")) == ["new/e.py"]
    assert list(after.files("e.*")) == ["new/e.py"]
    assert kinds(after.written("new/e.py", "f\n")) == [("create", "new/e.py", None, "f\n")]
    assert after.deleted("new/e.py").changeset().empty


def test_a_deleted_file_is_gone(overlay: Overlay) -> None:
    after = overlay.deleted("a.py")
    assert kinds(after) == [("delete", "a.py", None, None)]
    assert not after.exists("a.py")
    assert sorted(after.files()) == ["b/c.py", "d.txt"]
    with pytest.raises(NoSuchFile, match=r"a\.py no longer exists: you deleted or renamed it"):
        after.text("a.py")
    with pytest.raises(NoSuchFile):
        after.deleted("a.py")


def test_deleted_and_created_again_is_an_edit(overlay: Overlay) -> None:
    assert kinds(overlay.deleted("a.py").created("a.py", "x\n")) == [("edit", "a.py", None, "x\n")]


def test_a_renamed_file_moves_with_its_text(overlay: Overlay) -> None:
    after = overlay.written("a.py", "x\n").renamed("a.py", "z.py")
    assert kinds(after) == [("rename", "a.py", "z.py", "x\n")]
    assert after.text("z.py") == "x\n"
    assert list(after.files("*.py")) == ["z.py", "b/c.py"]
    with pytest.raises(NoSuchFile, match="you deleted or renamed it"):
        after.text("a.py")
    assert kinds(after.written("z.py", "y\n")) == [("rename", "a.py", "z.py", "y\n")]
    assert kinds(after.renamed("z.py", "y.py")) == [("rename", "a.py", "y.py", "x\n")]
    assert kinds(after.renamed("z.py", "a.py")) == [("edit", "a.py", None, "x\n")]
    assert kinds(after.deleted("z.py")) == [("delete", "a.py", None, None)]


def test_a_new_file_can_be_renamed(overlay: Overlay) -> None:
    after = overlay.created("e.py", "e\n").renamed("e.py", "f.py")
    assert kinds(after) == [("create", "f.py", None, "e\n")]
    assert not after.exists("e.py")


@pytest.mark.parametrize(
    ("steps", "error", "why"),
    [
        pytest.param([("created", "a.py", "")], FileExists, "exists already", id="create-over-a-file"),
        pytest.param([("renamed", "a.py", "d.txt")], FileExists, "exists already", id="rename-over-a-file"),
        pytest.param(
            [("created", "e", ""), ("renamed", "a.py", "e")], FileExists, "exists", id="over-a-new-one"
        ),
        pytest.param(
            [("deleted", "d.txt"), ("renamed", "a.py", "d.txt")],
            FileExists,
            "deleted by you",
            id="over-a-deleted-one",
        ),
        pytest.param(
            [("renamed", "a.py", "e.py"), ("created", "a.py", "")],
            FileExists,
            "rename it back",
            id="a-freed-name",
        ),
        pytest.param([("renamed", "x.py", "y.py")], NoSuchFile, "x.py does not exist", id="rename-nothing"),
        pytest.param([("written", "x.py", "")], NoSuchFile, "Use `find` or `outline`", id="write-nothing"),
        pytest.param([("created", "../x.py", "")], PathRefused, "outside the workspace", id="outside"),
        pytest.param([("written", ".env", "")], PathRefused, r"secrets.*guard: path", id="a-secret"),
        pytest.param([("created", "key.pem", "")], PathRefused, "guard: path", id="a-new-secret"),
        pytest.param(
            [("renamed", "a.py", ".env.local")], PathRefused, "guard: path", id="rename-to-a-secret"
        ),
    ],
)
def test_refused(overlay: Overlay, steps: list[tuple[str, ...]], error: type[EditError], why: str) -> None:
    for name, *arguments in steps[:-1]:
        overlay = getattr(overlay, name)(*arguments)
    name, *arguments = steps[-1]
    with pytest.raises(error, match=why) as refusal:
        getattr(overlay, name)(*arguments)
    assert isinstance(refusal.value, FileError)
    assert refusal.value.path == arguments[-1 if name == "renamed" and "x.py" not in arguments else 0]


@pytest.mark.parametrize(
    ("path", "canonical"),
    [("./a.py", "a.py"), ("b/../a.py", "a.py"), ("b//c.py", "b/c.py"), ("./x/y.py", "x/y.py")],
)
def test_one_way_to_write_a_path(overlay: Overlay, path: str, canonical: str) -> None:
    assert overlay.canonical(path) == canonical


def test_a_path_outside_has_no_name(overlay: Overlay) -> None:
    with pytest.raises(PathRefused):
        overlay.canonical("../a.py")


def test_a_new_file_is_known_by_its_path(overlay: Overlay) -> None:
    assert overlay.created("e.py", "").canonical("./e.py") == "e.py"


def test_pinned_files_stay_as_they_were_first_seen(folder: Folder, tmp_path: Path) -> None:
    pinned = Pinned(folder(FILES))
    assert pinned.snapshot("./a.py").text == "a\n"
    (tmp_path / "a.py").write_text("typed meanwhile\n")
    (tmp_path / "d.txt").write_text("typed before\n")
    assert pinned.snapshot("a.py").text == "a\n"
    assert pinned.snapshot("d.txt").text == "typed before\n"
