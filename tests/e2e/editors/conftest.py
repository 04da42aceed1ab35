"""What the tests of real editors share: which editor and scenario a test stands for, and the table at the end.

A test names its cell of the table by ``scenario`` marks; the editor may be said apart from the name, so that a
module or a parameter says it once::

    pytestmark = [pytest.mark.editor, pytest.mark.scenario(editor="helix")]

    @pytest.mark.scenario(name="fix")
    @pytest.mark.scenario(name="undo")          # one test may fill several cells
    async def test_fix(...): ...

    @pytest.mark.parametrize("nvim", [
        pytest.param("nvim", marks=pytest.mark.scenario(editor="neovim-0.11")),
        pytest.param("nvim-0.12", marks=pytest.mark.scenario(editor="neovim-0.12")),
    ])

    # A test that shows that the editor itself cannot do it; the limit names its source.
    @pytest.mark.scenario(name="preview", limit="Helix ignores needsConfirmation (helix-term, commands/lsp.rs)")

The names are fixed: ``table.EDITORS`` and ``table.SCENARIOS``; another one is an error. A test whose editor is not
there skips with a reason (``skipif`` or ``pytest.skip``), and its cells say so. Programs that ``.ci/editors``
installed are found by ``installed.program``, which looks into ``$KIMI_LSP_EDITORS/bin`` and then on PATH.

``--editor NAME`` (more than once) runs only the tests of those editors. With ``KIMI_LSP_EDITOR_TABLE=FILE`` in the
environment the table is also written to that file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.editors import table
from tests.e2e.editors.table import Outcome

MARK = "scenario(editor, name, limit): the cell of the table editor x scenario that the test fills"
_PROPERTY = "editor scenario"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--editor", action="append", metavar="NAME", help="only the tests of this editor")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARK)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Say in the item's properties, and so in its report, which cells it fills."""
    for editor, name, limit in _cells(item):
        item.user_properties.append((_PROPERTY, (editor, name, limit)))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = config.getoption("--editor", default=None)
    if not wanted:
        return
    if unknown := [name for name in wanted if name not in table.EDITORS]:
        raise pytest.UsageError(
            f"no editor is called {', '.join(unknown)}; there are {', '.join(table.EDITORS)}"
        )
    dropped = [item for item in items if not any(cell[0] in wanted for cell in _cells(item))]
    config.hook.pytest_deselected(items=dropped)
    items[:] = [item for item in items if item not in dropped]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    found = list(_outcomes(terminalreporter))
    if not found:
        return
    lines = table.lines(found)
    terminalreporter.section("editor x scenario")
    for line in lines:
        terminalreporter.write_line(line)
    if file := os.environ.get("KIMI_LSP_EDITOR_TABLE"):
        Path(file).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _cells(item: pytest.Item) -> list[tuple[str, str, str]]:
    """Editor, scenario and limit of each cell that the test fills."""
    marks = [mark.kwargs for mark in item.iter_markers("scenario")]
    editors = list(dict.fromkeys(mark["editor"] for mark in marks if "editor" in mark))
    cells = [
        (mark.get("editor") or _one(editors, item), mark["name"], mark.get("limit", ""))
        for mark in marks
        if "name" in mark
    ]
    for editor, name, _ in cells:
        if editor not in table.EDITORS or name not in table.SCENARIOS:
            raise pytest.UsageError(f"{item.nodeid}: no cell ({editor}, {name}) is in the table")
    return cells


def _one(editors: list[str], item: pytest.Item) -> str:
    if len(editors) != 1:
        raise pytest.UsageError(f"{item.nodeid}: one scenario mark must name the editor, not {len(editors)}")
    return str(editors[0])


def _outcomes(reporter: pytest.TerminalReporter) -> Iterator[Outcome]:
    for category in ("passed", "failed", "error", "skipped", "xfailed", "xpassed"):
        for report in reporter.getreports(category):
            if category == "passed" and report.when != "call":
                continue
            for key, value in getattr(report, "user_properties", ()):  # the report of a collection has none
                if key == _PROPERTY:
                    yield _outcome(category, report, *value)


def _outcome(category: str, report: pytest.TestReport, editor: str, name: str, limit: str) -> Outcome:
    if category == "skipped" and isinstance(report.longrepr, tuple):
        return Outcome(editor, name, "skipped", str(report.longrepr[2]).removeprefix("Skipped: "))
    if category == "passed":
        return Outcome(editor, name, "limit" if limit else "passed", limit)
    return Outcome(editor, name, "failed")
