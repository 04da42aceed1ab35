"""The symbols of a text with paths such as ``Lock.acquire``, and what refers to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

from kimi_lsp.syntax.definitions import Definition, Definitions
from kimi_lsp.syntax.errors import ParseBudgetExceeded
from kimi_lsp.syntax.grammar import identifier_types, imports_query
from kimi_lsp.syntax.names import bare, joined, own_part
from kimi_lsp.syntax.offsets import encode
from kimi_lsp.syntax.search import leaves_at, matches
from kimi_lsp.syntax.tree import Range, SyntaxTree
from kimi_lsp.text.span import Span

VALUES = frozenset({"variable", "constant", "field"})
"""Kinds that are listed and found, but are nothing that one is inside of."""

FUNCTIONS = frozenset({"function", "method", "constructor"})

LOCAL = VALUES | {"declaration", "object"}
"""Kinds that are of no interest inside of a function."""

LEAVES = VALUES | {"type", "macro", "declaration"}
"""Kinds that are in nobody's path."""

IMPORTING = re.compile(
    rb"\b(?:import|include|from|require|load|autoload|use|extern|source|export|part)|^[ \t]*\.", re.MULTILINE
)
"""What occurs in every import statement of the languages of ``pieces.py``."""

TYPES = frozenset({"class", "enum", "impl", "interface", "object", "record", "struct", "trait", "union"})
"""Kinds whose functions are methods."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """One definition. All spans are code points.

    ``span`` is the whole with decorators, attributes, ``export`` and a doc comment right above; ``head`` the
    signature from the decorators up to the body, or the first line of a value; ``body`` what stands in the
    braces of the body; ``lines`` is ``span`` with white space before it on its first line, and with white
    space, a comment and the line's ending behind it.
    """

    name: str
    path: str
    kind: str
    span: Span
    head: Span
    name_span: Span
    body: Span | None
    lines: Span


def outline(tree: SyntaxTree, *, budget_s: float | None = None) -> tuple[Symbol, ...]:
    """All symbols in document order, outer ones before inner ones.

    Those of scripts, styles and fences are among them, with the paths that they have in there. About 50 ms for
    500 KB of code. With a budget other threads get their turn meanwhile.

    Raises:
        ParseBudgetExceeded: it took longer than ``budget_s`` seconds.
    """
    deadline = None if budget_s is None else monotonic() + budget_s
    symbols: list[Symbol] = []
    for layer in tree.layers():
        definitions = Definitions(layer)
        if deadline is None:
            definitions.collect()
        elif not definitions.collect_until(deadline):
            raise ParseBudgetExceeded(tree.language.id, budget_s or 0)
        for symbol in _symbols(layer, definitions.all()):
            if deadline is not None and monotonic() > deadline:
                raise ParseBudgetExceeded(tree.language.id, budget_s or 0)
            symbols.append(symbol)
    if tree.injections:
        symbols.sort(key=lambda symbol: (symbol.span.start, -symbol.span.end))
    return tuple(symbols)


def enclosing(symbols: Iterable[Symbol], span: Span) -> Symbol | None:
    """The smallest symbol that ``span`` is inside of, or on whose lines it is; never a mere value."""
    around = (symbol for symbol in symbols if symbol.kind not in VALUES and _holds(symbol, span))
    return min(around, key=lambda symbol: (len(symbol.lines), len(symbol.span)), default=None)


def enclosing_at(tree: SyntaxTree, offset: int) -> Symbol | None:
    """What ``enclosing`` says of the cursor at ``offset`` in the ``outline``, without making all of that.

    In a text with faults less may be found: a name can lie paragraphs below where its definition seems to begin.

    Takes about as long as the way down the tree: 0.1 to 0.3 ms in a file of 120 KB, some ms in one of 5 MB.
    """
    at = tree.offsets.byte(offset)
    within = _line(tree.source, at) if tree.is_layered else None
    around = (_own_enclosing(layer, offset, at) for layer in tree.layers(within))
    return enclosing((symbol for symbol in around if symbol is not None), Span(offset, offset))


def _line(source: bytes, at: int) -> Range:
    """The bytes of the line around ``at``, with its ending and the one before it."""
    start = max(source.rfind(b"\n", 0, at), source.rfind(b"\r", 0, at), 0)
    ends = (found + 1 for mark in (b"\n", b"\r") if (found := source.find(mark, at)) >= 0)
    return start, min(ends, default=len(source))


def _own_enclosing(tree: SyntaxTree, offset: int, at: int) -> Symbol | None:
    definitions = Definitions(tree)
    missing: Range | None = definitions.paragraph(at)
    symbol = None
    while missing is not None:
        definitions.collect_around(missing)
        found = definitions.all()
        symbol = enclosing(_symbols(tree, found), Span(offset, offset))
        missing = definitions.unseen(at, None if symbol is None else tree.offsets.byte(symbol.span.start))
    return symbol


def find(symbols: Sequence[Symbol], path: str) -> tuple[Symbol, ...]:
    """The symbols with this ``path``; or else those whose path ends in it, at a dot.

    Several have one path where it is overloaded. Mere declarations are left out where there is a definition.
    """
    found = [symbol for symbol in symbols if symbol.path == path]
    if not found:
        found = [symbol for symbol in symbols if symbol.path.endswith(f".{path}")]
    return tuple(symbol for symbol in found if symbol.kind != "declaration") or tuple(found)


def references(tree: SyntaxTree, name: str) -> tuple[Span, ...]:
    """Where identifiers are that read ``name``; not in comments and not in the text of strings."""
    wanted = encode(name)
    if not wanted:
        return ()
    found = (span for layer in tree.layers() for span in _own_references(layer, wanted))
    return tuple(sorted(set(found)) if tree.injections else found)


def imports(tree: SyntaxTree) -> tuple[Span, ...]:
    """The spans of the import statements, in document order."""
    layers = tree.layers(having=IMPORTING)
    return tuple(sorted(span for layer in layers for span in import_statements(layer)))


def import_statements(layer: SyntaxTree) -> tuple[Span, ...]:
    """Those of one layer alone, in its language."""
    found = matches(layer, imports_query(layer.language))
    ranges = {captures["import"][0].byte_range for _, captures in found}
    return tuple(_stripped(layer, start, end) for start, end in sorted(ranges))


def _own_references(layer: SyntaxTree, wanted: bytes) -> Iterator[Span]:
    places = (match.span() for match in re.finditer(re.escape(wanted), layer.source))
    types = identifier_types(layer.language)
    return (layer.span(*leaf.byte_range) for leaf in leaves_at(layer, places) if leaf.type in types)


def _symbols(tree: SyntaxTree, definitions: Iterable[Definition]) -> Iterator[Symbol]:
    around: list[_Around] = []
    for definition in definitions:
        while around and around[-1].range[1] <= definition.start:
            around.pop()
        outer = [one for one in around[-2:] if one.range != definition.range]
        parent = outer[-1] if outer else _NOTHING
        symbol = _symbol(tree, definition, parent)
        if symbol.kind in LOCAL and parent.kind in FUNCTIONS:
            continue
        yield symbol
        if symbol.kind not in LEAVES:
            around.append(
                _Around(definition.range, _inner_path(tree, definition, parent, symbol), symbol.kind)
            )


@dataclass(frozen=True, slots=True)
class _Around:
    """What a definition is inside of, and what the paths in there begin with."""

    range: Range
    path: str
    kind: str


_NOTHING = _Around((0, 0), "", "")


def _symbol(tree: SyntaxTree, definition: Definition, parent: _Around) -> Symbol:
    span = tree.span(*definition.range)
    head = _stripped(tree, definition.head_start, definition.head_end)
    if definition.body is None and definition.kind in LEAVES:
        head = _first_line(tree.text, head)
    qualifiers, name_span = _name(tree, definition, head)
    name = " ".join(name_span.of(tree.text).split())
    is_method = definition.kind == "function" and parent.kind in TYPES
    return Symbol(
        name=name,
        path=joined(parent.path, *qualifiers, name),
        kind="method" if is_method else definition.kind,
        span=span,
        head=head,
        name_span=name_span,
        body=None if definition.body is None else _inside(tree, definition.body, definition.end),
        lines=_lines(tree.text, span),
    )


def _name(tree: SyntaxTree, definition: Definition, head: Span) -> tuple[list[str], Span]:
    """What stands between the parent's path and the name, and where the name is; without one it is the head."""
    if definition.name is None:
        return [], head
    separator = tree.language.separator
    span = tree.span(*definition.name)
    name = span.of(tree.text)
    start, end = own_part(name, separator)
    return [
        *_scopes(tree, definition),
        bare(name[:start].strip("\"'`"), separator),
    ], Span(span.start + start, span.start + end)


