"""From the indentation that the model wrote to the indentation of the place.

What is learnt from the lines that matched is applied to the new ones: the same prefix added or taken away (clamped
at the margin), tabs for spaces and back, another width of a level. What the matched lines do not decide is not
guessed: the answer is None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

TAB_WIDTHS = (2, 3, 4, 8)
_SCALES = ((2, 1), (4, 1), (3, 1), (8, 1), (1, 2), (1, 4), (1, 3), (1, 8))
_OPENERS = (":", "{", "(", "[")


@dataclass(frozen=True, slots=True)
class Reindent:
    """Maps an indentation of ``old_string`` to that of the file; ``derive`` is for those not seen in a match."""

    known: Mapping[str, str]
    derive: Callable[[str], str | None]

    def __call__(self, indentation: str) -> str | None:
        """The file's indentation for one of the model's; None where it is not certain."""
        if (seen := self.known.get(indentation)) is not None:
            return seen
        return self.derive(indentation)

    @property
    def identical(self) -> bool:
        """Whether the matched lines are indented as the model wrote them."""
        return all(written == there for written, there in self.known.items())


def indentation(line: str) -> str:
    """The spaces and tabs that a line begins with."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def learn(
    pairs: Iterable[tuple[str, str]], *, file_unit: int | None, written: Sequence[str]
) -> Reindent | None:
    """Learn from ``(the model's, the file's)`` indentations of lines that matched.

    ``file_unit`` is how many spaces a level has in the file; ``written`` are all indentations in the model's texts.
    None where the same indentation stands for two different ones.
    """
    known: dict[str, str] = {}
    for ours, theirs in pairs:
        if known.setdefault(ours, theirs) != theirs:
            return None
    if all(ours == theirs for ours, theirs in known.items()):
        return Reindent(known, lambda new: new)
    rules = (
        _prefix_rule(known),
        _tab_rule(known, file_unit, _unit(written)),
        _scale_rule(known),
    )
    return Reindent(
        known, lambda new: next((there for rule in rules if (there := rule(new)) is not None), None)
    )


_Rule = Callable[[str], "str | None"]


def _never(new: str) -> str | None:
    return None


def _prefix_rule(known: Mapping[str, str]) -> _Rule:
    """The same text before every indentation, or taken from before it."""
    alphabet = set("".join(known.values())) or set("".join(known))
    ours, theirs = next(iter(known.items()))
    added, removed = theirs[: len(theirs) - len(ours)], ours[: len(ours) - len(theirs)]
    if all(there == added + here for here, there in known.items()):
        return lambda new: added + new if set(new) <= alphabet else None
    if all(here == removed + there for here, there in known.items()):
        return lambda new: _without(new, removed) if set(new) <= alphabet | set(removed) else None
    return _never


def _without(new: str, removed: str) -> str | None:
    if new.startswith(removed):
        return new[len(removed) :]
    return "" if removed.startswith(new) else None


def _tab_rule(known: Mapping[str, str], file_unit: int | None, our_unit: int | None) -> _Rule:
    """Tabs for spaces, or spaces for tabs: the same columns for one width of a tab, with the same shift."""
    if not any("\t" in indent for pair in known.items() for indent in pair):
        return _never
    tabs_there = any("\t" in there for there in known.values())
    fits: dict[int, int] = {}
    for width in TAB_WIDTHS:
        shifts = {_columns(there, width) - _columns(here, width) for here, there in known.items()}
        if len(shifts) == 1:
            fits[width] = shifts.pop()
    level = our_unit if tabs_there else file_unit
    if level in fits:
        fits = {width: shift for width, shift in fits.items() if width == level or not shift}

    def rule(new: str) -> str | None:
        answers = {
            _render(_columns(new, width) + shift, width if tabs_there else None)
            for width, shift in fits.items()
        }
        return answers.pop() if len(answers) == 1 else None

    return rule


def _columns(text: str, width: int) -> int:
    return len(text.expandtabs(width))


def _render(columns: int, tab_width: int | None) -> str:
    columns = max(columns, 0)
    if tab_width is None:
        return " " * columns
    return "\t" * (columns // tab_width) + " " * (columns % tab_width)


def _scale_rule(known: Mapping[str, str]) -> _Rule:
    """Another width of a level, spaces on both sides; at least two different indentations must show it."""
    if len(known) < 2 or set("".join(known) + "".join(known.values())) - {" "}:
        return _never
    points = sorted((len(here), len(there)) for here, there in known.items())
    (x0, y0), (x1, y1) = points[0], points[-1]
    for up, down in _SCALES:
        if (y1 - y0) * down == (x1 - x0) * up and all((y - y0) * down == (x - x0) * up for x, y in points):
            return lambda new: _scaled(new, x0, y0, up, down)
    return _never


def _scaled(new: str, x0: int, y0: int, up: int, down: int) -> str | None:
    width, rest = divmod((len(new) - x0) * up, down)
    return None if rest or set(new) - {" "} else " " * max(y0 + width, 0)


def _unit(written: Sequence[str]) -> int | None:
    """The spaces of one level in the model's own texts: the smallest step, if all are multiples of it."""
    widths = sorted({len(indent) for indent in written if indent and not indent.strip(" ")})
    step = min((after - before for before, after in pairwise([0, *widths])), default=0)
    return step if step in TAB_WIDTHS and not any(width % step for width in widths) else None


def lone_line_style(first: str, later: Sequence[str], base: str, *, continues: bool) -> str | None:
    """How new lines are meant where ``old_string`` was one line without the indentation ``base`` that it has.

    ``first`` and ``later`` are the new lines that are not blank; ``continues`` says whether the line after the
    place is indented by ``base``, too. ``"literal"``: the first line goes where the old one began, the others are
    whole lines. ``"shifted"``: all were written at the margin. None: it is not certain.
    """
    if indentation(first):
        return None
    if not later:
        return "literal"
    depth = indentation(later[0])
    opens = first.rstrip().endswith(_OPENERS)
    if all(line.startswith(base) for line in later) and not (opens and depth == base):
        return "literal"
    label = (
        opens
        and depth == base
        and (first.startswith(("case ", "default")) or later[0].lstrip().startswith("- "))
    )
    if label and all(line.startswith(base) for line in later):
        return None
    if continues or (opens and depth and base.startswith(depth)):
        return "shifted"
    return None
