"""Real diagnostics of real files, from the ``ruff`` that is installed beside us."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

RULE_SETS: tuple[tuple[str, ...], ...] = (
    (),
    ("--select", "E,F,W,B,UP,SIM,C4,RET,PIE,RUF,I"),
)
"""What the project itself asks for; then more, for code that has been cleaned already."""


class RuffFailed(Exception):
    """Ruff is not there or did not understand; ``str()`` says which."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnostic as ruff reports it; lines and columns count from 1, columns in code points."""

    path: Path
    code: str
    message: str
    line: int
    column: int
    end_line: int
    end_column: int
    fixable: bool

    @property
    def label(self) -> str:
        """``F401 `os` imported but unused``."""
        return f"{self.code} {self.message}"


def findings(path: Path, rules: Sequence[str]) -> list[Finding]:
    """All diagnostics of a file or a folder, in ruff's order.

    Raises:
        RuffFailed: it could not be run.
    """
    if find_spec("ruff") is None:  # else `python -m ruff` ends with 1, as ruff does where it found something
        raise RuffFailed("ruff is not there; install it with: pip install 'kimi-lsp[demo]'")
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "json", *rules]
    try:
        done = subprocess.run(
            [*command, str(path)], capture_output=True, text=True, encoding="utf-8", check=False
        )
    except OSError as error:
        raise RuffFailed(f"ruff cannot be started: {error}") from error
    if done.returncode not in (0, 1):
        raise RuffFailed(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "ruff failed")
    return [_finding(found) for found in json.loads(done.stdout or "[]")]


def _finding(found: dict[str, Any]) -> Finding:
    start, end = found["location"], found["end_location"]
    return Finding(
        path=Path(found["filename"]),
        code=found["code"] or "invalid-syntax",
        message=found["message"],
        line=start["row"],
        column=start["column"],
        end_line=end["row"],
        end_column=end["column"],
        fixable=found["fix"] is not None,
    )
