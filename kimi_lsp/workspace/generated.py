"""What nobody wrote by hand, by its name or by its text.

It may be read when it is asked for by name, and edited where the user has it before them; but it is not indexed and
is no context for other files.
"""

from __future__ import annotations

import re

LONG_LINE = 5_000
"""Code points of a line that nobody wrote; a text that mostly consists of such is minified."""

_HEAD = 4_000

_NAMES = re.compile(
    r"""(?ix) ^(
        .*[.-]min\.(js|mjs|cjs|css|html) | .*\.(js|css)\.map | .*\.bundle\.js
      | package-lock\.json | npm-shrinkwrap\.json | yarn\.lock | pnpm-lock\.yaml | bun\.lockb? | deno\.lock
      | poetry\.lock | pdm\.lock | uv\.lock | pipfile\.lock | conda-lock\.ya?ml | pylock(\..+)?\.toml
      | cargo\.lock | go\.sum | gemfile\.lock | composer\.lock | podfile\.lock | mix\.lock | pubspec\.lock
      | packages\.lock\.json | gradle\.lockfile | flake\.lock | \.terraform\.lock\.hcl
    )$""",
)
"""Minified files and lock files, after GitHub Linguist's list of generated files."""

_COMMENT = re.compile(r"""[ \t]*(?:\#|//|/\*|\*|--|;|<!--|%|\(\*|\"\"\"|'''|REM\b)""")

_SAID = re.compile(
    r"""(?isx)
      (?<![\w`"'])@generated\b(?![`"'])
    | \bgenerated\b.{0,200}?\bdo\s+not\s+(?:edit|modify|change)\b
    | \bdo\s+not\s+(?:edit|modify|change)\b.{0,200}?\bgenerated\b
    | \bdo\s+not\s+(?:edit|modify)\s+this\s+file\b
    | \bthis\s+(?:file|code|module)\s+(?:is|was|has\s+been)\s+(?:automatically\s+|auto-?)?generated\b
    | \bgenerated\s+by\s+the\s+protocol\s+buffer\s+compiler\b
    """
)
"""What generators write above their work: Go's and Meta's conventions, protoc's, and the common sentences."""


_HINTS = ("generated", "edit", "modify")
"""One of them is in all that ``_SAID`` finds, and none in most other texts."""


def generated_name(name: str) -> bool:
    """Whether a file of this name is a lock file, or minified."""
    return bool(_NAMES.match(name))


def generated_text(text: str) -> str | None:
    """Why ``text`` was not written by hand, a few words; None where it was, as far as one can tell."""
    head = text[:_HEAD]
    if _is_hinted(head.lower()) and _SAID.search(_first_comments(head)):
        return "generated, as its first lines say"
    if _has_long_line(text) and 2 * sum(_long_lines(text)) > len(text):
        return f"minified (lines of more than {LONG_LINE} characters)"
    return None


def _first_comments(head: str) -> str:
    """The comment lines among the first ones."""
    return "\n".join(line for line in head.splitlines()[:40] if _COMMENT.match(line))


def _is_hinted(head: str) -> bool:
    return any(hint in head for hint in _HINTS)


def _has_long_line(text: str) -> bool:
    """Whether there is one, in a fraction of the time that it takes to look at each."""
    start = 0
    while len(text) - start > LONG_LINE:
        end = text.rfind("\n", start, start + LONG_LINE + 1)
        if end < 0:
            return True
        start = end + 1
    return False


def _long_lines(text: str) -> list[int]:
    """The lengths of the long lines."""
    return [length for line in text.split("\n") if (length := len(line)) > LONG_LINE]
