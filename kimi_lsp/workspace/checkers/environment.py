"""What a checker is started with: which program, and which environment."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from kimi_lsp.settings import ENVIRONMENT

_SECRET = re.compile(r"API_?KEY|ACCESS_?KEY|TOKEN|SECRET|PASSW|CREDENTIAL", re.IGNORECASE)
_LOUD = frozenset({"FORCE_COLOR", "CLICOLOR_FORCE", "MYPY_FORCE_COLOR", "MYPY_FORCE_TERMINAL_WIDTH"})
_QUIET = {"NO_COLOR": "1", "TERM": "dumb", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def environment(own: Mapping[str, str]) -> dict[str, str]:
    """``own`` without our key, without anything that is named like a secret, and without colours."""
    kept = {
        name: value
        for name, value in own.items()
        if name not in ENVIRONMENT
        and not name.startswith("KIMI_LSP_")
        and not _SECRET.search(name)
        and name not in _LOUD
    }
    return kept | _QUIET


def program(name: str, root: Path, search: str | None = None) -> str | None:
    """Where the program is: on ``search`` (``PATH``), then beside the interpreter that runs us; None if nowhere.

    Relative folders of ``PATH`` are passed over, for what lies there depends on the project. A ``name`` with a
    folder in it comes from the user's settings: it is relative to ``root``.
    """
    if os.path.dirname(name):
        located = root / name
        return str(located) if _executable(located) else None
    for folder in _folders(os.environ.get("PATH", "") if search is None else search):
        for file_name in (name,) if sys.platform != "win32" else (f"{name}.exe",):
            if _executable(folder / file_name):
                return str(folder / file_name)
    return None


def _folders(search: str) -> Iterator[Path]:
    yield from (Path(entry) for entry in search.split(os.pathsep) if os.path.isabs(entry))
    yield Path(sys.executable).parent


def _executable(file: Path) -> bool:
    return file.is_file() and os.access(file, os.X_OK)
