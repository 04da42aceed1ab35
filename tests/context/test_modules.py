"""Which file an import names, language by language."""

import pytest

from kimi_lsp.context.modules import EXACT, INSIDE, match, stem_of, stems

NO = 0


def check(language: str, importer: str, module: str, file: str, wanted: int) -> None:
    assert match(module, importer, language, file) == wanted


@pytest.mark.parametrize(
    ("importer", "module", "file", "wanted"),
    [
        pytest.param("app/main.py", "app.lock", "app/lock.py", EXACT, id="absolute"),
        pytest.param("tests/test_lock.py", "app.lock", "src/app/lock.py", EXACT, id="src-layout"),
        pytest.param("app/main.py", "app.lock", "app/lock/__init__.py", EXACT, id="package"),
        pytest.param("app/main.py", "app.lock", "app/lock/held.py", INSIDE, id="re-exported"),
        pytest.param("app/main.py", "app.lock", "app/locks.py", NO, id="another-stem"),
        pytest.param("app/main.py", "app.lock", "wrapp/lock.py", NO, id="half-a-folder"),
        pytest.param("app/a/b.py", ".lock", "app/a/lock.py", EXACT, id="relative"),
        pytest.param("app/a/b.py", "..lock", "app/lock.py", EXACT, id="relative-up"),
        pytest.param("app/a/b.py", "..lock", "app/a/lock.py", NO, id="relative-is-anchored"),
        pytest.param("app/a/b.py", ".", "app/a/__init__.py", EXACT, id="own-package"),
        pytest.param("app/a/b.py", ".", "app/a/c.py", INSIDE, id="own-package-module"),
        pytest.param("app/a/__init__.py", ".c", "app/a/c.py", EXACT, id="from-init"),
        pytest.param("main.py", "lock", "lock.py", EXACT, id="script-beside"),
        pytest.param("app/main.py", "app.lock", "app/lock.pyi", EXACT, id="stub"),
    ],
)
def test_python(importer: str, module: str, file: str, wanted: int) -> None:
    check("python", importer, module, file, wanted)


@pytest.mark.parametrize(
    ("importer", "module", "file", "wanted"),
    [
        pytest.param("src/app.ts", "./lock", "src/lock.ts", EXACT, id="beside"),
        pytest.param("src/a/app.ts", "../lock", "src/lock.tsx", EXACT, id="up"),
        pytest.param("src/app.ts", "./lock.js", "src/lock.ts", EXACT, id="js-means-ts"),
        pytest.param("src/app.mts", "./lock.mjs", "src/lock.mts", EXACT, id="mjs"),
        pytest.param("src/app.ts", "./lock", "src/lock/index.ts", EXACT, id="index"),
        pytest.param("src/app.ts", "./lock/index.js", "src/lock/index.ts", EXACT, id="index-written"),
        pytest.param("src/app.ts", "./lock", "src/lock/held.ts", INSIDE, id="re-exported"),
        pytest.param("src/app.ts", ".", "src/index.ts", EXACT, id="own-folder"),
        pytest.param("src/app.ts", "./lock", "lib/lock.ts", NO, id="relative-is-anchored"),
        pytest.param("src/a/app.ts", "@/util/lock", "src/util/lock.ts", EXACT, id="path-alias"),
        pytest.param("apps/web/x.ts", "@acme/lock", "packages/lock/src/held.ts", INSIDE, id="monorepo"),
        pytest.param("src/app.ts", "./lock", "src/lock.d.ts", EXACT, id="declarations"),
        pytest.param("src/app.ts", "./Lock.vue", "src/Lock.vue", EXACT, id="component"),
    ],
)
def test_typescript(importer: str, module: str, file: str, wanted: int) -> None:
    check("typescript", importer, module, file, wanted)


@pytest.mark.parametrize(
    ("importer", "module", "file", "wanted"),
    [
        pytest.param("src/main.rs", "crate::lock", "src/lock.rs", EXACT, id="crate"),
        pytest.param("core/src/a/b.rs", "crate::lock", "core/src/lock.rs", EXACT, id="crate-in-a-workspace"),
        pytest.param("core/src/a.rs", "crate::lock", "cli/src/lock.rs", NO, id="another-crate-s"),
        pytest.param("src/main.rs", "crate::lock", "src/lock/mod.rs", EXACT, id="mod"),
        pytest.param("src/main.rs", "crate::lock", "src/lock/held.rs", INSIDE, id="re-exported"),
        pytest.param("src/a/b.rs", "super::c", "src/a/c.rs", EXACT, id="super"),
        pytest.param("src/a/mod.rs", "self::c", "src/a/c.rs", EXACT, id="self"),
        pytest.param("src/a.rs", "c", "src/a/c.rs", EXACT, id="own-module"),
        pytest.param(
            "cli/src/main.rs", "acme_core::lock", "acme-core/src/lock.rs", EXACT, id="another-crate"
        ),
        pytest.param("src/a.rs", "crate", "src/lib.rs", EXACT, id="root"),
    ],
)
def test_rust(importer: str, module: str, file: str, wanted: int) -> None:
    check("rust", importer, module, file, wanted)


