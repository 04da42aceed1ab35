"""Where the tests of a source file stand, by language: a table of habits, best first.

A habit is written ``SOURCE -> TEST``. ``SOURCE`` is the folder that sources are in, ``*`` is any one folder. In
``TEST`` stand ``{before}`` and ``{rest}`` for the folders around ``SOURCE``, ``{dir}`` for all folders of the file,
``{folder}`` for what ``*`` was, ``{stem}`` and ``{ext}`` for the file's name. Folders end in a slash.

Sources: the documentation of pytest, Jest, Vitest, Cargo, ``go test``, Maven's standard layout, RSpec, minitest,
PHPUnit, ExUnit, ``dart test``, SwiftPM, ``dotnet test``, GoogleTest, busted, bats and Hspec.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kimi_lsp.syntax.languages import ECMASCRIPT


@dataclass(frozen=True, slots=True)
class Habit:
    """One way from a source to its test; ``source`` by folders, ``test`` as a template."""

    source: tuple[str, ...]
    test: str


@dataclass(frozen=True, slots=True)
class Convention:
    """What test files of ``languages`` (their ids) are called, and which habits there are.

    ``names`` matches the name of a test file and captures the ``stem`` of what it tests; a file in one of
    ``folders`` is a test whatever it is called.
    """

    languages: tuple[str, ...]
    names: re.Pattern[str]
    folders: frozenset[str]
    habits: tuple[Habit, ...]


def _habits(sources: Iterable[str], tests: Iterable[str]) -> tuple[Habit, ...]:
    return tuple(
        Habit(tuple(source.split("/")) if source else (), test) for test in tests for source in sources
    )


_ANYWHERE = frozenset({"test", "tests"})

_ROOTS = ("src", "lib", "app", "")

_JAVASCRIPT = _habits(
    ("",),
    (
        "{dir}{stem}.test{ext}",
        "{dir}{stem}.spec{ext}",
        "{dir}__tests__/{stem}.test{ext}",
        "{dir}__tests__/{stem}{ext}",
    ),
) + _habits(
    _ROOTS,
    (
        "{before}tests/{rest}{stem}.test{ext}",
        "{before}test/{rest}{stem}.test{ext}",
        "{before}tests/{rest}{stem}.spec{ext}",
        "{before}test/{rest}{stem}.spec{ext}",
        "{before}__tests__/{rest}{stem}.test{ext}",
        "{before}tests/unit/{rest}{stem}.test{ext}",
        "{before}tests/unit/{rest}{stem}.spec{ext}",
        "{before}test/{rest}{stem}{ext}",
        "{before}test/{rest}test-{stem}{ext}",
    ),
)


def _jvm(language: str, ext: str, *names: str) -> tuple[Habit, ...]:
    tests = [f"{{stem}}{name}{ext}" for name in names]
    return (
        _habits([f"src/main/{language}"], [f"{{before}}src/test/{language}/{{rest}}{test}" for test in tests])
        + _habits(["src/main/java"], [f"{{before}}src/test/{language}/{{rest}}{test}" for test in tests])
        + _habits(
            ["src/commonMain/kotlin"], [f"{{before}}src/commonTest/kotlin/{{rest}}{test}" for test in tests]
        )
        + _habits(["src", "app", ""], [f"{{before}}test/{{rest}}{test}" for test in tests])
        + _habits([""], [f"{{dir}}{test}" for test in tests])
    )


CONVENTIONS = (
    Convention(
        ("python",),
        re.compile(r"test_(?P<stem>.+)\.pyi?|(?P<stem2>.+)_tests?\.py|tests?\.py|conftest\.py"),
        _ANYWHERE,
        _habits(
            ("src/*", "*", "src", ""),
            (
                "{before}tests/{rest}test_{stem}.py",
                "{before}tests/unit/{rest}test_{stem}.py",
                "{before}test/{rest}test_{stem}.py",
                "{before}tests/test_{stem}.py",
                "{before}test/test_{stem}.py",
                "{before}tests/{rest}{stem}_test.py",
            ),
        )
        + _habits(
            ("",),
            ("{dir}tests/test_{stem}.py", "{dir}test_{stem}.py", "{dir}{stem}_test.py", "{dir}tests.py"),
        ),
    ),
    Convention(
        ECMASCRIPT,
        re.compile(r"(?P<stem>.+)\.(?:test|spec|cy|e2e)\.[cm]?[jt]sx?|test-(?P<stem2>.+)\.[cm]?js"),
        frozenset({"test", "tests", "__tests__", "spec", "e2e"}),
        _JAVASCRIPT,
    ),
    Convention(
        ("rust",),
        re.compile(r"(?P<stem>.+)_tests?\.rs|tests?\.rs|test_(?P<stem2>.+)\.rs"),
        frozenset({"tests"}),
        _habits(("",), ("{dir}{stem}.rs",))
        + _habits(
            ("src",),
            ("{before}tests/{rest}{stem}.rs", "{before}tests/{stem}.rs", "{before}tests/test_{stem}.rs"),
        )
        + _habits(("",), ("{dir}{stem}/tests.rs", "{dir}{stem}_tests.rs", "{dir}{stem}_test.rs")),
    ),
    Convention(
        ("go",),
        re.compile(r"(?P<stem>.+)_test\.go"),
        frozenset(),
        _habits(("",), ("{dir}{stem}_test.go",)),
    ),
    Convention(
        ("java",),
        re.compile(r"(?P<stem>.+)(?:Tests?|IT|TestCase)\.java|Test(?P<stem2>[A-Z].*)\.java"),
        _ANYWHERE,
        _jvm("java", ".java", "Test", "Tests"),
    ),
    Convention(
        ("kotlin",),
        re.compile(r"(?P<stem>.+)(?:Tests?|Spec)\.kts?"),
        _ANYWHERE | {"commonTest", "jvmTest", "androidTest"},
        _jvm("kotlin", ".kt", "Test", "Tests", "Spec"),
    ),
    Convention(
        ("scala",),
        re.compile(r"(?P<stem>.+)(?:Test|Tests|Spec|Suite)\.scala"),
        _ANYWHERE,
        _jvm("scala", ".scala", "Spec", "Test", "Suite"),
    ),
    Convention(
        ("c", "cpp"),
        re.compile(
            r"(?:test|check)[_-](?P<stem>.+)\.(?:c|cc|cpp|cxx)|"
            r"(?P<stem2>.+?)(?:[_-](?:unit)?tests?|unittests?|Tests?)\.(?:c|cc|cpp|cxx)"
        ),
        _ANYWHERE | {"unittests", "gtest"},
        _habits(
            ("src/*", "src", "include/*", "include", "lib", ""),
            (
                "{before}tests/{rest}test_{stem}{ext}",
                "{before}test/{rest}test_{stem}{ext}",
                "{before}tests/{rest}{stem}_test{ext}",
                "{before}test/{rest}{stem}_test{ext}",
                "{before}tests/test_{stem}{ext}",
                "{before}test/test_{stem}{ext}",
                "{before}test/{stem}_test{ext}",
                "{before}unittests/{rest}{stem}Test{ext}",
            ),
        )
        + _habits(("",), ("{dir}{stem}_test{ext}", "{dir}{stem}_unittest{ext}", "{dir}{stem}-test{ext}")),
    ),
    Convention(
        ("csharp",),
        re.compile(r"(?P<stem>.+?)(?:Tests?|Specs?)\.cs"),
        _ANYWHERE,
        _habits(
            ("src/*", "*"),
            (
                "{before}tests/{folder}.Tests/{rest}{stem}Tests.cs",
                "{before}test/{folder}.Tests/{rest}{stem}Tests.cs",
                "{before}{folder}.Tests/{rest}{stem}Tests.cs",
                "{before}tests/{folder}.UnitTests/{rest}{stem}Tests.cs",
                "{before}{folder}.UnitTests/{rest}{stem}Tests.cs",
                "{before}{folder}.Tests/{rest}{stem}Test.cs",
            ),
        )
        + _habits(("src", ""), ("{before}tests/{rest}{stem}Tests.cs",)),
    ),
    Convention(
        ("ruby",),
        re.compile(r"(?P<stem>.+)_(?:spec|test)\.rb|test_(?P<stem2>.+)\.rb|(?:spec|test)_helper\.rb"),
        _ANYWHERE | {"spec"},
        _habits(
            ("lib", "app", ""),
            (
                "{before}spec/{rest}{stem}_spec.rb",
                "{before}test/{rest}{stem}_test.rb",
                "{before}test/{rest}test_{stem}.rb",
            ),
        )
        + _habits(
            ("lib", "app"),
            ("{before}spec/lib/{rest}{stem}_spec.rb", "{before}spec/unit/{rest}{stem}_spec.rb"),
        )
        + _habits(("lib/*",), ("{before}spec/{rest}{stem}_spec.rb", "{before}test/{rest}test_{stem}.rb")),
    ),
    Convention(
        ("php",),
        re.compile(r"(?P<stem>.+)(?:Test|Cest|Spec)\.php"),
        _ANYWHERE,
        _habits(
            ("src", "app", "lib", ""),
            (
                "{before}tests/{rest}{stem}Test.php",
                "{before}tests/Unit/{rest}{stem}Test.php",
                "{before}tests/unit/{rest}{stem}Test.php",
                "{before}tests/Feature/{rest}{stem}Test.php",
            ),
        ),
    ),
    Convention(
        ("elixir",),
        re.compile(r"(?P<stem>.+)_test\.exs|test_helper\.exs"),
        frozenset({"test"}),
        _habits(("lib",), ("{before}test/{rest}{stem}_test.exs",)),
    ),
    Convention(
        ("dart",),
        re.compile(r"(?P<stem>.+)_test\.dart"),
        frozenset({"test", "integration_test"}),
        _habits(("lib", "lib/src"), ("{before}test/{rest}{stem}_test.dart", "{before}test/{stem}_test.dart")),
    ),
    Convention(
        ("swift",),
        re.compile(r"(?P<stem>.+)Tests?\.swift"),
        frozenset({"Tests", "tests"}),
        _habits(
            ("Sources/*", "*"),
            (
                "{before}Tests/{folder}Tests/{rest}{stem}Tests.swift",
                "{before}Tests/{folder}Tests/{stem}Tests.swift",
                "{before}{folder}Tests/{rest}{stem}Tests.swift",
            ),
        )
        + _habits(("Sources", ""), ("{before}Tests/{rest}{stem}Tests.swift",)),
    ),
    Convention(
        ("haskell",),
        re.compile(r"(?P<stem>.+)(?:Spec|Test|Tests)\.hs|(?:Spec|Tests?)\.hs"),
        _ANYWHERE,
        _habits(
            ("src", "lib", ""), ("{before}test/{rest}{stem}Spec.hs", "{before}tests/{rest}{stem}Test.hs")
        ),
    ),
    Convention(
        ("ocaml", "ocaml.interface"),
        re.compile(r"test_(?P<stem>.+)\.ml|(?P<stem2>.+)_test\.ml|tests?\.ml"),
        _ANYWHERE,
        _habits(
            ("src", "lib", ""),
            (
                "{before}test/{rest}test_{stem}.ml",
                "{before}tests/{rest}test_{stem}.ml",
                "{before}test/test_{stem}.ml",
            ),
        ),
    ),
    Convention(
        ("julia",),
        re.compile(r"runtests\.jl|test_?(?P<stem>.+)\.jl|(?P<stem2>.+)_tests?\.jl"),
        _ANYWHERE,
        _habits(
            ("src", ""),
            (
                "{before}test/{rest}{stem}.jl",
                "{before}test/{rest}test_{stem}.jl",
                "{before}test/{rest}{stem}_tests.jl",
                "{before}test/runtests.jl",
            ),
        ),
    ),
    Convention(
        ("lua",),
        re.compile(r"(?P<stem>.+)_(?:spec|test)\.lua|test_(?P<stem2>.+)\.lua"),
        _ANYWHERE | {"spec"},
        _habits(
            ("lua", "src", "lib", ""),
            (
                "{before}spec/{rest}{stem}_spec.lua",
                "{before}tests/{rest}{stem}_spec.lua",
                "{before}test/{rest}test_{stem}.lua",
            ),
        ),
    ),
    Convention(
        ("zig",),
        re.compile(r"(?P<stem>.+)_tests?\.zig|tests?\.zig"),
        _ANYWHERE,
        _habits(("",), ("{dir}{stem}.zig", "{dir}{stem}_test.zig"))
        + _habits(("src",), ("{before}test/{rest}{stem}.zig",)),
    ),
    Convention(
        ("shellscript",),
        re.compile(r"(?P<stem>.+)\.bats|test[_-](?P<stem2>.+)\.(?:sh|bats)|(?P<stem3>.+)[_-]test\.sh"),
        _ANYWHERE,
        _habits(
            ("bin", "src", "lib", "scripts", ""),
            (
                "{before}test/{rest}{stem}.bats",
                "{before}tests/{rest}{stem}.bats",
                "{before}test/{rest}test_{stem}.sh",
                "{before}tests/{rest}test_{stem}.sh",
            ),
        ),
    ),
    Convention(
        ("terraform",),
        re.compile(r"(?P<stem>.+)\.tftest\.hcl"),
        frozenset(),
        _habits(("",), ("{dir}tests/{stem}.tftest.hcl", "{dir}{stem}.tftest.hcl")),
    ),
)
