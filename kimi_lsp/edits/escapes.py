"""Rung 6: texts that came escaped once too often."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ESCAPE = re.compile(r"\\([nrt\"'\\/])")
_MEANING = {"n": "\n", "r": "\r", "t": "\t"}
_BARE = {quote: re.compile(rf"(?<!\\)(?:\\\\)*{quote}") for quote in "\"'"}


def unescaped(old: str, new: str) -> Iterator[tuple[str, str]]:
    """``old`` and ``new`` with one level of escapes undone, in each way in which both may have come.

    Wholly: neither has a line break or a double quote of its own. Only quotes (double, single, or both): neither has
    one of that kind without a backslash.
    """
    if "\\" not in old:
        return
    both = (old, new)
    if not any("\n" in text or "\r" in text or _BARE['"'].search(text) for text in both):
        yield _whole(old), _whole(new)
    for quotes in '"', "'", "\"'":
        if all(f"\\{quote}" in old for quote in quotes) and not any(
            _BARE[quote].search(text) for quote in quotes for text in both
        ):
            yield _without(old, quotes), _without(new, quotes)


def _whole(text: str) -> str:
    return _ESCAPE.sub(lambda match: _MEANING.get(match[1], match[1]), text)


def _without(text: str, quotes: str) -> str:
    """``text`` without the backslashes before ``quotes``."""
    for quote in quotes:
        text = text.replace(f"\\{quote}", quote)
    return text
