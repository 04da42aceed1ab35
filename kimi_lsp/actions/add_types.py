"""Add types to the enclosing symbol, in languages where they may be left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kimi_lsp.actions.action import EDIT_TOOLS, Action, ActionContext, Target, Task, adding
from kimi_lsp.syntax.outline import FUNCTIONS, TYPES, Symbol
from kimi_lsp.syntax.registry import by_path

REACH = 20_000
"""Code points of a symbol that are looked at."""

TYPESCRIPT = ("typescript", "typescriptreact")
JAVASCRIPT = ("javascript", "javascriptreact")
JSDOC_MARKS = ("@ts-check", "@param {", "@returns {", "@type {")
"""What a file of JavaScript holds somewhere whose authors write types in comments."""

NEVER_TYPED = frozenset({"self", "cls", "this", "*", "/", "mcs", ""})
"""Parameters without a type, for good."""

_PYTHON_HEADS = re.compile(r"\bdef\s+\w+\s*(?:\[[^\]]*\])?\s*(?=\()")
_PHP_HEADS = re.compile(r"\b(?:function|fn)\b\s*&?\s*\w*\s*(?=\()")
_WITHOUT_RESULT = re.compile(r"\b(?:__construct|__destruct|__clone)\s*\Z")
_BARE_ARROW = re.compile(r"=\s*(?:async\s+)?\w+\s*=>\s*\Z")


def untyped(context: ActionContext) -> tuple[Target, ...]:
    """One entry where the function or class around the cursor has a parameter or result without a type."""
    symbol, language = context.symbol, context.language
    if symbol is None or language is None or context.selects or symbol.kind not in FUNCTIONS | TYPES:
        return ()
    if not _lacks_types(context.snapshot.text, symbol, language.id):
        return ()
    return (Target(f"Kimi: Add types to `{symbol.path}`", symbol.span),)


def ask(task: Task, where: str) -> str:
    """The request for types, as the language has them."""
    language = by_path(task.path)
    jsdoc = ", as JSDoc comments" if language is not None and language.id in JAVASCRIPT else ""
    return (
        f"Add the missing types to {where}{jsdoc}: parameters, results, and what is not inferred. Find out from "
        "callers and from what is called what the types really are; be as exact as the code allows, and as general "
        "as callers need; avoid `Any` and its like. Add imports that the types need. Change no behaviour, and no "
        f"type that is there.\n{adding(task)}"
    )


def _lacks_types(text: str, symbol: Symbol, language: str) -> bool:
    code = text[symbol.span.start : min(symbol.span.end, symbol.span.start + REACH)]
    if language == "python":
        return any(_python_lacks(code, head.end()) for head in _PYTHON_HEADS.finditer(code))
    if language == "php":
        return any(_php_lacks(code, head) for head in _PHP_HEADS.finditer(code))
    if language in TYPESCRIPT and symbol.kind in FUNCTIONS:
        return _typescript_lacks(symbol.head.of(text))
    if language in JAVASCRIPT and symbol.kind in FUNCTIONS and any(mark in text for mark in JSDOC_MARKS):
        return not code.startswith("/**") or "{" not in code.partition("*/")[0]
    return False


def _python_lacks(code: str, at: int) -> bool:
    parameters, end = split(code, at)
    if any(_has_no(":", one.lstrip("*").strip()) for one in parameters):
        return True
    return not code[end:].lstrip().startswith("->")


def _php_lacks(code: str, head: re.Match[str]) -> bool:
    parameters, end = split(code, head.end())
    if any(one.lstrip("&. \t").startswith("$") for one in parameters):
        return True
    result = code[end:].lstrip()
    if result.startswith("use"):  # of a closure
        result = result.partition(")")[2].lstrip()
    return not result.startswith(":") and not _WITHOUT_RESULT.search(head.group())


def _typescript_lacks(head: str) -> bool:
    """Whether a parameter has neither type nor default; results are inferred."""
    if "(" not in head:
        return _BARE_ARROW.search(head) is not None
    parameters, _ = split(head, head.index("("))
    return any(_has_no(":", one.lstrip(".").strip()) and "=" not in one for one in parameters)


def _has_no(mark: str, parameter: str) -> bool:
    """Whether ``mark`` does not follow the name, which may be a pattern in brackets."""
    if parameter in NEVER_TYPED:
        return False
    depth = 0
    for character in parameter:
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif not depth and character == mark:
            return False
        elif not depth and character == "=":
            return True
    return True


def split(code: str, at: int) -> tuple[tuple[str, ...], int]:
    """The parameters in the parentheses that open at ``at``, and where they close, or the code ends."""
    found: list[str] = []
    start = end = at + 1
    for end, separator in _separators(code, at + 1):
        found.append(_COMMENT.sub("", code[start:end]).strip())
        start = end + 1
        if separator == ")":
            return tuple(one for one in found if one), end + 1
    return tuple(one for one in found if one), len(code)


_COMMENT = re.compile(r"\A\s*(?:(?:\#(?!\[)|//)[^\n]*\n\s*)+")
_TOKEN = re.compile(
    r"""(["'`])(?:\\.|(?!\1)[^\\\n])*\1|\#(?!\[)[^\n]*|//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)|=>|->|[()\[\]{}<>,]"""
)


def _separators(code: str, at: int) -> Iterator[tuple[int, str]]:
    """The commas on the outmost level and the closing parenthesis; strings and comments are passed over."""
    depth = 0
    for found in _TOKEN.finditer(code, at):
        token = found.group()
        if token in ("(", "[", "{", "<"):
            depth += 1
        elif token == ")" and not depth:
            yield found.start(), token
            return
        elif token in (")", "]", "}", ">"):
            depth -= 1
        elif token == "," and depth <= 0:
            yield found.start(), token


ADD_TYPES = Action(
    id="addTypes", verb="Add types to", kind="refactor.rewrite", applies=untyped, ask=ask, tools=EDIT_TOOLS
)
