"""Which test framework a project uses."""

from __future__ import annotations

import pytest

from kimi_lsp.syntax.conventions import CONVENTIONS
from kimi_lsp.syntax.frameworks import FRAMEWORKS, framework


@pytest.mark.parametrize(
    ("path", "existing", "texts", "name"),
    [
        ("a.py", [], [], "pytest"),
        ("a.py", [], ["import unittest\n"], "unittest"),
        ("a.ts", [], ['{"devDependencies": {"jest": "1"}}'], "jest"),
        ("a.ts", ["vitest.config.ts"], [], "vitest"),
        ("a.ts", ["a/jest.config.js"], ["nothing"], "jest"),
        ("A.java", [], ["import org.junit.Test;"], "JUnit 4"),
        ("a.rb", ["test/test_helper.rb"], [], "minitest"),
        ("a.cc", [], ["#include <catch2/catch_test_macros.hpp>"], "Catch2"),
        ("A.cs", [], ["using NUnit.Framework;"], "NUnit"),
        ("a.go", [], [], "testing"),
    ],
)
def test_framework(path: str, existing: list[str], texts: list[str], name: str) -> None:
    assert framework(path, existing, texts) == name


def test_no_framework_of_what_has_no_tests() -> None:
    assert framework("README.md", []) is None
    assert framework("x", []) is None


def test_each_language_with_a_convention_has_frameworks() -> None:
    assert {language for convention in CONVENTIONS for language in convention.languages} == set(FRAMEWORKS)
    assert all(FRAMEWORKS.values())
