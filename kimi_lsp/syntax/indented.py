"""An outline of a text that there is no grammar for: its blocks, by indentation.

All its symbols are of the kind ``BLOCK``, which no grammar gives: so whoever gets one can say that it is a guess.
They are found, enclosed and shown as any others are (``outline.enclosing``, ``outline.find``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kimi_lsp.syntax.outline import Symbol
from kimi_lsp.text.span import Span

BLOCK = "block"
"""The kind of a symbol that indentation alone makes one."""

LONGEST = 400_000
"""Code points of a text above which no outline is made."""

MOST = 5_000
"""Blocks of one text."""

LONGEST_NAME = 60

_LINE = re.compile(r"([^\S\r\n]*)([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_CLOSES = re.compile(r"(?:[)\]}>]+|(?:#?end\w*|fi|done|esac|od)\b)[\s;,)]*\Z", re.IGNORECASE)
_BELONGS = re.compile(r"#(?!\s*(?:include|if|endif|else))|//|--|;|%|\*|/\*|@|\"|\[")
_TAB = 4


def outline(text: str) -> tuple[Symbol, ...]:
    """The blocks of ``text`` in document order, outer ones before inner ones; empty where it is too long.

    A block is a line and the deeper ones that follow, with the line that closes it and with comments and attributes
    right above; at the margin also a paragraph of lines. It is called what its first line says.
    """
    if len(text) > LONGEST:
        return ()
    lines = list(_lines(text))
    found = sorted(_blocks(lines), key=lambda one: (one.first, -one.last))[:MOST]
    return tuple(_symbols(text, lines, found))


@dataclass(frozen=True, slots=True)
class _Line:
    """One line that is not blank: where it starts, its text ends and it ends, its indentation and its text."""

    start: int
    text_end: int
    end: int
    indent: int
    text: str
    blank_above: bool


@dataclass(frozen=True, slots=True)
class _Block:
    """Numbers of lines: the first with what is above, the one that names it, the last of its inside, the last."""

    first: int
    head: int
    inside: int
    last: int


def _lines(text: str) -> Iterator[_Line]:
    blank = True
    for match in _LINE.finditer(text):
        if body := match[2].rstrip():
            indent = len(match[1].expandtabs(_TAB))
            yield _Line(match.start(), match.start(2) + len(body), match.end(), indent, body, blank)
        blank = not body


def _blocks(lines: list[_Line]) -> Iterator[_Block]:
    around: list[int] = []
    for number, line in enumerate([*lines, _END]):
        while around and lines[around[-1]].indent >= line.indent:
            yield _block(lines, around.pop(), number)
        following = lines[number + 1] if number + 1 < len(lines) else None
        if following is not None and following.indent > line.indent:
            around.append(number)
    yield from _paragraphs(lines)


def _block(lines: list[_Line], head: int, after: int) -> _Block:
    """The block that the line ``head`` opens and the one before ``after`` ends, with what belongs to it around."""
    last = after - 1
    if after < len(lines) and lines[after].indent == lines[head].indent and _CLOSES.match(lines[after].text):
        last = after
    first = head
    while first and not lines[first].blank_above and _belongs(lines[first - 1], lines[head]):
        first -= 1
    return _Block(first, head, after - 1, last)


def _belongs(line: _Line, head: _Line) -> bool:
    return line.indent == head.indent and _BELONGS.match(line.text) is not None


def _paragraphs(lines: list[_Line]) -> Iterator[_Block]:
    """Runs of lines at the margin, between blank ones, in which nothing is indented."""
    start = 0
    for number in range(1, len(lines) + 1):
        if number == len(lines) or lines[number].blank_above:
            if all(line.indent == 0 for line in lines[start:number]) and not _CLOSES.match(lines[start].text):
                yield _Block(start, start, number - 1, number - 1)
            start = number


def _symbols(text: str, lines: list[_Line], blocks: list[_Block]) -> Iterator[Symbol]:
    around: list[tuple[_Block, str]] = []
    for block in blocks:
        while around and around[-1][0].last < block.last:
            around.pop()
        head = lines[block.head]
        name = head.text.rstrip(" {(:[").strip()[:LONGEST_NAME] or head.text
        path = f"{around[-1][1]}.{name}" if around else name
        yield _symbol(lines, block, name, path)
        around.append((block, path))


def _symbol(lines: list[_Line], block: _Block, name: str, path: str) -> Symbol:
    head, first, last = lines[block.head], lines[block.first], lines[block.last]
    start = head.text_end - len(head.text)
    above = first.text_end - len(first.text)
    body = None
    if block.inside > block.head:
        body = Span(lines[block.head + 1].start, lines[block.inside].text_end)
    return Symbol(
        name=name,
        path=path,
        kind=BLOCK,
        span=Span(above, last.text_end),
        head=Span(start, head.text_end),
        name_span=Span(start, start + len(name)),
        body=body,
        lines=Span(first.start, last.end),
    )


_END = _Line(0, 0, 0, -1, "", False)
