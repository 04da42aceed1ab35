"""The outline of an open document in the protocol's shapes: symbols, folds, lenses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsprotocol import types

from kimi_lsp.server.ranges import plain_range, range_of
from kimi_lsp.syntax.outline import Symbol, outline

if TYPE_CHECKING:
    from kimi_lsp.server.documents import OpenDocument
    from kimi_lsp.server.session import Session

LARGE = 400_000
"""Code points of a text whose outline would hold the loop for too long (performance.md)."""
_KINDS = {
    "class": types.SymbolKind.Class,
    "struct": types.SymbolKind.Struct,
    "enum": types.SymbolKind.Enum,
    "union": types.SymbolKind.Struct,
    "record": types.SymbolKind.Struct,
    "object": types.SymbolKind.Object,
    "impl": types.SymbolKind.Class,
    "interface": types.SymbolKind.Interface,
    "trait": types.SymbolKind.Interface,
    "constructor": types.SymbolKind.Constructor,
    "macro": types.SymbolKind.Function,
    "test": types.SymbolKind.Method,
    "module": types.SymbolKind.Module,
    "namespace": types.SymbolKind.Namespace,
    "function": types.SymbolKind.Function,
    "method": types.SymbolKind.Method,
    "constant": types.SymbolKind.Constant,
    "variable": types.SymbolKind.Variable,
    "field": types.SymbolKind.Field,
    "property": types.SymbolKind.Property,
    "type": types.SymbolKind.Class,
    "section": types.SymbolKind.String,
    "table": types.SymbolKind.Key,
}
_WITH_LENS = frozenset({"function", "method", "class", "struct", "interface", "trait", "enum"})


def nested(session: Session, document: OpenDocument) -> list[types.DocumentSymbol]:
    """All symbols, inner ones as children of those around them (LSP 3.18, DocumentSymbol)."""
    top: list[types.DocumentSymbol] = []
    around: list[tuple[Symbol, types.DocumentSymbol]] = []
    for symbol in _symbols(session, document):
        while around and not around[-1][0].span.contains(symbol.span):
            around.pop()
        made = _document_symbol(session, document, symbol)
        siblings = around[-1][1].children if around else top
        if isinstance(siblings, list):
            siblings.append(made)
        around.append((symbol, made))
    return top


def flat(session: Session, document: OpenDocument) -> list[types.SymbolInformation]:
    """All symbols in one list, for clients that know no tree (LSP before 3.10)."""
    lines, encoding = document.snapshot.lines, session.documents.encoding
    return [
        types.SymbolInformation(
            name=symbol.path or "(unnamed)",
            kind=_kind(symbol),
            location=types.Location(
                uri=document.uri, range=range_of(lines, symbol.span.start, symbol.span.end, encoding)
            ),
        )
        for symbol in _symbols(session, document)
    ]


def folds(session: Session, document: OpenDocument) -> list[types.FoldingRange]:
    """From the last line of each signature to the last line of its definition, lines from 0."""
    lines = document.snapshot.lines
    found: dict[int, types.FoldingRange] = {}
    for symbol in _symbols(session, document):
        first = lines.position(symbol.head.end, "utf-32").line
        last = lines.position(max(symbol.span.start, symbol.span.end - 1), "utf-32").line
        if last > first:
            found.setdefault(first, types.FoldingRange(start_line=first, end_line=last))
    return list(found.values())


def lenses(session: Session, document: OpenDocument) -> list[types.CodeLens]:
    """*Explain* and *Test* at the first line of each function and type."""
    return [
        lens
        for symbol in _symbols(session, document)
        if symbol.kind in _WITH_LENS
        for lens in _lenses(session, document, symbol)
    ]


def _lenses(session: Session, document: OpenDocument, symbol: Symbol) -> Iterator[types.CodeLens]:
    lines, encoding = document.snapshot.lines, session.documents.encoding
    where = range_of(lines, symbol.name_span.start, symbol.name_span.end, encoding)
    whole = plain_range(range_of(lines, symbol.span.start, symbol.span.end, encoding))
    for title, action in (("Explain", "explain"), ("Test", "test")):
        arguments = {
            "uri": document.uri,
            "range": whole,
            "offsets": [symbol.span.start, symbol.span.end],
            "revision": document.revision,
            "generation": document.generation,
        }
        command = types.Command(title=title, command=session.command(action), arguments=[arguments])
        yield types.CodeLens(range=where, command=command)


def _document_symbol(session: Session, document: OpenDocument, symbol: Symbol) -> types.DocumentSymbol:
    lines, encoding = document.snapshot.lines, session.documents.encoding
    return types.DocumentSymbol(
        name=symbol.name or "(unnamed)",
        kind=_kind(symbol),
        range=range_of(lines, symbol.span.start, symbol.span.end, encoding),
        selection_range=range_of(lines, symbol.name_span.start, symbol.name_span.end, encoding),
        children=[],
    )


def _kind(symbol: Symbol) -> types.SymbolKind:
    return _KINDS.get(symbol.kind, types.SymbolKind.Object)


def _symbols(session: Session, document: OpenDocument) -> tuple[Symbol, ...]:
    """The outline; empty while the tree is not ready, and of a text that is too large."""
    if document.snapshot.lines.length > LARGE:
        return ()
    tree = session.trees.at_once(document)
    return outline(tree) if tree is not None else ()
