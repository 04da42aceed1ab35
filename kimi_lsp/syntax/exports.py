"""What a text of ECMAScript exports, and under which name; what it only passes on is in ``imports.py``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kimi_lsp.syntax.import_forms import Names
from kimi_lsp.syntax.languages import SCRIPTS
from kimi_lsp.syntax.tree import SyntaxTree

if TYPE_CHECKING:
    import tree_sitter

DEFAULT = "default"
"""What an importer calls the one that ``export default`` is about; the path of what has no name of its own, too."""


def exported(tree: SyntaxTree) -> Names:
    """Pairs of a name in this text and its name for others, in document order.

    Of what is exported as it is called only what an ``export {...}`` lists. A default that is an expression other
    than a name (``export default memo(Card)``) is not told.
    """
    layers = (layer for layer in tree.layers() if layer.language.id in SCRIPTS)
    return tuple(
        pair
        for layer in layers
        for node in layer.root.named_children
        if node.type == "export_statement" and node.child_by_field_name("source") is None
        for pair in _pairs(node, layer)
    )


def _pairs(statement: tree_sitter.Node, layer: SyntaxTree) -> Iterator[tuple[str, str]]:
    if any(child.type == DEFAULT for child in statement.children):
        if (name := _default(statement)) is not None:
            yield _text(name, layer), DEFAULT
        return
    for clause in statement.named_children:
        for one in clause.named_children if clause.type == "export_clause" else ():
            name, alias = one.child_by_field_name("name"), one.child_by_field_name("alias")
            if name is not None:
                yield _text(name, layer), _text(alias or name, layer)


def _default(statement: tree_sitter.Node) -> tree_sitter.Node | None:
    """The name of what is declared or named there."""
    if (declared := statement.child_by_field_name("declaration")) is not None:
        return declared.child_by_field_name("name")
    value = statement.child_by_field_name("value")
    if value is not None and value.type in ("as_expression", "satisfies_expression"):
        value = value.named_child(0)
    return value if value is not None and value.type == "identifier" else None


def _text(node: tree_sitter.Node, layer: SyntaxTree) -> str:
    return layer.source[node.start_byte : node.end_byte].decode("utf-8", "replace")
