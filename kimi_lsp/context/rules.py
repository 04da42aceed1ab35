"""Files of instructions, and what is kept of a long one: whole sections from its beginning."""

from __future__ import annotations

import re
from collections.abc import Callable

from kimi_lsp.context.knowledge import Rules
from kimi_lsp.context.parts import Part, Priority, Stability, on_one_line

_BORDERS = (
    re.compile(r"^#{1,6}[ \t]", re.MULTILINE),
    re.compile(r"(?<=\n)(?=[ \t]*\r?\n)"),
    re.compile(r"(?<=\n)"),
)


def rules(found: Rules) -> Part:
    """The project's rules as a part."""
    return Part(
        title=f"instructions of the project, from {on_one_line(found.file)}",
        text=found.text,
        priority=Priority.INSTRUCTIONS,
        stability=Stability.WORKSPACE,
        why="context.instruction_files",
        language_id="markdown",
    )


def cut_rules(text: str, fits: Callable[[str], bool]) -> str:
    """As much of ``text`` as ``fits``, up to a heading, else the end of a paragraph, else of a line; or nothing."""
    for border in _BORDERS:
        ends = [match.start() for match in border.finditer(text) if match.start()]
        low, high = 0, len(ends)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if fits(text[: ends[middle - 1]]) else (low, middle - 1)
        if low and (kept := text[: ends[low - 1]].rstrip()):
            return f"{kept}\n"
    return ""
