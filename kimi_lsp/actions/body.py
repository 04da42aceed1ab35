"""What is code in a function's body."""

from __future__ import annotations

import re
from functools import cache

from kimi_lsp.syntax.language import DocPlacement, Language

DATA = frozenset({"json", "yaml", "toml", "markdown", "html", "css", "terraform"})
"""Languages whose symbols are keys, sections and rules: there is nothing to implement, nor to document."""


TREES = frozenset({"json", "yaml", "toml", "markdown"})
"""Those in which there is nothing to refactor, either."""


def code_in(body: str, language: Language | None) -> str:
    """``body`` without comments, without a docstring at its beginning, and without the white space around the rest.

    Strings are not known: what looks like a comment in one is taken for one.
    """
    if language is None:
        return body.strip()
    inside = language.docs is DocPlacement.INSIDE
    return _words(language.line_comment, language.block_comment, inside).sub("", body).strip()


@cache
def _words(line: str | None, block: tuple[str, str] | None, docstring: bool) -> re.Pattern[str]:
    parts = []
    if docstring:
        parts.append(r"""\A\s*[rRuU]?(?:\"""[\s\S]*?\"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*')""")
    if block:
        parts.append(rf"{re.escape(block[0])}[\s\S]*?(?:{re.escape(block[1])}|\Z)")
    if line:
        parts.append(rf"{re.escape(line)}[^\r\n]*")
    return re.compile("|".join(parts) or r"(?!)")
