"""Queries over a tree, and its leaves, in time that grows linearly whatever the text is.

tree-sitter's query cursor is quadratic in two cases, which only broken or hostile texts have. Below 65,536 levels its
16-bit depth overflows; so no pattern starts deeper than ``DEEPEST``. And for each child it looks for a later sibling
that is named, in vain where thousands of brackets stand in one ERROR node; so such a node's parts are searched one by
one. (Its progress callback, which could stop it, crashes in the Python binding 0.26.1.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kimi_lsp.syntax.grammar import Patterns
from kimi_lsp.syntax.tree import Range, SyntaxTree, faulty_nodes

if TYPE_CHECKING:
    import tree_sitter

DEEPEST = 20_000
"""Levels below which nothing is searched for."""

WIDE = 1_000
"""Children, mostly not named, with which an ERROR node is not searched as a whole."""

Match = tuple[int, dict[str, list["tree_sitter.Node"]]]
"""The pattern's number, and the captured nodes by name."""


def matches(tree: SyntaxTree, patterns: Patterns, within: Range | None = None) -> Iterator[Match]:
    """All matches of ``patterns``, or those that touch the bytes ``within``."""
    from tree_sitter import QueryCursor

    if patterns.query is None:
        return
    cursor = QueryCursor(patterns.query)
    cursor.set_max_start_depth(DEEPEST)
    if within is not None:
        cursor.set_byte_range(*within)
    for node in _searchable(tree):
        if within is None or (node.start_byte < within[1] and within[0] <= node.end_byte):
            for match in cursor.matches(node):
                if _counts(tree, patterns, match):
                    yield _with_fields(patterns, match)


def leaves_at(tree: SyntaxTree, ranges: Iterable[Range]) -> Iterator[tree_sitter.Node]:
    """The nodes without children that cover just one of ``ranges``, which are sorted."""
    cursor = tree.root.walk()
    for start, end in ranges:
        while (node := cursor.node) is not None and node.end_byte <= start:
            if not cursor.goto_next_sibling() and not cursor.goto_parent():
                return
        while cursor.goto_first_child_for_byte(start) is not None:
            pass
        if (leaf := cursor.node) is not None and leaf.byte_range == (start, end) and not leaf.child_count:
            yield leaf


def _counts(tree: SyntaxTree, patterns: Patterns, match: Match) -> bool:
    pattern, captures = match
    wanted = patterns.only.get(pattern)
    if wanted is None:
        return True
    ranges = (node.byte_range for node in captures.get("_only", ()))
    return all(wanted.fullmatch(tree.source, start, end) for start, end in ranges)


def _with_fields(patterns: Patterns, match: Match) -> Match:
    pattern, captures = match
    if pattern in patterns.fields:
        node = next(nodes[0] for name, nodes in captures.items() if name.startswith("definition."))
        children = {name: node.child_by_field_name(name) for name in patterns.fields[pattern]}
        return pattern, captures | {name: [child] for name, child in children.items() if child is not None}
    return match


def heaps(root: tree_sitter.Node) -> tuple[Range, ...]:
    """The ERROR nodes under ``root`` with so many unnamed children that the cursor would be quadratic in them."""
    return tuple(node.byte_range for node in faulty_nodes(root) if _is_heap(node))


def _searchable(tree: SyntaxTree) -> Iterator[tree_sitter.Node]:
    """The root; or where parts of it must not be searched as a whole, what is around and inside of them."""
    nodes = [tree.root]
    while nodes:
        node = nodes.pop()
        if not any(node.start_byte <= start and end <= node.end_byte for start, end in tree.heaps):
            yield node
        else:
            nodes += (child for child in node.named_children if child.child_count)


def _is_heap(node: tree_sitter.Node) -> bool:
    return node.is_error and node.child_count > WIDE and node.named_child_count * 2 < node.child_count
