"""Rungs 1 and 2: ``old_string`` as it is written, line endings aside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from kimi_lsp.edits.endings import STYLES, restyled, with_endings
from kimi_lsp.edits.errors import Uncertain
from kimi_lsp.edits.indentation import lone_line_style
from kimi_lsp.edits.search import MAX_WINDOWS, Match, Search
from kimi_lsp.text.span import Span

_WORD = re.compile(r"[A-Za-z0-9_]")


def exact(search: Search) -> list[Match]:
    """Rung 1: as written. An occurrence that begins inside a line's indentation counts only if there is no other."""
    return _occurrences(search, search.old)


def line_endings(search: Search) -> list[Match]:
    """Rung 2: as written but for the style of line endings; where styles mix, line by line."""
    if "\n" not in search.old and "\r" not in search.old:
        return []
    style = search.source.ending
    for candidate in STYLES if style is None else (style,):
        needle = restyled(search.old, candidate)
        if needle != search.old and (matches := _occurrences(search, needle)):
            return matches
    if style is not None:
        return []
    return [_match(search, pairing.span) for pairing in search.pairings if pairing.same_lines]


def _occurrences(search: Search, needle: str) -> list[Match]:
    if search.every:
        return [_match(search, Span(start, start + len(needle))) for start in _disjoint(search, needle)]
    starts = list(islice(_starts(search, needle), MAX_WINDOWS))
    if len(starts) > 1 and needle[0] in " \t":
        starts = _at_line_starts(search, needle) or starts
    spans = [Span(start, start + len(needle)) for start in starts]
    if len(spans) == 1:
        _check_words(search, spans[0])
        _check_head(search, spans[0])
        if _is_shifted(search, spans[0], needle):
            return []
    return [_match(search, span) for span in spans]


def _starts(search: Search, needle: str) -> Iterator[int]:
    """Where ``needle`` begins, overlapping occurrences included; none begins or ends between ``\\r`` and ``\\n``."""
    text, within = search.source.text, search.within
    at = text.find(needle, within.start, within.end)
    while at >= 0:
        end = at + len(needle)
        parted = text[at - 1 : at + 1] == "\r\n" or text[end - 1 : end + 1] == "\r\n"
        if not parted and not _glues_a_line(search, at):
            yield at
        at = text.find(needle, at + 1, within.end)


def _glues_a_line(search: Search, at: int) -> bool:
    """Whether two lines would become one because ``old_string`` took the end of the first for a blank line.

    That is so where the new text begins with indentation, and where whole lines are deleted.
    """
    text, old, new = search.source.text, search.old, search.new
    if old[0] not in "\r\n" or at == 0 or text[at - 1] in "\r\n":
        return False
    return new[:1] in (" ", "\t") or (not new and old[-1] in "\r\n" and len(old) > 2)


def _at_line_starts(search: Search, needle: str) -> list[int]:
    """The one occurrence at the start of a line, if there is just one: its indentation was quoted whole."""
    text, within = search.source.text, search.within
    starts = [within.start] if text.startswith(needle, within.start) else []
    for feed in "\n", "\r":
        at = text.find(feed + needle, within.start, within.end)
        while at >= 0 and len(starts) < 2:
            starts.append(at + 1)
            at = text.find(feed + needle, at + 1, within.end)
        if not search.source.has_returns:
            break
    return starts if len(starts) == 1 else []


def _disjoint(search: Search, needle: str) -> Iterator[int]:
    """Where ``needle`` begins, from the left, as ``str.replace`` finds it; overlaps are refused."""
    split: set[bool] = set()
    end = 0
    for start in _starts(search, needle):
        if start < end:
            raise Uncertain(
                f"Occurrences of old_string overlap at line {search.source.line_number(start)}: "
                "which of them to replace is not certain. Quote more of the line."
            )
        end = start + len(needle)
        split.add(_splits_word(search.source.text, Span(start, end)))
        yield start
    if len(split) > 1:
        raise Uncertain(
            "old_string occurs both as a whole word and inside longer words: replace_all would change both. "
            "Quote more, so that only those that are meant match."
        )


def _match(search: Search, span: Span) -> Match:
    return Match(span, lambda: _written(search, span))


def _written(search: Search, span: Span) -> str:
    """The new text with the line endings of its place."""
    source = search.source
    if source.ending is not None:
        return restyled(search.new, source.ending)
    following = source.text[source.line_start(span.start) : source.next_line(span.end)]
    return with_endings(span.of(source.text), search.new, following)


def _check_words(search: Search, span: Span) -> None:
    if _splits_word(search.source.text, span):
        line = search.source.line_number(span.start)
        raise Uncertain(
            f"old_string occurs only inside a longer word, at line {line}. "
            "If that is meant, quote the whole word, or the whole line."
        )


def _check_head(search: Search, span: Span) -> None:
    """Refuse whole lines, the last one's ending included, of which the first is the tail of a longer line."""
    source, old = search.source, search.old
    before = source.text[source.line_start(span.start) : span.start]
    if old[-1] in "\r\n" and old[0] not in "\r\n" and before.strip():
        raise Uncertain(
            f"old_string holds whole lines, but the first of them is only the end of line "
            f"{source.line_number(span.start)}. Quote that line whole."
        )


def _splits_word(text: str, span: Span) -> bool:
    """Whether a word of ASCII letters, digits and underscores goes on beyond either end of ``span``."""
    return any(
        0 < border < len(text) and _WORD.match(text[border - 1]) and _WORD.match(text[border])
        for border in (span.start, span.end)
    )


def _is_shifted(search: Search, span: Span, needle: str) -> bool:
    """Whether lines were quoted without (all of) their indentation, so that the rung of indentation is to judge.

    Where the new lines go on from the place as they stand, it is exact.
    """
    source, new = search.source, search.new_block
    base = source.text[source.line_start(span.start) : span.start]
    if not base or base.strip(" \t"):
        return False
    whole = needle[-1] in "\r\n" or source.line_end(span.end) == span.end
    if needle[0] in " \t":
        style = "shifted" if whole else _style_of_a_part(search, needle)
    elif not new.filled:  # else the indentation would stay behind, before the next line
        style = "shifted" if not search.new and needle[-1] in "\r\n" else "literal"
    else:
        first, *later = (new.lines[index] for index in new.filled)
        alone = whole and len(search.old_block.lines) == 1
        continues = source.text.startswith(base, source.next_line(span.start))
        style = lone_line_style(first, later if alone else (), base, continues=continues)
    if style is None or (new.filled and new.filled[0] > 0):
        raise Uncertain(
            f"old_string was found at line {source.line_number(span.start)} without that line's indentation, and "
            "how new_string is to be indented is not certain. Quote whole lines with their indentation."
        )
    return style == "shifted"


def _style_of_a_part(search: Search, needle: str) -> str | None:
    """``"literal"`` where no other line begins like the one that was quoted in part, and it stays one line."""
    rivals = search.source.text.count(needle.lstrip(" \t"), search.within.start, search.within.end)
    return "literal" if rivals == 1 and len(search.new_block.lines) <= len(search.old_block.lines) else None
