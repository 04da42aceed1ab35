"""Parts -> prompt text, what changes least first. The same input gives the same bytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kimi_lsp.context.parts import Part

if TYPE_CHECKING:
    from kimi_lsp.context.budget import Budgeted


def render(budgeted: Budgeted) -> str:
    """The parts as one text, in the order of ``ordered``."""
    return "\n\n".join(map(block, ordered(budgeted.parts)))


def ordered(parts: tuple[Part, ...]) -> list[Part]:
    """By stability, and what is most important last: next to the request."""
    return sorted(parts, key=lambda part: (part.stability, -part.priority))


def block(part: Part) -> str:
    """One part under its heading, fenced."""
    return f"### {part.title}\n{fenced(part.text)}"


def fenced(text: str, info: str = "") -> str:
    """``text`` as a Markdown code block, with ``info`` behind the opening fence.

    The fence is longer than any run of backticks inside, so that no source can end its own block.
    """
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    newline = "" if text.endswith("\n") or not text else "\n"
    return f"{fence}{info}\n{text}{newline}{fence}"
