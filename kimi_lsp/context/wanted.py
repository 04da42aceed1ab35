"""What a piece of code asks for: the names it uses, and how. No index, no types: the syntax alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from kimi_lsp.syntax.usage import Use

MAX_NAMES = 400
"""Names of one piece of code that are looked up."""

MAX_RECEIVERS = 8
"""What a member stands behind, of each name."""

_WORD = re.compile(r"[^\W\d][\w$]*|\$[\w$]+")
_QUOTED = re.compile(r"""[`'"“‘]([^`'"“”‘’\n]{1,200})[`'"”’]""")


@dataclass(frozen=True, slots=True)
class Name:
    """One name that is used.

    ``line`` is that of its first use, from 1. ``bare`` where it stands alone at least once, ``called`` where such a
    one is called. ``receivers`` are what stands before its dots, as it is written (``self``, ``os.path``); empty
    where that is no plain word: ``a().b`` has the receiver ``""``. ``quoted`` where it is only named in a diagnostic.
    """

    name: str
    line: int
    bare: bool = False
    called: bool = False
    quoted: bool = False
    receivers: tuple[str, ...] = field(default=())


def names(uses: Iterable[Use], line_of: Callable[[int], int], near: range = range(0)) -> tuple[Name, ...]:
    """The names of ``uses``; those first that are used on a line of ``near``, then in the order given.

    ``line_of`` gives the line of an offset, from 1. At most ``MAX_NAMES``.
    """
    found: dict[str, Name] = {}
    close: dict[str, None] = {}
    for use in uses:
        line = line_of(use.span.start)
        name = found.get(use.name) or Name(use.name, line)
        if use.kind != "attribute":
            name = replace(name, bare=True, called=name.called or use.kind == "call")
        elif use.receiver not in name.receivers and len(name.receivers) < MAX_RECEIVERS:
            name = replace(name, receivers=(*name.receivers, use.receiver))
        found[use.name] = name
        if line in near:
            close[use.name] = None
    return tuple(found[name] for name in dict.fromkeys((*close, *found)))[:MAX_NAMES]


def quoted(message: str, line: int) -> tuple[Name, ...]:
    """The names that a diagnostic's message has in quotes: of ``"Lock.acquire" is unknown`` both parts."""
    found: dict[str, Name] = {}
    for part in _QUOTED.findall(message):
        before = ""
        for word in _WORD.findall(part):
            found.setdefault(word, Name(word, line, bare=True, quoted=True, receivers=(before,)))
            before = word
    return tuple(found.values())


def words(text: str) -> frozenset[str]:
    """All words of a text, such as a signature."""
    return frozenset(_WORD.findall(text))
