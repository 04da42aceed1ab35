"""Where ``.ci/editors`` put the programs that it installed."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(os.environ.get("KIMI_LSP_EDITORS") or Path(__file__).parents[3] / ".ci-editors")
"""The folder of installed editors; its ``bin`` has one program or wrapper for each: ``nvim-0.12``, ``emacs30``."""


def program(name: str) -> str | None:
    """The path of an editor: from ``ROOT/bin``, beside this Python, or on PATH; ``None`` where it isn't there."""
    places = [str(ROOT / "bin"), str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
    return shutil.which(name, path=os.pathsep.join(places))
