"""The checkers that we know, and the user's own beside or in place of them.

What a project can make a program execute decides whether it is run unasked. ``ruff``, ``shellcheck``, ``tsc`` and
``go vet`` execute nothing of the project. ``mypy`` is run where the project is configured for it, and withheld where
that configuration names plugins or an interpreter. ``eslint`` (its configuration is a program) and ``clippy``
(``build.rs``, macros) always execute what the project says. These three are
run where the user's settings have a row of their name, even an empty one: ``{"eslint": {}}``.
"""

from __future__ import annotations

import json
from dataclasses import replace

from kimi_lsp.settings import Checker, CheckerSettings
from kimi_lsp.workspace.checkers.row import LINES, LINES_OF_SCRIPT, Configuration, Delivery, Row

_SCRIPTS = ("javascript", "javascriptreact", "typescript", "typescriptreact")
_TSCONFIG = ".kimi-lsp.tsconfig.json"
_TSCONFIG_TEXT = json.dumps(
    {
        "extends": "./tsconfig.json",
        "compilerOptions": {
            "noEmit": True,
            "composite": False,
            "incremental": False,
            "emitDeclarationOnly": False,
            "preserveSymlinks": True,
        },
    }
)

BUILT_IN = (
    Row(
        "ruff",
        ("ruff", "check", "--no-cache", "--no-fix", "--force-exclude", "--output-format=json",
         "--stdin-filename={file}", "-"),
        ("python",),
        reader="ruff",
        delivery="stdin",
    ),
    Row(
        "mypy",
        ("mypy", "--output=json", "--no-error-summary", "--disable-error-code=import-untyped",
         "--cache-dir={scratch}", "{path}"),
        ("python",),
        reader="mypy",
        delivery="folder",
        encoding=None,  # 1.x counts bytes; 2.4 counts what is neither bytes nor characters, tried
        guarded=Configuration(
            ("mypy.ini", ".mypy.ini", "pyproject.toml", "setup.cfg"),
            r"""(?i)(?<![\w-])(plugins|python_executable)["']?\s*[=:]|\\[uUx]""",
        ),
        configured=Configuration(
            ("mypy.ini", ".mypy.ini", "pyproject.toml", "setup.cfg"), r"\bmypy\b.*\]|\bmypy\s*="
        ),
    ),
    Row(
        "eslint",
        ("eslint", "--format=json", "--no-color", "--no-warn-ignored", "--stdin", "--stdin-filename={file}"),
        _SCRIPTS,
        reader="eslint",
        delivery="stdin",
        encoding="utf-16",
        line_break=LINES_OF_SCRIPT,
        needs=("eslint.config.js", "eslint.config.mjs", "eslint.config.cjs", "eslint.config.ts",
               "eslint.config.mts", "eslint.config.cts"),
        runs_project_code=True,
    ),
    Row(
        "tsc",
        ("tsc", "--pretty", "false", "--project", _TSCONFIG),
        ("typescript", "typescriptreact"),
        reader="pattern",
        delivery="folder",
        pattern=r"^(?P<file>[^\r\n]+?)\((?P<line>\d+),(?P<column>\d+)\): (?P<severity>\w+) (?P<code>TS\d+): "
        r"(?P<message>[^\r\n]+)",
        encoding="utf-16",
        line_break=LINES_OF_SCRIPT,
        needs=("tsconfig.json",),
        adds=((_TSCONFIG, _TSCONFIG_TEXT),),
    ),
    Row(
        "shellcheck",
        ("shellcheck", "--format=json1", "-"),
        ("shellscript",),
        reader="shellcheck",
        delivery="stdin",
    ),
    Row(
        "go vet",
        ("go", "vet", "{package}"),  # not with -overlay: vet itself does not know it (1.19, tried)
        ("go",),
        reader="pattern",
        delivery="folder",
        pattern=r"^(?:(?P<severity>vet): )?(?P<file>[^\s#][^\r\n:]*?\.go):(?P<line>\d+):(?P<column>\d+): "
        r"(?P<message>[^\r\n]+)$",
        encoding="utf-8",
        line_break=r"\n",
        needs=("go.mod",),
        copied=("go.mod", "go.sum"),
        environment=(("GOPROXY", "off"), ("GOTOOLCHAIN", "local")),
    ),
    Row(
        "clippy",
        ("cargo", "clippy", "--offline", "--quiet", "--message-format=json"),
        ("rust",),
        reader="cargo",
        delivery="folder",
        line_break=r"\n",
        needs=("Cargo.toml",),
        copied=("Cargo.lock",),
        environment=(("CARGO_TARGET_DIR", "{cache}"),),
        runs_project_code=True,
        executed=("config.toml", "rust-toolchain", "rust-toolchain.toml"),
        runs_folder=Configuration(
            ("Cargo.toml",), r"(?m)proc[-_]macro\b|^\s*(package\s*\.\s*)?[\"']?build[\"']?\s*="
        ),
        script="build.rs",
        sources=("src", "tests", "examples", "benches"),
        timeout_s=120.0,
    ),
)  # fmt: skip


def rows(settings: CheckerSettings) -> tuple[Row, ...]:
    """What is run unasked, and what the user's settings turn on; none where they turn all off."""
    if not settings.enabled:
        return ()
    known = {row.name for row in BUILT_IN}
    ours = (
        row if row.name not in settings.table else _merged(row, settings.table[row.name])
        for row in BUILT_IN
        if row.name in settings.table or not row.runs_project_code
    )
    own = (_own(name, checker) for name, checker in settings.table.items() if name not in known)
    off = {name for name, checker in settings.table.items() if not checker.enabled}
    return tuple(row for row in (*ours, *own) if row.command and row.name not in off)


def _merged(row: Row, checker: Checker) -> Row:
    """A row of ours, which the user has named; what he says of it stands in place of what we say.

    A command of one word is the program alone.
    """
    if len(checker.command) > 1:
        own = _own(row.name, checker)
        return replace(own, languages=own.languages or row.languages)
    timeout_s = row.timeout_s if checker.timeout_s == Checker().timeout_s else checker.timeout_s
    return replace(
        row,
        command=(*checker.command, *row.command[len(checker.command) :]),
        languages=checker.languages or row.languages,
        guarded=None,
        executed=row.guarded.files if row.guarded is not None else (),
        configured=None,
        timeout_s=timeout_s,
    )


def _own(name: str, checker: Checker) -> Row:
    takes_path = any("{path}" in argument for argument in checker.command)
    delivery: Delivery = "folder" if checker.whole_project else "copy" if takes_path else "stdin"
    scripts = checker.output == "eslint"
    return Row(
        name,
        checker.command,
        checker.languages,
        reader=checker.output,
        delivery=delivery,
        pattern=checker.pattern,
        encoding="utf-16" if scripts else "utf-32",
        line_break=LINES_OF_SCRIPT if scripts else LINES,
        timeout_s=checker.timeout_s,
    )
