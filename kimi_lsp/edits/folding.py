"""Punctuation that people and models write in two ways: quotes, dashes and spaces of Unicode, and of ASCII."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_FOLDS = {
    '"': "\u201c\u201d\u201e\u201f\u2033",
    "'": "\u2018\u2019\u201a\u201b\u2032",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212",
    " ": "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
}
FOLDING = {ord(other): plain for plain, others in _FOLDS.items() for other in others}
"""Translates to ASCII, one code point for one."""

_FOLDED = re.compile("[" + "".join(re.escape(plain + others) for plain, others in _FOLDS.items()) + "]")


def folded(text: str) -> str:
    """``text`` with its punctuation in ASCII; the length stays."""
    return text if text.isascii() else text.translate(FOLDING)


def unfolded(keys: Iterable[str]) -> list[str]:
    """The stretches of ``keys`` that folding cannot touch, each once, the longest first."""
    return sorted(
        {part for key in keys for part in _FOLDED.split(key) if part}, key=lambda part: (-len(part), part)
    )


class Wording:
    """How the file words what the model wrote, learnt from trimmed lines that are the same once folded.

    ``pairs`` are the model's lines beside the file's, each pair of one length.
    """

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._lines: dict[str, set[str]] = {}
        self._signs: dict[str, set[str]] = {}
        for ours, theirs in pairs:
            self._lines.setdefault(ours, set()).add(theirs)
            for match in _FOLDED.finditer(ours):
                self._signs.setdefault(match[0], set()).add(theirs[match.start()])

    def of(self, new: str, old: str | None, theirs: str | None) -> str | None:
        """The new line as the file would word it; ``old`` is the line that it came from, ``theirs`` the file's.

        None where a sign of it stands for different ones in the file, or for one that is not ASCII.
        """
        if len(known := self._lines.get(new, ())) == 1:
            return next(iter(known))
        if old is None or theirs is None:
            return self._signed(new)
        head, tail = _shared_ends(old, new)
        middle = new[head : len(new) - tail]
        local = {match[0] for match in _FOLDED.finditer(old)}
        if old != theirs or not {match[0] for match in _FOLDED.finditer(middle)} <= local:
            signed = self._signed(middle)
            if signed is None:
                return None
            middle = signed
        return theirs[:head] + middle + theirs[len(theirs) - tail :]

    def _signed(self, text: str) -> str | None:
        pieces = []
        for sign in text:
            meant = self._signs.get(sign, {sign})
            if meant == {sign}:
                pieces.append(sign)
            elif len(meant) == 1 and (only := next(iter(meant))).isascii():
                pieces.append(only)
            else:
                return None
        return "".join(pieces)


def _shared_ends(old: str, new: str) -> tuple[int, int]:
    """How many code points the two share at the beginning, and then at the end."""
    room = min(len(old), len(new))
    head = next((at for at in range(room) if old[at] != new[at]), room)
    room -= head
    tail = next((at for at in range(room) if old[-1 - at] != new[-1 - at]), room)
    return head, tail
