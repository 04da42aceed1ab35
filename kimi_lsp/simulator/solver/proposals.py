"""What to change in a file: ruff's fix for one diagnostic, or what its rules find to tidy in one place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kimi_lsp.simulator.solver import facts
from kimi_lsp.simulator.solver.ruff import Edit, Finding, findings
from kimi_lsp.simulator.solver.wish import Diagnostic, Wish

REFACTORINGS = "SIM,UP,RET,PIE,C4,ANN201,ANN202,ANN204"

_WAYS: tuple[tuple[str, ...], ...] = ((), ("--preview",), ("--target-version", "py313"))
"""Arguments to try in turn: a project may have switched on what an isolated ruff leaves out."""


@dataclass(frozen=True, slots=True)
class Change:
    """Sorted edits to one file and why; without edits ``why`` says in a sentence why there are none."""

    edits: tuple[Edit, ...]
    why: str


async def fix(wish: Wish, source: str) -> Change:
    """Ruff's own fix for the wish's diagnostic, and no other.

    Raises:
        RuffFailed: ruff could not be run.
    """
    diagnostic = wish.diagnostic
    if diagnostic is None or not re.fullmatch(r"[A-Z]+[0-9]+", diagnostic.code):
        return Change((), "It can fix only what ruff reports under a code.")
    for how in _WAYS:
        found = await findings(source, wish.path, "--select", diagnostic.code, *how)
        if best := _meant(found, diagnostic):
            if best.edits:
                return Change(best.edits, best.remedy or best.message)
            return Change((), f"Ruff has no fix for {best.code} here ({best.message}).")
    return Change((), f"Ruff does not find {diagnostic.code} in line {diagnostic.line} of {wish.path}.")


async def refactoring(wish: Wish, source: str) -> Change:
    """All that ruff's rules would tidy in the wish's place without any risk.

    Raises:
        RuffFailed: ruff could not be run.
    """
    low, high = _place(wish, source)
    taken: list[Edit] = []
    remedies: list[str] = []
    for finding in await findings(source, wish.path, "--select", REFACTORINGS):
        inside = all(low <= edit.start and edit.end <= high for edit in finding.edits)
        if finding.edits and inside and _harmless(finding, source) and not _touching(taken, finding.edits):
            taken += finding.edits
            remedies.append(f"{finding.code}: {finding.remedy}")
    if not taken:
        return Change((), "Ruff's rules find nothing to tidy here, and the simulator can do no more.")
    return Change(tuple(sorted(taken)), "; ".join(remedies))


def _meant(found: Sequence[Finding], diagnostic: Diagnostic) -> Finding | None:
    """The finding in the diagnostic's line, or the nearest one of the same message where lines have moved."""
    message = " ".join(diagnostic.message.split())

    def distance(finding: Finding) -> tuple[bool, bool, bool, int]:
        return (
            finding.row != diagnostic.line,
            " ".join(finding.message.split()) != message,
            finding.column != diagnostic.column,
            abs(finding.row - diagnostic.line),
        )

    best = min((f for f in found if f.code == diagnostic.code), key=distance, default=None)
    return None if best is None or distance(best)[:2] == (True, True) else best


def _place(wish: Wish, source: str) -> tuple[int, int]:
    """The offsets between which the wish allows changes; the whole file where it names no part of it."""
    tree = facts.parsed(source)
    node = facts.definition(tree, wish.symbol) if tree is not None and wish.symbol else None
    if node is not None:
        first, last = facts.first_line(node), node.end_lineno or node.lineno
    elif wish.lines is not None:
        first, last = wish.lines
    else:
        return 0, len(source)
    starts = [0, *(match.end() for match in re.finditer("\n", source)), len(source)]
    return starts[min(first - 1, len(starts) - 1)], starts[min(last, len(starts) - 1)]


def _harmless(finding: Finding, source: str) -> bool:
    """Ruff's safe fixes, an added ``-> None``, and those of its unsafe ones that lose no comment."""
    if finding.code.startswith("ANN"):
        return all(edit.text == " -> None" for edit in finding.edits)
    kept = sum(edit.text.count("#") - source.count("#", edit.start, edit.end) for edit in finding.edits)
    return finding.safe or (finding.code.startswith(("SIM", "RET")) and kept >= 0)


def _touching(taken: Sequence[Edit], edits: Sequence[Edit]) -> bool:
    return any(one.start <= other.end and other.start <= one.end for one in taken for other in edits)
