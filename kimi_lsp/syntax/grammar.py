"""Language -> grammar and queries, imported and compiled when first needed, then kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from types import ModuleType
from typing import TYPE_CHECKING

from kimi_lsp.syntax.errors import GrammarMissing, GrammarUnusable, SyntaxUnavailable
from kimi_lsp.syntax.generic import generic_query, tags_query, without_predicates
from kimi_lsp.syntax.language import Language

if TYPE_CHECKING:
    import tree_sitter


@cache
def grammar(language: Language) -> tree_sitter.Language:
    """The compiled grammar out of the language's wheel.

    Raises:
        GrammarMissing: the wheel is not installed.
        GrammarUnusable: it is, but what it holds is no grammar, or none that this tree-sitter can load.
    """
    import tree_sitter

    try:
        capsule = getattr(_module(language), language.function)()
        if type(capsule).__name__ != "PyCapsule":  # an address is believed by tree-sitter, whatever is there
            raise TypeError(f"{language.function}() gives no grammar")
        return tree_sitter.Language(capsule)
    except SyntaxUnavailable:
        raise
    except Exception as error:
        raise GrammarUnusable(language.id, language.package, str(error)) from error


def _module(language: Language) -> ModuleType:
    try:
        return import_module(language.module)
    except ImportError as error:
        raise GrammarMissing(language.id, language.package) from error


@dataclass(frozen=True, slots=True)
class Patterns:
    """A compiled query. ``only`` says by a pattern's number what the text of its capture ``@_only`` must match.

    It is written ``(#set! only "REGEX")``. tree-sitter's own ``#match?`` and ``#eq?`` would read the text through the
    parser's callback, and what a callback returns is never freed (py-tree-sitter 0.26.1). ``fields`` says which
    fields of the definition's node are captured by their names, written ``(#set! fields "name body")``: for patterns
    that would take long to compile. ``values`` are the numbers of patterns for values. No ``query`` without any
    pattern.
    """

    query: tree_sitter.Query | None
    only: dict[int, re.Pattern[bytes]]
    fields: dict[int, tuple[str, ...]]
    values: frozenset[int]

    def __len__(self) -> int:
        return 0 if self.query is None else self.query.pattern_count


def warm(language: Language) -> None:
    """Make all that the first menu in a text of ``language`` would wait for: grammar, queries, types of names.

    Takes 1 to 300 ms, most of it in the compilation of queries, which holds the interpreter's lock one query at a
    time. Safe in any thread; what another thread makes meanwhile is made twice.

    Raises:
        GrammarMissing, GrammarUnusable: there is no grammar to work with.
    """
    for make in (
        grammar,
        injections_query,
        imports_query,
        identifier_types,
        definitions_query,
    ):
        make(language)


@cache
def definitions_query(language: Language) -> Patterns:
    """The patterns of the language's query files that are about definitions."""
    return _query(language, lambda pattern: not _OTHER.search(pattern))


@cache
def imports_query(language: Language) -> Patterns:
    """The patterns of the language's query files that capture ``@import``."""
    return _query(language, lambda pattern: bool(_IMPORT.search(pattern)))


@cache
def injections_query(language: Language) -> Patterns:
    """The patterns of the language's query files that capture code of other languages."""
    return _query(language, lambda pattern: bool(_INJECTION.search(pattern)))


@cache
def identifier_types(language: Language) -> frozenset[str]:
    """The node types of the grammar that are names of things."""
    known = grammar(language)
    kinds = (number for number in range(known.node_kind_count) if known.node_kind_is_named(number))
    names = {known.node_kind_for_id(number) for number in kinds if known.node_kind_is_visible(number)}
    return frozenset(name for name in names if name and _names_a_thing(name, language))


def _names_a_thing(node_type: str, language: Language) -> bool:
    return "identifier" in node_type or node_type in language.identifiers


_IMPORT = re.compile(r"@import\b")
_INJECTION = re.compile(r"@injection\.")
_OTHER = re.compile(rf"{_IMPORT.pattern}|{_INJECTION.pattern}")
_VALUE = re.compile(r"@definition\.(?:variable|constant|field)\b")


def _query(language: Language, is_wanted: Callable[[str], bool]) -> Patterns:
    """The wanted patterns of the language's query files; only these are compiled, which takes 1 to 150 ms.

    Raises:
        GrammarUnusable: the wheel's grammar has other node types than the patterns were written for.
    """
    import tree_sitter

    wanted = [pattern for source in _sources(language) for pattern in _split(source) if is_wanted(pattern)]
    try:
        query = tree_sitter.Query(grammar(language), "\n".join(wanted)) if wanted else None
    except tree_sitter.QueryError as error:
        why = f"its query: {error}" if language.query else str(error)
        raise GrammarUnusable(language.id, language.package, why) from error
    settings = [query.pattern_settings(number) if query else {} for number in range(len(wanted))]
    return Patterns(
        query=query,
        only={
            number: re.compile(text.encode(), re.DOTALL)
            for number, one in enumerate(settings)
            if (text := one.get("only"))
        },
        fields={
            number: tuple(text.split()) for number, one in enumerate(settings) if (text := one.get("fields"))
        },
        values=frozenset(number for number, pattern in enumerate(wanted) if _VALUE.search(pattern)),
    )


def _sources(language: Language) -> Iterator[str]:
    """The texts that the language's patterns are in; of a row without any what its wheel or its grammar offers."""
    folder = files("kimi_lsp.syntax").joinpath("queries")
    for name in language.queries:
        yield folder.joinpath(name).read_text("utf-8")
    if language.query:
        yield without_predicates(language.query)
    elif not language.queries:
        yield generic_query(grammar(language))
        yield tags_query(_module(language), grammar(language))


_TOKEN = re.compile(r""";[^\n]*|"(?:\\.|[^"\\])*"|[()\[\]]|[^\s()\[\]";]+|\s+""")


def _split(source: str) -> list[str]:
    """The patterns of a query file; each begins with the bracket that opens it."""
    patterns: list[str] = []
    depth = 0
    for token in _TOKEN.findall(source):
        if token in "([":
            if depth == 0:
                patterns.append("")
            depth += 1
        elif token in ")]":
            depth -= 1
        if patterns:
            patterns[-1] += token
    return patterns
