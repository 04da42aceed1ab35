"""``kimi-lsp doctor --editor NAME``: the configuration that it prints, and what it looks at."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from kimi_lsp.__main__ import main
from kimi_lsp.cli.check_editor import EDITORS, configuration, here

PAGES = Path(__file__).parents[2] / "editors"
FOLDERS = {"emacs-eglot": "emacs", "emacs-lsp-mode": "emacs", "vim-ale": "vim"}
KEY = "sk-aig-simulator"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user with a key, and without anything else."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("AIGATEWAY_API_KEY", KEY)
    (tmp_path / "bin").mkdir()
    return tmp_path


def program(home: Path, name: str, says: str) -> None:
    file = home / "bin" / name
    file.write_text(f"#!/bin/sh\necho; echo '{says}'\n")
    file.chmod(0o755)


def doctor(capsys: pytest.CaptureFixture[str], name: str) -> tuple[int, dict[str, Any], dict[str, Any]]:
    """The exit status, the whole answer, and the checks by name."""
    status = main(["doctor", "--editor", name, "--json"])
    said = capsys.readouterr().out
    assert KEY not in said
    answer: dict[str, Any] = json.loads(said)
    return status, answer, {check["name"]: check for check in answer["checks"]}


@pytest.mark.skipif(os.name != "posix", reason="the programs are shell scripts")
def test_all_is_well(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program(home, "nvim", "NVIM v0.11.4")
    program(home, "kimi-lsp", "kimi-lsp 0.1.0")
    configured = home / "config" / "nvim" / "lua" / "plugins" / "ai.lua"
    configured.parent.mkdir(parents=True)
    configured.write_text("vim.lsp.enable('kimi')\n")
    status, answer, checks = doctor(capsys, "neovim")
    assert status == 0
    assert answer["ok"]
    assert {name: check["status"] for name, check in checks.items()} == dict.fromkeys(
        ["editor", "kimi-lsp", "key", "configuration"], "ok"
    )
    assert checks["editor"]["found"].startswith("NVIM v0.11.4 (")
    assert checks["configuration"]["found"] == f"{configured} names kimi-lsp"
    assert answer["configuration"] == here(configuration("neovim"))


@pytest.mark.parametrize("name", EDITORS)
def test_what_is_missing_is_named(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, answer, checks = doctor(capsys, name)
    has_its_own = bool(EDITORS[name].server)
    assert status == (0 if has_its_own else 1)
    assert answer["where"] == here(EDITORS[name].where)
    assert {name: check["status"] for name, check in checks.items()} == {
        "editor": "warn",
        "kimi-lsp": "warn" if has_its_own else "fail",
        "key": "ok",
        "configuration": "warn",
    }
    assert all(check["mend"] for check in checks.values() if check["status"] != "ok")


@pytest.mark.parametrize(("name", "status"), [("vscode", "warn"), ("emacs-eglot", "warn"), ("helix", "fail")])
def test_a_key_may_be_where_doctor_cannot_look(
    name: str, status: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIGATEWAY_API_KEY")
    monkeypatch.delenv("AIG_KEY", raising=False)
    checks = doctor(capsys, name)[2]
    assert (checks["key"]["status"], "AIGATEWAY_API_KEY" in checks["key"]["mend"]) == (status, True)


def test_a_configuration_without_kimi_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / ".vimrc").write_text("set number\n")
    checks = doctor(capsys, "vim-ale")[2]
    assert checks["configuration"]["found"] == f"{home / '.vimrc'}: no kimi-lsp"


@pytest.mark.skipif(os.name != "posix", reason="the programs are shell scripts")
def test_an_editor_that_fails_without_a_screen_is_there(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program(home, "kate", "could not connect to display' >&2; exit 1; echo '")
    found = doctor(capsys, "kate")[2]["editor"]
    assert (found["status"], found["found"]) == (
        "ok", f"it does not tell its version ({home / 'bin' / 'kate'})"
    )  # fmt: skip


def test_the_extension_of_vs_code_is_its_configuration(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = home / ".vscode" / "extensions" / "kimi-lsp.kimi-lsp-0.1.0" / "package.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text('{"name": "kimi-lsp"}')
    assert doctor(capsys, "vscode")[2]["configuration"]["found"] == f"{manifest} names kimi-lsp"


@pytest.mark.skipif(not PAGES.is_dir(), reason="the pages are not in this installation")
def test_the_path_of_this_checkout_is_filled_in(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("emacs-eglot", "vim-ale", "neovim"):
        answer = doctor(capsys, name)[1]
        assert "/path/to" not in answer["configuration"] + answer["where"]
        assert PAGES.as_posix() in answer["configuration"] + answer["where"]


def test_people_get_the_configuration_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--editor", "sublime"]) == 1
    said = capsys.readouterr().out
    assert said.startswith(f"Preferences: LSP Settings:\n\n{configuration('sublime')}")
    assert "fail    kimi-lsp" in said


def test_an_unknown_editor(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["doctor", "--editor", "notepad"])
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert all(name in said for name in ("notepad", *EDITORS))


@pytest.mark.parametrize("name", EDITORS)
def test_the_pages_say_the_same(name: str) -> None:
    folder = PAGES / FOLDERS.get(name, name)
    if not folder.is_dir():
        pytest.skip("the pages are not in this installation")
    files = (
        file for file in folder.iterdir() if file.suffix in (".md", ".toml", ".json", ".sublime-settings")
    )
    texts = [file.read_text(encoding="utf-8") for file in files]
    for paragraph in configuration(name).strip("\n").split("\n\n"):
        assert any(paragraph in text for text in texts), paragraph
