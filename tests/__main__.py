"""``python -m tests``: lint, types, import contracts and tests; the one command that checks it all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TABLE = "KIMI_LSP_EDITOR_TABLE"
"""The variable by which the tests of real editors are told where to write their table (tests/e2e/editors)."""

CHECKS = {
    "lint": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
    "types": ("mypy",),
    "contracts": ("lint-imports",),
    "tests": (sys.executable, "-m", "pytest", "-q"),
}


def main() -> int:
    """Run every check, also behind one that fails; exit 0 only if all passed."""
    outcomes = {}
    table = Path(tempfile.mkdtemp(prefix="kimi-lsp-tests-")) / "editors.txt"
    for name, command in CHECKS.items():
        print(f"+ {name}: {' '.join(command)}", flush=True)
        begin = time.monotonic()
        status = subprocess.run(command, check=False, env={**os.environ, TABLE: str(table)}).returncode
        outcomes[name] = (status, time.monotonic() - begin)
    if table.exists():
        print(f"\nreal editors:\n{table.read_text(encoding='utf-8')}")
    shutil.rmtree(table.parent, ignore_errors=True)
    for name, (status, seconds) in outcomes.items():
        print(f"{name:<10} {'passed' if status == 0 else 'FAILED':<7} {seconds:6.1f} s")
    return max(status != 0 for status, _ in outcomes.values())


if __name__ == "__main__":
    sys.exit(main())
