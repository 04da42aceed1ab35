"""The line endings that a new text gets where it goes: those of the lines it replaces and stands beside."""

from __future__ import annotations

from collections.abc import Iterator

from kimi_lsp.text.endings import content_length, ending, split_lines
from kimi_lsp.text.myers import Budget, differences
from kimi_lsp.text.span import Span


def with_neighbour_endings(inserted: str, document: str, span: Span) -> str:
    """``inserted``, which is to replace ``span`` of ``document``, with line endings that fit there.

    A line that was there before keeps the ending it had, even among others (mixed endings stay mixed); so does one
    that takes the place of another. A new line gets that of the line before it.
    """
    if "\n" not in inserted and "\r" not in inserted:
        return inserted
    if "\r" not in inserted and "\r" not in document:
        return inserted
    style = _style_at(document, span.start)
    lines: list[str] = []
    new = split_lines(inserted)
    for line, replaced in zip(new, _replaced(split_lines(span.of(document)), new), strict=True):
        style = ending(replaced) or style
        lines.append(line[: content_length(line)] + style if ending(line) else line)
    return "".join(lines)


def _style_at(document: str, offset: int) -> str:
    """The ending of the line at ``offset``, or of the one before if it has none; ``\\n`` if there is no other."""
    ahead = [end for end in (document.find("\n", offset), document.find("\r", offset)) if end >= 0]
    end = min(ahead) if ahead else max(document.rfind("\n", 0, offset), document.rfind("\r", 0, offset))
    if end < 0:
        return "\n"
    return "\r\n" if "\r\n" in document[max(end - 1, 0) : end + 2] else document[end]


def _replaced(old: list[str], new: list[str]) -> Iterator[str]:
    """For each line of ``new`` the line of ``old`` whose place it takes, or an empty one."""
    contents, new_contents = ([line[: content_length(line)] for line in lines] for lines in (old, new))
    at = 0
    budget = Budget(100_000 + 10 * (len(old) + len(new)))
    for a, b, c, d in (
        *differences(contents, new_contents, budget),
        (len(old), len(old), len(new), len(new)),
    ):
        yield from old[at:a]
        yield from old[a : min(b, a + d - c)]
        yield from [""] * (d - c - (b - a))
        at = b
