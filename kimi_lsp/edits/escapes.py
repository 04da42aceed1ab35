"""Rung 6: texts that came escaped once too often."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_ESCAPE = re.compile(r"\\([nrt\"'\\/])")
_MEANING = {"n": "\n", "r": "\r", "t": "\t"}
_BARE_QUOTE = re.compile(r'(?<!\\)(?:\\\\)*"')
_ESCAPED_QUOTES = ((re.compile(r'\\"'), '"'), (re.compile(r"\\'"), "'"))


def unescaped(old: str, new: str) -> Iterator[tuple[str, str]]:
    """``old`` and ``new`` with one level of escapes undone, in each way in which both may have come.

    Wholly: neither has a line break or a double quote of its own. Only quotes: ``\\"``, or ``\\'``, or both.
    """
    if "\\" not in old:
        return
    if not any("\n" in text or "\r" in text or _BARE_QUOTE.search(text) for text in (old, new)):
        yield _whole(old), _whole(new)
    for undo in _quotes():
        plain = undo(old), undo(new)
        if plain[0] != old:
            yield plain


def _whole(text: str) -> str:
    return _ESCAPE.sub(lambda match: _MEANING.get(match[1], match[1]), text)


def _quotes() -> Iterator[Callable[[str], str]]:
    """Double quotes, single quotes, both."""
    (double, double_plain), (single, single_plain) = _ESCAPED_QUOTES
    yield lambda text: double.sub(double_plain, text)
    yield lambda text: single.sub(single_plain, text)
    yield lambda text: single.sub(single_plain, double.sub(double_plain, text))
