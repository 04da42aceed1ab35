"""The table of editors: what is in a cell, and what stands below."""

from tests.e2e.editors.table import Outcome, lines


def test_rows_columns_and_notes() -> None:
    limit = "Helix ignores it (its source)"
    shown = lines(
        [
            Outcome("vim-ale", "cancel", "skipped", "no vim"),
            Outcome("helix", "cancel", "passed"),
            Outcome("helix", "preview", "limit", limit),
            Outcome("vim-ale", "fix", "skipped", "no vim"),
        ]
    )
    assert shown == [
        "         fix          cancel       preview",
        "helix    ·            passed       limit (2)",
        "vim-ale  skipped (1)  skipped (1)  ·",
        "(1) no vim",
        f"(2) {limit}",
    ]


def test_one_that_failed_is_not_hidden_by_one_that_passed() -> None:
    cells = [Outcome("helix", "fix", result) for result in ("skipped", "passed", "failed", "passed")]
    assert lines(cells)[1].split() == ["helix", "failed"]
    assert lines(cells[:2])[1].split() == ["helix", "passed"]