def _scopes(tree: SyntaxTree, definition: Definition) -> list[str]:
    return [bare(tree.source[start:end].decode(), tree.language.separator) for start, end in definition.scope]


def _inner_path(tree: SyntaxTree, definition: Definition, parent: _Around, symbol: Symbol) -> str:
    if definition.name is None and definition.scope:
        return joined(parent.path, *_scopes(tree, definition))
    return symbol.path


def _stripped(tree: SyntaxTree, start: int, end: int) -> Span:
    span = tree.span(start, end)
    return Span(span.start, span.start + len(span.of(tree.text).rstrip()))


def _first_line(text: str, span: Span) -> Span:
    lines = span.of(text).splitlines() or [""]
    return Span(span.start, span.start + len(lines[0].rstrip()))


_DELIMITERS = (
    (b"{", b"}"),
    (b"(", b")"),
    (b"[", b"]"),
    (b"do", b"end"),
    (b"struct", b"end"),
    (b"sig", b"end"),
)


def _inside(tree: SyntaxTree, body: Range, limit: int) -> Span:
    """The body without the delimiters around it, and not beyond ``limit``, where its definition ends."""
    start, end = min(body[0], limit), min(body[1], limit)
    text = tree.source[start:end]
    for opening, closing in _DELIMITERS:
        if text.startswith(opening) and text.endswith(closing) and len(text) >= len(opening) + len(closing):
            return tree.span(start + len(opening), end - len(closing))
    return tree.span(start, end)


_TAIL = re.compile(r"[ \t\f]*[;,)]*[ \t\f]*(?:(?://|#|--|/\*|;)[^\r\n]*)?(?:\r\n|\r|\n|\Z)")


def _lines(text: str, span: Span) -> Span:
    start = span.start
    while start and text[start - 1] in " \t\f\ufeff":
        start -= 1
    begins_line = start == 0 or text[start - 1] in "\r\n"
    tail = _TAIL.match(text, span.end)
    return Span(start if begins_line else span.start, tail.end() if tail else span.end)


def _holds(symbol: Symbol, span: Span) -> bool:
    if symbol.span.contains(span):
        return True
    behind = not len(span) and span.start == symbol.lines.end
    return symbol.lines.contains(span) and not behind
