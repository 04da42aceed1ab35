"""The one symbol that the model names."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from kimi_lsp.edits.errors import Ambiguous, BadArguments, NoSuchSymbol, lines_named
from kimi_lsp.edits.searchable import line_number
from kimi_lsp.syntax.outline import Symbol, find
from kimi_lsp.text.span import Span

NAMES_SHOWN = 20


def the_symbol(symbols: Sequence[Symbol], wanted: str, text: str, *, focus: Span | None = None) -> Symbol:
    """The symbol whose path is, or ends in, ``wanted``; where there are several, the one that ``focus`` is about.

    Raises:
        NoSuchSymbol: there is none; names those that are most like it.
        Ambiguous: there are several.
        BadArguments: the file has no outline.
    """
    if not symbols:
        raise BadArguments(
            "This file has no outline, so symbols cannot be used in it. Use `edit` or lines instead."
        )
    found = find(symbols, wanted)
    if len(found) > 1 and focus is not None:
        inside = [symbol for symbol in found if symbol.lines.contains(focus) or focus.contains(symbol.span)]
        found = tuple(inside) if len(inside) == 1 else found
    if len(found) == 1:
        return found[0]
    if found:
        lines = [line_number(text, symbol.head.start) for symbol in found]
        paths = sorted({symbol.path for symbol in found})
        raise Ambiguous(
            f"{len(found)} definitions match `{wanted}` ({lines_named(lines)}: {', '.join(paths[:NAMES_SHOWN])}). "
            "Name one by its whole path, or use `edit`.",
            lines,
            len(found),
        )
    raise NoSuchSymbol(f"There is no definition `{wanted}` in the file. {_names(symbols, wanted)}")


def _names(symbols: Sequence[Symbol], wanted: str) -> str:
    paths = list(dict.fromkeys(symbol.path for symbol in symbols))
    if close := get_close_matches(wanted, paths[:1000], n=3):
        return f"Did you mean {' or '.join(f'`{path}`' for path in close)}?"
    more = f" and {len(paths) - NAMES_SHOWN} more" if len(paths) > NAMES_SHOWN else ""
    return f"There are: {', '.join(paths[:NAMES_SHOWN])}{more}."
