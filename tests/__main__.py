"""``python -m tests``: lint, types, import contracts and tests; the one command that checks it all."""

from __future__ import annotations

import subprocess
import sys
import time

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
    for name, command in CHECKS.items():
        print(f"+ {name}: {' '.join(command)}", flush=True)
        begin = time.monotonic()
        status = subprocess.run(command, check=False).returncode
        outcomes[name] = (status, time.monotonic() - begin)
    for name, (status, seconds) in outcomes.items():
        print(f"{name:<10} {'passed' if status == 0 else 'FAILED':<7} {seconds:6.1f} s")
    return max(status != 0 for status, _ in outcomes.values())


if __name__ == "__main__":
    sys.exit(main())
