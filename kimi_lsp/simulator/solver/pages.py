"""The ``read`` tool's results, as the engine words them, back into source.

A result is ``PATH lines A-B of N`` on the first line, then each source line as its number, a tab and the
text. Where the tool cut, a last line beginning with ``...`` says ``next: start_line=N``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kimi_lsp.simulator.errors import PageError

_HEADER = re.compile(r"(?P<path>\S.*?) lines (?P<first>\d+)-(?P<last>\d+) of (?P<total>\d+)\b.*")
_NUMBERED = re.compile(r" *(\d+)\t(.*)", re.DOTALL)
_NEXT = re.compile(r"next: start_line=(\d+)")


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of a file, numbered from ``first``; ``next_line`` where there are more to ask for."""

    path: str
    first: int
    lines: tuple[str, ...]
    next_line: int | None


def parse_page(result: str) -> Page:
    """One result of ``read``.

    Raises:
        PageError: it is not in the format; the sentence quotes the line.
    """
    head, *rows = result.rstrip("\n").split("\n")
    header = _HEADER.fullmatch(head)
    if header is None:
        raise PageError(f"the read tool's first line is not 'PATH lines A-B of N': {head[:80]!r}")
    more = _NEXT.search(head)
    if rows and (notice := _NEXT.search(rows[-1])) and not _NUMBERED.fullmatch(rows[-1]):
        more = notice
        rows.pop()
    first = int(header["first"])
    return Page(header["path"], first, _unnumbered(rows, first), int(more[1]) if more else None)


def source_of(pages: Iterable[Page]) -> str:
    """The file that ``pages`` make up together; lines end in a line feed.

    Raises:
        PageError: a line is missing between two pages, or before the first.
    """
    lines: list[str] = []
    for page in sorted(pages, key=lambda page: page.first):
        if page.first > len(lines) + 1:
            raise PageError(f"the read tool left out lines {len(lines) + 1}-{page.first - 1} of {page.path}")
        lines[max(page.first - 1, 0) :] = page.lines
    text = "\n".join(lines)
    return text if not text or text.endswith("\n") else text + "\n"


def _unnumbered(rows: Iterable[str], first: int) -> tuple[str, ...]:
    lines: list[str] = []
    for place, row in enumerate(rows):
        match = _NUMBERED.fullmatch(row)
        if match is None or int(match[1]) != first + place:
            raise PageError(f"the read tool's line is not '{first + place}<tab>text': {row[:80]!r}")
        lines.append(match[2])
    return tuple(lines)
