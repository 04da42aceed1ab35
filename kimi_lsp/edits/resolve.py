"""``old_string`` to the one place that it names, or to a refusal that says why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kimi_lsp.edits.closest import already_at, closest
from kimi_lsp.edits.edit import Edit
from kimi_lsp.edits.errors import AlreadyThere, NoChange, NotFound, Uncertain, lines_named
from kimi_lsp.edits.ladder import AS_WRITTEN, EXACT, LADDER, Rung
from kimi_lsp.edits.literal import exact
from kimi_lsp.edits.search import Match, Search
from kimi_lsp.edits.searchable import BYTE_ORDER_MARK, Searchable
from kimi_lsp.text.replacement import Replacement
from kimi_lsp.text.span import Span


@dataclass(frozen=True, slots=True)
class Found:
    """Where an edit goes: ``replacements`` in code points, sorted; ``rung`` is the name of the rung that matched."""

    rung: str
    replacements: tuple[Replacement, ...]


def resolve(source: str, edit: Edit, *, within: Span | None = None) -> Replacement:
    """Find the one place in ``source`` that ``edit.old_string`` names.

    ``within`` is searched first; only if it is absent there, all of ``source``. Offsets are code points.

    Raises:
        NotFound: it does not occur; carries the closest passage.
        Ambiguous: it occurs more than once; carries the line numbers.
        Uncertain: it occurs, but what would be there afterwards is not certain.
        NoChange: the text would stay as it is.
    """
    (replacement,) = locate(
        Searchable(source), Edit(edit.old_string, edit.new_string), focus=within
    ).replacements
    return replacement


def locate(source: Searchable, edit: Edit, *, focus: Span | None = None) -> Found:
    """The same for a text that is searched often; with ``replace_all`` every place, in the whole of it.

    Raises:
        EditError: as ``resolve``.
    """
    if edit.old_string == edit.new_string:
        raise NoChange("old_string and new_string are the same: there is nothing to change.")
    old, new = (text.removeprefix(BYTE_ORDER_MARK) for text in (edit.old_string, edit.new_string))
    if not old:
        return _filled(source, new)
    whole = Search(source, old, new, source.body, every=edit.replace_all)
    found = None if focus is None or edit.replace_all else _focused(whole, source.whole_lines(focus))
    found = found or _climb(whole)
    if found is None:
        raise _not_found(whole)
    if all(replacement.span.of(source.text) == replacement.text for replacement in found.replacements):
        raise NoChange("The text is already as new_string has it: there is nothing to change.")
    return found


def _filled(source: Searchable, new: str) -> Found:
    if len(source.body):
        raise NotFound(
            "old_string is empty, which is accepted only for an empty file. Quote the text to replace, or the lines "
            "beside which the new text goes and repeat them in new_string."
        )
    return Found(EXACT, (Replacement(source.body, new),))


def _focused(whole: Search, focus: Span) -> Found | None:
    """The match inside ``focus``; one that is not exact has no rival that is exact elsewhere."""
    found = _climb(Search(whole.source, whole.old, whole.new, focus))
    if found is None or found.rung == EXACT:
        return found
    if elsewhere := exact(whole):
        starts = [found.replacements[0].span.start, *(match.span.start for match in elsewhere)]
        raise whole.ambiguous(
            sorted(starts), "once inside what the request is about, almost, and once outside"
        )
    return found


def _climb(search: Search) -> Found | None:
    """The first rung with a match, which must be the only one there."""
    for rung in LADDER:
        if search.every and rung.loose:
            return None
        if matches := rung.find(search):
            return _taken(search, rung, matches)
    return None


def _taken(search: Search, rung: Rung, matches: list[Match]) -> Found:
    if len(matches) > 1 and not search.every:
        raise search.ambiguous([match.span.start for match in matches])
    replacements = tuple(Replacement(match.span, match.write()) for match in matches)
    _check_line_break(search)
    if rung in AS_WRITTEN:
        _check_first_line(search, matches)
        _check_escaped_breaks(search)
    for replacement in replacements:
        _check_indentation_style(search.source, replacement)
    return Found(rung.name, replacements)


def _check_line_break(search: Search) -> None:
    """Refuse a text that would glue the next line to the last one of ``new_string``."""
    if search.new and search.old[-1] in "\r\n" and search.new[-1] not in "\r\n":
        raise Uncertain(
            "old_string ends with a line break and new_string does not: the next line would be joined to its last "
            "line. End both with a line break, or neither."
        )


def _check_first_line(search: Search, matches: Sequence[Match]) -> None:
    """Refuse a text that would be glued to the line before."""
    text = search.source.text
    begins_with_break = search.old[0] in "\r\n" and search.new[:1] not in ("", "\r", "\n")
    if begins_with_break and any(m.span.start and text[m.span.start - 1] not in "\r\n" for m in matches):
        raise Uncertain(
            "old_string begins with a line break and new_string does not: it would be joined to the line before. "
            "Begin both with a line break, or neither."
        )


def _check_escaped_breaks(search: Search) -> None:
    """Refuse a text that goes on, or begins, behind a line break which came as a backslash and a letter."""
    old, new = search.old.strip(), search.new
    if "\\" in old or "\n" in search.old + new or not old:
        return
    head, _, tail = new.partition(old)
    if tail.startswith("\\n") or head.endswith("\\n"):
        raise Uncertain(
            "new_string holds `\\n` as two characters beside the text of old_string, which has no escapes. "
            "Send line breaks as such."
        )


def _check_indentation_style(source: Searchable, replacement: Replacement) -> None:
    """Refuse indentation of a kind that the file has nowhere."""
    text = source.text
    old, new = (set(_first_of_lines(part)) for part in (replacement.span.of(text), replacement.text))
    if len(new) > 1:
        return  # both kinds: what stands in a raw string or a fence may be indented in another way
    for kind, name, other, wanted in (("\t", "tabs", "\n  ", "spaces"), ("  ", "spaces", "\n\t", "tabs")):
        if kind in new and kind not in old and f"\n{kind}" not in text and other in text:
            raise Uncertain(
                f"new_string is indented with {name}, the file with {wanted}. Indent as the file does."
            )


def _first_of_lines(text: str) -> Iterator[str]:
    """A tab, or two spaces, for each line that is not blank and begins with them."""
    for line in text.splitlines():
        if line.strip() and line.startswith(("\t", "  ")):
            yield "\t" if line[0] == "\t" else "  "


def _not_found(search: Search) -> NotFound:
    if (offset := already_at(search)) is not None:
        line = search.source.line_number(offset)
        return AlreadyThere(
            f"old_string does not occur, but new_string already stands at {lines_named([line])}. "
            "If that is what you want, leave it as it is.",
            line,
        )
    return NotFound("old_string does not occur in the file.", closest(search.source, search.old))
