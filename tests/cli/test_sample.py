"""The sample project: it runs, it is tidy, and ruff complains of many kinds of things in it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import kimi_lsp.cli

SAMPLE = Path(kimi_lsp.cli.__file__).parent / "sample"


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-B", *command],
        cwd=SAMPLE, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


def test_it_runs() -> None:
    done = run("-m", "marina")
    assert done.returncode == 0, done.stderr
    assert "Möwe lies in berth 1" in done.stdout
    assert "Möwe (Ada): 91.20 EUR" in done.stdout


def test_it_is_formatted() -> None:
    done = run("-m", "ruff", "format", "--no-cache", "--check", ".")
    assert done.returncode == 0, done.stdout


def test_ruff_complains_of_many_kinds() -> None:
    found = json.loads(run("-m", "ruff", "check", "--no-cache", "--output-format", "json", ".").stdout)
    fixable = {finding["code"] for finding in found if finding["fix"]}
    assert {"F401", "F841", "B006", "E711", "SIM102", "SIM103", "UP031", "UP045", "C403"} <= fixable
    first = next(finding for finding in found if finding["fix"])
    assert (Path(first["filename"]).name, first["code"]) == ("berths.py", "B006")
