"""The names that a piece of code uses, of those that it does not bind itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kimi_lsp.syntax.bindings import CLASS, SCOPE, Bindings, bindings
from kimi_lsp.syntax.grammar import identifier_types
from kimi_lsp.syntax.receivers import before_name, receiver
from kimi_lsp.syntax.tree import Range, SyntaxTree
from kimi_lsp.text.span import Span

if TYPE_CHECKING:
    import tree_sitter

Kind = Literal["call", "type", "attribute", "plain"]

MOST_NODES = 100_000
"""Nodes of a span that are looked at; what is behind them is left out."""

CLIMB = 12
"""How many levels above a name are looked at for what binds it."""


@dataclass(frozen=True, slots=True)
class Use:
    """The first use of a name in a span.

    ``kind`` is ``attribute`` behind a dot, ``->`` or ``::``, with the ``receiver`` as it is written where that is
    short and plain (``self``, ``os.path``), else empty; ``call`` for ``f(...)``; ``type`` where the grammar says so;
    else ``plain``.
    """

    name: str
    kind: Kind
    span: Span
    receiver: str = ""


def uses(tree: SyntaxTree, span: Span) -> tuple[Use, ...]:
    """The names used within ``span``, each once for each kind and receiver, in order of first use.

    Left out are names in comments and in the text of strings; names that the code of ``span`` binds where they are
    used: its own and inner definitions, parameters, local variables, patterns, loop and catch variables; keywords of
    arguments, labels, and fields where they are declared. What a statement imports counts as used. A name is a local
    one in the function around it: that is right in nearly all code, but knows no blocks.
    """
    start, end = tree.offsets.byte(span.start), tree.offsets.byte(span.end)
    found = [use for layer in tree.layers((start, end)) for use in _own_uses(layer, start, end)]
    return tuple(sorted(found, key=lambda use: use.span) if tree.injections else found)


def _own_uses(tree: SyntaxTree, start: int, end: int) -> Iterator[Use]:
    if tree.language.id in _NAMELESS:
        return
    found = list(_occurrences(tree, start, end))
    bound: dict[bytes, list[Range]] = {}
    for one in found:
        if one.scope is not None:
            bound.setdefault(one.name, []).append(one.scope)
    first: dict[tuple[bytes, Kind, str], _Occurrence] = {}
    for one in found:
        if one.kind is not None and not _is_bound(one, bound):
            first.setdefault((one.name, one.kind, one.receiver), one)
    for (name, kind, written), one in first.items():
        yield Use(name.decode(), kind, tree.span(one.start, one.start + len(name)), written)


@dataclass(frozen=True, slots=True)
class _Step:
    """One node on the way from the root: what it hangs on, in the three ways of ``bindings.py``."""

    type: str
    edges: tuple[str, str, str]
    range: Range


@dataclass(frozen=True, slots=True)
class _Occurrence:
    """A name somewhere: ``scope`` is where it is bound, if this binds it; ``kind`` how it is used, if it is used."""

    name: bytes
    start: int
    kind: Kind | None
    scope: Range | None
    receiver: str = ""


def _is_bound(one: _Occurrence, bound: dict[bytes, list[Range]]) -> bool:
    if one.kind == "attribute":
        return False
    return any(start <= one.start < end for start, end in bound.get(one.name, ()))


def _occurrences(tree: SyntaxTree, start: int, end: int) -> Iterator[_Occurrence]:
    known, types = bindings(tree.language.id), identifier_types(tree.language)
    source, noise = tree.source, _NOISE.get(tree.language.id, _THIS)
    for path in _ways(tree, start, end, types | known.leaves):
        leaf = path[-1]
        name = source[slice(*leaf.range)]
        if leaf.range[0] < start or leaf.range[1] > end or name in noise or not name:
            continue
        if _is_label(tree, path, name, known):
            continue
        scope = _scope(path, name, known, source)
        if scope is not None:
            yield _Occurrence(name, leaf.range[0], None, scope)
        elif leaf.type in types and (found := _used(tree, path, name)) is not None:
            yield found


def _used(tree: SyntaxTree, path: list[_Step], name: bytes) -> _Occurrence | None:
    start, end = path[-1].range
    separator = before_name(tree, start, path[-1].type)
    if separator is not None:
        return _Occurrence(name, start, "attribute", None, receiver(tree.source, separator))
    if tree.language.id in _FIELD_KEYS and any(
        edge in _FIELD_KEYS[tree.language.id] for edge in _edges(path)
    ):
        return _Occurrence(name, start, "attribute", None)
    if tree.language.id == "elixir" and path[-1].type == "identifier" and "call.target" not in path[-1].edges:
        return None
    kind: Kind = "plain"
    if _is_type(path):
        kind = "type"
    elif _CALL.match(tree.source, end) or _is_callee(path):
        kind = "call"
    return _Occurrence(name, start, kind, None)


def _is_type(path: list[_Step]) -> bool:
    leaf = path[-1]
    if path[-2].edges[0] == "class_definition.superclasses":
        return True
    if "type" in leaf.type or leaf.edges[0].endswith(_TYPE_FIELDS) or leaf.edges[0] in _CREATED:
        return True
    for step in reversed(path[-4:-1]):
        if _TYPE.fullmatch(step.type):
            return True
        if "argument" in step.type or "expression" in step.type:
            return False
    return False


def _is_callee(path: list[_Step]) -> bool:
    return path[-1].edges[0] in _CALLEES or path[-2].edges[0] == "application_expression.function"


def _is_label(tree: SyntaxTree, path: list[_Step], name: bytes, known: Bindings) -> bool:
    """Whether ``name`` is neither used nor bound."""
    leaf, source = path[-1], tree.source
    if known.labels_only(leaf.edges) and not (known.passes(leaf.edges) and _is_in_signature(path)):
        return True
    if leaf.edges[0].startswith("jsx_") and name.islower() and leaf.edges[0].endswith(".name"):
        return True
    if leaf.edges[2] in _ARGUMENT and _KEYWORD.match(source, leaf.range[1]):
        return True
    if leaf.type in _SELF_VARIABLES or name[:1].isdigit():
        return True
    if leaf.edges[0] == "assignment_expression.left" and path[-2].edges[0] in _OTHER_KEYS:
        return True
    return (
        tree.language.id == "haskell"
        and name[:1].islower()
        and any("signature.type" in s.edges for s in path[-4:])
    )


def _is_in_signature(path: list[_Step]) -> bool:
    return any(step.type == "signature" for step in path[-6:])


def _scope(path: list[_Step], name: bytes, known: Bindings, source: bytes) -> Range | None:
    """The bytes in which ``name`` is bound by the edge that it hangs on, if that binds it."""
    leaf = path[-1]
    if leaf.type in known.leaves:
        return _around(path, len(path) - 1)
    is_defined = _DEFINITION.search(leaf.edges[0]) or "type_param" in leaf.edges[0]
    if not known.upper_case_binds and name[:1].isupper() and not is_defined:
        return None
    if source[leaf.range[1] : leaf.range[1] + 1] == b".":
        return None
    for level in range(len(path) - 1, max(0, len(path) - CLIMB), -1):
        edges = path[level].edges
        if known.binds(edges):
            if leaf.type == "type_identifier" and _VALUE.search(edges[0]):
                return None
            return _place(path, level, known)
        if not known.passes(edges):
            return None
    return None


def _place(path: list[_Step], level: int, known: Bindings) -> Range:
    """Where the name that ``level`` binds is seen; nowhere for a member that is reached by its receiver only."""
    if not _DEFINITION.search(path[level].edges[0]):
        return _around(path, level)
    above = path[: level - 1]
    if not known.members_are_in_scope:
        for step in reversed(above[-5:]):
            if SCOPE.fullmatch(step.type):
                break
            if CLASS.fullmatch(step.type):
                return (0, 0)
    return _around(path, level - 1)


def _around(path: list[_Step], level: int) -> Range:
    scopes = (step.range for step in reversed(path[:level]) if SCOPE.fullmatch(step.type))
    return next(scopes, path[0].range)


def _edges(path: list[_Step]) -> Iterable[str]:
    return (edge for step in path[-2:] for edge in step.edges)


def _ways(tree: SyntaxTree, start: int, end: int, types: frozenset[str]) -> Iterator[list[_Step]]:
    """The way down to each leaf of one of ``types`` between two bytes, in document order; the list is reused."""
    cursor = tree.root.walk()
    path = [_Step(tree.root.type, ("", "", ""), tree.root.byte_range)]
    counts, seen = [0], 0
    while cursor.goto_first_child_for_byte(start) is not None:
        _enter(cursor, path, counts)
    while path[-1].range[0] < end and seen < MOST_NODES:
        seen += 1
        if path[-1].type in types and (node := cursor.node) is not None and not node.child_count:
            yield path
        while not cursor.goto_next_sibling():
            path.pop()
            counts.pop()
            if not path or not cursor.goto_parent():
                return
        path.pop()
        _enter(cursor, path, counts, counts.pop())
        while cursor.goto_first_child():
            _enter(cursor, path, counts)


def _enter(cursor: tree_sitter.TreeCursor, path: list[_Step], counts: list[int], before: int = 0) -> None:
    node = cursor.node
    if node is None:
        return
    parent, number = path[-1].type, before + node.is_named
    edges = (f"{parent}.{cursor.field_name or ''}", f"{parent}.*", f"{parent}.1" if number == 1 else "")
    path.append(_Step(node.type, edges, node.byte_range))
    counts.append(number)


_NAMELESS = frozenset({"html", "vue", "svelte", "css", "json", "yaml", "toml", "markdown"})
"""Languages whose own names are defined nowhere else; what is embedded in them has names."""

_THIS = frozenset({b"this", b"self", b"super", b"Self", b"_"})
_NOISE = {
    "elixir": _THIS
    | frozenset(
        b"def defp defmodule defmacro defmacrop defimpl defprotocol defstruct defguard defguardp defdelegate do end "
        b"for case cond with if unless fn when raise quote unquote import alias require use".split()
    ),
    "shellscript": frozenset(
        b": [ [[ test echo cd exit return set shift source . read true false printf".split()
    ),
}
_CALL = re.compile(rb"[!?]?\(|!\[|!\{|::<|<[\w\s,.:<>\[\]&*?]{1,60}>\(")
_CALLEES = frozenset(
    {"call_expression.function", "call.method", "command_name.", "application_expression.function"}
)
_KEYWORD = re.compile(rb"\s*(?:=(?![=>])|:(?!:))")
_ARGUMENT = frozenset({"value_argument.1"})
_TYPE = re.compile(
    r"type|type_annotation|type_list|named_type|user_type|generic_type|superclass|base_list|base_clause|"
    r"class_interface_clause|class_heritage|extends_clause"
)
_TYPE_FIELDS = (".type", ".returns", ".return_type", ".superclass")
_CREATED = frozenset({"new_expression.constructor", "object_creation_expression."})
_OTHER_KEYS = frozenset({"arguments.", "initializer_expression."})
_DEFINITION = re.compile(
    r"(?:_definition|_declaration|_item|_statement|_def|_signature|method|class|module|declarator)\."
)
_VALUE = re.compile(r"^(?:formal_parameter|parameter|property_declaration|pattern)\b")
_SELF_VARIABLES = frozenset(
    {"instance_variable", "class_variable", "statement_identifier", "label_identifier"}
)
_FIELD_KEYS = {
    "go": frozenset({"keyed_element.key"}),
    "rust": frozenset({"field_initializer.field", "field_pattern.name"}),
    "c": frozenset({"field_designator.", "field_declaration.declarator"}),
    "cpp": frozenset({"field_designator.", "field_declaration.declarator"}),
}
