"""Carries the job's replacements over what the user typed meanwhile, or names the conflict.

Both sides are sets of replacements of one text, the base. What counts of each is its net effect, in the smallest
hunks, so that to type and to undo it is nothing.

* Two hunks touch if they overlap, or if both insert at the same point. Adjacent is not touching: an insertion at
  the border of a replaced span goes before what begins there, and after what ends there. But where they meet inside
  one word, number or operator both have changed that: ``2`` is made ``20`` by one and ``3`` by the other, and nobody
  wants ``30``.
* A hunk of the job that touches none of the user's stands.
* A hunk that both sides have is there already: it is dropped, and is no conflict. So is one that inserts, or
  deletes, less than its own length further on, with the same effect: one writes a line and its ending, the other
  an ending and the line.
* A hunk that touches is a conflict, and so is the whole run of changed lines that it is in: how a diff cuts a run
  into hunks is chance. A line between two hunks parts them if it has a word in it; that blank lines and brackets
  match is chance too. Nothing of a conflict is applied; the rest is.

A hunk that stands covers characters of the base alone, so nothing that the user typed can be lost.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from kimi_lsp.text.line_index import LineIndex
from kimi_lsp.text.net import does_nothing, joined, reduced, smallest
from kimi_lsp.text.replacement import Replacement, apply, minimal
from kimi_lsp.text.span import Span

_WORD = re.compile(r"\w")
_UNBROKEN = re.compile(r"\w\w|\d\.\d|[-+*/%<>=!&|^~]{2}")
"""What is in the middle of a word, a number or an operator."""


@dataclass(frozen=True, slots=True)
class Side:
    """What stands at the place of a conflict on one side.

    ``span`` is where, and ``lines`` the first and the last line from 0: for the job in the base, for the user in
    the text that the user has now. ``text`` is what that side wants there: the user's is there already.
    """

    span: Span
    text: str
    lines: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place that both sides changed, in different ways.

    ``ours.text`` in place of ``theirs.span`` takes ours; that overlaps nothing else of the same ``Rebased``.
    """

    ours: Side
    theirs: Side


@dataclass(frozen=True, slots=True)
class Rebased:
    """``replacements`` apply to the text that the user has now; of ``conflicts`` nothing is in them."""

    replacements: tuple[Replacement, ...]
    conflicts: tuple[Conflict, ...]


def rebase(base: str, theirs: Sequence[Replacement], ours: Sequence[Replacement]) -> Rebased:
    """Carry ``ours``, the job's set, over ``theirs``, the user's; both are sets of replacements of ``base``.

    For a log of successive changes, see ``net.net``. If the user's come to nothing, ``ours`` is returned as it is.

    Raises:
        Overlap: a set is not sorted, or overlaps.
    """
    typed = _Typed(reduced(base, theirs))
    if not typed.hunks:
        return Rebased(tuple(ours), ())
    if does_nothing(base, ours):
        return Rebased((), ())
    standing: list[Replacement] = []
    places: list[_Place] = []
    for group in _groups(base, _met(base, ours, typed)):
        free = _free(base, group, typed)
        if free is None:
            places.append(_place(base, group, typed))
        else:
            standing += [typed.carried(hunk.replacement) for hunk in free]
    return Rebased(tuple(standing), tuple(_conflicts(base, places, typed)))


def rebase_texts(base: str, now: str, ours: Sequence[Replacement]) -> Rebased:
    """Carry ``ours`` over to ``now`` where there is no log, as when a file was closed and opened again."""
    return rebase(base, minimal(base, now), ours)


