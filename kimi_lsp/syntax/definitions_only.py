"""What a text defines, as the index of a workspace wants it: names, lines and heads, no spans.

The same symbols as ``outline`` gives, in bytes throughout and without what belongs to bodies: about two thirds of its
time, and no need to count code points. ``tests/workspace/index/test_extract.py`` holds the two together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from kimi_lsp.syntax.definitions import Definition, Definitions
from kimi_lsp.syntax.names import bare, joined, own_part
from kimi_lsp.syntax.outline import FUNCTIONS, LEAVES, LOCAL, TYPES
from kimi_lsp.syntax.tree import Range, SyntaxTree


class Named(NamedTuple):
    """One definition; ``name``, ``path`` and ``kind`` as of ``outline.Symbol``, lines from 1, ends included."""

    name: str
    path: str
    kind: str
    first_line: int
    last_line: int
    head: str


class _Around(NamedTuple):
    """What a definition is inside of, and what the paths in there begin with."""

    range: Range
    path: str
    kind: str


_NOTHING = _Around((0, 0), "", "")


def definitions_only(tree: SyntaxTree, head_length: int) -> Iterator[Named]:
    """All definitions in document order; heads in one line, cut at ``head_length`` code points."""
    definitions = Definitions(tree)
    definitions.collect()
    starts = _line_starts(tree.source)
    around: list[_Around] = []
    for one in definitions.all():
        while around and around[-1].range[1] <= one.start:
            around.pop()
        outer = [each for each in around[-2:] if each.range != one.range]
        parent = outer[-1] if outer else _NOTHING
        kind = "method" if one.kind == "function" and parent.kind in TYPES else one.kind
        if kind in LOCAL and parent.kind in FUNCTIONS:
            continue
        head = _head(tree, one)
        qualifiers, name = _name(tree, one, head)
        path = joined(parent.path, *qualifiers, name)
        first, last = bisect_right(starts, one.start), bisect_right(starts, max(one.start, one.end - 1))
        yield Named(name, path, kind, first, last, " ".join(head[: 8 * head_length].split())[:head_length])
        if kind not in LEAVES:
            inner = joined(parent.path, *_scopes(tree, one)) if one.name is None and one.scope else path
            around.append(_Around(one.range, inner, kind))


def _head(tree: SyntaxTree, one: Definition) -> str:
    """The signature; the first line of a value."""
    head = tree.source[one.head_start : one.head_end].decode().rstrip()
    if one.body is None and one.kind in LEAVES:
        return (head.splitlines() or [""])[0].rstrip()
    return head


def _name(tree: SyntaxTree, one: Definition, head: str) -> tuple[list[str], str]:
    """What stands between the parent's path and the name, and the name; without one it is the head."""
    if one.name is None:
        return [], " ".join(head.split())
    separator = tree.language.separator
    name = tree.source[one.name[0] : one.name[1]].decode()
    start, end = own_part(name, separator)
    qualifiers = (
        [*_scopes(tree, one), bare(name[:start].strip("\"'`"), separator)] if start or one.scope else []
    )
    return qualifiers, " ".join(name[start:end].split())


def _scopes(tree: SyntaxTree, one: Definition) -> list[str]:
    return [bare(tree.source[start:end].decode(), tree.language.separator) for start, end in one.scope]


def _line_starts(source: bytes) -> list[int]:
    """Where each line begins; lines end as the LSP says."""
    if b"\r" in source:
        source = source.replace(b"\r\n", b" \n").replace(b"\r", b"\n")
    return list(accumulate((len(line) + 1 for line in source.split(b"\n")), initial=0))
