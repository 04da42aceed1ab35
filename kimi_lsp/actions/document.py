"""Document the enclosing symbol, where it is not documented yet."""

from __future__ import annotations

import re

from kimi_lsp.actions.action import EDIT_TOOLS, Action, ActionContext, Target, Task, adding
from kimi_lsp.actions.body import DATA
from kimi_lsp.syntax.language import DocPlacement, Language
from kimi_lsp.syntax.languages import SCRIPTS
from kimi_lsp.syntax.outline import FUNCTIONS, TYPES, Symbol
from kimi_lsp.syntax.registry import by_path

DOCUMENTED = FUNCTIONS | TYPES | {"module", "macro", "type"}
"""Kinds of symbols that have documentation; not the keys, rules and sections of files without code."""

_SLASHES = re.compile(r"/\*\*|///|//!|/\*!")
_STARTS = {
    **dict.fromkeys(SCRIPTS, re.compile(r"/\*\*")),
    **dict.fromkeys(("java", "kotlin", "scala", "php", "csharp", "swift", "dart"), _SLASHES),
    "rust": re.compile(r"///|//!|/\*[*!]|#!?\[doc\b"),
    "elixir": re.compile(r"(?s)@doc\b|@moduledoc\b|#"),
}
"""How documentation begins where not every comment above a definition is one."""
_STRING = re.compile(r"""\s*(?:#[^\n]*\s*)*[rRuU]?["']""")

INSIDE = "as a docstring, the first statement inside"
ABOVE = "as a comment right above it, in the form that tools of the language read"


def undocumented(context: ActionContext) -> tuple[Target, ...]:
    """One entry where the symbol around the cursor has no documentation; none in tests."""
    symbol, language = context.symbol, context.language
    if symbol is None or language is None or context.selects or symbol.kind not in DOCUMENTED:
        return ()
    if (
        language.id in DATA
        or is_documented(context.snapshot.text, symbol, language)
        or _is_test(context.snapshot.path)
    ):
        return ()
    return (Target(f"Kimi: Document `{symbol.path}`", symbol.span),)


def is_documented(text: str, symbol: Symbol, language: Language) -> bool:
    """Whether documentation stands where the language wants it."""
    if language.docs is DocPlacement.INSIDE:
        return symbol.body is not None and _STRING.match(text, symbol.body.start, symbol.body.end) is not None
    if starts := _STARTS.get(language.id):
        return starts.match(text, symbol.span.start) is not None or _moduledoc(text, symbol, language)
    return symbol.span.start < symbol.head.start


def ask(task: Task, where: str) -> str:
    """The request for documentation where the language has it."""
    language = by_path(task.path)
    place = INSIDE if language is not None and language.docs is DocPlacement.INSIDE else ABOVE
    return (
        f"Document {where}, {place}, in the manner of the documentation in this file and project. Say what it is "
        "for, what callers must know (parameters, result, units, errors, side effects), and nothing that its name "
        f"and types say already. Say only what the code really does. Change no code.\n{adding(task)}"
    )


def _moduledoc(text: str, symbol: Symbol, language: Language) -> bool:
    """Elixir's modules are documented inside."""
    if language.id != "elixir" or symbol.body is None:
        return False
    return text[symbol.body.start : symbol.body.end].lstrip().startswith("@moduledoc")


def _is_test(path: str) -> bool:
    from kimi_lsp.syntax.tests import is_test

    return is_test(path)


DOCUMENT = Action(
    id="document", verb="Document", kind="refactor.rewrite", applies=undocumented, ask=ask, tools=EDIT_TOOLS
)
