"""What to show when ``old_string`` does not occur. Similarity decides nothing but the message; its work is capped."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher

from kimi_lsp.edits.block import Block
from kimi_lsp.edits.endings import restyled
from kimi_lsp.edits.errors import Ambiguous, Passage
from kimi_lsp.edits.search import Search
from kimi_lsp.edits.searchable import SPACE, LineTable, Searchable

MAX_LINES_READ = 40_000
MAX_LINES_COMPARED = 200
MAX_LINES_SHOWN = 30
MAX_CHARACTERS_COMPARED = 4_000
MAX_CHARACTERS_SHOWN = 3_000
LEAST_SIMILARITY = 0.55
LEAST_TEXT_NAMED = 8
_PLACES_OF_A_LINE = 8
_WORD = re.compile(r"\w{3,}")


def already_at(search: Search) -> int | None:
    """The offset at which ``new_string`` stands, white space aside; None if it does not, or not just once."""
    new = search.new.strip(SPACE)
    if sum(map(len, search.new_block.keys)) < LEAST_TEXT_NAMED:
        return None
    try:
        matches = Search(search.source, search.new, "", search.within).pairings
    except Ambiguous:
        return None
    if len(matches) == 1:
        return matches[0].span.start
    written = restyled(new, search.source.ending or "\n")
    at = search.source.text.find(written)
    return at if at >= 0 and search.source.text.find(written, at + 1) < 0 else None


def closest(source: Searchable, old: str) -> Passage | None:
    """The lines most like ``old``, at most ``MAX_LINES_SHOWN`` of them; None if nothing is like it."""
    table = source.table(source.body)
    keys = [line.strip(SPACE) for line in Block.of(old).lines[:MAX_LINES_COMPARED]]
    first = _by_equal_lines(table, keys)
    if first is None:
        first = _by_words(table, keys)
    if first is None:
        return None
    last = min(first + len(keys), len(table.lines)) - 1
    there = "".join(table.lines[first : last + 1])
    if _similarity(old, there) < LEAST_SIMILARITY:
        return None
    shown = "".join(table.lines[first : min(last + 1, first + MAX_LINES_SHOWN)])[:MAX_CHARACTERS_SHOWN]
    return Passage(source.line_number(table.starts[first]), source.line_number(table.starts[last]), shown)


def _by_equal_lines(table: LineTable, keys: list[str]) -> int | None:
    """Where most lines are the same: each equal line votes for the start that puts it in its place."""
    places: dict[str, list[int]] = {}
    for index, key in enumerate(keys):
        if key:
            places.setdefault(key, []).append(index)
    votes: Counter[int] = Counter()
    for index, line in enumerate(table.lines[:MAX_LINES_READ]):
        for place in places.get(line.strip(SPACE), ())[:_PLACES_OF_A_LINE]:
            if index >= place:
                votes[index - place] += len(keys[place])
    return min(votes, key=lambda start: (-votes[start], start)) if votes else None


def _by_words(table: LineTable, keys: list[str]) -> int | None:
    """Where the words of the longest line are found most."""
    longest = max(range(len(keys)), key=lambda index: len(keys[index]), default=0)
    words = set(_WORD.findall(keys[longest])) if keys else set()
    best, place = 0, None
    for index, line in enumerate(table.lines[:MAX_LINES_READ]):
        shared = len(words.intersection(_WORD.findall(line[:MAX_CHARACTERS_COMPARED]))) if words else 0
        if shared > best:
            best, place = shared, index
    return max(place - longest, 0) if place is not None else None


def _similarity(old: str, there: str) -> float:
    """Between 0 and 1, by the characters that both have, in linear time."""
    ours, theirs = (" ".join(text[:MAX_CHARACTERS_COMPARED].split()) for text in (old, there))
    return SequenceMatcher(None, ours, theirs, autojunk=False).quick_ratio()
