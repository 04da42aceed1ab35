"""The names that a text mentions, line by line: one pass of a regular expression, no tree.

Comments and strings are left out as far as a regular expression can tell; what is spliced into a string counts. A
language that is not known loses no more than what its table row calls a comment.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

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

_ONE_WORD = re.compile(r"\W*([^\W\d]\w+)\W*")
_INNER_WORD = re.compile(r"[^\W\d]\w+")
_SPLICE = re.compile(r"\{([^{}]*)\}")
_QUOTES = "\"'`"
_MARKS = frozenset(_QUOTES + "#/-;%<({[=*\\!|")
"""What comments and strings begin with, but for letters before a quote."""

_CHARACTERS = frozenset({"rust", "haskell", "ocaml", "ocaml.interface", "elixir", "julia", "zig", "sql"})
"""Languages in which a single quote begins no string of more than a character, or none at all."""

_SPLICING = frozenset(
    {"ruby", "php", "elixir", "kotlin", "scala", "swift", "dart", "julia", "csharp", "shellscript"}
)
"""Languages whose strings may have code between braces."""

_F_STRING = frozenset("fFtT")
_TEMPLATES = frozenset({"javascript", "javascriptreact", "typescript", "typescriptreact", "vue", "svelte"})


def mentions(text: str, language: Language) -> Mentions:
    """The names in ``text``, but for keywords and names of one letter."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    found: defaultdict[str, list[int]] = defaultdict(list)
    number = 1
    for token in _tokens(language, text.isascii()).findall(text):
        if token[0] == "\n":
            number += 1
        elif token[0] in _MARKS or token[-1] in _QUOTES:
            if "{" in token and _may_splice(token, language):
                for start, name in _spliced(token):
                    found[name].append(number + token.count("\n", 0, start))
            number += token.count("\n")
        else:
            found[token].append(number)
    return {
        name: (len(lines), list(dict.fromkeys(lines))[:LINES])
        for name, lines in sorted(found.items())
        if len(name) <= LONGEST and name not in KEYWORDS and name.isidentifier()
    }


def mention_of(name: str) -> str | None:
    """The word by which what is called ``name`` is mentioned: ``empty`` for ``empty?``; None where there is none."""
    found = _ONE_WORD.fullmatch(name)
    return None if found is None or len(found[1]) > LONGEST else found[1]


def _may_splice(token: str, language: Language) -> bool:
    """Whether what is between braces in a string is code."""
    if language.id == "python":
        return not _F_STRING.isdisjoint(token[:2])
    return token[0] == ('"' if language.id in _SPLICING else "`" if language.id in _TEMPLATES else "\n")


def _spliced(token: str) -> Iterator[tuple[int, str]]:
    """The names between the braces of a string, and where those open."""
    for splice in _SPLICE.finditer(token):
        for name in _INNER_WORD.findall(splice[1]):
            yield splice.start(), name


def _tokens(language: Language, is_ascii: bool) -> re.Pattern[str]:
    """The pattern of a language, compiled once; a row's own hash would cost more than the look."""
    key = language.id, language.line_comment, is_ascii
    if key not in _PATTERNS:
        _PATTERNS[key] = _compiled(language, is_ascii)
    return _PATTERNS[key]


_PATTERNS: dict[tuple[str, str | None, bool], re.Pattern[str]] = {}


def _compiled(language: Language, is_ascii: bool) -> re.Pattern[str]:
    """Line ends, comments, strings and names: all that has to be told apart, and nothing in groups.

    Each alternative begins with a sign or a set of them, so that ``re`` passes over most of the text without a look.
    The indentation of a line goes with the end of the one before.
    """
    parts = [r"\n[ \t]*"]
    if language.block_comment:
        opening, closing = map(re.escape, language.block_comment)
        parts.append(rf"{opening}[\s\S]*?(?:{closing}|\Z)")
    if language.id == "shellscript":
        parts.append(r"#(?<![^\s;]#)[^\n]*")
    elif language.line_comment:
        parts.append(rf"{re.escape(language.line_comment)}[^\n]*")
    if language.id == "php":
        parts.append(r"#(?!\[)[^\n]*")
    name = r"[A-Za-z_]\w+" if is_ascii else r"[^\W\d]\w+"
    parts += [*(_python() if language.id == "python" else _strings(language.id)), name]
    return re.compile("|".join(parts), re.ASCII if is_ascii else 0)


def _python() -> tuple[str, ...]:
    quoted = (
        r'"""(?:[^"\\]+|\\(?:[\s\S]|\Z)|"(?!""))*(?:"""|\Z)',
        r"'''(?:[^'\\]+|\\(?:[\s\S]|\Z)|'(?!''))*(?:'''|\Z)",
        r'"(?:[^"\\\n]+|\\(?:[\s\S]|\Z))*"?',
        r"'(?:[^'\\\n]+|\\(?:[\s\S]|\Z))*'?",
    )
    return (*quoted, rf"[fFtTrRbB][rRfFtTbB]?(?:{'|'.join(quoted)})")


def _strings(language_id: str) -> tuple[str, ...]:
    double = r'"(?:[^"\\\n]+|\\(?:[\s\S]|\Z))*"?'
    single = r"'(?:[^'\\\n]+|\\(?:[\s\S]|\Z))*'?"
    if language_id in _CHARACTERS:
        single = r"'(?:\\[^'\n]*|[^'\\\n])'"
    if language_id in _TEMPLATES:
        return r"`(?:[^`\\]+|\\(?:[\s\S]|\Z))*(?:`|\Z)", double, single
    if language_id == "go":
        return r"`[^`]*(?:`|\Z)", double, single
    return double, single
