"""The omission guard: new text must not stand for code that it leaves out.

A remark such as ``# ... rest of the code unchanged`` is an omission: a comment, alone on its line, that says in so
many words that something is left as it was. What says less (``// ...``, ``# unchanged``), or more
(``# Load the existing file...``), is one only where lines get fewer. Prose, a spread operator, ``...`` as the body of
a stub and a remark that stood there before are none.
"""

from __future__ import annotations

import re
from posixpath import splitext

from kimi_lsp.edits.errors import Omission

PROSE = frozenset({"", ".md", ".mdx", ".markdown", ".rst", ".adoc", ".txt"})
"""Extensions of files in which ``#`` is a heading and ``//`` no comment."""

_COMMENT = re.compile(r"(?:#+|//+|/\*+|\{/\*|<!--|--|;+|%+|\*)(?P<said>.*?)(?:\*+/\}?|-->)?")
_MARKUP = re.compile(r"(?:<!--|\{/\*)(?P<said>.*?)(?:-->|\*/\})")
_DOTS = re.compile(r"\.\.\.|…")
_HINT = re.compile(
    r"\b(?:rest|remain(?:s|ing|der)?|existing|unchanged|unmodified|same|as before|previous|original|omitted|elided|"
    r"truncated|no changes?|without changes?|your code|code here|brevity|"
    r"other (?:methods|functions|code|imports|tests|fields|cases|routes|handlers|properties))\b"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_THINGS = _words(
    "code file function functions class classes method methods implementation implementations module component body "
    "logic script test tests imports styles content contents definition definitions template markup section program "
    "everything else"
)
_LEFT = _words("unchanged unmodified omitted elided truncated")
_STAYING = _words("here goes go remain remains stay stays continue continues same")
_REST = _words("rest remainder remaining existing previous original other")
_FILLERS = _words(
    "the this my your its all of and with as is are was were it left kept keep exactly in for brevity above below "
    "before not shown needed no change changes from"
)
_VOCABULARY = _THINGS | _LEFT | _STAYING | _REST | _FILLERS


def check_omission(path: str, old: str, new: str) -> None:
    """Refuse ``new`` in place of ``old`` where it says that it leaves something out.

    Raises:
        Omission: with the line, as it stands in the new text.
    """
    standing = {line.strip() for line in old.splitlines()}
    fewer = _filled(new) < _filled(old)
    prose = splitext(path)[1].lower() in PROSE
    for number, line in enumerate(new.splitlines(), start=1):
        remark = line.strip()
        if remark not in standing and _leaves_out(remark, fewer=fewer, prose=prose):
            raise Omission(
                f"Line {number} of the new text, `{remark[:100]}`, stands for code that it leaves out. "
                "What is not written is deleted: write the code out, or quote less in old_string."
            )


def _filled(text: str) -> int:
    return sum(1 for line in text.splitlines() if line.strip())


def _leaves_out(line: str, *, fewer: bool, prose: bool) -> bool:
    remark = (_MARKUP if prose else _COMMENT).fullmatch(line.removeprefix("...").lstrip())
    if remark is None:
        return False
    said = remark["said"].lower()
    words = re.findall(r"[\w']+", said)
    if _DOTS.search(said):
        certain = fewer or set(words) <= _VOCABULARY or _DOTS.match(said.lstrip()) is not None
        return (certain and bool(_HINT.search(" ".join(words)))) or (not words and fewer)
    return _says_so(words) or (fewer and _may_say_so(words))


def _says_so(words: list[str]) -> bool:
    """Whether a remark without an ellipsis says nothing but that a thing is left as it was."""
    said = set(words)
    if not said <= _VOCABULARY or not said & _THINGS:
        return False
    return bool(said & {"rest", "remainder"} or said & _LEFT or (said & _REST and said & _STAYING))


def _may_say_so(words: list[str]) -> bool:
    said = set(words)
    return (
        bool(said)
        and said <= _VOCABULARY
        and bool(said & (_LEFT | _REST | {"same"}) or {"no", "changes"} <= said)
    )
