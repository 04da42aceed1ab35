"""Implement what is only a stub yet."""

from __future__ import annotations

import re
from functools import cache

from kimi_lsp.actions.action import EDIT_TOOLS, Action, ActionContext, Target, Task, adding
from kimi_lsp.actions.body import DATA, code_in
from kimi_lsp.syntax.language import Language
from kimi_lsp.syntax.outline import FUNCTIONS, TYPES, Symbol

REACH = 10_000
"""Code points of a symbol that are looked at."""

NOT_MEANT = ("@abstractmethod", "@abc.abstractmethod", "@overload", "@typing.overload", "@override_settings")
"""What stands above functions of Python whose body is empty for good."""

EMPTY = frozenset({"", "pass", "...", "return", "nil", ";"})
"""What is left of a body that does nothing, without its comments and white space."""


def stub(context: ActionContext) -> tuple[Target, ...]:
    """One entry where the symbol around the cursor is, or says that it has, a part to be written."""
    symbol, language = context.symbol, context.language
    if symbol is None or context.selects or symbol.kind not in FUNCTIONS | TYPES | {"module"}:
        return ()
    if language is not None and language.id in DATA:
        return ()
    text = context.snapshot.text
    code = text[symbol.span.start : min(symbol.span.end, symbol.span.start + REACH)]
    if not (_says_so(code) or _is_empty(text, symbol, language) or _has_empty(code, symbol, language)):
        return ()
    return (Target(f"Kimi: Implement `{symbol.path}`", symbol.span),)


def ask(task: Task, where: str) -> str:
    """The request to write what is missing."""
    return (
        f"Implement {where}: write what is missing there, where a stub or a TODO stands for it. Its name, its "
        "signature, its documentation, its callers and its tests say what it has to do: read them first. Keep all "
        "that is there already, handle errors as the code around it does, and remove the placeholder and the TODO "
        f"that you have done.\n{adding(task)}"
    )


def _says_so(code: str) -> bool:
    return _placeholder().search(code) is not None


@cache
def _placeholder() -> re.Pattern[str]:
    """Made at first use: it is no business of the start."""
    said = r"not[ _-]?(?:yet[ _-]?)?implemented|unimplemented|implement me|to-?do\b"
    return re.compile(
        rf"""(?xi)
        \b(?:raise|new|throw)\s+ (?:\w+[.:\\]+)* (?:NotImplemented(?:Error|Exception)|UnimplementedError)\b
        | \b(?:raise|throw|panic!?|fatalError|preconditionFailure|error|errorWithoutStackTrace|failwith|die|abort)
          [^\n;]{{0,100}}? ["'(`\s] (?:{said})
        | \b(?:todo|unimplemented)!\s*[(\[{{]
        | (?<![\w.])(?-i:TODO)\((?:"[^"\n]*")?\)
        | (?<![?\w])\?\?\?(?![?])
        | =\s*undefined\s*$
        | (?:\#|//|/\*|\*|--|<!--|\(\*|%|;)\s*(?-i:TODO)\b
        """,
        re.MULTILINE,
    )


def _is_empty(text: str, symbol: Symbol, language: Language | None) -> bool:
    """Whether a function's body does nothing, and was not made to."""
    body = symbol.body
    if body is None or symbol.kind not in FUNCTIONS or len(body) > REACH:
        return False
    if symbol.kind == "constructor" or symbol.name in ("constructor", "__construct", "init"):
        return False
    if code_in(body.of(text), language) not in EMPTY:
        return False
    return language is None or language.id != "python" or not _is_for_good(text, symbol)


def _has_empty(code: str, symbol: Symbol, language: Language | None) -> bool:
    """Whether a class of Python has a function that does nothing; an abstract one has them for good."""
    if language is None or language.id != "python" or symbol.kind not in TYPES:
        return False
    if any(mark in code for mark in (*NOT_MEANT, "Protocol")):
        return False
    return _empty_function().search(code) is not None


@cache
def _empty_function() -> re.Pattern[str]:
    docstring = r'(?:"""[^"]*"""\s*)?'
    return re.compile(
        rf"\bdef [^\n]{{0,300}}:[ \t]*(?:#[^\n]*)?\n?\s*{docstring}(?:pass|\.\.\.)[ \t]*(?:#[^\n]*)?(?:\n|\Z)"
    )


def _is_for_good(text: str, symbol: Symbol) -> bool:
    """Whether a function of Python says nothing more because others do: an overload, a protocol."""
    head = symbol.head.of(text)
    if any(mark in head for mark in NOT_MEANT):
        return True
    _, _, owner = symbol.path.rpartition(".")[0].rpartition(".")
    if not owner:
        return False
    heads = re.findall(rf"\bclass {re.escape(owner)}\b[^\n]*", text[: symbol.span.start])
    return bool(heads) and "Protocol" in heads[-1]


IMPLEMENT = Action(
    id="implement", verb="Implement", kind="refactor.rewrite", applies=stub, ask=ask, tools=EDIT_TOOLS
)
