"""Replacements written into the text they apply to: ``x = ⟨old|new⟩``."""

from __future__ import annotations

import re

from kimi_lsp.text.replacement import Replacement
from kimi_lsp.text.span import Span

_MARK = re.compile("⟨(.*?)\\|(.*?)⟩", re.DOTALL)


def unmarked(marked: str) -> tuple[str, tuple[Replacement, ...]]:
    """The text without marks, and the replacements that the marks say."""
    base: list[str] = []
    replacements: list[Replacement] = []
    length = position = 0
    for mark in _MARK.finditer(marked):
        before = marked[position : mark.start()]
        start = length + len(before)
        replacements.append(Replacement(Span(start, start + len(mark[1])), mark[2]))
        base += (before, mark[1])
        length, position = start + len(mark[1]), mark.end()
    return "".join([*base, marked[position:]]), tuple(replacements)


def marked(base: str, replacements: tuple[Replacement, ...]) -> str:
    """The inverse of ``unmarked``."""
    for each in reversed(replacements):
        mark = f"⟨{each.span.of(base)}|{each.text}⟩"
        base = base[: each.span.start] + mark + base[each.span.end :]
    return base
