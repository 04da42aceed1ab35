"""Language -> grammar and queries, imported and compiled when first needed, then kept."""

from __future__ import annotations

import re
from collections.abc import Callable
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


@cache
def definitions_query(language: Language) -> tree_sitter.Query:
    """The patterns of the language's query files that are not about imports."""
    return _query(language, lambda pattern: not _IMPORT.search(pattern))


@cache
def enclosing_query(language: Language) -> tree_sitter.Query:
    """Those patterns of ``definitions_query`` that are not about values; values enclose nothing."""
    return _query(language, lambda pattern: not _IMPORT.search(pattern) and not _VALUE.search(pattern))


@cache
def imports_query(language: Language) -> tree_sitter.Query:
    """The patterns of the language's query files that capture ``@import``."""
    return _query(language, lambda pattern: bool(_IMPORT.search(pattern)))


@cache
def identifier_types(language: Language) -> frozenset[str]:
    """The node types of the grammar that are names of things."""
    known = grammar(language)
    kinds = (number for number in range(known.node_kind_count) if known.node_kind_is_named(number))
    names = {known.node_kind_for_id(number) for number in kinds if known.node_kind_is_visible(number)}
    return frozenset(name for name in names if name and _names_a_thing(name, language))


def _names_a_thing(node_type: str, language: Language) -> bool:
    return "identifier" in node_type or node_type in language.identifiers


_IMPORT = re.compile(rb"@import\b")
_VALUE = re.compile(rb"@definition\.(?:variable|constant|field)\b")


def _query(language: Language, is_wanted: Callable[[bytes], bool]) -> tree_sitter.Query:
    """The language's query files with all patterns disabled but the wanted ones."""
    import tree_sitter

    folder = files("kimi_lsp.syntax").joinpath("queries")
    source = b"\n".join(folder.joinpath(name).read_bytes() for name in language.queries)
    query = tree_sitter.Query(grammar(language), source.decode())
    for pattern in range(query.pattern_count):
        text = source[query.start_byte_for_pattern(pattern) : query.end_byte_for_pattern(pattern)]
        if not is_wanted(text):
            query.disable_pattern(pattern)
    return query
