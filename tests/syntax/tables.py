"""What the tables of every language check."""

from __future__ import annotations

from textwrap import dedent

import pytest

from kimi_lsp.syntax.language import Language
from kimi_lsp.syntax.outline import enclosing, enclosing_at, imports, outline
from kimi_lsp.syntax.registry import by_id
from kimi_lsp.syntax.tree import SyntaxTree, parse
from kimi_lsp.syntax.usage import uses
from kimi_lsp.text.span import Span


def language(language_id: str) -> Language:
    found = by_id(language_id)
    assert found is not None, language_id
    return found


def needs_the_wheel_of(language_id: str) -> None:
    """Skip the test where the wheel is not installed."""
    row = language(language_id)
    pytest.importorskip(row.module, reason=f"needs {row.package}")


def tree(language_id: str, text: str) -> SyntaxTree:
    return parse(text, language(language_id))


def names_used(tree: SyntaxTree, span: Span) -> tuple[str, ...]:
    """The names of ``uses``, each once, in order of first use."""
    return tuple(dict.fromkeys(use.name for use in uses(tree, span)))


def check_enclosing(language_id: str, marked: str, path: str | None) -> None:
    """``$0`` is the cursor; two of them are a selection."""
    before, *rest = dedent(marked).split("$0")
    text = before + "".join(rest)
    span = Span(len(before), len(before) + (len(rest[0]) if len(rest) > 1 else 0))
    parsed = tree(language_id, text)
    symbol = enclosing(outline(parsed), span)
    assert (symbol.path if symbol is not None else None) == path
    if not len(span):
        assert enclosing_at(parsed, span.start) == symbol


def check_outline(language_id: str, text: str, expected: str) -> None:
    """``expected`` is a line a symbol: its kind and its path."""
    symbols = outline(tree(language_id, dedent(text)))
    assert [f"{symbol.kind} {symbol.path}" for symbol in symbols] == dedent(expected).strip().splitlines()


def check_parts(language_id: str, text: str, path: str, *, span: str, head: str, body: str | None) -> None:
    """The one symbol of this path has this span, head and body; its name stands where it says."""
    text = dedent(text)
    [symbol] = [symbol for symbol in outline(tree(language_id, text)) if symbol.path == path]
    assert symbol.span.of(text) == dedent(span).strip("\n")
    assert symbol.head.of(text) == dedent(head).strip("\n")
    assert (symbol.body.of(text) if symbol.body is not None else None) == body
    assert symbol.name_span.of(text) == symbol.name


def check_imports(language_id: str, text: str, expected: list[str]) -> None:
    text = dedent(text)
    assert [span.of(text) for span in imports(tree(language_id, text))] == expected


def check_faults(language_id: str, text: str, expected: list[str]) -> None:
    """``expected``: ``missing X at N`` or ``error TEXT``."""
    text = dedent(text)
    parsed = tree(language_id, text)
    said = [
        f"missing {fault.expected} at {fault.span.start}"
        if fault.kind == "missing"
        else f"error {fault.span.of(text)}"
        for fault in parsed.faults()
    ]
    assert said == expected
    assert parsed.fault_count == len(expected)
