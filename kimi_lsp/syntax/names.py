"""Qualified names as the languages write them -> the parts of a path."""

from __future__ import annotations

import re

_TYPE_ARGUMENTS = re.compile(r"<[^<>]*>|\[[^][]*\]")
_QUOTES = "\"'`"


def joined(*parts: str) -> str:
    """A path of those parts that are not empty."""
    return ".".join(part for part in parts if part)


def bare(scope: str, separator: str | None) -> str:
    """A scope without its type arguments, with dots for separators: ``core::Lock<T>`` gives ``core.Lock``."""
    while (shorter := _TYPE_ARGUMENTS.sub("", scope)) != scope:
        scope = shorter
    return scope.replace(separator or "::", ".").strip().strip(".")


def own_part(name: str, separator: str | None) -> tuple[int, int]:
    """Start and end of the part of ``name`` that is the definition's own: behind its qualifiers, inside its quotes.

    ``Lock<T>::acquire`` gives the range of ``acquire``; ``operator std::string`` is a name as a whole.
    """
    if len(name) > 2 and name[0] in _QUOTES and name[-1] == name[0]:
        return 1, len(name) - 1
    if not separator or separator not in name:
        return 0, len(name)
    start = depth = at = 0
    while at < len(name) and not name.startswith("operator", at):
        depth += (name[at] == "<") - (name[at] == ">")
        if depth == 0 and name.startswith(separator, at):
            start = at + len(separator)
        at += 1
    return start, len(name)