class _Typed:
    """The user's hunks, none adjacent, with what is needed to find those at a place and to count past them."""

    __slots__ = ("ends", "growths", "hunks", "starts")

    def __init__(self, hunks: Sequence[Replacement]) -> None:
        self.hunks = hunks
        self.starts = [hunk.span.start for hunk in hunks]
        self.ends = [hunk.span.end for hunk in hunks]
        self.growths = [*accumulate((hunk.growth for hunk in hunks), initial=0)]

    def at(self, span: Span) -> range:
        """Which of them overlap ``span`` or are adjacent to it."""
        return range(bisect_left(self.ends, span.start), bisect_right(self.starts, span.end))

    def around(self, span: Span) -> range:
        """Those, and the ones before and after if they are closer than they are long."""
        near = self.at(span)
        low, high = near.start, near.stop
        low -= low > 0 and span.start - self.ends[low - 1] < self._size(low - 1)
        high += high < len(self.hunks) and self.starts[high] - span.end < self._size(high)
        return range(low, high)

    def _size(self, index: int) -> int:
        return max(len(self.hunks[index].text), len(self.hunks[index].span))

    def touching(self, base: str, hunk: Replacement) -> range:
        """Which of them touch ``hunk``."""
        near = self.at(hunk.span)
        low, high = near.start, near.stop
        while low < high and not _touch(base, self.hunks[low], hunk):
            low += 1
        while low < high and not _touch(base, self.hunks[high - 1], hunk):
            high -= 1
        return range(low, high)

    def carried(self, replacement: Replacement) -> Replacement:
        """``replacement``, which touches none of them, where it belongs in the text that the user has."""
        growth = self.growths[bisect_right(self.ends, replacement.span.start)]
        return Replacement(replacement.span.moved(growth), replacement.text)


@dataclass(frozen=True, slots=True)
class _Hunk:
    """One of the job's hunks, and which of the user's it touches; ``same`` if that is one that does the same."""

    replacement: Replacement
    meets: range
    same: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a group touches: the hull of all that meets there in the base and now, and what each side made of it."""

    hull: Span
    text: str
    now: Span
    typed_text: str


def _met(base: str, ours: Sequence[Replacement], typed: _Typed) -> Iterator[_Hunk]:
    """The job's hunks, in order, each with what it meets; the smallest ones wherever the user was near."""
    free = 0  # no hunk of the user's stands for two of the job's
    for each in joined(ours):
        for hunk in smallest(base, each) if typed.around(each.span) else [each]:
            meets = typed.touching(base, hunk)
            around = (index for index in typed.around(hunk.span) if index >= free)
            same = next((index for index in around if _is_same(base, typed.hunks[index], hunk)), None)
            if same is None or any(index != same for index in meets):
                yield _Hunk(hunk, meets, same=False)
            else:
                free = same + 1
                yield _Hunk(hunk, range(same, free), same=True)


def _touch(base: str, one: Replacement, other: Replacement) -> bool:
    if one.span == other.span and len(one.span) == 0:
        return True  # they share no code point, but nothing says which of them comes first
    first, last = (one, other) if one.span <= other.span else (other, one)
    if first.span.end == last.span.start:
        return _meet_in_one_word(base, first, last)
    return last.span.start < first.span.end


def _meet_in_one_word(base: str, first: Replacement, last: Replacement) -> bool:
    """Whether a word goes over the border of two adjacent hunks: before them, after one of them, or after both."""
    border = last.span.start
    before = {base[max(0, border - 2) : border], _made_until(base, first)}
    behind = {base[border : border + 2], _made_from(base, last)}
    return any(_goes_on(left, right) for left in before for right in behind)


def _made_until(base: str, hunk: Replacement) -> str:
    return (base[max(0, hunk.span.start - 2) : hunk.span.start] + hunk.text)[-2:]


def _made_from(base: str, hunk: Replacement) -> str:
    return (hunk.text[:2] + base[hunk.span.end : hunk.span.end + 2])[:2]


def _goes_on(left: str, right: str) -> bool:
    border = len(left)
    found = (_UNBROKEN.match(left + right, at) for at in range(border))
    return any(match.end() > border for match in found if match)


