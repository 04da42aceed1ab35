"""The names that a text mentions, line by line: one pass of a regular expression, no tree.

Comments and strings are left out as far as a regular expression can tell; what is spliced into a string counts. A
language that is not known loses no more than what its table row calls a comment.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from kimi_lsp.syntax.language import Language
from kimi_lsp.workspace.index.values import LINES

LONGEST = 100
"""Code points of the longest name that counts."""

Mentions = dict[str, tuple[int, list[int]]]
"""Name -> how often it occurs, and in which lines (from 1, rising, at most ``LINES``)."""

_KEYWORDS = (
    "abstract and any as assert async auto await begin bool boolean break byte case catch chan char class const "
    "constexpr continue crate declare def default defer define del delete do done double elif else elseif elsif "
    "end endif enum esac except explicit export extends extern false False fi final finally float fn for foreach "
    "friend from fun func function global go goto if ifdef ifndef impl implements implicit import in include "
    "inline instanceof int interface internal is lambda let local long loop match mod module mut mutable "
    "namespace new nil None nonlocal not null nullptr object of Ok operator or out override package pass private "
    "protected protocol pub public raise readonly ref register require return sealed self Self short signed "
    "sizeof static str string struct super switch synchronized template then this throw throws trait true True "
    "try type typedef typename typeof undefined union unless unsafe unsigned until use using val var virtual void "
    "volatile when where while with yield Some Err"
)
KEYWORDS = frozenset(re.findall(r"\w+", _KEYWORDS))
"""Words that name nothing of a project in any common language, or something in every file."""

_WORD = re.compile(r"[^\W\d]\w+")
_ASCII_WORD = re.compile(r"[A-Za-z_]\w+", re.ASCII)
_ONE_WORD = re.compile(r"\W*([^\W\d]\w+)\W*")
_LITERAL_PART = re.compile(r"(?:\A|\})[^{]*(?:\{|\Z)")

_CHARACTERS = frozenset({"rust", "haskell", "ocaml", "ocaml.interface", "elixir", "julia", "zig", "sql"})
"""Languages in which a single quote begins no string of more than a character, or none at all."""

_SPLICING = frozenset(
    {"ruby", "php", "elixir", "kotlin", "scala", "swift", "dart", "julia", "csharp", "shellscript"}
)
"""Languages whose strings may have code between braces."""

_TEMPLATES = frozenset({"javascript", "javascriptreact", "typescript", "typescriptreact", "vue", "svelte"})


def mentions(text: str, language: Language) -> Mentions:
    """The names in ``text``, but for keywords and names of one letter."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    found: defaultdict[str, list[int]] = defaultdict(list)
    words = (_ASCII_WORD if text.isascii() else _WORD).findall
    for number, line in enumerate(_code(text, language).split("\n"), 1):
        for name in words(line):
            found[name].append(number)
    return {
        name: (len(lines), list(dict.fromkeys(lines))[:LINES])
        for name, lines in sorted(found.items())
        if name not in KEYWORDS and len(name) <= LONGEST
    }


def mention_of(name: str) -> str | None:
    """The word by which what is called ``name`` is mentioned: ``empty`` for ``empty?``; None where there is none."""
    found = _ONE_WORD.fullmatch(name)
    return None if found is None or len(found[1]) > LONGEST else found[1]


def _code(text: str, language: Language) -> str:
    """``text`` without comments and strings; the lines stay where they are."""
    return _skipped(language).sub(_replaced, text)


def _replaced(match: re.Match[str]) -> str:
    kept = match[0]
    if match.lastgroup == "spliced":
        return _LITERAL_PART.sub(_line_ends, kept)
    return "\n" * kept.count("\n") or " "


def _line_ends(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n") or " "


@cache
def _skipped(language: Language) -> re.Pattern[str]:
    """What to leave out of a text; the group ``spliced`` is a string with code in it."""
    parts = [_python() if language.id == "python" else _strings(language.id)]
    if language.line_comment:
        before = r"(?<![^\s;])" if language.id == "shellscript" else ""
        parts.insert(0, rf"{before}{re.escape(language.line_comment)}[^\n]*")
    if language.block_comment:
        opening, closing = map(re.escape, language.block_comment)
        parts.insert(0, rf"{opening}[\s\S]*?(?:{closing}|\Z)")
    if language.id == "php":
        parts.insert(0, r"#(?!\[)[^\n]*")
    return re.compile("|".join(parts))


def _python() -> str:
    quoted = (
        r'"""(?:[^"\\]|\\[\s\S]|"(?!""))*(?:"""|\Z)',
        r"'''(?:[^'\\]|\\[\s\S]|'(?!''))*(?:'''|\Z)",
        r'"(?:[^"\\\n]|\\[\s\S])*"?',
        r"'(?:[^'\\\n]|\\[\s\S])*'?",
    )
    strings = "|".join(quoted)
    return rf"(?P<spliced>\b(?:[fFtT][rR]?|[rR][fFtT])(?:{strings}))|(?:\b[rRbBuU]{{1,2}})?(?:{strings})"


def _strings(language_id: str) -> str:
    double = r'"(?:[^"\\\n]|\\[\s\S])*"?'
    single = r"'(?:\\[^'\n]*|[^'\\\n])'" if language_id in _CHARACTERS else r"'(?:[^'\\\n]|\\[\s\S])*'?"
    if language_id in _SPLICING:
        return rf"(?P<spliced>{double})|{single}"
    if language_id in _TEMPLATES:
        return rf"(?P<spliced>`(?:[^`\\]|\\[\s\S])*(?:`|\Z))|{double}|{single}"
    if language_id == "go":
        return rf"`[^`]*(?:`|\Z)|{double}|{single}"
    return f"{double}|{single}"
