"""What the checkers have said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kimi_lsp.workspace.diagnostic import Diagnostic


@dataclass(frozen=True, slots=True)
class Report:
    """One check of some files.

    ``diagnostics`` has every file that was asked for, by its snapshot's path, in the order of their places; their
    ``source`` is the checker's name. ``ran`` are the checkers that had something to say, or nothing to complain of.
    ``failed`` says of each that did not why, by its name: ``took longer than 30 s``; ``withheld`` of each that may
    not be run unasked.
    """

    diagnostics: Mapping[str, tuple[Diagnostic, ...]] = field(default_factory=dict)
    ran: tuple[str, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)
    withheld: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentences(self) -> tuple[str, ...]:
        """``checker ruff failed: took longer than 30 s``."""
        return tuple(f"checker {name} failed: {why}" for name, why in self.failed.items())


def joined(reports: list[Report]) -> Report:
    """The reports on different files as one. A checker that failed on one of them has not run."""
    failed = {name: why for report in reports for name, why in report.failed.items()}
    ran = dict.fromkeys(name for report in reports for name in report.ran if name not in failed)
    return Report(
        {
            path: tuple(each for each in diagnostics if each.source not in failed)
            for report in reports
            for path, diagnostics in report.diagnostics.items()
        },
        tuple(ran),
        failed,
        {name: why for report in reports for name, why in report.withheld.items()},
    )
