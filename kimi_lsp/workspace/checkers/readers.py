"""What the programs write -> findings, one reader for each format.

Every reader takes the output and the row's pattern, and raises ``Failed`` for what it cannot read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import msgspec
from msgspec import Struct

from kimi_lsp.workspace.checkers.errors import Failed
from kimi_lsp.workspace.checkers.finding import Finding
from kimi_lsp.workspace.diagnostic import Severity

MAX_FINDINGS = 10_000
_SEVERITIES: Mapping[str, Severity] = {
    "fatal": "error",
    "error": "error",
    "vet": "error",  # what keeps go vet from looking further: it does not compile
    "failure-note": "information",
    "note": "information",
    "info": "information",
    "information": "information",
    "help": "hint",
    "hint": "hint",
    "style": "hint",
}
_RUFF_ERRORS = frozenset({"invalid-syntax", "E999", "F821", "F822", "F823"})
"""What fails when it runs; ruff itself calls everything an error."""


class _Point(Struct):
    row: int
    column: int


class _Ruff(Struct):
    filename: str
    message: str
    location: _Point
    end_location: _Point
    code: str | None = None


class _EslintMessage(Struct, rename="camel"):
    message: str
    line: int = 1
    column: int = 1
    severity: int = 1
    rule_id: str | None = None
    end_line: int | None = None
    end_column: int | None = None


class _Eslint(Struct, rename="camel"):
    file_path: str
    messages: list[_EslintMessage]


class _Comment(Struct, rename="camel"):
    line: int
    column: int
    end_line: int
    end_column: int
    level: str
    code: int
    message: str


class _Shellcheck(Struct):
    comments: list[_Comment]


class _Mypy(Struct):
    file: str
    line: int
    column: int
    message: str
    severity: str
    code: str | None = None
    end_line: int | None = None
    end_column: int | None = None


class _RustSpan(Struct):
    file_name: str
    line_start: int
    line_end: int
    column_start: int
    column_end: int
    is_primary: bool


class _RustCode(Struct):
    code: str


class _RustMessage(Struct):
    message: str
    level: str
    spans: list[_RustSpan]
    code: _RustCode | None = None


class _Cargo(Struct):
    reason: str
    message: _RustMessage | None = None


_Shape = TypeVar("_Shape")


def read(reader: str, output: str, pattern: str = "") -> list[Finding]:
    """All that ``output`` says, in the format ``reader``.

    Raises:
        Failed: it is not in this format, or says more than anybody wants to know.
    """
    found: list[Finding] = []
    for finding in READERS[reader](output, pattern):
        found.append(finding)
        if len(found) > MAX_FINDINGS:
            raise Failed(f"found more than {MAX_FINDINGS:,} problems")
    return found


def _decoded(output: str, shape: type[_Shape]) -> _Shape:
    try:
        return msgspec.json.decode(output.encode("utf-8", "replace"), type=shape)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Failed("wrote what cannot be read") from error


def _ruff(output: str, pattern: str) -> Iterable[Finding]:
    for each in _decoded(output, list[_Ruff]):
        start, end, code = each.location, each.end_location, each.code or "invalid-syntax"
        severity: Severity = "error" if code in _RUFF_ERRORS else "warning"
        yield Finding(
            each.filename, start.row, each.message, start.column, end.row, end.column, code, severity
        )


def _eslint(output: str, pattern: str) -> Iterable[Finding]:
    for file in _decoded(output, list[_Eslint]):
        for each in file.messages:
            end = (each.end_line, each.end_column)
            severity: Severity = "error" if each.severity > 1 else "warning"
            yield Finding(
                file.file_path, each.line, each.message, each.column, *end, each.rule_id or "", severity
            )


def _shellcheck(output: str, pattern: str) -> Iterable[Finding]:
    for each in _decoded(output, _Shellcheck).comments:
        severity = _SEVERITIES.get(each.level, "warning")
        end = (each.end_line, each.end_column)
        yield Finding("", each.line, each.message, each.column, *end, f"SC{each.code}", severity)


def _mypy(output: str, pattern: str) -> Iterable[Finding]:
    """Lines of JSON; others are said to nobody in particular. Columns count from 0 here, -1 is unknown."""
    for line in output.split("\n"):
        if line.startswith("{"):
            each = _decoded(line, _Mypy)
            if each.severity == "note":
                continue
            column = each.column + 1 if each.column >= 0 else None
            # An end one further on says that it is not known either.
            known = each.end_column is not None and each.end_column > each.column + 1
            end_column = (each.end_column or 0) + 1 if known else None
            severity = _SEVERITIES.get(each.severity, "warning")
            end = (each.end_line, end_column)
            yield Finding(each.file, each.line, each.message, column, *end, each.code or "", severity)


def _cargo(output: str, pattern: str) -> Iterable[Finding]:
    """Lines of JSON: rustc's messages in cargo's envelopes. What has no place in a file is left out."""
    for line in output.split("\n"):
        if not line.startswith("{"):
            continue
        message = _decoded(line, _Cargo).message
        span = next((span for span in message.spans if span.is_primary), None) if message else None
        if message is not None and span is not None:
            code = message.code.code if message.code is not None else ""
            severity = _SEVERITIES.get(message.level, "warning")
            end = (span.line_end, span.column_end)
            place = (span.file_name, span.line_start, message.message, span.column_start)
            yield Finding(*place, *end, code, severity)


def _by_pattern(output: str, pattern: str) -> Iterable[Finding]:
    try:
        compiled = re.compile(pattern, re.MULTILINE)
    except (re.error, RecursionError, OverflowError) as error:
        raise Failed(f"has a pattern that cannot be used: {error}") from error
    if not {"line", "message"} <= set(compiled.groupindex):
        raise Failed("has a pattern without the groups line and message")
    for match in compiled.finditer(output):
        groups = match.groupdict()
        yield Finding(
            file=groups.get("file") or "",
            line=_number(groups["line"]) or 1,
            message=(groups["message"] or "").strip(),
            column=_number(groups.get("column")),
            code=groups.get("code") or "",
            severity=_SEVERITIES.get((groups.get("severity") or "").lower(), "warning"),
        )


def _number(digits: str | None) -> int | None:
    plain = digits is not None and digits.isascii() and digits.isdigit() and len(digits) < 10
    return int(digits) if digits is not None and plain else None


READERS: Mapping[str, Callable[[str, str], Iterable[Finding]]] = {
    "ruff": _ruff,
    "eslint": _eslint,
    "shellcheck": _shellcheck,
    "mypy": _mypy,
    "cargo": _cargo,
    "pattern": _by_pattern,
}
