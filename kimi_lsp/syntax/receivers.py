"""What a name hangs on: the receiver before its dot, ``->`` or ``::``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kimi_lsp.syntax.tree import SyntaxTree

if TYPE_CHECKING:
    import tree_sitter

LONGEST_RECEIVER = 80
"""Bytes of what stands before a dot that are given."""

MOST_COMMENTS = 50
"""Comments between a name and what it hangs on."""


def before_name(tree: SyntaxTree, start: int, kind: str) -> int | None:
    """Where the separator begins that stands before the name at ``start``, if it is one behind a receiver. Bytes.

    ``kind`` is the grammar's for the name.
    """
    source, end = tree.source, _last_code(tree, start)
    for separator in _SEPARATORS.get(tree.language.id, _COMMON):
        if source.endswith(separator, 0, end):
            before = end - len(separator)
            if separator == b"->" and kind == "type_identifier":
                return None
            if b"\n" in source[end:start] and _NUMBER.search(_at(tree, before).type):
                return None
            return None if separator == b"." and source[before - 1 : before] == b"." else before
    return None


def receiver(source: bytes, end: int) -> str:
    """The receiver that ends at byte ``end``, as it is written where that is short and plain, else empty."""
    low = max(0, end - LONGEST_RECEIVER)
    match = _PLAIN.search(source[low:end])
    return "" if match is None else match[0].decode(errors="replace").rstrip("?!")


def _last_code(tree: SyntaxTree, start: int) -> int:
    """Where the code before a name ends; comments that end as a receiver's separator does are passed over."""
    source, end = tree.source, start
    for _ in range(MOST_COMMENTS):
        last = end
        while last and source[last - 1] in b" \t\r\n":
            last -= 1
        if b"\n" not in source[last:end] or source[last - 1 : last] not in (b".", b":", b">"):
            return last
        comment = _comment_at(tree, last - 1)
        if comment is None:
            return last
        end = comment.start_byte
    return 0


def _comment_at(tree: SyntaxTree, at: int) -> tree_sitter.Node | None:
    """The whole comment that a byte belongs to."""
    node: tree_sitter.Node | None = _at(tree, at)
    found = None
    while node is not None and _COMMENT.search(node.type):
        found, node = node, node.parent
    return found


def _at(tree: SyntaxTree, at: int) -> tree_sitter.Node:
    return tree.root.descendant_for_byte_range(at, at + 1) or tree.root


_COMMON = (b"::", b".")
_ARROWS = (b"->", b"::", b".")
_DOT = (b".",)
_SEPARATORS = {
    "c": _ARROWS,
    "cpp": _ARROWS,
    "php": (b"->", b"::"),
    "lua": (b".", b":"),
    "haskell": _DOT,
    "julia": _DOT,
    "scala": _DOT,
    "elixir": _DOT,
    "ocaml": (b".", b"#"),
    "shellscript": (),
}
_COMMENT = re.compile(r"comment|haddock")
_NUMBER = re.compile(r"number|float|integer|literal")
_PLAIN = re.compile(rb"[\w@$]+(?:(?:\.|->|::|\?\.|:)[\w@$]+)*[?!]?\Z")
