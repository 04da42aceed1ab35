"""Texts that nobody writes, or only to do harm: they take linear time and crash nothing."""

from __future__ import annotations

from time import monotonic

import pytest

from kimi_lsp.syntax.outline import enclosing_at, imports, outline, references
from kimi_lsp.syntax.tree import SyntaxTree
from kimi_lsp.syntax.usage import names_used
from kimi_lsp.text.replacement import Replacement, apply
from kimi_lsp.text.span import Span
from tests.syntax.samples import SAMPLES
from tests.syntax.tables import tree

LEVELS = 100_000

TEXTS = {
    "brackets-open": "(" * LEVELS,
    "brackets-closed": "x = " + "[" * LEVELS + "]" * LEVELS,
    "braces-open": "{" * LEVELS,
    "nul": "\0" * LEVELS,
    "surrogates": "\ud800" * 1000 + "\udc00x = 1",
    "no-lines": "\r" * 1000 + "\u2028\x0c\x85" * 1000,
    "empty": "",
}


def ask_everything(parsed: SyntaxTree) -> None:
    text = parsed.text
    assert all(fault.span.end <= len(text) for fault in parsed.faults(10))
    assert parsed.fault_count >= len(parsed.faults(10))
    assert all(symbol.span.end <= len(text) for symbol in outline(parsed))
    assert enclosing_at(parsed, len(text) // 2) in (None, *outline(parsed))
    assert all(span.of(text) == "x" for span in references(parsed, "x"))
    assert len(names_used(parsed, Span(0, len(text)))) < 10
    assert imports(parsed) == ()


@pytest.mark.parametrize("language_id", SAMPLES)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_hostile_text(language_id: str, text: str) -> None:
    start = monotonic()
    parsed = tree(language_id, text)
    ask_everything(parsed)
    replacements = [Replacement(Span(len(text) // 2, len(text) // 2), "x\n")]
    ask_everything(parsed.edited(replacements, apply(text, replacements)))
    assert monotonic() - start < 20


@pytest.mark.parametrize(("language_id", "used"), [("python", ()), ("cpp", ("x",))])
def test_one_line_of_most_of_a_megabyte(language_id: str, used: tuple[str, ...]) -> None:
    parsed = tree(language_id, "x = " + "x + " * 200_000 + "x;\n")
    assert len(references(parsed, "x")) == 200_002
    assert names_used(parsed, Span(0, len(parsed.text))) == used
    assert enclosing_at(parsed, 500_000) is None


def test_functions_far_too_deep_are_left_out() -> None:
    text = "function a() {" * 40_000 + "}" * 40_000
    start = monotonic()
    assert 1000 < len(outline(tree("javascript", text))) < 40_000
    assert monotonic() - start < 20
