"""Language -> grammar and queries, imported and compiled when first needed, then kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING

from kimi_lsp.syntax.errors import GrammarMissing, GrammarUnusable
from kimi_lsp.syntax.language import Language

if TYPE_CHECKING:
    import tree_sitter


@cache
def grammar(language: Language) -> tree_sitter.Language:
    """The compiled grammar out of the language's wheel.

    Raises:
        GrammarMissing: the wheel is not installed.
        GrammarUnusable: it is, but this tree-sitter cannot load what it holds.
    """
    import tree_sitter

    try:
        module = import_module(language.module)
    except ImportError as error:
        raise GrammarMissing(language.id, language.package) from error
    try:
        return tree_sitter.Language(getattr(module, language.function)())
    except (AttributeError, TypeError, ValueError) as error:
        raise GrammarUnusable(language.id, language.package, str(error)) from error


@dataclass(frozen=True, slots=True)
class Patterns:
    """A compiled query. ``only`` says by a pattern's number what the text of its capture ``@_only`` must match.

    It is written ``(#set! only "REGEX")``. tree-sitter's own ``#match?`` and ``#eq?`` would read the text through the
    parser's callback, and what a callback returns is never freed (py-tree-sitter 0.26.1).
    """

    query: tree_sitter.Query
    only: dict[int, re.Pattern[bytes]]


@cache
def definitions_query(language: Language) -> Patterns:
    """The patterns of the language's query files that are about definitions."""
    return _query(language, lambda pattern: not _OTHER.search(pattern))


@cache
def enclosing_query(language: Language) -> Patterns:
    """Those patterns of ``definitions_query`` that are not about values; values enclose nothing."""
    return _query(language, lambda pattern: not _OTHER.search(pattern) and not _VALUE.search(pattern))


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

    folder = files("kimi_lsp.syntax").joinpath("queries")
    sources = (folder.joinpath(name).read_text("utf-8") for name in language.queries)
    wanted = (pattern for source in sources for pattern in _split(source) if is_wanted(pattern))
    try:
        query = tree_sitter.Query(grammar(language), "\n".join(wanted))
    except tree_sitter.QueryError as error:
        raise GrammarUnusable(language.id, language.package, str(error)) from error
    settings = {
        pattern: query.pattern_settings(pattern).get("only") for pattern in range(query.pattern_count)
    }
    only = {pattern: re.compile(text.encode(), re.DOTALL) for pattern, text in settings.items() if text}
    return Patterns(query, only)


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
