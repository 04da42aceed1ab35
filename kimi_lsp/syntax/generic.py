"""Queries for grammars that we have none for: by the names of their node types, which are much alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tree_sitter

MOST_TYPES = 80
"""Node types of one grammar that are tried."""

_DEFINES = re.compile(
    r"(?!.*(?:parameter|argument|reference|call|forward))\w*(?:definition|declaration|_item|_def|_decl)"
)

_KINDS = (
    ("class", r"class"),
    ("method", r"method"),
    ("function", r"func|procedure|subroutine|macro|task"),
    ("struct", r"struct|record"),
    ("enum", r"enum"),
    ("interface", r"interface|protocol|contract"),
    ("trait", r"trait"),
    ("module", r"module|namespace|package|library"),
    ("type", r"type|alias"),
    ("constant", r"const"),
    ("field", r"field|property|state_var"),
    ("variable", r"var|let|binding"),
)


def generic_query(grammar: tree_sitter.Language) -> str:
    """Patterns for nodes that are called definitions or declarations and have a ``name``; empty without any."""
    return "\n".join(pattern for node_type in _types(grammar) for pattern in _patterns(grammar, node_type))


def tags_query(module: ModuleType, grammar: tree_sitter.Language) -> str:
    """The definitions that the wheel itself knows, as GitHub's code navigation wants them; empty without any."""
    import tree_sitter

    text = getattr(module, "TAGS_QUERY", None)
    query = without_predicates(text) if isinstance(text, str) else ""
    try:
        tree_sitter.Query(grammar, query)
    except tree_sitter.QueryError:
        return ""
    return query if "@definition." in query else ""


def without_predicates(query: str) -> str:
    """Query text without what looks at the text of nodes, which a parse through a window does not allow."""
    return re.sub(r"""\(#[\w-]+[?!](?:"(?:\\.|[^"\\])*"|[^()"])*\)""", "", query)


def _types(grammar: tree_sitter.Language) -> list[str]:
    kinds = (number for number in range(grammar.node_kind_count) if grammar.node_kind_is_named(number))
    names = {grammar.node_kind_for_id(number) for number in kinds if grammar.node_kind_is_visible(number)}
    return sorted(name for name in names if name and _DEFINES.fullmatch(name))[:MOST_TYPES]


def _patterns(grammar: tree_sitter.Language, node_type: str) -> Iterator[str]:
    """With a body if it has one, else without; nothing for a node type without a ``name``."""
    import tree_sitter

    kind = next((kind for kind, words in _KINDS if re.search(words, node_type)), "definition")
    for inside in ("name: (_) @name body: (_)? @body", "name: (_) @name"):
        pattern = f"({node_type} {inside}) @definition.{kind}"
        try:
            tree_sitter.Query(grammar, pattern)
        except tree_sitter.QueryError:
            continue
        yield pattern
        return
