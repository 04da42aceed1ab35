"""The ladder: how ``old_string`` is looked for, from the strictest way to the loosest.

A rung gives every place that fits it. Rungs of indentation and below count every place whose lines are the same but
for white space, so that a match there has no rival of any kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from kimi_lsp.edits.errors import Uncertain
from kimi_lsp.edits.escapes import unescaped
from kimi_lsp.edits.folding import FOLDING, folded, unfolded
from kimi_lsp.edits.literal import exact, line_endings
from kimi_lsp.edits.search import Match, Pairing, Search
from kimi_lsp.edits.transplant import transplant

ANCHORS_COUNTED = 16
"""Of how many words the rarest is looked for, where punctuation differs."""

SAMPLE = 100_000
"""In how much of a file they are counted, in code points."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One way to match. ``loose``: it is not for ``replace_all``."""

    name: str
    find: Callable[[Search], list[Match]]
    loose: bool = False


def trailing_space(search: Search) -> list[Match]:
    """Rung 3: white space at the ends of lines, and on blank lines."""
    return _matches(search, [p for p in search.pairings if p.same_blanks and p.same_indentation])


def indentation_shift(search: Search) -> list[Match]:
    """Rung 4: the same shift of indentation on every line, tabs for spaces included."""
    fitting = [pairing for pairing in search.pairings if pairing.same_blanks]
    return _matches(search, fitting if search.every or not fitting else search.pairings)


def blank_lines(search: Search) -> list[Match]:
    """Rung 4, too: blank lines compared as absent, all others equal in order."""
    return _matches(search, search.pairings)


def punctuation(search: Search) -> list[Match]:
    """Rung 5: trimmed lines with quotes, dashes and spaces of Unicode folded to ASCII."""
    if search.old.isascii() and search.source.text.isascii():
        return []
    keys = [folded(key) for key in search.old_block.keys]
    anchors = unfolded(keys)[:ANCHORS_COUNTED]
    sample = search.source.text[:SAMPLE]
    anchor = min(anchors, key=sample.count, default="")
    pairings = search.paired(keys, anchor, FOLDING) if anchor else []
    if any(pairing.same_blanks for pairing in pairings):
        return [Match(p.span, partial(transplant, search, p, folded=True)) for p in pairings]
    return []


def escapes(search: Search) -> list[Match]:
    """Rung 6: ``old_string`` and ``new_string`` came with one level of escapes too many."""
    found: list[Match] = []
    news: dict[str, str] = {}
    for old, new in unescaped(search.old, search.new):
        if news.setdefault(old, new) != new:
            if found:
                raise Uncertain(
                    "old_string matches once its escapes are undone; how many new_string has too many is not "
                    "certain. Send both unescaped."
                )
            continue
        plain = Search(search.source, old, new, search.within)
        for rung in LADDER[: LADDER.index(PUNCTUATION)]:
            if not found and (matches := rung.find(plain)):
                found = matches
    return found


def _matches(search: Search, pairings: list[Pairing]) -> list[Match]:
    return [Match(pairing.span, partial(transplant, search, pairing)) for pairing in pairings]


EXACT = "exact"
"""The name of the strictest rung."""

PUNCTUATION = Rung("punctuation", punctuation, loose=True)
LADDER = (
    Rung(EXACT, exact),
    Rung("line endings", line_endings),
    Rung("trailing white space", trailing_space),
    Rung("indentation", indentation_shift),
    Rung("blank lines", blank_lines, loose=True),
    PUNCTUATION,
    Rung("escapes", escapes, loose=True),
)

AS_WRITTEN = LADDER[:2]
"""The rungs that take every character of ``old_string`` for what it is, line endings aside."""
