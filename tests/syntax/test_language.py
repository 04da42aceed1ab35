from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from importlib.resources import files

import pytest
from tree_sitter import Query

from kimi_lsp.syntax.errors import GrammarMissing, GrammarUnusable, SyntaxUnavailable
from kimi_lsp.syntax.grammar import (
    definitions_query,
    grammar,
    identifier_types,
    imports_query,
)
from kimi_lsp.syntax.language import Language
from kimi_lsp.syntax.languages import LANGUAGES
from kimi_lsp.syntax.outline import outline
from kimi_lsp.syntax.registry import by_id, by_path
from kimi_lsp.syntax.tree import parse
from tests.syntax.tables import language

BASE = ("python", "javascript", "javascriptreact", "typescript", "typescriptreact")
CORE = (*BASE, "rust", "go", "java", "c", "cpp")


@pytest.mark.parametrize(
    ("path", "language_id"),
    [
        ("a.py", "python"),
        ("src/a.b.PY", "python"),
        ("C:\\src\\a.pyi", "python"),
        ("SConstruct", "python"),
        ("a.mjs", "javascript"),
        ("a.jsx", "javascriptreact"),
        ("a.d.ts", "typescript"),
        ("a.tsx", "typescriptreact"),
        ("a.rs", "rust"),
        ("a.go", "go"),
        ("A.java", "java"),
        ("a.c", "c"),
        ("a.h", "cpp"),
        ("a.c++", "cpp"),
        ("py", None),
        ("a.py/b", None),
        ("a.unknown", None),
        ("", None),
    ],
)
def test_language_of_a_path(path: str, language_id: str | None) -> None:
    found = by_path(path)
    assert (found.id if found is not None else None) == language_id


def test_language_by_lsp_id() -> None:
    assert all(by_id(language_id) is not None for language_id in CORE)
    assert by_id("plaintext") is None


def test_no_two_languages_claim_one_name() -> None:
    for names in (
        [name for row in LANGUAGES for name in (*row.extensions, *row.filenames)],
        [name for row in LANGUAGES for name in (row.id, *row.lsp_ids)],
    ):
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("language_id", CORE)
def test_queries_fit_the_installed_grammar(language_id: str) -> None:
    row = language(language_id)
    folder = files("kimi_lsp.syntax").joinpath("queries")
    sources = "\n".join(folder.joinpath(name).read_text("utf-8") for name in row.queries)
    definitions, imports = definitions_query(row), imports_query(row)
    assert len(definitions) + len(imports) == Query(grammar(row), sources).pattern_count
    assert 0 < len(definitions.values) < len(definitions)
    assert len(imports) > 0
    assert "identifier" in identifier_types(row)


def test_a_missing_wheel_is_named() -> None:
    row = Language(id="nope", module="tree_sitter_no_such", queries=(), extensions=(".nope",))
    with pytest.raises(GrammarMissing, match="no grammar for nope: pip install tree-sitter-no-such"):
        parse("x", row)


def test_a_wheel_without_the_grammar_is_named() -> None:
    row = replace(language("python"), id="nope", function="language_nope")
    with pytest.raises(GrammarUnusable, match=r"tree-sitter-python$") as caught:
        parse("x", row)
    assert isinstance(caught.value, SyntaxUnavailable)


def test_a_wheel_with_another_grammar_than_the_queries_is_named() -> None:
    row = replace(language("python"), id="nope", queries=("rust.scm",))
    with pytest.raises(GrammarUnusable, match=r"Invalid node type.*pip install --upgrade tree-sitter-python"):
        outline(parse("x", row))


def test_importing_the_package_does_not_import_tree_sitter() -> None:
    script = (
        "import sys, kimi_lsp.syntax.outline; sys.exit(any('tree_sitter' in name for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
