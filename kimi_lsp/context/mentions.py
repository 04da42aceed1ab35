"""Lines that name a symbol: which of them tell something."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kimi_lsp.workspace.index.values import Defined, Used

LONGEST = 160
"""Code points of a line that are shown."""

PER_FILE = 3

_IMPORT = re.compile(
    r"\s*(?:from\b|import\b|using\b|use\b|pub use\b|#\s*include\b|export\s+(?:\*|\{)|require\b|package\b)"
)


def restricted(used: Sequence[Used], owner_used: Sequence[Used], file: str) -> tuple[Used, ...]:
    """Of the files that name a method those that name its class, too: others mean another class's method."""
    about = {one.file for one in owner_used} | {file}
    return tuple(one for one in used if one.file in about)


def tells(line: str, name: str) -> bool:
    """Whether a line uses ``name``, rather than only imports it, or says nothing of it any more."""
    return _IMPORT.match(line) is None and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", line) is not None


def shortened(line: str, name: str) -> str:
    """A line without the white space around it; of a very long one the part around ``name``."""
    line = line.strip()
    if len(line) <= LONGEST:
        return line
    start = max(0, min(line.find(name) - LONGEST // 2, len(line) - LONGEST))
    return f"{'…' if start else ''}{line[start : start + LONGEST]}…"


def inside(line: int, definitions: Sequence[Defined]) -> Defined | None:
    """The innermost definition that ``line`` is in."""
    around = [one for one in definitions if one.first_line <= line <= one.last_line]
    return min(around, key=lambda one: one.last_line - one.first_line, default=None)
