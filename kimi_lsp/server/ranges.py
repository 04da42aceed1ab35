"""Ranges of the protocol <-> spans of code points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsprotocol import types

from kimi_lsp.text.line_index import Encoding, Position
from kimi_lsp.text.lines import Lines
from kimi_lsp.text.span import Span


def range_of(lines: Lines, start: int, end: int, encoding: Encoding) -> types.Range:
    """The LSP range of two offsets."""
    first, last = lines.position(start, encoding), lines.position(end, encoding)
    return types.Range(
        start=types.Position(line=first.line, character=first.character),
        end=types.Position(line=last.line, character=last.character),
    )


def plain_range(span: types.Range) -> dict[str, Any]:
    """A range as plain JSON."""
    return {
        "start": {"line": span.start.line, "character": span.start.character},
        "end": {"line": span.end.line, "character": span.end.character},
    }


def span_of(lines: Lines, span: types.Range, encoding: Encoding) -> Span:
    """The code points of a range; positions past an end are clamped, a reversed range is turned round."""
    start = lines.offset(Position(span.start.line, span.start.character), encoding)
    end = lines.offset(Position(span.end.line, span.end.character), encoding)
    return Span(min(start, end), max(start, end))


def span_of_plain(lines: Lines, span: Mapping[str, Any], encoding: Encoding) -> Span:
    """The same for a range in plain JSON.

    Raises:
        KeyError, TypeError, ValueError: it is no range.
    """
    offsets = sorted(
        lines.offset(Position(int(span[end]["line"]), int(span[end]["character"])), encoding)
        for end in ("start", "end")
    )
    return Span(*offsets)
