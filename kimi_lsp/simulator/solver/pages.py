"""The ``read`` tool's results, as the engine words them, back into source.

A result is ``PATH, lines A-B of N.`` on the first line, then the source as it stands. Where the tool cut, the first
line goes on ``Ask for the rest by start_line N.``
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kimi_lsp.simulator.errors import PageError

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_HEADER = re.compile(
    r"(?P<path>\S.*?), lines (?P<first>\d+)-(?P<last>\d+) of (?P<total>\d+)\."
    r"(?: Ask for the rest by start_line (?P<next>\d+)\.)?"
)


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of a file with their ends, from number ``first`` on; ``next_line`` where there are more."""

    path: str
    first: int
    lines: tuple[str, ...]
    next_line: int | None


def parse_page(result: str) -> Page:
    """One result of ``read``.

    Raises:
        PageError: it is not in the format; the sentence quotes the line.
    """
    head, _, body = result.partition("\n")
    header = _HEADER.fullmatch(head)
    if header is None:
        raise PageError(f"the read tool's first line is not 'PATH, lines A-B of N.': {head[:80]!r}")
    rows = _LINE.findall(body)
    first, wanted = int(header["first"]), int(header["last"]) - int(header["first"]) + 1
    if len(rows) != wanted:
        raise PageError(f"the read tool announced {wanted} lines and gave {len(rows)}: {head[:80]!r}")
    return Page(header["path"], first, tuple(rows), int(header["next"]) if header["next"] else None)


def source_of(pages: Iterable[Page]) -> str:
    """The file that ``pages`` make up together; lines end in a line feed, all but perhaps the last.

    Raises:
        PageError: a line is missing between two pages, or before the first.
    """
    lines: list[str] = []
    for page in sorted(pages, key=lambda page: page.first):
        if page.first > len(lines) + 1:
            raise PageError(f"the read tool left out lines {len(lines) + 1}-{page.first - 1} of {page.path}")
        lines[max(page.first - 1, 0) :] = page.lines
    return "".join(lines)
