"""What tests of whole checks share."""

import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from kimi_lsp.settings import Checker, CheckerSettings
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.workspace.checkers.checkers import Checkers
from kimi_lsp.workspace.checkers.environment import program
from kimi_lsp.workspace.checkers.report import Report
from kimi_lsp.workspace.checkers.table import BUILT_IN, rows

TOOLS = Path(__file__).parents[3] / "editors" / "vscode" / "node_modules" / ".bin"
"""Where a developer of the extension has tsc."""


def search() -> str:
    """The path, with the tools that tests may install and the toolchains' usual places."""
    places = (os.environ.get("KIMI_LSP_TEST_TOOLS", ""), str(TOOLS), str(Path.home() / ".cargo" / "bin"))
    return os.pathsep.join([*filter(None, places), os.environ.get("PATH", os.defpath)])


def installed(name: str) -> bool:
    """Whether a checker of ours is here."""
    row = next(row for row in BUILT_IN if row.name == name)
    return program(row.command[0], Path("/"), search()) is not None


def lay_out(root: Path, files: Mapping[str, str]) -> None:
    """Write a project."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode())


def only(*names: str) -> dict[str, Checker]:
    """A table that runs these of ours, and no others."""
    return {row.name: Checker(enabled=row.name in names) for row in BUILT_IN}


def own(code: str, **fields: object) -> Checker:
    """A checker that is a program in Python."""
    defaults: dict[str, object] = {
        "languages": ("python",),
        "pattern": r"^(?P<line>\d+):(?P<column>\d+): (?P<message>.*)$",
        "command": (sys.executable, "-c", code),
    }
    return Checker(**{**defaults, **fields})  # type: ignore[arg-type]  # a struct's fields by name


async def checked(
    folder: Path,
    texts: Mapping[str, str | None],
    table: Mapping[str, Checker],
    *,
    within_s: float = 60.0,
    checks: str = "",
) -> Report:
    """Check ``texts`` over the project in ``folder / "p"``."""
    root = folder / "p"
    root.mkdir(exist_ok=True)
    checkers = Checkers(rows(CheckerSettings(table=dict(table))), folder / "cache", search=search())
    snapshots = {
        root / name: None if text is None else Snapshot.of(name, text) for name, text in texts.items()
    }
    return await checkers.check(snapshots, root, only=[root / checks] if checks else None, within_s=within_s)


def said(report: Report, texts: Mapping[str, str | None]) -> list[str]:
    """Each diagnostic in a line, with the text that it covers."""
    return [
        f"{each.source} {each.code} {each.path}:{each.line} {each.severity} {each.span.of(texts[path] or '')}"
        for path, diagnostics in report.diagnostics.items()
        for each in diagnostics
    ]


def fingerprint(folder: Path) -> str:
    """A hash of all names, links, modes and texts in a folder, and of when they were written."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = (
            os.readlink(path).encode() if path.is_symlink() else path.read_bytes() if path.is_file() else b""
        )
        digest.update(f"{path.relative_to(folder)} {status.st_mode} {status.st_mtime_ns} ".encode() + content)
    return digest.hexdigest()
