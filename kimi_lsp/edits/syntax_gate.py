"""The syntax gate: a file has no more faults after an edit than before it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from kimi_lsp.edits.errors import SyntaxBroken
from kimi_lsp.edits.searchable import line_number
from kimi_lsp.syntax.tree import Fault, SyntaxTree
from kimi_lsp.text.replacement import Replacement
from kimi_lsp.text.span import Span

FAULTS_COMPARED = 200
_TEMPLATE_MARK = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|<%.*?%>|<\?(?:php|=).*")


def check_syntax(before: SyntaxTree, after: SyntaxTree, replacements: Sequence[Replacement]) -> None:
    """Refuse ``after``, which ``replacements`` make of ``before``, if it has more ERROR and MISSING nodes.

    A template that had faults before passes, like a file without a grammar.

    Raises:
        SyntaxBroken: with line, column (from 1) and source line of the new fault nearest to the edit.
    """
    if after.fault_count <= before.fault_count or _is_template(before):
        return
    fault = _nearest(_new_faults(before, after), _spans_after(replacements))
    text, at = after.text, fault.span.start
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    what = f"{fault.expected!r} is missing" if fault.expected else "this does not fit the grammar"
    had = f"instead of {before.fault_count}" if before.fault_count else "where there was none"
    raise SyntaxBroken(
        f"The file would have {after.fault_count} syntax fault{'s'[: after.fault_count - 1]} {had}. After the edit, "
        f"line {line_number(text, at)}, column {at - start + 1}: {what}:\n{_line(text, start)}\n"
        "Nothing was changed; send the edit again with correct syntax."
    )


def _is_template(tree: SyntaxTree) -> bool:
    """Whether a fault is a template's mark: the grammar of the file's extension does not describe it."""
    text = tree.text
    for fault in tree.faults(FAULTS_COMPARED):
        start = text.rfind("\n", 0, fault.span.start) + 1
        column = fault.span.start - start
        if any(
            match.start() <= column < match.end() for match in _TEMPLATE_MARK.finditer(_line(text, start))
        ):
            return True
    return False


def _new_faults(before: SyntaxTree, after: SyntaxTree) -> list[Fault]:
    """Those whose source line, kind and expectation no fault had before; all, if there are none."""
    known = Counter(_identity(before.text, fault) for fault in before.faults(FAULTS_COMPARED))
    faults = after.faults(FAULTS_COMPARED)
    new: list[Fault] = []
    for fault in faults:
        identity = _identity(after.text, fault)
        if known[identity]:
            known[identity] -= 1
        else:
            new.append(fault)
    return new or list(faults)


def _nearest(faults: Sequence[Fault], spans: Sequence[Span]) -> Fault:
    return min(
        faults, key=lambda fault: min((_distance(fault.span.start, span) for span in spans), default=0)
    )


def _distance(offset: int, span: Span) -> int:
    return max(span.start - offset, offset - span.end, 0)


def _spans_after(replacements: Iterable[Replacement]) -> list[Span]:
    """Where the new texts stand."""
    spans: list[Span] = []
    growth = 0
    for replacement in replacements:
        start = replacement.span.start + growth
        spans.append(Span(start, start + len(replacement.text)))
        growth += len(replacement.text) - len(replacement.span)
    return spans


def _identity(text: str, fault: Fault) -> tuple[str, str, str | None]:
    start = text.rfind("\n", 0, fault.span.start) + 1
    return _line(text, start), fault.kind, fault.expected


def _line(text: str, start: int) -> str:
    end = text.find("\n", start)
    return text[start : len(text) if end < 0 else end].rstrip("\r")[:200]
