"""A definition, or a few lines, as the model wrote them, indented for their place."""

from __future__ import annotations

from kimi_lsp.edits.block import Block
from kimi_lsp.edits.errors import Uncertain
from kimi_lsp.edits.indentation import indentation, learn


def reindented(source: str, base: str, *, file_unit: int | None, depth: str | None = None) -> str:
    """``source`` with its first line at ``base`` and the others moved along; blank lines blank, lines end in ``\\n``.

    Blank lines around it are dropped. Where only the first line was written at the margin, and the others at their
    places in the file, those stay: told by the second line, which a definition has at ``depth`` there if it is known.

    Raises:
        Uncertain: tabs and spaces cannot be told apart into levels.
    """
    block = Block.of(source.strip("\r\n"))
    lines = [line if index in block.filled else "" for index, line in enumerate(block.lines)]
    if not block.filled:
        return ""
    lines = lines[block.filled[0] :]
    later = [line for line in lines[1:] if line]
    own = indentation(lines[0])
    if not own and base and later and _is_in_place(later, base, depth):
        return "\n".join([base + lines[0], *lines[1:]])
    learnt = learn([(own, base)], file_unit=file_unit, written=[indentation(line) for line in lines])
    assert learnt is not None, "one pair cannot contradict itself"
    moved: list[str] = []
    for line in lines:
        indent = learnt(indentation(line)) if line else ""
        if indent is None:
            raise Uncertain(
                "How to indent the new text is not certain: indent it with the same kind of white space as the file."
            )
        moved.append(indent + line.lstrip(" \t"))
    return "\n".join(moved)


def _is_in_place(later: list[str], base: str, depth: str | None) -> bool:
    """Whether the lines after a first line at the margin are indented as in the file already."""
    second = indentation(later[0])
    if depth is not None and second in (depth, depth.removeprefix(base)):
        return second == depth
    least = min((indentation(line) for line in later), key=len)
    closing = indentation(later[-1]) == base and not later[-1].strip()[0].isalnum()
    return all(line.startswith(base) for line in later) and (len(least) > len(base) or closing)
