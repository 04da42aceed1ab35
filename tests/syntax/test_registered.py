"""Languages that the table lacks, named in the settings."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from kimi_lsp.syntax import registry
from kimi_lsp.syntax.errors import GrammarMissing, GrammarUnusable, LanguageRefused, SyntaxUnavailable
from kimi_lsp.syntax.grammar import warm
from kimi_lsp.syntax.language import described
from kimi_lsp.syntax.languages import LANGUAGES
from kimi_lsp.syntax.outline import enclosing_at, imports, outline, references
from kimi_lsp.syntax.registry import by_id, by_path, known, register
from kimi_lsp.syntax.tree import parse
from kimi_lsp.text.span import Span
from tests.syntax.tables import names_used


@pytest.fixture(autouse=True)
def _nothing_stays() -> Iterator[None]:
    yield
    register(())


def test_a_registered_row_is_known_by_path_and_id_and_only_as_long_as_it_is_registered() -> None:
    row = described("mylang", "tree_sitter_go", ["mine", ".MY"], line_comment="//")
    assert (row.extensions, row.line_comment, row.package) == ((".mine", ".my"), "//", "tree-sitter-go")
    register([row])
    assert by_path("a/b.MINE") is row is by_id("mylang")
    assert by_path("a.py") is by_id("python") is not None
    register(())
    assert by_path("a.mine") is None is by_id("mylang")
    assert known() == LANGUAGES


def test_a_registered_row_goes_before_the_table() -> None:
    row = described("python", "tree_sitter_python", ["py"])
    register([row])
    assert by_path("a.py") is row is by_id("python")
    assert by_path("a.pyi") is not row
    assert [one for one in known() if one.id == "python"] == [row]


@pytest.mark.parametrize(
    ("module", "text", "expected"),
    [
        (
            "tree_sitter_go",
            "package p\ntype A struct{}\nfunc (a A) F(x int) { g(x) }\n",
            ["type A", "method F"],
        ),
        ("tree_sitter_python", "class A:\n    def f(self): return g(1)\n", ["class A", "method A.f"]),
        ("tree_sitter_java", "class A { void f(int x) { g(x); } }", ["class A", "method A.f"]),
        ("tree_sitter_rust", "struct A;\nfn f(x: A) { g(x) }\n", ["struct A", "function f"]),
    ],
)
def test_without_a_query_the_outline_is_that_of_the_node_types(
    module: str, text: str, expected: list[str]
) -> None:
    tree = parse(text, described("mine", module, ["mine"]))
    assert [f"{one.kind} {one.path}" for one in outline(tree)] == expected
    at = enclosing_at(tree, text.index("g(") if "g(" in text else 0)
    assert at is not None
    assert at.name.lower() == "f"
    assert at.span.of(text).endswith(("}", ")"))
    assert "g" in names_used(tree, Span(0, len(text)))
    assert len(references(tree, "g")) == 1
    assert imports(tree) == ()
    assert tree.faults() == ()


def test_a_query_of_the_settings_is_used_without_its_predicates() -> None:
    query = (
        '((function_definition name: (_) @name) @definition.thing (#match? @name "^a"))'
        "(import_statement) @import"
    )
    tree = parse(
        "import x\ndef a(): pass\ndef b(): pass\n",
        described("mine", "tree_sitter_python", ["m"], query=query),
    )
    assert [f"{one.kind} {one.path}" for one in outline(tree)] == ["thing a", "thing b"]
    assert [span.of(tree.text) for span in imports(tree)] == ["import x"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("", "m", ["x"]), "'' cannot be its id"),
        (("a", "os; x", ["x"]), "'os; x' cannot be its module"),
        (("a", "m", []), "'' cannot be its extensions"),
        (("a", "m", ["a/b"]), "'.a/b' cannot be its extensions"),
    ],
)
def test_a_row_that_cannot_be_is_refused(arguments: tuple[str, str, list[str]], why: str) -> None:
    with pytest.raises(LanguageRefused, match=why):
        described(*arguments)


def _module(name: str, **attributes: object) -> str:
    module = ModuleType(name)
    vars(module).update(attributes)
    sys.modules[name] = module
    return name


@pytest.mark.parametrize(
    ("module", "error", "why"),
    [
        ("tree_sitter_no_such", GrammarMissing, "pip install tree-sitter-no-such"),
        ("json", GrammarUnusable, "no attribute 'language'"),
        (
            _module("kimi_test_address", language=lambda: 4711),
            GrammarUnusable,
            r"language\(\) gives no grammar",
        ),
        (_module("kimi_test_breaks", language=lambda: 1 // 0), GrammarUnusable, "by zero"),
        (_module("kimi_test_text", language="text"), GrammarUnusable, "not callable"),
    ],
)
def test_a_module_without_a_grammar_is_a_clear_error_and_harms_nothing_else(
    module: str, error: type[SyntaxUnavailable], why: str
) -> None:
    row = described("mine", module, ["mine"])
    register([row])
    with pytest.raises(error, match=why):
        parse("x", row)
    python = registry.by_path("a.py")
    assert python is not None
    assert [one.name for one in outline(parse("def f(): pass", python))] == ["f"]


def test_a_query_that_does_not_fit_is_a_clear_error() -> None:
    row = described("mine", "tree_sitter_python", ["mine"], query="(no_such_node) @definition.x")
    with pytest.raises(GrammarUnusable, match="its query: Invalid node type"):
        warm(row)
    assert parse("x = 1", row).faults() == ()
