"""What a checker is started with."""

import sys
from pathlib import Path

import pytest

from kimi_lsp.workspace.checkers.environment import environment, program


def test_no_key_and_no_colour() -> None:
    kept = environment(
        {
            "PATH": "/bin",
            "HOME": "/h",
            "AIGATEWAY_API_KEY": "k",
            "AIG_KEY": "k",
            "KIMI_LSP_BASE_URL": "u",
            "KIMI_LSP_ANYTHING": "u",
            "OPENAI_API_KEY": "k",
            "GITHUB_TOKEN": "k",
            "AWS_SECRET_ACCESS_KEY": "k",
            "DB_PASSWORD": "k",
            "FORCE_COLOR": "1",
        }
    )
    assert {name for name in kept if name not in ("NO_COLOR", "TERM")} == {
        "PATH",
        "HOME",
        "PYTHONUTF8",
        "PYTHONDONTWRITEBYTECODE",
    }
    assert kept["NO_COLOR"] == "1"


@pytest.mark.skipif(sys.platform == "win32", reason="a program needs .exe there")
def test_where_programs_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("on_path", "root/bin"):
        tool = tmp_path / folder / "some-checker"
        tool.parent.mkdir(parents=True)
        tool.write_text("#!/bin/sh\n")
        tool.chmod(0o755)
    root = tmp_path / "root"
    monkeypatch.chdir(root)
    assert program("some-checker", root, str(tmp_path / "on_path")) == str(tmp_path / "on_path/some-checker")
    assert program("some-checker", root, "bin:.:") is None  # what lies there depends on the project
    assert program("bin/some-checker", root, "") == str(root / "bin/some-checker")
    assert program("bin/other", root, "") is None
    (root / "bin/some-checker").chmod(0o644)
    assert program("bin/some-checker", root, "") is None


def test_the_interpreters_own_environment_is_searched_last(tmp_path: Path) -> None:
    name = Path(sys.executable).name
    assert program(name, tmp_path, "") == str(Path(sys.executable).parent / name)
