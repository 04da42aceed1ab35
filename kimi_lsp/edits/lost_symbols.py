"""The lost-symbol guard: no definition vanishes unseen.

Names are counted, so a definition that moved is not lost. One that vanished is excused where its name was quoted by
an ``old_string`` (leaving it out is a deletion that was meant), where it is the symbol that was replaced, where it
turned up in another file, or where the request names it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from kimi_lsp.edits.errors import LostSymbol
from kimi_lsp.edits.trees import Trees
from kimi_lsp.syntax.outline import VALUES, Symbol
from kimi_lsp.text.span import Span

_UNCOUNTED = VALUES | {"declaration"}


@dataclass(frozen=True, slots=True)
class Step:
    """One edit of a file: ``text`` before it, and what excuses a loss.

    ``quoted`` are the spans in ``text`` whose definitions were quoted, ``named`` the names that the call gave.
    """

    text: str
    quoted: tuple[Span, ...] = ()
    named: tuple[str, ...] = ()


def check_lost_symbols(
    path: str, steps: Sequence[Step], after: str, trees: Trees, excused: Callable[[str], bool]
) -> None:
    """Refuse ``steps``, which make their first text into ``after``, where a definition is lost.

    ``excused`` is asked for names that the steps do not excuse.

    Raises:
        LostSymbol: with the paths of what is lost.
    """
    before = _counted(trees.symbols(path, steps[0].text))
    lost = Counter(symbol.name for symbol in before)
    lost.subtract(symbol.name for symbol in trees.symbols(path, after))
    lost = +lost
    if not lost:
        return
    for step in steps:
        lost.subtract(_excuses(step, trees.symbols(path, step.text)))
    names = sorted(name for name in +lost if not excused(name))
    if names:
        paths = [next(symbol.path for symbol in before if symbol.name == name) for name in names]
        shown = ", ".join(f"`{path}`" for path in paths)
        one = len(paths) == 1
        raise LostSymbol(
            f"{shown} would no longer be defined in the file, and the edit does not quote "
            f"{'its head' if one else 'their heads'}. Keep {'it' if one else 'them'}, or quote the whole definition "
            "in old_string to remove it."
        )


def mentions(request: str, name: str) -> bool:
    """Whether ``request``, the user's own words, names ``name``."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", request) is not None


def _counted(symbols: Iterable[Symbol]) -> list[Symbol]:
    return [symbol for symbol in symbols if symbol.kind not in _UNCOUNTED]


def _excuses(step: Step, symbols: Sequence[Symbol]) -> Counter[str]:
    quoted = (
        symbol.name
        for symbol in _counted(symbols)
        if any(
            span.start < symbol.name_span.end and symbol.name_span.start < span.end for span in step.quoted
        )
    )
    return Counter([*quoted, *step.named])
