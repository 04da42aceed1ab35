"""The extension as a user gets it: the VSIX, built from ``editors/vscode`` as its README says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).parents[4] / "editors" / "vscode"
VSIX = SOURCE / "kimi-lsp.vsix"


def build() -> Path:
    """The VSIX of the sources as they are; built where it is older than one of them.

    Raises:
        subprocess.CalledProcessError: it does not compile, or a package can't be had.
    """
    if not VSIX.exists() or VSIX.stat().st_mtime < max(file.stat().st_mtime for file in _sources()):
        installed = SOURCE / "node_modules" / ".package-lock.json"
        if (
            not installed.exists()
            or installed.stat().st_mtime < (SOURCE / "package-lock.json").stat().st_mtime
        ):
            _npm("ci")
        _npm("run", "package")
    return VSIX


def why_not() -> str:
    """Why it can't be built here; empty where it can."""
    return "" if shutil.which("npm") else "npm is not on PATH"


def _sources() -> list[Path]:
    beside = (
        "package.json",
        "package-lock.json",
        "tsconfig.json",
        "README.md",
        "CHANGELOG.md",
        ".vscodeignore",
    )
    return [
        *(SOURCE / "src").rglob("*.ts"),
        *(SOURCE / "images").glob("*.png"),
        *(SOURCE / name for name in beside),
    ]


def _npm(*arguments: str) -> None:
    result = subprocess.run(
        ["npm", *arguments], cwd=SOURCE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if result.returncode:
        print(result.stdout)
    result.check_returncode()
