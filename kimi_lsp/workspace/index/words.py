"""The names that a text mentions, line by line, with no tree.

Comments and strings are left out as far as a regular expression can tell; what is spliced into a string counts. A
language that is not known loses no more than what its table row calls a comment.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from kimi_lsp.syntax.language import Language
from kimi_lsp.syntax.python_lines import JOINT, blanked
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
_SPLICE = re.compile(r"\{([^{}]*)\}")
_NAMES = bytes(code for code in range(256) if code > 127 or code == ord("_") or chr(code).isalnum())
_WORDS = bytes(10 if chr(code) in f"\n{JOINT}" else code if code in _NAMES else 32 for code in range(256))
"""Whatever is no part of a name, nor the end of a line, is blank."""

_CHARACTERS = frozenset({"rust", "haskell", "ocaml", "ocaml.interface", "elixir", "julia", "zig", "sql"})
"""Languages in which a single quote begins no string of more than a character, or none at all."""

_SPLICING = frozenset(
    {"ruby", "php", "elixir", "kotlin", "scala", "swift", "dart", "julia", "csharp", "shellscript"}
)
"""Languages whose strings may have code between braces."""

_TEMPLATES = frozenset({"javascript", "javascriptreact", "typescript", "typescriptreact", "vue", "svelte"})


def mentions(text: str, language: Language) -> Mentions:
    """The names in ``text``, whose lines end at ``\\n`` only, but for keywords and names of one letter."""
    if language.id == "python":
        return names(blanked(text))
    pieces = _literals(language).split(text.replace(JOINT, " "))
    for at in range(1, len(pieces), 2):
        piece = pieces[at]
        if "{" in piece and _may_splice(piece, language):
            pieces[at] = "".join(_spliced(piece))
        else:
            pieces[at] = "\n" * piece.count("\n") or " "
    return names("".join(pieces))


def names(code: str) -> Mentions:
    """The same of a text without comments and strings; its lines may end at a ``JOINT`` as well."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    words = code.encode("utf-8", "replace").translate(_WORDS).decode()
    for number, line in enumerate(words.split("\n"), 1):
        for word in line.split():
            found[word].append(number)
    return {
        name: (len(lines), list(dict.fromkeys(lines))[:LINES] if len(lines) > 1 else lines)
        for name, lines in found.items()
        if 1 < len(name) <= LONGEST and name not in KEYWORDS and name.isidentifier()
    }


def mention_of(name: str) -> str | None:
    """The word by which what is called ``name`` is mentioned: ``empty`` for ``empty?``; None where there is none."""
    found = _ONE_WORD.fullmatch(name)
    return None if found is None or len(found[1]) > LONGEST else found[1]


def _may_splice(string: str, language: Language) -> bool:
    """Whether what is between braces in a string is code."""
    return string[0] == ('"' if language.id in _SPLICING else "`" if language.id in _TEMPLATES else "")


def _spliced(string: str) -> Iterator[str]:
    """What is between the braces of a string, and the line ends of what is around them."""
    for number, piece in enumerate(_SPLICE.split(string)):
        yield piece if number % 2 else "\n" * piece.count("\n") or " "


def _literals(language: Language) -> re.Pattern[str]:
    """The pattern of a language, compiled once; a row's own hash would cost more than the look."""
    key = language.id, language.line_comment
    if key not in _PATTERNS:
        _PATTERNS[key] = _compiled(language)
    return _PATTERNS[key]


_PATTERNS: dict[tuple[str, str | None], re.Pattern[str]] = {}


def _compiled(language: Language) -> re.Pattern[str]:
    """Comments and strings, as the only group.

    Each alternative begins with a sign, so that ``re`` passes over most of the text without a look.
    """
    parts = []
    if language.block_comment:
        opening, closing = map(re.escape, language.block_comment)
        parts.append(rf"{opening}[\s\S]*?(?:{closing}|\Z)")
    if language.id == "shellscript":
        parts.append(r"#(?<![^\s;]#)[^\n]*")
    elif language.line_comment:
        parts.append(rf"{re.escape(language.line_comment)}[^\n]*")
    if language.id == "php":
        parts.append(r"#(?!\[)[^\n]*")
    return re.compile(f"({'|'.join([*parts, *_strings(language.id)])})")


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
