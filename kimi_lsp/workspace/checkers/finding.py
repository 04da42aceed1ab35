"""What a checker says, in its own coordinates, and the same in ours."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from kimi_lsp.text.line_index import Encoding, column_of
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.diagnostic import Diagnostic, Severity

MESSAGE_LENGTH = 2_000
_WORD = re.compile(r"\w+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem as its checker words it.

    ``file`` is empty where there was but one. Lines and columns count from 1, and the end is exclusive; a column is
    None where it is not known.
    """

    file: str
    line: int
    message: str
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    code: str = ""
    severity: Severity = "warning"


class Places:
    """Turns findings about one snapshot into diagnostics.

    ``line_break`` is a pattern of what ends a line for the checker. ``encoding`` is what its columns count; None if
    that is not certain: then it is believed on lines of ASCII alone, and a finding on another is the whole line.
    """

    def __init__(self, snapshot: Snapshot, encoding: Encoding | None, line_break: str) -> None:
        self._snapshot = snapshot
        self._encoding = encoding
        breaks = [match.span() for match in re.finditer(line_break, snapshot.text)]
        self._starts = [0, *(end for _, end in breaks)]
        self._ends = [*(start for start, _ in breaks), len(snapshot.text)]

    def diagnostic(self, finding: Finding, source: str) -> Diagnostic:
        """``finding`` in code points of the snapshot; what lies outside of the text is put at its border."""
        span = self._span(finding)
        position = self._snapshot.lines.position(span.start, "utf-32")
        return Diagnostic(
            path=self._snapshot.path,
            span=span,
            line=position.line + 1,
            column=position.character + 1,
            message=finding.message[:MESSAGE_LENGTH],
            source=source,
            code=finding.code[:MESSAGE_LENGTH],
            severity=finding.severity,
        )

    def _span(self, finding: Finding) -> Span:
        start = self._offset(finding.line, finding.column)
        if start is None:
            return self._whole_line(finding.line)
        end = self._offset(finding.end_line or finding.line, finding.end_column)
        if end is None or end < start:
            line = bisect_right(self._starts, start) - 1
            word = _WORD.match(self._snapshot.text, start, self._ends[line])
            end = start + len(word.group()) if word else start
        return Span(start, end)

    def _offset(self, line: int, column: int | None) -> int | None:
        """None where there is no column that can be believed."""
        index = min(max(line, 1), len(self._starts)) - 1
        text = self._line(index)
        if column is None or (self._encoding is None and not text.isascii()):
            return None
        encoding = self._encoding or "utf-32"
        if line > len(self._starts):
            return self._starts[index] + len(text)
        return self._starts[index] + column_of(text, max(column - 1, 0), encoding)

    def _line(self, index: int) -> str:
        """Without its ending."""
        return self._snapshot.text[self._starts[index] : self._ends[index]]

    def _whole_line(self, line: int) -> Span:
        """Its text, without the white space around it."""
        index = min(max(line, 1), len(self._starts)) - 1
        text = self._line(index)
        start = self._starts[index] + len(text) - len(text.lstrip())
        return Span(start, max(start, self._starts[index] + len(text.rstrip())))
