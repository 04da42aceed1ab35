"""SymbolContext -> prompt text, what changes least first. The same input gives the same bytes."""

from __future__ import annotations

import re

from kimi_lsp.context.budget import Budgeted


def render(budgeted: Budgeted) -> str:
    """The gathered parts as one text, ordered by stability, each under its heading and fenced.

    A fence is longer than any run of backticks inside, so that no source can end its own block.
    """
    ordered = sorted(budgeted.parts, key=lambda part: (part.stability, part.priority))
    return "\n\n".join(f"### {part.title}\n{fenced(part.text)}" for part in ordered)


def fenced(text: str, info: str = "") -> str:
    """``text`` as a Markdown code block, with ``info`` behind the opening fence."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    newline = "" if text.endswith("\n") or not text else "\n"
    return f"{fence}{info}\n{text}{newline}{fence}"