def _is_same(base: str, one: Replacement, other: Replacement) -> bool:
    if one == other:
        return True
    if other.span.start < one.span.start:
        one, other = other, one
    distance = other.span.start - one.span.start
    if len(one.span) != len(other.span) or distance >= max(len(one.span), len(one.text)):
        return False
    between = base[one.span.start : other.span.start]
    if not one.text and not other.text:
        return between == base[one.span.end : other.span.end]
    return len(one.span) == 0 and one.text + between == between + other.text


def _groups(base: str, hunks: Iterable[_Hunk]) -> Iterator[list[_Hunk]]:
    """The job's hunks in order, together if they are in one run, or if one of the user's touches both."""
    group: list[_Hunk] = []
    touched = -1
    for hunk in hunks:
        linked = bool(hunk.meets) and hunk.meets.start <= touched
        if group and not linked and not _in_one_run(base, group[-1].replacement, hunk.replacement):
            yield group
            group = []
        group.append(hunk)
        touched = max(touched, hunk.meets.stop - 1)
    if group:
        yield group


def _in_one_run(base: str, one: Replacement, other: Replacement) -> bool:
    """Whether no line that says something lies between the two, whole and as it was."""
    at, end = one.span.end, other.span.start
    whole = _starts_line(base, one.span.start) and _starts_line(base, at)
    if not (whole and (not one.text or one.text.endswith(("\n", "\r")))):
        newline, lone = base.find("\n", at, end), base.find("\r", at, end)
        at = min((place for place in (newline, lone) if place >= 0), default=end)
    end = max(base.rfind("\n", at, end), base.rfind("\r", at, end), at)
    return _WORD.search(base, at, end) is None


def _starts_line(base: str, offset: int) -> bool:
    return offset == 0 or base[offset - 1] in "\r\n"


def _free(base: str, group: Sequence[_Hunk], typed: _Typed) -> list[_Hunk] | None:
    """What of a group the user neither made nor touched; None if it touches."""
    if all(hunk.same or not hunk.meets for hunk in group):
        return [hunk for hunk in group if not hunk.same]
    # Both sides may have made the same of a place, and yet be cut into other hunks.
    met = [at for at, hunk in enumerate(group) if hunk.meets]
    place = _place(base, group[met[0] : met[-1] + 1], typed)
    return [*group[: met[0]], *group[met[-1] + 1 :]] if place.text == place.typed_text else None


def _place(base: str, group: Sequence[_Hunk], typed: _Typed) -> _Place:
    ours = [hunk.replacement for hunk in group]
    touched = [index for hunk in group for index in hunk.meets]
    low, high = touched[0], touched[-1] + 1
    hull = Span(min(ours[0].span.start, typed.starts[low]), max(ours[-1].span.end, typed.ends[high - 1]))
    # What the user did between the job's hunks belongs to the place too; what only lies at its border does not.
    inside = typed.at(hull)
    low = inside.start + (inside.start < low and typed.ends[inside.start] == hull.start)
    high = inside.stop - (inside.stop > high and typed.starts[inside.stop - 1] == hull.end)
    typed_text = _made(base, hull, typed.hunks[low:high])
    start = hull.start + typed.growths[low]
    return _Place(hull, _made(base, hull, ours), Span(start, start + len(typed_text)), typed_text)


def _conflicts(base: str, places: Sequence[_Place], typed: _Typed) -> Iterator[Conflict]:
    if places:
        lines, now = LineIndex(base), LineIndex(apply(base, typed.hunks))
        for place in places:
            ours = Side(place.hull, place.text, _lines(lines, place.hull))
            yield Conflict(ours, Side(place.now, place.typed_text, _lines(now, place.now)))


def _made(base: str, hull: Span, replacements: Iterable[Replacement]) -> str:
    moved = [Replacement(each.span.moved(-hull.start), each.text) for each in replacements]
    return apply(hull.of(base), moved)


def _lines(index: LineIndex, span: Span) -> tuple[int, int]:
    return index.line_at(span.start), index.line_at(max(span.start, span.end - 1))
