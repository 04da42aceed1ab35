"""Which part of a text is a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kimi_lsp.syntax.tree import SyntaxTree
from kimi_lsp.text.span import Span

if TYPE_CHECKING:
    import tree_sitter

MARGINALIA = frozenset({"marginalia", "haddock"})
"""What some grammars call comments, where the word is not in the name of the node."""

OPAQUE = frozenset({"raw_text", "html_block", "inline", "paragraph", "php_only", "text"})
"""Nodes of text in another language, or in none, that the grammar does not look into."""


def comment_at(tree: SyntaxTree, offset: int) -> Span | None:
    """The comment around the code point at ``offset``, with the braces around it in JSX; None if it is in none."""
    found: tree_sitter.Node | None = None
    node = _leaf(tree, offset)
    while node is not None and _is_comment(node):
        found, node = node, node.parent
    if found is None:
        return None
    if node is not None and node.type == "jsx_expression" and node.named_child_count == 1:
        found = node
    return tree.span(found.start_byte, found.end_byte)


def is_opaque(tree: SyntaxTree, offset: int) -> bool:
    """Whether the grammar does not tell what is at ``offset``: a script in HTML, a paragraph of Markdown."""
    node = _leaf(tree, offset)
    return node is not None and node.type in OPAQUE


def _leaf(tree: SyntaxTree, offset: int) -> tree_sitter.Node | None:
    byte = tree.offsets.byte(offset)
    return tree.at(byte).root.descendant_for_byte_range(byte, min(byte + 1, len(tree.source)))


def _is_comment(node: tree_sitter.Node) -> bool:
    return "comment" in node.type or node.type in MARGINALIA
