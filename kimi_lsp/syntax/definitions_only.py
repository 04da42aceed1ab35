"""What a text defines, as the index of a workspace wants it: names, lines and heads, no spans.

The same symbols as ``outline`` gives, in bytes throughout and without what belongs to bodies, in about half its time.
``tests/workspace/index/test_extract.py`` holds the two together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from kimi_lsp.syntax.definitions import Captures, comment_mark, head_end, right_above, trimmed
from kimi_lsp.syntax.grammar import definitions_query
from kimi_lsp.syntax.names import bare, joined, own_part
from kimi_lsp.syntax.outline import FUNCTIONS, LEAVES, LOCAL, TYPES
from kimi_lsp.syntax.search import matches
from kimi_lsp.syntax.tree import Range, SyntaxTree

if TYPE_CHECKING:
    import tree_sitter


class Named(NamedTuple):
    """One definition; ``name``, ``path`` and ``kind`` as of ``outline.Symbol``, lines from 1, ends included."""

    name: str
    path: str
    kind: str
    first_line: int
    last_line: int
    head: str


class _Found(NamedTuple):
    """One definition in bytes, as ``definitions.Definition``, once all is known that belongs to it."""

    start: int
    end: int
    key: int
    head_start: int
    head_end: int
    kind: str
    name: Range | None
    scope: tuple[Range, ...]
    has_body: bool
    pattern: int


class _Around(NamedTuple):
    """What a definition is inside of, and what the paths in there begin with."""

    range: Range
    path: str
    kind: str


_NOTHING = _Around((0, 0), "", "")


def definitions_only(tree: SyntaxTree, head_length: int) -> Iterator[Named]:
    """All definitions in document order; heads in one line, cut at ``head_length`` code points."""
    starts = _line_starts(tree.source)
    around: list[_Around] = []
    for one in _Collected(tree).all():
        while around and around[-1].range[1] <= one.start:
            around.pop()
        outer = [each for each in around[-2:] if each.range != (one.start, one.end)]
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
            around.append(_Around((one.start, one.end), inner, kind))


class _Collected:
    """What ``definitions.Definitions`` collects in a whole tree, but for bodies."""

    def __init__(self, tree: SyntaxTree) -> None:
        self._source = tree.source
        self._marker = comment_mark(tree.language)
        self._found: dict[int, _Found] = {}
        self._wide: dict[Range, Range] = {}
        self._above: dict[int, tuple[int, bool]] = {}
        for pattern, captures in matches(tree, definitions_query(tree.language)):
            for capture, nodes in captures.items():
                if capture.startswith("definition."):
                    self._define(pattern, capture[11:], nodes[0], captures)
                elif capture == "wide":
                    self._wide[captures["of"][0].byte_range] = nodes[0].byte_range
                elif capture in ("attribute", "comment"):
                    self._note_above(nodes, is_attribute=capture == "attribute")

    def all(self) -> list[_Found]:
        """In document order, outer ones before inner ones."""
        whole = [self._whole(one) for one in self._found.values()]
        return sorted(whole, key=lambda one: (one.start, -one.end, one.key))

    def _define(self, pattern: int, kind: str, node: tree_sitter.Node, captures: Captures) -> None:
        start, end = node.byte_range
        names, bodies = captures.get("name"), captures.get("body")
        end = max(end, bodies[0].end_byte) if bodies else end
        name = names[0].byte_range if names else None
        key = start if name is None else name[0]
        known = self._found.get(key)
        if known is None or (start - end, pattern) < (known.start - known.end, known.pattern):
            scope = tuple(one.byte_range for one in captures["scope"]) if "scope" in captures else ()
            before_body = head_end(captures, end, self._source, self._marker)
            self._found[key] = _Found(
                start, end, key, start, before_body, kind, name, scope, bool(bodies), pattern
            )

    def _note_above(self, nodes: Sequence[tree_sitter.Node], is_attribute: bool) -> None:
        for node in nodes:
            self._above[trimmed(self._source, node.end_byte)] = node.start_byte, is_attribute

    def _whole(self, one: _Found) -> _Found:
        """With what is around and right above it."""
        start, end = one.start, one.end
        while (wide := self._wide.get((start, end), (start, end))) != (start, end):
            start, end = wide
        head_start = start
        while self._above and (above := right_above(self._source, self._above, start)):
            start, is_attribute = above
            head_start = start if is_attribute else head_start
        end = trimmed(self._source, end)
        end += self._source[end : end + 1] == b";"
        return one if (start, end) == one[:2] else one._replace(start=start, end=end, head_start=head_start)


def _head(tree: SyntaxTree, one: _Found) -> str:
    """The signature; the first line of a value."""
    head = tree.source[one.head_start : one.head_end].decode().rstrip()
    if not one.has_body and one.kind in LEAVES:
        return (head.splitlines() or [""])[0].rstrip()
    return head


def _name(tree: SyntaxTree, one: _Found, head: str) -> tuple[list[str], str]:
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


def _scopes(tree: SyntaxTree, one: _Found) -> list[str]:
    return [bare(tree.source[start:end].decode(), tree.language.separator) for start, end in one.scope]


def _line_starts(source: bytes) -> list[int]:
    """Where each line begins; lines end as the LSP says."""
    if b"\r" in source:
        source = source.replace(b"\r\n", b" \n").replace(b"\r", b"\n")
    return list(accumulate((len(line) + 1 for line in source.split(b"\n")), initial=0))
