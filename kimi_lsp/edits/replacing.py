"""``replace_symbol``: a whole definition by its name."""

from __future__ import annotations

from kimi_lsp.edits.endings import restyled
from kimi_lsp.edits.errors import BadArguments, Uncertain
from kimi_lsp.edits.indentation import indentation
from kimi_lsp.edits.reindented import reindented
from kimi_lsp.edits.searchable import Searchable
from kimi_lsp.syntax.language import Language
from kimi_lsp.syntax.outline import Symbol
from kimi_lsp.text.replacement import Replacement
from kimi_lsp.text.span import Span

ATTRIBUTES = ("@", "#[", "[[")
"""What decorators, annotations and attributes begin with."""


def replace_symbol(source: Searchable, symbol: Symbol, new_source: str, language: Language) -> Replacement:
    """The replacement that puts ``new_source`` in place of ``symbol``, indented for it.

    A comment right above the symbol stays, unless ``new_source`` begins with one. Decorators do not: where the symbol
    has any, ``new_source`` must begin with some, so that none is lost by being forgotten.

    Raises:
        BadArguments: ``new_source`` is empty.
        Uncertain: it has no decorators, or the indentation cannot be known.
    """
    text = source.text
    if not new_source.strip():
        raise BadArguments("new_source is empty. To remove a definition, quote it in old_string of `edit`.")
    commented = _begins_with_comment(new_source, language)
    start = _with_comment(source, symbol.span.start, language) if commented else symbol.head.start
    had = text.startswith(ATTRIBUTES, symbol.head.start)
    if had and not commented and not new_source.lstrip().startswith(ATTRIBUTES):
        head = symbol.head.of(text).splitlines()[0].strip()
        raise Uncertain(
            f"`{symbol.path}` has decorators or attributes (`{head}`), and new_source has none. Begin it with those "
            "that are to stay; to remove them, use `edit`."
        )
    line_start = source.line_start(start)
    before = text[line_start:start]
    base = indentation(text[line_start:])
    new = reindented(new_source, base, file_unit=source.indentation_unit, depth=_depth(text, symbol))
    ending = source.ending_at(start)
    if before.strip():
        return Replacement(Span(start, symbol.span.end), restyled(new.lstrip(" \t"), ending))
    return Replacement(Span(line_start, symbol.span.end), restyled(new, ending))


def _begins_with_comment(new_source: str, language: Language) -> bool:
    marks = [language.line_comment, language.block_comment[0] if language.block_comment else None]
    begins = new_source.lstrip()
    return begins.startswith(tuple(mark for mark in marks if mark))


def _with_comment(source: Searchable, start: int, language: Language) -> int:
    """Where the line comments begin that stand right above ``start``, with nothing else on their lines."""
    text, mark = source.text, language.line_comment
    above = source.line_start(start)
    while mark and above > source.body.start and not text[above:start].strip(" \t"):
        above = source.line_start(above - 1)
        if not text.startswith(mark, above + len(indentation(text[above:start]))) or text.startswith(
            "#!", above
        ):
            break
        start = above + len(indentation(text[above:start]))
    return start


def _depth(text: str, symbol: Symbol) -> str | None:
    """The indentation of the symbol's second line that is not blank."""
    lines = [line for line in symbol.span.of(text).splitlines()[1:] if line.strip()]
    return indentation(lines[0]) if lines else None
