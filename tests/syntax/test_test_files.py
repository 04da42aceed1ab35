"""Which files are tests, and where the tests of a source are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.syntax import tests
from kimi_lsp.syntax.conventions import CONVENTIONS
from kimi_lsp.syntax.registry import by_id
from kimi_lsp.syntax.tests import MAX_CANDIDATES, is_test


@pytest.mark.parametrize(
    "path",
    [
        "tests/test_lock.py",
        "tests/helpers.py",
        "pkg/lock_test.py",
        "conftest.py",
        "app/tests.py",
        "src/lock.test.ts",
        "src/lock.spec.tsx",
        "src/__tests__/lock.js",
        "test/lock.mjs",
        "lock.cy.ts",
        "tests/lock.rs",
        "src/lock/tests.rs",
        "src/lock_test.rs",
        "lock_test.go",
        "src/test/java/a/LockTest.java",
        "a/LockTests.java",
        "src/test/java/a/Fixtures.java",
        "LockIT.java",
        "TestLock.java",
        "src/test/kotlin/LockTest.kt",
        "src/commonTest/kotlin/Lock.kt",
        "LockSpec.scala",
        "tests/lock.c",
        "lock_test.cc",
        "lock_unittest.cpp",
        "LockTest.cpp",
        "test_lock.c",
        "Lock.Tests/LockTests.cs",
        "spec/lock_spec.rb",
        "test/lock_test.rb",
        "test/test_lock.rb",
        "tests/Unit/LockTest.php",
        "test/lock_test.exs",
        "test/lock_test.dart",
        "Tests/LockTests/LockTests.swift",
        "test/LockSpec.hs",
        "test/test_lock.ml",
        "test/runtests.jl",
        "spec/lock_spec.lua",
        "test/lock.bats",
    ],
)
def test_is_a_test(path: str) -> None:
    assert is_test(path)


@pytest.mark.parametrize(
    "path",
    [
        "src/lock.py",
        "pkg/testing.py",
        "pkg/attest.py",
        "pkg/contest/lock.py",
        "latest.py",
        "src/lock.ts",
        "src/test-utils.ts",
        "spec.py",
        "lock.go",
        "testdata.go",
        "src/lock.rs",
        "src/main/java/a/Lock.java",
        "a/Contest.java",
        "a/Latest.java",
        "Protest.cs",
        "src/lock.c",
        "latest.c",
        "lib/lock.rb",
        "lib/lock.ex",
        "lock.dart",
        "tests/data.json",
        "tests/README.md",
        "tests/Makefile",
        "x",
        "..",
    ],
)
def test_is_no_test(path: str) -> None:
    assert not is_test(path)


CANDIDATES = [
    pytest.param("src/pkg/a/lock.py", "", "tests/a/test_lock.py", id="python"),
    pytest.param("src/pkg/lock.py", "tests/test_lock.py", "tests/test_lock.py", id="python-exists"),
    pytest.param(
        "pkg/a/lock.py",
        "pkg/a/key.py tests/pkg/a/test_key.py pkg/b.py tests/pkg/test_b.py",
        "tests/pkg/a/test_lock.py",
        id="python-whole-path-is-mirrored",
    ),
    pytest.param(
        "pkg/a/lock.py", "pkg/a/key.py pkg/a/tests/test_key.py", "pkg/a/tests/test_lock.py", id="python-below"
    ),
    pytest.param("pkg/a/lock.py", "pkg/a/key.py pkg/a/key_test.py", "pkg/a/lock_test.py", id="python-beside"),
    pytest.param(
        "pkg/a/lock.py",
        "pkg/b/key.py tests/test_key.py pkg/c/e.py tests/test_e.py",
        "tests/test_lock.py",
        id="python-flat",
    ),
    pytest.param("shop/lock.py", "shop/tests.py shop/models.py", "shop/tests.py", id="django"),
    pytest.param(
        "backend/app/api/lock.py",
        "backend/pyproject.toml backend/tests/api/test_key.py backend/app/api/key.py frontend/package.json",
        "backend/tests/api/test_lock.py",
        id="python-in-a-monorepo",
    ),
    pytest.param(
        "a/src/pkg/lock.py", "a/pyproject.toml b/pyproject.toml", "a/tests/test_lock.py", id="python-package"
    ),
    pytest.param("tests/test_lock.py", "", "tests/test_lock.py", id="a-test-is-its-own"),
    pytest.param("src/lock.ts", "", "src/lock.test.ts", id="typescript"),
    pytest.param("src/lock.ts", "src/key.ts src/key.spec.ts", "src/lock.spec.ts", id="typescript-spec"),
    pytest.param("src/lock.ts", "src/other.spec.ts", "src/lock.spec.ts", id="typescript-name-alone"),
    pytest.param(
        "src/ui/lock.tsx",
        "src/ui/__tests__/key.test.tsx src/ui/key.tsx",
        "src/ui/__tests__/lock.test.tsx",
        id="jest-folder",
    ),
    pytest.param(
        "packages/a/src/lock.js",
        "packages/b/src/key.js packages/b/test/key.test.js packages/a/package.json",
        "packages/a/test/lock.test.js",
        id="javascript-of-another-package",
    ),
    pytest.param("src/lock.rs", "src/lock.rs", "src/lock.rs", id="rust"),
    pytest.param("src/lock.rs", "src/lock.rs tests/lock.rs", "tests/lock.rs", id="rust-integration"),
    pytest.param("a/lock.go", "", "a/lock_test.go", id="go"),
    pytest.param("core/src/main/java/a/b/Lock.java", "", "core/src/test/java/a/b/LockTest.java", id="maven"),
    pytest.param(
        "src/main/java/a/Lock.java",
        "src/main/java/a/Key.java src/test/java/a/KeyTests.java",
        "src/test/java/a/LockTests.java",
        id="maven-plural",
    ),
    pytest.param("src/main/kotlin/Lock.kt", "", "src/test/kotlin/LockTest.kt", id="kotlin"),
    pytest.param(
        "src/commonMain/kotlin/Lock.kt", "", "src/commonTest/kotlin/LockTest.kt", id="kotlin-common"
    ),
    pytest.param("src/main/scala/Lock.scala", "", "src/test/scala/LockSpec.scala", id="scala"),
    pytest.param("src/lock.cc", "src/key.cc src/key_test.cc", "src/lock_test.cc", id="cpp-beside"),
    pytest.param("src/lock.c", "test/test_key.c src/key.c", "test/test_lock.c", id="c"),
    pytest.param("include/x/lock.hpp", "", "tests/test_lock.cpp", id="header"),
    pytest.param("src/Core/Io/Lock.cs", "", "tests/Core.Tests/Io/LockTests.cs", id="csharp"),
    pytest.param(
        "Core/Lock.cs", "Core.Tests/KeyTests.cs Core/Key.cs", "Core.Tests/LockTests.cs", id="csharp-beside"
    ),
    pytest.param("lib/a/lock.rb", "", "spec/a/lock_spec.rb", id="ruby"),
    pytest.param(
        "app/models/lock.rb",
        "app/models/key.rb test/models/key_test.rb",
        "test/models/lock_test.rb",
        id="rails",
    ),
    pytest.param("src/Io/Lock.php", "", "tests/Io/LockTest.php", id="php"),
    pytest.param(
        "src/Lock.php", "src/Key.php tests/Unit/KeyTest.php", "tests/Unit/LockTest.php", id="php-unit"
    ),
    pytest.param("lib/a/lock.ex", "", "test/a/lock_test.exs", id="elixir"),
    pytest.param("lib/src/a/lock.dart", "", "test/src/a/lock_test.dart", id="dart"),
    pytest.param("src/Lock.vue", "", "src/Lock.test.ts", id="vue"),
    pytest.param("Sources/Core/Lock.swift", "", "Tests/CoreTests/LockTests.swift", id="swift"),
    pytest.param("src/A/Lock.hs", "", "test/A/LockSpec.hs", id="haskell"),
    pytest.param("lib/lock.ml", "", "test/test_lock.ml", id="ocaml"),
    pytest.param("src/lock.jl", "", "test/lock.jl", id="julia"),
    pytest.param("lua/a/lock.lua", "", "spec/a/lock_spec.lua", id="lua"),
    pytest.param("src/lock.zig", "", "src/lock.zig", id="zig"),
    pytest.param("bin/lock.sh", "", "test/lock.bats", id="bash"),
    pytest.param("main.tf", "", "tests/main.tftest.hcl", id="terraform"),
]


@pytest.mark.parametrize(("path", "existing", "best"), CANDIDATES)
def test_the_best_candidate(path: str, existing: str, best: str) -> None:
    assert tests.test_candidates(path, existing.split())[0] == best


def test_no_candidates_without_a_convention() -> None:
    assert tests.test_candidates("README.md", []) == ()


NAMES = st.sampled_from(
    ["src", "lib", "pkg", "tests", "test", "lock", "key", "test_lock", "lock_test", "Lock", "LockTest"]
)
FILES = st.builds(
    lambda parts, ext: "/".join(parts) + ext,
    st.lists(NAMES, min_size=1, max_size=5),
    st.sampled_from([".py", ".ts", ".java", ".rs", ".cs", ".go", ".h"]),
)


@settings(deadline=None, max_examples=100)
@given(path=FILES, existing=st.lists(FILES, max_size=12))
def test_candidates_are_tests_and_do_not_depend_on_the_order_of_the_files(
    path: str, existing: list[str]
) -> None:
    found = tests.test_candidates(path, existing)
    assert 1 <= len(found) <= MAX_CANDIDATES
    assert len(set(found)) == len(found)
    assert found == tests.test_candidates(path, existing[::-1])
    assert all(is_test(one) or one == path for one in found)
    present = [one in existing for one in found]
    assert present == sorted(present, reverse=True)


def test_a_large_project_is_ranked_soon() -> None:
    files = {f"src/p{n % 100}/m{n}.py": None for n in range(20_000)}
    files |= {f"tests/p{n % 100}/test_m{n}.py": None for n in range(0, 20_000, 2)}
    assert tests.test_candidates("src/p4/m104.py", files)[0] == "tests/p4/test_m104.py"


def test_the_table_names_languages() -> None:
    for convention in CONVENTIONS:
        assert convention.habits
        assert all(by_id(language) for language in convention.languages)
