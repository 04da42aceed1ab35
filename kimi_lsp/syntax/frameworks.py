"""Which test framework a project uses, by its texts and files: a table by language, best first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from kimi_lsp.syntax.languages import ECMASCRIPT
from kimi_lsp.syntax.registry import by_path


@dataclass(frozen=True, slots=True)
class Framework:
    """A test framework: its name, what a text that uses it says, and the files of its own that a project has."""

    name: str
    says: re.Pattern[str]
    files: re.Pattern[str] | None = None


def framework(path: str, existing: Collection[str], texts: Iterable[str] = ()) -> str | None:
    """The test framework that a project seems to use for the language of ``path``.

    ``texts`` are what is known of it: an existing test file, the manifest (``package.json``, ``pyproject.toml``);
    they decide first, then files of a framework's own among ``existing``, then the language's custom. None where
    the language has none.
    """
    language = by_path(path)
    known = FRAMEWORKS.get(language.id) if language is not None else None
    if known is None:
        return None
    for text in texts:
        for one in known:
            if one.says.search(text):
                return one.name
    for one in known:
        if one.files is not None and any(map(one.files.fullmatch, existing)):
            return one.name
    return known[0].name


def _framework(name: str, says: str, files: str | None = None) -> Framework:
    return Framework(name, re.compile(says), re.compile(files) if files else None)


_JAVASCRIPT = (
    _framework("vitest", r"""["']vitest["']""", r"(?:.*/)?vitest\.config\.\w+"),
    _framework("jest", r"""["'](?:@jest/globals|jest|ts-jest)["']|\bjest\.""", r"(?:.*/)?jest\.config\.\w+"),
    _framework("node:test", r"""["']node:test["']|node --test"""),
    _framework("mocha", r"""["'](?:mocha|chai)["']""", r"(?:.*/)?\.mocharc(?:\.\w+)?"),
    _framework("playwright", r"""["']@playwright/test["']""", r"(?:.*/)?playwright\.config\.\w+"),
    _framework("jasmine", r"""["']jasmine(?:-core)?["']""", r"(?:.*/)?jasmine\.json"),
    _framework("bun:test", r"""["']bun:test["']""", r"(?:.*/)?bun\.lockb?"),
)

_JUNIT = (
    _framework("JUnit 5", r"org\.junit\.jupiter|junit-jupiter"),
    _framework("JUnit 4", r"import org\.junit\.(?:Test|\*)|junit:junit|<artifactId>junit<"),
    _framework("TestNG", r"org\.testng"),
)

_C = (
    _framework("GoogleTest", r"gtest/gtest\.h|gmock/gmock\.h|GTest::|googletest"),
    _framework("Catch2", r"catch2?/|catch\.hpp|Catch2::"),
    _framework("doctest", r"doctest(?:/doctest)?\.h|doctest::"),
    _framework("Boost.Test", r"boost/test/"),
    _framework("cmocka", r"cmocka\.h"),
    _framework("Check", r"<check\.h>"),
    _framework("Unity", r'"unity\.h"'),
)

_OCAML = (_framework("Alcotest", r"Alcotest|alcotest"), _framework("OUnit", r"OUnit|ounit"))

FRAMEWORKS: dict[str, tuple[Framework, ...]] = {
    "python": (
        _framework("pytest", r"\bpytest\b", r"(?:.*/)?(?:pytest\.ini|conftest\.py)"),
        _framework("unittest", r"\bunittest\b|\bdjango\.test\b"),
    ),
    **dict.fromkeys(ECMASCRIPT, _JAVASCRIPT),
    "rust": (_framework("Rust's own #[test]", r"#\[(?:\w+::)?test\b"),),
    "go": (
        _framework("testing", r'\A(?![\s\S]*(?:stretchr/testify|onsi/ginkgo))[\s\S]*"testing"'),
        _framework("testing with testify", r"github\.com/stretchr/testify"),
        _framework("Ginkgo", r"github\.com/onsi/ginkgo"),
    ),
    "java": _JUNIT,
    "kotlin": (
        _framework("Kotest", r"io\.kotest"),
        _framework("kotlin.test", r"kotlin\.test|kotlin-test"),
        *_JUNIT,
    ),
    "scala": (
        _framework("ScalaTest", r"org\.scalatest|scalatest"),
        _framework("munit", r"\bmunit\b"),
        _framework("specs2", r"org\.specs2|specs2"),
    ),
    "c": _C,
    "cpp": _C,
    "csharp": (
        _framework("xUnit", r"using Xunit|\bxunit\b"),
        _framework("NUnit", r"NUnit\.Framework|\bNUnit\b"),
        _framework("MSTest", r"Microsoft\.VisualStudio\.TestTools|MSTest"),
    ),
    "ruby": (
        _framework("RSpec", r"\bRSpec\b|spec_helper|\brspec\b", r"(?:.*/)?(?:\.rspec|spec/\w+_helper\.rb)"),
        _framework("minitest", r"\b[Mm]initest\b|ActiveSupport::TestCase", r"(?:.*/)?test/test_helper\.rb"),
        _framework("test-unit", r"test/unit|test-unit"),
    ),
    "php": (
        _framework("Pest", r"pestphp/pest|uses\(", r"(?:.*/)?tests/Pest\.php"),
        _framework("PHPUnit", r"PHPUnit|phpunit", r"(?:.*/)?phpunit\.xml(?:\.dist)?"),
    ),
    "elixir": (_framework("ExUnit", r"ExUnit"),),
    "dart": (_framework("flutter_test", r"flutter_test"), _framework("test", r"package:test/")),
    "swift": (_framework("Swift Testing", r"import Testing\b"), _framework("XCTest", r"XCTest")),
    "haskell": (
        _framework("Hspec", r"Test\.Hspec|\bhspec\b"),
        _framework("Tasty", r"Test\.Tasty|\btasty\b"),
        _framework("HUnit", r"Test\.HUnit"),
    ),
    "ocaml": _OCAML,
    "ocaml.interface": _OCAML,
    "julia": (_framework("Test", r"using Test\b"),),
    "lua": (
        _framework("busted", r"\bdescribe\s*\(|busted", r"(?:.*/)?\.busted"),
        _framework("luaunit", r"luaunit"),
    ),
    "zig": (_framework("Zig's own test blocks", r"\btest\b"),),
    "shellscript": (_framework("bats", r"\bbats\b|@test"), _framework("shunit2", r"shunit2")),
    "terraform": (_framework("terraform test", r"\brun\s+\""),),
}
"""The frameworks of each language id."""
