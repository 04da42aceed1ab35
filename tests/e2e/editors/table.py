"""The table editor x scenario: what real editors did in this test run.

Values only; ``conftest.py`` fills it. A cell is the worst of the tests that it stands for: one that failed makes
it ``failed``; else one that shows a limit of the editor itself makes it ``limit``; else one that passed makes it
``passed``; else it was ``skipped``. What a limit or a skip is due to stands below the table, numbered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SCENARIOS = (
    "fix", "refactor two files", "typing", "cancel", "explain", "wrong key", "hover", "undo", "preview", "key",
)  # fmt: skip
EDITORS = (
    "vscode-1.139", "vscode-1.100", "vscode-host", "neovim-0.10", "neovim-0.11", "neovim-0.12", "helix",
    "emacs-28-eglot", "emacs-28-lsp-mode", "emacs-30-eglot", "vim-ale", "kate",
)  # fmt: skip
NOTHING = "·"
_WORST_FIRST = ("failed", "limit", "passed", "skipped")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one test says of one cell; ``why`` is the reason of a skip or the name and source of a limit."""

    editor: str
    scenario: str
    result: str
    why: str = ""


def lines(outcomes: Sequence[Outcome]) -> list[str]:
    """The table, its rows and columns in the order of ``EDITORS`` and ``SCENARIOS``, and its notes."""
    cells = _cells(outcomes)
    reasons = list(dict.fromkeys(cell.why for cell in cells.values() if cell.why))
    columns = [name for name in SCENARIOS if any(scenario == name for _, scenario in cells)]
    rows = [["", *columns]]
    for editor in (name for name in EDITORS if any(row == name for row, _ in cells)):
        rows.append([editor, *(_shown(cells.get((editor, column)), reasons) for column in columns)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = ["  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)) for row in rows]
    return [line.rstrip() for line in table] + [f"({number}) {why}" for number, why in enumerate(reasons, 1)]


def _cells(outcomes: Iterable[Outcome]) -> dict[tuple[str, str], Outcome]:
    """The one outcome of each cell."""
    cells: dict[tuple[str, str], Outcome] = {}
    for outcome in outcomes:
        place = outcome.editor, outcome.scenario
        cells[place] = min(cells.get(place, outcome), outcome, key=lambda one: _WORST_FIRST.index(one.result))
    return cells


def _shown(cell: Outcome | None, reasons: Sequence[str]) -> str:
    if cell is None:
        return NOTHING
    return f"{cell.result} ({reasons.index(cell.why) + 1})" if cell.why else cell.result
