"""Line endings of new text: those of the lines that it keeps, and else those of its neighbours."""

from __future__ import annotations

from collections.abc import Sequence

from kimi_lsp.edits.alignment import Alignment
from kimi_lsp.text.endings import content_length, dominant, ending, split_lines

STYLES = ("\n", "\r\n", "\r")


def restyled(text: str, style: str) -> str:
    """``text`` with all its line endings in ``style``."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if style == "\n" else text.replace("\n", style)


def with_endings(found: str, new: str, around: str) -> str:
    """``new`` in place of ``found`` in a text that mixes styles.

    A line that ``found`` has, too, and one in the place of another, keeps that ending; a new one ends like the
    line before it, the first like the first of ``found``, or like most of ``around``, the whole lines of the place.
    """
    old_lines, new_lines = split_lines(found), split_lines(new)
    contents = [line[: content_length(line)] for line in new_lines]
    aligned = Alignment([line[: content_length(line)] for line in old_lines], contents)
    origins = [aligned.origin(number) for number in range(len(contents))]
    endings = [None if origin is None else ending(old_lines[origin]) or None for origin in origins]
    return joined(contents[:-1], endings[:-1], ending(old_lines[0]) or dominant(around)) + contents[-1]


def joined(contents: Sequence[str], endings: Sequence[str | None], default: str) -> str:
    """Lines with their endings; where one is not known, that of the line before, and ``default`` for the first."""
    pieces: list[str] = []
    for content, own in zip(contents, endings, strict=True):
        default = own or default
        pieces += (content, default)
    return "".join(pieces)
