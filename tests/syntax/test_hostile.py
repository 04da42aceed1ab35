"""Texts that nobody writes, or only to do harm: they take linear time and crash nothing."""

from __future__ import annotations

from time import monotonic

import pytest

from kimi_lsp.syntax.errors import ParseBudgetExceeded
from kimi_lsp.syntax.imports import imported
from kimi_lsp.syntax.outline import enclosing_at, imports, outline, references
from kimi_lsp.syntax.tree import SyntaxTree, parse
from kimi_lsp.syntax.usage import uses
from kimi_lsp.text.replacement import Replacement, apply
from kimi_lsp.text.span import Span
from tests.syntax.samples import SAMPLES
from tests.syntax.tables import language, names_used, needs_the_wheel_of, tree

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


LINE = 10_000_000


@pytest.mark.parametrize(
    ("language_id", "before", "middle", "behind"),
    [
        ("python", "def f(): return '", "x", "'"),
        ("javascript", "function f() { return `", "x ", "` }"),
        ("c", "int f() { /* ", "x(", " */ }"),
        ("html", "<div id='f'><script>function f() { /* ", "x<", " */ }</script></div>"),
    ],
)
def test_one_line_of_ten_megabytes(language_id: str, before: str, middle: str, behind: str) -> None:
    needs_the_wheel_of(language_id)
    text = before + middle * (LINE // len(middle)) + behind
    start = monotonic()
    parsed = tree(language_id, text)
    assert 1 <= len(outline(parsed, budget_s=10)) <= 2
    symbol = enclosing_at(parsed, LINE // 2)
    assert symbol is None or symbol.name in ("f", "script")
    assert uses(parsed, Span(LINE // 2, LINE // 2 + 100)) == ()
    assert imports(parsed) == ()
    assert imported(parsed) == ()
    parsed.faults(10)
    assert monotonic() - start < 20


@pytest.mark.parametrize("language_id", ["javascript", "json"])
def test_code_on_one_line_of_ten_megabytes_is_given_up_in_time(language_id: str) -> None:
    needs_the_wheel_of(language_id)
    start = monotonic()
    with pytest.raises(ParseBudgetExceeded):
        parse("f(1);[]{}" * (LINE // 9), language(language_id), budget_s=0.2)
    assert monotonic() - start < 5


@pytest.mark.parametrize("language_id", ["html", "markdown", "vue", "svelte"])
@pytest.mark.parametrize(
    "text",
    [
        "<script>" * 20_000,
        "<script>f(" * 5_000 + "</script>" * 5_000,
        "```py\n" * 20_000,
        "> " * 20_000 + "```py\nx",
        "<style>" + "{" * 100_000 + "</style>",
        "{#if " * 5_000,
        "<script>\0\ud800" + "(" * 50_000 + "</script>",
    ],
    ids=["open", "closed", "fences", "quotes", "braces", "blocks", "nul"],
)
def test_hostile_markup(language_id: str, text: str) -> None:
    needs_the_wheel_of(language_id)
    start = monotonic()
    try:
        parsed = parse(text, language(language_id), budget_s=1)
    except ParseBudgetExceeded:
        assert language_id == "svelte"  # its scanner is quadratic in what is never closed; the budget ends it
        assert monotonic() - start < 5
        return
    symbols = outline(parsed)
    assert all(symbol.span.end <= len(text) for symbol in symbols)
    assert len(parsed.faults(10)) <= 10
    assert enclosing_at(parsed, len(text) // 2) in (None, *symbols)
    references(parsed, "f")
    uses(parsed, Span(0, len(text)))
    assert monotonic() - start < 20
