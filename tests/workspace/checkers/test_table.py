"""Which checkers are run unasked, and what the user's settings make of them."""

from kimi_lsp.settings import Checker, CheckerSettings
from kimi_lsp.workspace.checkers.row import Row
from kimi_lsp.workspace.checkers.table import BUILT_IN, rows


def names(**table: Checker) -> list[str]:
    return [row.name for row in rows(CheckerSettings(table=dict(table)))]


def row(name: str, checker: Checker) -> Row:
    (found,) = (row for row in rows(CheckerSettings(table={name: checker})) if row.name == name)
    return found


def test_what_runs_the_projects_code_is_not_run_unasked() -> None:
    assert names() == ["ruff", "mypy", "tsc", "shellcheck", "go vet"]
    assert {row.name for row in BUILT_IN if row.runs_project_code} == {"eslint", "clippy"}
    assert "eslint" in names(eslint=Checker())


def test_off() -> None:
    assert rows(CheckerSettings(enabled=False, table={"eslint": Checker()})) == ()
    assert "ruff" not in names(ruff=Checker(enabled=False))
    assert "own" not in names(own=Checker(command=("own",), enabled=False))
    assert "own" not in names(own=Checker())


def test_a_row_of_ours_with_another_program() -> None:
    ours = next(row for row in BUILT_IN if row.name == "eslint")
    theirs = row("eslint", Checker(command=("node_modules/.bin/eslint",), timeout_s=5))
    assert theirs.command == ("node_modules/.bin/eslint", *ours.command[1:])
    assert (theirs.reader, theirs.encoding, theirs.timeout_s) == ("eslint", "utf-16", 5)


def test_named_by_the_user_mypy_may_run_what_it_likes() -> None:
    assert next(row for row in BUILT_IN if row.name == "mypy").guarded is not None
    assert row("mypy", Checker()).guarded is None


def test_a_command_of_the_users_own() -> None:
    whole = row("mypy", Checker(command=("dmypy", "run", "{path}"), pattern="p"))
    assert (whole.reader, whole.pattern, whole.delivery, whole.languages) == (
        "pattern",
        "p",
        "copy",
        ("python",),
    )
    assert row("a", Checker(command=("a", "{file}"))).delivery == "stdin"
    assert row("a", Checker(command=("a",), whole_project=True)).delivery == "folder"
    assert row("a", Checker(command=("a", "-"), output="ruff")).reader == "ruff"