@pytest.mark.parametrize(
    ("importer", "module", "file", "wanted"),
    [
        pytest.param("cmd/x/main.go", "example.com/acme/lock", "lock/held.go", EXACT, id="package"),
        pytest.param("cmd/x/main.go", "example.com/acme/in/lock", "in/lock/a.go", EXACT, id="nested"),
        pytest.param("cmd/x/main.go", "example.com/acme/lock", "other/lock/a.go", NO, id="another"),
        pytest.param("cmd/x/main.go", "example.com/acme", "root.go", EXACT, id="top"),
        pytest.param("cmd/x/main.go", "strings", "strings.go", NO, id="standard-library"),
        pytest.param(
            "go/cmd/x/main.go", "example.com/acme/in/lock", "go/in/lock/a.go", EXACT, id="module-in-a-folder"
        ),
        pytest.param(
            "go/cmd/x/main.go", "github.com/acme/thing/v2/lock", "go/lock/a.go", EXACT, id="of-a-version"
        ),
        pytest.param(
            "go/cmd/x/main.go", "github.com/acme/thing/lock", "other/lock/a.go", NO, id="in-another-folder"
        ),
        pytest.param("in/a/main.go", "github.com/pkg/errors", "in/errors/a.go", NO, id="of-another-module"),
        pytest.param("in/a/main.go", "errors", "in/errors/a.go", NO, id="standard-library-s-name"),
    ],
)
def test_go(importer: str, module: str, file: str, wanted: int) -> None:
    check("go", importer, module, file, wanted)


@pytest.mark.parametrize(
    ("language", "importer", "module", "file", "wanted"),
    [
        pytest.param("java", "A.java", "org.acme.Lock", "src/main/java/org/acme/Lock.java", EXACT, id="java"),
        pytest.param("java", "A.java", "org.acme", "src/org/acme/Lock.java", INSIDE, id="java-package"),
        pytest.param("java", "A.java", "org.acme.Lock.Held", "org/acme/Lock.java", EXACT, id="java-nested"),
        pytest.param("kotlin", "A.kt", "org.acme.Lock", "org/acme/Lock.kt", EXACT, id="kotlin"),
        pytest.param("c", "src/main.c", "lock.h", "src/lock.h", EXACT, id="c-header"),
        pytest.param("c", "src/main.c", "lock.h", "src/lock.c", EXACT, id="c-its-source"),
        pytest.param(
            "cpp", "src/main.cc", "acme/lock.h", "include/acme/lock.h", EXACT, id="c-include-folder"
        ),
        pytest.param("c", "src/main.c", "../lock.h", "lock.h", EXACT, id="c-up"),
        pytest.param("c", "src/main.c", "stdio.h", "src/studio.c", NO, id="c-other"),
        pytest.param("ruby", "lib/a.rb", "./lock", "lib/lock.rb", EXACT, id="ruby-relative"),
        pytest.param("ruby", "bin/a.rb", "acme/lock", "lib/acme/lock.rb", EXACT, id="ruby"),
        pytest.param("php", "src/A.php", "App\\Models\\Lock", "src/Models/Lock.php", EXACT, id="php"),
        pytest.param("csharp", "A.cs", "Acme.Core.Locks", "Core/Locks/Lock.cs", EXACT, id="csharp-folder"),
        pytest.param("lua", "main.lua", "acme.lock", "acme/lock.lua", EXACT, id="lua"),
        pytest.param("lua", "main.lua", "./lock.lua", "lock.lua", EXACT, id="a-path"),
    ],
)
def test_others(language: str, importer: str, module: str, file: str, wanted: int) -> None:
    check(language, importer, module, file, wanted)


@pytest.mark.parametrize(
    "language", ["python", "typescript", "rust", "go", "java", "c", "ruby", "php", "lua"]
)
@pytest.mark.parametrize(
    "module",
    [
        "",
        " ",
        ".",
        "..",
        "....",
        "/",
        "::",
        "../../../../x",
        "a" * 600,
        "a\nb",
        "\ud800",
        "..." * 40,
        "a//b",
        "*",
    ],
)
def test_no_module_is_a_trap(language: str, module: str) -> None:
    for stem in stems(module, "a/b.x", language):
        assert "\n" not in stem.path or "\n" in module
    assert match(module, "a/b.x", language, "a/c.x") in (NO, INSIDE, EXACT)


def test_what_stands_for_its_folder() -> None:
    assert stem_of("a/b/__init__.py") == "a/b"
    assert stem_of("a/index.d.ts") == "a"
    assert stem_of("a/b.py") == "a/b"
