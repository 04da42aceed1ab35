"""Whether a changeset does what it should: what the checkers said before it and say after it, compared. No I/O.

A problem is known again by its checker, its code and its message without numbers, at the line where the edit carries
it; then anywhere in its file, for code that was moved takes its problems along.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from kimi_lsp.edits.changeset import FileChange
from kimi_lsp.text.endings import split_lines
from kimi_lsp.text.lines import Lines
from kimi_lsp.text.replacement import Replacement
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.checkers.report import Report
from kimi_lsp.workspace.checkers.sources import checker_of, plain_code
from kimi_lsp.workspace.diagnostic import Diagnostic

NAMED = 3
LABEL_LENGTH = 40
MANY = 100
"""So many of one kind are looked at for the nearest one."""
_NUMBER = re.compile(r"\d+")
_SYNTAX_CODE = re.compile(r"invalid-syntax|syntax(-error)?|E9\d\d|TS1\d{3}|SC10\d\d")
_Key = tuple[str, str, str]
_Placed = tuple[int, _Key, int]
"""The number of a diagnostic, what it is known by, and its line after the change."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """``gone`` were there before and are no more; ``stay`` are pairs of before and after; ``new`` were not there."""

    gone: tuple[Diagnostic, ...] = ()
    stay: tuple[tuple[Diagnostic, Diagnostic], ...] = ()
    new: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Verified:
    """What the checkers say of a change.

    ``text`` is for people: ``fixed: F841, nothing new``. ``ok`` is None where nobody can tell. ``not_fixed`` and
    ``new`` are in the text after the change. ``fails``: it must not be applied unasked, for it does not do what was
    asked, or breaks something.
    """

    text: str = "not verified"
    ok: bool | None = None
    checkers: tuple[str, ...] = ()
    not_fixed: tuple[Diagnostic, ...] = ()
    new: tuple[Diagnostic, ...] = ()
    fails: bool = False

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """All that speaks against it."""
        return (*self.not_fixed, *self.new)

    @property
    def reason(self) -> str:
        """Why it is not applied: ``ruff still says F841``."""
        still = [f"{each.source} still says {_label(each)}" for each in self.not_fixed]
        now = [f"{each.source} now says {_label(each)} in line {each.line}" for each in self.new]
        return _listed(still + now, " and ")


def compare(
    before: Sequence[Diagnostic],
    after: Sequence[Diagnostic],
    replacements: Sequence[Replacement],
    text: Snapshot,
) -> Comparison:
    """Which problems of one file went, stayed and came; ``replacements`` make the text of now out of the old one."""
    carry = _Carry(replacements, text)
    places = [carry.line(each.span.start) for each in before]
    there: dict[tuple[_Key, int], list[int]] = {}
    for number, diagnostic in enumerate(after):
        there.setdefault((_key(diagnostic), diagnostic.line), []).append(number)
    pairs: dict[int, int] = {}
    # What the edit left alone comes first: of two that are alike in one line, the other one was mended.
    for index in sorted(range(len(before)), key=lambda index: carry.touches(before[index].span)):
        if same := there.get((_key(before[index]), places[index])):
            pairs[index] = same.pop(0)
    taken = set(pairs.values())
    pairs |= _moved(
        [(index, _key(each), places[index]) for index, each in enumerate(before) if index not in pairs],
        [(number, _key(each), each.line) for number, each in enumerate(after) if number not in taken],
    )
    taken = set(pairs.values())
    return Comparison(
        gone=tuple(each for index, each in enumerate(before) if index not in pairs),
        stay=tuple((before[index], after[pairs[index]]) for index in sorted(pairs)),
        new=tuple(each for number, each in enumerate(after) if number not in taken),
    )


def _moved(before: Iterable[_Placed], after: Iterable[_Placed]) -> dict[int, int]:
    """Pairs of the same problem in different lines, the nearest ones first; very many of a kind by their order."""
    left: dict[_Key, list[tuple[int, int]]] = {}
    for number, key, line in after:
        left.setdefault(key, []).append((line, number))
    pairs: dict[int, int] = {}
    for index, key, line in before:
        if candidates := left.get(key):
            near = min(candidates[:MANY], key=lambda each: abs(each[0] - line))
            candidates.remove(near)
            pairs[index] = near[1]
    return pairs


def judge(
    asked: Sequence[Diagnostic], before: Report, after: Report, changes: Sequence[FileChange]
) -> Verified:
    """What the two reports say of ``changes``, which were to fix the problems ``asked``."""
    ran = tuple(name for name in after.ran if name in before.ran)
    failed = {**before.failed, **after.failed}
    trouble = "; ".join(f"{name} {why}" for name, why in failed.items())
    if not ran:
        return Verified(f"not verified: {trouble}" if trouble else "not verified")
    compared = [(change, _compared(change, ran, before, after)) for change in changes]
    new = tuple(each for _, comparison in compared for each in comparison.new)
    fixed: list[Diagnostic] = []
    not_fixed: list[Diagnostic] = []
    unknown: list[Diagnostic] = []
    for diagnostic in asked:
        comparison = next((found for change, found in compared if change.path == diagnostic.path), None)
        still = _fate(diagnostic, ran, before, comparison)
        if still is None:
            unknown.append(diagnostic)
        elif still:
            not_fixed.append(still[0])
        else:
            fixed.append(diagnostic)
    told = [
        *([f"fixed: {_labels(fixed)}"] if fixed else ()),
        *([f"not fixed: {_labels(not_fixed)}"] if not_fixed else ()),
        *([f"not checked: {_labels(unknown)}"] if unknown else ()),
        f"new: {_labels(new, with_lines=True)}" if new else "nothing new",
    ]
    broken = any(each.severity == "error" for each in new)
    return Verified(
        text=", ".join(told) + (f"; {trouble}" if trouble else ""),
        ok=False if new or not_fixed else None if unknown else True,
        checkers=ran,
        not_fixed=tuple(not_fixed),
        new=new,
        fails=broken or (bool(not_fixed) and not fixed),
    )


def _compared(change: FileChange, ran: Sequence[str], before: Report, after: Report) -> Comparison:
    old, new = (
        [each for each in report.diagnostics.get(path, ()) if each.source in ran]
        for report, path in ((before, change.path), (after, change.new_path or change.path))
    )
    snapshot = change.before or Snapshot.of(change.path, "")
    comparison = compare(old, new, change.replacements(), snapshot)
    if not any(map(_is_syntax, old)):
        return comparison
    # A checker sees little of a text that it cannot parse: what it says now of lines that were left alone is not new.
    touched = _touched_lines(change)
    return replace(
        comparison, new=tuple(each for each in comparison.new if each.line in touched or _is_syntax(each))
    )


def _is_syntax(diagnostic: Diagnostic) -> bool:
    return bool(_SYNTAX_CODE.fullmatch(diagnostic.code)) or "SyntaxError" in diagnostic.message


def _touched_lines(change: FileChange) -> frozenset[int]:
    """The lines of the new text, from 1, that the change wrote or stands beside."""
    lines, growth = Lines.of(change.after or ""), 0
    touched: set[int] = set()
    for each in sorted(change.replacements(), key=lambda one: one.span):
        start = each.span.start + growth
        growth += len(each.text) - len(each.span)
        first = lines.position(start, "utf-32").line + 1
        touched.update(range(first, lines.position(start + len(each.text), "utf-32").line + 2))
    return frozenset(touched)


def _fate(
    asked: Diagnostic, ran: Sequence[str], before: Report, comparison: Comparison | None
) -> tuple[Diagnostic, ...] | None:
    """Where a problem is now: one place or none; None where it cannot be told, for nobody of ours reported it."""
    reported = before.diagnostics.get(asked.path, ()) if checker_of(asked.source) in ran else ()
    ours = [each for each in reported if _is_same(each, asked)]
    ours = [each for each in ours if _key(each)[2] == _key(asked)[2]] or ours
    if not ours:
        return None
    if comparison is None:
        return (ours[0],)
    return next(((now,) for then, now in comparison.stay if then == ours[0]), ())


def _is_same(ours: Diagnostic, asked: Diagnostic) -> bool:
    """Whether another server reports what we do: the same code in the same line."""
    if ours.source != checker_of(asked.source) or ours.line != asked.line:
        return False
    if not ours.code or not asked.code:
        return _key(ours)[2] == _key(asked)[2]
    return plain_code(ours.code) == plain_code(asked.code)


class _Carry:
    """Where places of the old text are in the new one."""

    def __init__(self, replacements: Sequence[Replacement], text: Snapshot) -> None:
        self._text = text
        self._replacements = replacements
        self._starts = [each.span.start for each in replacements]
        growths = (
            len(split_lines(each.text)) - len(split_lines(each.span.of(text.text))) for each in replacements
        )
        self._grown = [0, *accumulate(growths)]

    def touches(self, span: Span) -> bool:
        """Whether the edit changes what is there."""
        at = bisect_right(self._starts, max(span.end - 1, span.start))
        return at > 0 and self._replacements[at - 1].span.end > span.start

    def line(self, offset: int) -> int:
        """The line, from 1, at which ``offset`` is now; in replaced text, where that begins."""
        at = bisect_right(self._starts, offset)
        if at > 0 and self._replacements[at - 1].span.end > offset:
            at -= 1
            offset = self._starts[at]
        return self._text.lines.position(offset, "utf-32").line + 1 + self._grown[at]


def _key(diagnostic: Diagnostic) -> _Key:
    message = _NUMBER.sub("0", " ".join(diagnostic.message.split()))
    return checker_of(diagnostic.source), plain_code(diagnostic.code), message


def _label(diagnostic: Diagnostic) -> str:
    if diagnostic.code:
        return diagnostic.code
    message = " ".join(diagnostic.message.split())
    return message if len(message) <= LABEL_LENGTH else f"{message[: LABEL_LENGTH - 1]}…"


def _labels(diagnostics: Iterable[Diagnostic], *, with_lines: bool = False) -> str:
    lines = (f"{_label(each)} in line {each.line}" if with_lines else _label(each) for each in diagnostics)
    return _listed(list(lines), ", ")


def _listed(names: Sequence[str], between: str) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return between.join(names[:NAMED]) + more
