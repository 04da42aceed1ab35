"""What holds for all tests; says at the end which editors were really driven."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile(
    "shared machine", deadline=None
)  # two cores, other work beside: time proves nothing
settings.load_profile("shared machine")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    outcomes = [
        (report.nodeid.rpartition("::")[2], outcome)
        for outcome in ("passed", "failed", "skipped")
        for report in terminalreporter.getreports(outcome)
        if "e2e/editors/" in report.nodeid and (report.when == "call" or outcome == "skipped")
    ]
    if outcomes:
        terminalreporter.section("real editors")
    for name, outcome in outcomes:
        terminalreporter.write_line(f"{outcome:<8} {name}")
