"""Line endings: where lines end, and in which style (LSP 3.18, "Text Documents").

Lines end at ``\\n``, ``\\r\\n`` and ``\\r`` only. A form feed, U+0085 or U+2028 is text, so
``str.splitlines`` won't do.
"""

from __future__ import annotations

from io import StringIO


def split_lines(text: str) -> list[str]:
    """The lines of ``text``, each with its ending; the last one has none, and may be empty. In C."""
    lines = list(StringIO(text, newline=""))
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    return lines


def content_length(line: str) -> int:
    """How many code points of ``line`` come before its ending."""
    return len(line) - len(ending(line))


def ending(line: str) -> str:
    """What ``line`` ends with: ``\\n``, ``\\r\\n``, ``\\r``, or nothing."""
    if line.endswith("\n"):
        return "\r\n" if line.endswith("\r\n") else "\n"
    return "\r" if line.endswith("\r") else ""


def dominant(text: str) -> str:
    """The most frequent ending in ``text``; at a tie ``\\n`` before ``\\r\\n`` before ``\\r``."""
    if "\r" not in text:
        return "\n"
    pairs = text.count("\r\n")
    counts = {"\n": text.count("\n") - pairs, "\r\n": pairs, "\r": text.count("\r") - pairs}
    return max(counts, key=lambda style: counts[style])
