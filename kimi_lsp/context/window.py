"""What is shown of code that is too long to be shown: whole lines around the place in question."""

from __future__ import annotations

from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span


def window(snapshot: Snapshot, within: Span, around: Span, limit_bytes: int) -> Span | None:
    """The lines of ``around``, and as many before as after it, that are ``limit_bytes`` of UTF-8 at most.

    Where not all lines of ``around`` fit, it is the first ones. Nothing outside of ``within``, which begins and ends
    at line borders, is shown; None where not even the first line fits.
    """
    lines = snapshot.lines
    first, last = _line(snapshot, within.start), _line(snapshot, max(within.start, within.end - 1))
    start = min(max(_line(snapshot, around.start), first), last)
    end = min(max(_line(snapshot, max(around.start, around.end - 1)), start), last)
    left = limit_bytes - size(lines.line(start))
    if left < 0:
        return None
    above = below = start
    while below < end and (cost := size(lines.line(below + 1))) <= left:
        below, left = below + 1, left - cost
    up = down = below == end
    while up or down:
        if up := up and above > first and (cost := size(lines.line(above - 1))) <= left:
            above, left = above - 1, left - cost
        if down := down and below < last and (cost := size(lines.line(below + 1))) <= left:
            below, left = below + 1, left - cost
    return Span(lines.start(above), lines.start(below) + len(lines.line(below)))


def piece(snapshot: Snapshot, within: Span, around: Span, limit_bytes: int) -> Span:
    """The part of one endless line around the start of ``around`` that is ``limit_bytes`` of UTF-8 at most."""
    lines = snapshot.lines
    at = min(max(around.start, within.start), max(within.start, within.end - 1))
    line = _line(snapshot, at)
    text, begin = lines.line(line), lines.start(line)
    length = max(limit_bytes, 0)
    while True:
        start = max(0, min(at - begin - length // 2, len(text) - length))
        cost = size(text[start : start + length])
        if cost <= limit_bytes or length == 0:
            return Span(begin + start, begin + min(start + length, len(text)))
        length = min(length - 1, length * limit_bytes // cost)


def size(text: str) -> int:
    """How many bytes ``text`` has in UTF-8; a lone surrogate counts as if it were written."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _line(snapshot: Snapshot, offset: int) -> int:
    return snapshot.lines.position(offset, "utf-32").line
