"""Python's logical lines without a parser: comments and strings are blanked, joined lines are one.

What a logical line is: https://docs.python.org/3/reference/lexical_analysis.html#line-structure
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate, chain

JOINT = "\v"
"""Stands for the end of a line that does not end its logical line; white space for whoever looks."""

COMMENT, STRING, BROKEN = "#", '"', "'"
"""What all of a comment and all of a string is written with, its prefix and quotes as well."""

_TRIPLE = r"{0}{0}{0}(?:[^{0}\\]+|\\[\s\S]|{0}(?!{0}{0}))*(?:{0}{0}{0}|\\?\Z)"
_SINGLE = r"{0}(?:[^{0}\\\n]+|\\[\s\S])*{0}?"
_STRINGS = [form.format(quote) for form in (_TRIPLE, _SINGLE) for quote in "\"'"]
_PIECES = re.compile("({})".format("|".join([r"#[^\n]*", r"\\\n", *_STRINGS])))
"""Each alternative begins with a sign, so that ``re`` passes over most of the text without a look."""

_PREFIX = re.compile(r"(?i)(?<!\w)(?:[rbuft]|rb|br|rf|fr|rt|tr)\Z")
_SPLICING = re.compile("[fFtT]")
_SPLICES = re.compile(r"(\{[^{}]*\})")
_NO_NAME = re.compile(r"[^\w\n]")
_TABBED = re.compile(r"\n *\t[ \t]*\S")
_NO_BRACKETS = bytes(code for code in range(256) if code not in b"()[]{}\n")


def blanked(text: str) -> str:
    """``text``, as long as it is, with its code where it was, and the names that are spliced into strings.

    Its lines end at ``\\n`` only. A string without an end is written with ``BROKEN``.
    """
    pieces = _PIECES.split(text.replace(JOINT, " "))
    for at in range(1, len(pieces), 2):
        piece = pieces[at]
        if piece[0] == "#":
            pieces[at] = COMMENT * len(piece)
        elif piece[0] == "\\":
            pieces[at] = f" {JOINT}"
        else:
            prefix = _prefix(pieces[at - 1])
            if prefix:
                pieces[at - 1] = pieces[at - 1][: -len(prefix)] + STRING * len(prefix)
            pieces[at] = _string(piece, prefix)
    return "".join(pieces)


def logical_lines(code: str) -> str | None:
    """What is ``blanked``, with a newline only where a logical line ends, else a ``JOINT``.

    None where lines cannot be told for sure: in a text that is broken, or indented with tabs.
    """
    if BROKEN in code or "\f" in code or code.startswith(("\t", "\ufeff")) or _TABBED.search(code):
        return None
    brackets = code.encode("ascii", "replace").translate(None, _NO_BRACKETS).split(b"\n")
    depths = list(accumulate(map(_deeper, brackets)))
    if min(depths) < 0 or depths[-1]:
        return None
    ends = ["\n" if not depth else JOINT for depth in depths]
    ends[-1] = ""
    return "".join(chain.from_iterable(zip(code.split("\n"), ends, strict=True)))


def _prefix(before: str) -> str:
    """The letters right before a string that belong to it."""
    if not before or before[-1] not in "fFrRbBuUtT":
        return ""
    found = _PREFIX.search(before[-3:])
    return "" if found is None else found[0]


def _string(string: str, prefix: str) -> str:
    filling = STRING if _ends(string) else BROKEN
    if "{" in string and _SPLICING.search(prefix):
        return _spliced(string, filling)
    return _filled(string, filling)


def _filled(string: str, filling: str) -> str:
    if "\n" not in string:
        return filling * len(string)
    return JOINT.join(filling * len(line) for line in string.split("\n"))


def _ends(string: str) -> bool:
    quote = string[0]
    if string.startswith(quote * 3):
        return len(string) >= 6 and string.endswith(quote * 3)
    return len(string) >= 2 and string[-1] == quote


def _spliced(string: str, filling: str) -> str:
    """What is between braces keeps its names."""
    pieces = _SPLICES.split(string)
    pieces[::2] = (_filled(piece, filling) for piece in pieces[::2])
    pieces[1::2] = (_NO_NAME.sub(STRING, splice).replace("\n", JOINT) for splice in pieces[1::2])
    return "".join(pieces)


@lru_cache(4096)
def _deeper(brackets: bytes) -> int:
    """How many of these brackets stay open; less than none where others close."""
    return 2 * len(brackets.translate(None, b")]}")) - len(brackets)
