"""Diagnostics of the protocol -> ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from lsprotocol import types

from kimi_lsp.server.ranges import span_of, span_of_plain
from kimi_lsp.text.line_index import Encoding
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.diagnostic import Diagnostic, Severity

SEVERITIES: Mapping[int, Severity] = {1: "error", 2: "warning", 3: "information", 4: "hint"}


def diagnostic_of(snapshot: Snapshot, sent: types.Diagnostic, encoding: Encoding) -> Diagnostic:
    """A client's diagnostic in our terms. Its ``data`` is opaque and stays behind."""
    return problem(
        snapshot,
        span_of(snapshot.lines, sent.range, encoding),
        message=sent.message,
        source=sent.source or "",
        code="" if sent.code is None else str(sent.code),
        severity=SEVERITIES.get(int(sent.severity or 2), "warning"),
    )


def diagnostic_of_plain(snapshot: Snapshot, sent: Mapping[str, Any], encoding: Encoding) -> Diagnostic:
    """A diagnostic from a command's arguments: one of ours, or an LSP diagnostic that an editor passed along.

    Raises:
        KeyError, TypeError, ValueError: it is no diagnostic.
    """
    severity = sent.get("severity", "warning")
    named = SEVERITIES.get(severity, "warning") if isinstance(severity, int) else severity
    return problem(
        snapshot,
        span_of_plain(snapshot.lines, sent["range"], encoding),
        message=str(sent["message"]),
        source=str(sent.get("source") or ""),
        code=str(sent.get("code") or ""),
        severity=cast(Severity, named if named in SEVERITIES.values() else "warning"),
    )


def problem(
    snapshot: Snapshot, span: Span, *, message: str, source: str, code: str, severity: Severity
) -> Diagnostic:
    """A problem at ``span`` of ``snapshot``."""
    position = snapshot.lines.position(span.start, "utf-32")
    return Diagnostic(
        path=snapshot.path,
        span=span,
        line=position.line + 1,
        column=position.character + 1,
        message=message,
        source=source,
        code=code,
        severity=severity,
    )
