"""What holds for the outline of any language."""

from __future__ import annotations

from time import monotonic

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kimi_lsp.syntax.errors import ParseBudgetExceeded
from kimi_lsp.syntax.outline import enclosing, enclosing_at, find, outline, references
from kimi_lsp.syntax.tree import parse
from kimi_lsp.text.replacement import apply
from kimi_lsp.text.span import Span
from tests.syntax.samples import SAMPLES
from tests.syntax.tables import language, names_used, needs_the_wheel_of, tree
from tests.syntax.test_tree_laws import CUTS, replacements_of


@pytest.mark.parametrize("language_id", SAMPLES)
@settings(deadline=None, max_examples=20)
@given(cuts=CUTS, repeats=st.sampled_from([1, 3]))
@example(
    cuts=[(13, 0, "\n"), (77, 5, ""), (152, 0, "\r")], repeats=1
)  # of Python: a blank line in a decorator
@example(cuts=[(267, 0, "\r"), (291, 0, "/*")], repeats=3)  # of JavaScript: two classes become one
def test_the_symbol_at_a_cursor_is_that_of_the_outline(
    language_id: str, cuts: list[tuple[int, int, str]], repeats: int
) -> None:
    text = SAMPLES[language_id] * repeats
    text = apply(text, replacements_of(text, cuts))
    parsed = parse(text, language(language_id))
    symbols = outline(parsed)
    for offset in range(0, len(text) + 1, 3):
        found, wanted = enclosing_at(parsed, offset), enclosing(symbols, Span(offset, offset))
        # In a broken text a name may lie paragraphs below where its definition seems to begin.
        assert found == wanted or (parsed.fault_count > 0 and (found is None or found in symbols))


@pytest.mark.parametrize("language_id", SAMPLES)
@settings(deadline=None, max_examples=20)
@given(cuts=CUTS)
@example(cuts=[(106, 0, "\r\n")])  # of Python: a body that is empty, behind a comment
def test_symbols_are_in_order_and_in_the_text(language_id: str, cuts: list[tuple[int, int, str]]) -> None:
    text = apply(SAMPLES[language_id], replacements_of(SAMPLES[language_id], cuts))
    symbols = outline(parse(text, language(language_id)))
    assert [symbol.span.start for symbol in symbols] == sorted(symbol.span.start for symbol in symbols)
    for symbol in symbols:
        whole = Span(0, len(text))
        assert whole.contains(symbol.lines)
        assert symbol.lines.contains(symbol.span)
        assert symbol.span.contains(symbol.head)
        assert symbol.span.contains(symbol.name_span)
        assert symbol.body is None or symbol.span.contains(symbol.body)
        assert symbol.path.endswith(symbol.name)


@pytest.mark.parametrize("language_id", [*SAMPLES, "dart", "ruby"])
def test_an_outline_within_a_budget_is_the_outline(language_id: str) -> None:
    needs_the_wheel_of(language_id)
    text = (SAMPLES.get(language_id) or "/// D.\nint f(int x) => x;\ndef g\nend\n") * 2_000
    parsed = tree(language_id, text)
    assert outline(parsed, budget_s=60) == outline(parsed)


def test_an_outline_over_its_budget_is_given_up() -> None:
    parsed = tree("python", "def f(): pass\n" * 200_000)
    start = monotonic()
    with pytest.raises(ParseBudgetExceeded):
        outline(parsed, budget_s=0.02)
    assert monotonic() - start < 1


def test_a_long_comment_far_above_belongs_to_its_function() -> None:
    text = (
        "int x;\n\n"
        + "".join(f"// line {number}\n" for number in range(2000))
        + "int f(void) { return 1; }\n"
    )
    parsed = tree("c", text)
    [_, function] = outline(parsed)
    assert function.span.start == text.index("// line 0")
    for offset in (text.index("// line 0"), text.index("// line 999"), text.index("return")):
        assert enclosing_at(parsed, offset) == function


OVERLOADED = """\
function open(a: string): void;
function open(a: any) {}
class Door {
  open() {}
  get wide() { return 1; }
  set wide(w) {}
}
class Gate {
  close() {}
}
"""


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        pytest.param("open", ["function"], id="a-definition-hides-its-declarations"),
        pytest.param("Door.open", ["method"], id="full-path"),
        pytest.param("close", ["method"], id="end-of-a-path"),
        pytest.param("wide", ["method", "method"], id="several-of-one-path"),
        pytest.param("Gate", ["class"], id="class"),
        pytest.param("ose", [], id="part-of-a-name"),
        pytest.param("Gate.open", [], id="none"),
        pytest.param("", [], id="empty"),
    ],
)
def test_find(path: str, kinds: list[str]) -> None:
    assert [symbol.kind for symbol in find(outline(tree("typescript", OVERLOADED)), path)] == kinds


def test_find_gives_all_candidates_of_an_ambiguous_end() -> None:
    symbols = outline(tree("python", "class A:\n  def f(self): ...\nclass B:\n  def f(self): ...\n"))
    assert [symbol.path for symbol in find(symbols, "f")] == ["A.f", "B.f"]


@pytest.mark.parametrize(
    ("language_id", "text", "name", "count"),
    [
        pytest.param("python", "n = n + m.n  # n\n'n'\nf(n=nn)\n", "n", 4, id="python"),
        pytest.param("python", "f'{n} n'\n", "n", 1, id="in-a-format-string"),
        pytest.param("python", "é = é + 'é'", "é", 2, id="not-ascii"),
        pytest.param("javascript", "const { n, m: n2 } = n; `n ${n}`; // n\n", "n", 3, id="javascript"),
        pytest.param("typescriptreact", "const a: N = <N n={n}>N</N>;", "N", 3, id="markup"),
        pytest.param("rust", "impl N { fn f(n: N) -> a::N { N!() } } // N", "N", 4, id="rust"),
        pytest.param("go", "package p\nfunc (n *N) N() p.N { return N{N: 1} }", "N", 5, id="go"),
        pytest.param("java", "class N { N n; /* N */ N() { new N(); } }", "N", 4, id="java"),
        pytest.param("c", "struct n { int n; }; int f(void) { return x->n; } // n", "n", 3, id="c"),
        pytest.param("cpp", "namespace n { class N : n::M { ~N(); }; } // N", "n", 2, id="cpp"),
        pytest.param("python", "n = 1", "", 0, id="nothing"),
        pytest.param("python", "n.m = 1", "n.m", 0, id="two-names"),
    ],
)
def test_references(language_id: str, text: str, name: str, count: int) -> None:
    found = references(tree(language_id, text), name)
    assert [span.of(text) for span in found] == [name] * count
    assert list(found) == sorted(found)


def test_names_used_are_those_inside_in_order_of_first_use() -> None:
    text = "import os\ndef f(b, a):\n    return os.path(b, c=a)  # d\nx = f\n"
    parsed = tree("python", text)
    body = Span(text.index("return"), text.index("x ="))
    assert names_used(parsed, body) == ("os", "path", "b", "a")
    assert names_used(parsed, Span(0, len(text))) == ("os", "path")
    assert names_used(parsed, Span(3, 3)) == ()
    assert names_used(parsed, Span(text.index("path") + 1, text.index("path") + 3)) == ()


def test_a_blank_line_behind_a_decorator_parts_nothing() -> None:
    text = "class A:\n    x = 1\n\n    @property\n\n    def b(self):\n        return 1\n"
    parsed = parse(text, language("python"))
    for offset in range(text.index("    @property"), len(text)):
        assert enclosing_at(parsed, offset) == enclosing(outline(parsed), Span(offset, offset))
