from pathlib import Path

import pytest

from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.workspace.errors import Missing, Refused
from kimi_lsp.workspace.files import Files
from kimi_lsp.workspace.policy import Policy


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "src" / "deep").mkdir(parents=True)
    (root / "src" / "a.py").write_text("x = 1\n")
    (root / "src" / "deep" / "b.py").write_text("y = 2\n")
    return root


def files(root: Path, *more: Path) -> Files:
    return Files(Policy.of([root, *more]), {})


def refusal(view: Files, path: str) -> str:
    with pytest.raises(Refused) as refused:
        view.snapshot(path)
    return str(refused.value)


def test_a_plain_file(root: Path) -> None:
    snapshot = files(root).snapshot("src/a.py")
    assert (snapshot.path, snapshot.text, snapshot.version) == ("src/a.py", "x = 1\n", None)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        pytest.param("../outside.py", "outside the workspace", id="up"),
        pytest.param("src/../../outside.py", "outside the workspace", id="up-from-inside"),
        pytest.param("/etc/passwd", "outside the workspace", id="absolute"),
        pytest.param("", "must name a file", id="empty"),
        pytest.param("a\0b", "must name a file", id="nul"),
        pytest.param("src", "not a regular file", id="folder"),
        pytest.param(".env", "secrets by its name", id="env"),
        pytest.param("deploy/id_ed25519", "secrets by its name", id="ssh-key"),
        pytest.param("server.pem", "secrets by its name", id="pem"),
        pytest.param(".git/config", "never read", id="git"),
        pytest.param("node_modules/x/index.js", "never read", id="dependencies"),
    ],
)
def test_refused_paths(root: Path, path: str, why: str) -> None:
    (root.parent / "outside.py").write_text("secret = 1\n")
    for name in (".env", "server.pem"):
        (root / name).write_text("A=1\n")
    assert why in refusal(files(root), path)


def test_a_link_out_of_the_root_is_outside(root: Path) -> None:
    (root.parent / "outside.py").write_text("secret = 1\n")
    (root / "link.py").symlink_to(root.parent / "outside.py")
    assert "outside the workspace" in refusal(files(root), "link.py")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(b"a\0b", "is binary", id="binary"),
        pytest.param(b"caf\xe9", "is not UTF-8 (byte 3)", id="latin-1"),
        pytest.param(b"x = 1\nKEY = 'AKIA" + b"ABCDEFGHIJKLMNOP'\n", "credential (line 2)", id="aws"),
        pytest.param(
            b"-----BEGIN RSA " + b"PRIVATE KEY-----\n" + b"MIIE" * 16, "credential (line 1)", id="private-key"
        ),
        pytest.param(b"x" * 3_000_000, "larger than 2048 KiB", id="huge"),
    ],
)
def test_refused_contents(root: Path, content: bytes, why: str) -> None:
    (root / "src" / "a.py").write_bytes(content)
    assert why in refusal(files(root), "src/a.py")


@pytest.mark.parametrize(
    ("ignored", "path", "read"),
    [
        pytest.param({".gitignore": "*.log\n"}, "src/x.log", False, id="pattern"),
        pytest.param({".gitignore": "src/\n"}, "src/a.py", False, id="folder"),
        pytest.param({".kimiignore": "deep\n"}, "src/deep/b.py", False, id="own-ignore-file"),
        pytest.param({"src/.gitignore": "b.py\n"}, "src/deep/b.py", False, id="nested"),
        pytest.param(
            {".gitignore": "*.py\n", "src/.gitignore": "!a.py\n"}, "src/a.py", True, id="deeper-says-no"
        ),
        pytest.param({".gitignore": "/a.py\n"}, "src/a.py", True, id="anchored-elsewhere"),
    ],
)
def test_ignore_files(root: Path, ignored: dict[str, str], path: str, read: bool) -> None:
    (root / "src" / "x.log").write_text("log\n")
    for name, lines in ignored.items():
        (root / name).write_text(lines)
    if read:
        assert files(root).snapshot(path).text
    else:
        assert "is ignored by" in refusal(files(root), path)
    assert (path in set(files(root).files())) is read


def test_several_roots_are_named_by_their_folder(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "library"
    other.mkdir()
    (other / "c.py").write_text("z = 3\n")
    view = files(root, other)
    assert view.snapshot("library/c.py").path == "library/c.py"
    assert view.snapshot("src/a.py").path == "project/src/a.py"


def test_missing_and_new_files(root: Path) -> None:
    with pytest.raises(Missing, match=r"src/new\.py does not exist"):
        files(root).snapshot("src/new.py")
    files(root).may_create("src/new.py")
    with pytest.raises(Refused, match="outside"):
        files(root).may_create("../new.py")


def test_open_documents_come_before_the_disk_but_keep_the_rules(root: Path) -> None:
    location = (root / "src" / "a.py").resolve()
    view = Files(Policy.of([root]), {location: Snapshot.of("a.py", "typed\n", version=7)})
    assert (view.snapshot("src/a.py").text, view.snapshot("src/a.py").version) == ("typed\n", 7)
    key = "AKIA" + "ABCDEFGHIJKLMNOP"
    view = Files(Policy.of([root]), {location: Snapshot.of("a.py", key, version=8)})
    assert "credential" in refusal(view, "src/a.py")


def test_byte_order_mark_and_line_endings_survive(root: Path) -> None:
    (root / "src" / "a.py").write_bytes("\ufeffa\r\nb\rc\n".encode())
    assert files(root).snapshot("src/a.py").text == "\ufeffa\r\nb\rc\n"


def untitled(root: Path, name: str, text: str = "x\n") -> Files:
    location = Path("/", "untitled", name)
    return Files(Policy.of([root]), {location: Snapshot.of(location.name, text, version=1)})


def test_a_document_that_was_never_saved_is_read_while_it_is_open(root: Path) -> None:
    view = untitled(root, "Untitled-1")
    location = Path("/", "untitled", "Untitled-1")
    assert view.shown(location) == "untitled:Untitled-1"
    assert view.locate("untitled:Untitled-1") == location
    snapshot = view.snapshot("untitled:Untitled-1")
    assert (snapshot.path, snapshot.text) == ("untitled:Untitled-1", "x\n")
    assert view.exists("untitled:Untitled-1")
    assert not view.exists("untitled:Untitled-2")
    assert "untitled:Untitled-1" not in set(view.files())


@pytest.mark.parametrize(
    ("name", "text", "path", "why"),
    [
        pytest.param(
            "Untitled-1", "AKIA" + "ABCDEFGHIJKLMNOP", "untitled:Untitled-1", "credential", id="text"
        ),
        pytest.param("home/u/.env", "x", "untitled:home/u/.env", "secrets by its name", id="name"),
        pytest.param("Untitled-1", "x", "/untitled/Untitled-1", "outside the workspace", id="other-spelling"),
    ],
)
def test_what_was_never_saved_keeps_the_rules(root: Path, name: str, text: str, path: str, why: str) -> None:
    assert why in refusal(untitled(root, name, text), path)


def test_an_open_document_outside_the_roots_stays_outside(root: Path) -> None:
    location = (root.parent / "outside.py").resolve()
    view = Files(Policy.of([root]), {location: Snapshot.of("outside.py", "x\n", version=1)})
    assert "outside the workspace" in refusal(view, view.shown(location))
