"""The Emacs package by the rules of Emacs: byte-compile, checkdoc, and package-lint where it is there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.e2e.editors.emacs import EDITORS, FLAVOURS, Flavour
from tests.e2e.editors.installed import program

LINT = Path(__file__).with_name("emacs_lint.el")
TOO_NEW = "This makes the package uninstallable in all released Emacs versions."
"""What package-lint 0.16 says of Emacs 28, which was released after it."""


@pytest.mark.editor
@pytest.mark.parametrize(
    ("flavour", "names"),
    [
        pytest.param(FLAVOURS[0], ["kimi.el", "kimi-eglot.el"], id="emacs-28-eglot"),
        pytest.param(FLAVOURS[1], ["kimi.el", "kimi-lsp-mode.el"], id="emacs-28-lsp-mode"),
        pytest.param(FLAVOURS[2], ["kimi.el", "kimi-eglot.el"], id="emacs-30-eglot"),
    ],
)
def test_nothing_is_warned_of(flavour: Flavour, names: list[str], tmp_path: Path) -> None:

    if why := flavour.missing():
        pytest.skip(why)
    emacs = program(flavour.emacs)
    assert emacs is not None
    files = [str(EDITORS / "emacs" / name) for name in names]
    command = [emacs, "-q", "--batch", "-l", str(LINT), str(tmp_path), *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    *found, last = [line for line in done.stdout.splitlines() if line.strip() and TOO_NEW not in line]
    assert last in ("with package-lint", "without package-lint")
    assert found == []
    warned = [line for line in done.stderr.splitlines() if "Warning" in line or "Error" in line]
    assert warned == []
