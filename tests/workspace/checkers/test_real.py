"""The real programs, on texts that are not on disk. What is not installed is skipped, and says so."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from kimi_lsp.settings import Checker
from tests.workspace.checkers.checking import checked, fingerprint, installed, lay_out, only, said

PYTHON = {"ruff.toml": "lint.select = ['F']\n", "a.py": "", "kept.py": "N = 1\n"}
NODE = {
    "eslint.config.mjs": "export default [{rules: {'no-unused-vars': 'error', 'no-undef': 'warn'}}];\n",
    "tsconfig.json": '{"compilerOptions": {"strict": true, "outDir": "dist", "composite": true,'
    ' "lib": ["es5"], "types": []}, "include": ["src"]}',
    "src/a.ts": "",
    "src/kept.ts": "export const n: number = 1;\n",
}
GO = {"go.mod": "module x\n\ngo 1.19\n", "a.go": "package x\n", "sub/s.go": "package sub\n"}
RUST = {
    "Cargo.toml": '[package]\nname = "c"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": "",
    "src/kept.rs": "pub fn n() -> i32 { 1 }\n",
}


def case(
    name: str, project: Mapping[str, str], texts: Mapping[str, str | None], *expected: str, id: str = ""
) -> object:
    return pytest.param(
        name, project, texts, list(expected), id=id or name.replace(" ", "-"),
        marks=pytest.mark.skipif(not installed(name), reason=f"{name} is not installed"),
    )  # fmt: skip


CASES = [
    case("ruff", PYTHON, {"a.py": 'import os\ndef f():\n\ts = "😀漢é"; bad = nowhere\n'},
         "ruff F401 a.py:1 warning os", "ruff F841 a.py:3 warning s", "ruff F841 a.py:3 warning bad",
         "ruff F821 a.py:3 error nowhere"),
    case("ruff", PYTHON, {"a.py": "X = 1\n"}, id="ruff-nothing"),
    case("ruff", {**PYTHON, "ruff.toml": "exclude = ['a.py']"}, {"a.py": "import os\n"}, id="ruff-excluded"),
    case("mypy", PYTHON, {"a.py": 'x: int = "s"\ny: int = "😀"\n'},
         'mypy assignment a.py:1 error "s"', 'mypy assignment a.py:2 error y: int = "😀"'),
    case("mypy", PYTHON, {"a.py": "import new, kept\nx: str = new.y\nz: str = kept.N\n", "new.py": "y = 1\n"},
         "mypy assignment a.py:2 error new.y", "mypy assignment a.py:3 error kept.N", id="mypy-a-new-file"),
    case("mypy", PYTHON, {"a.py": "import kept\n", "kept.py": None},
         "mypy import-not-found a.py:1 error import", id="mypy-a-file-that-is-gone"),
    case("shellcheck", {}, {"a.sh": '#!/bin/sh\ns="😀"; echo "$s" $1\n\techo "é" $2\n'},
         "shellcheck SC2086 a.sh:2 information $1", "shellcheck SC2086 a.sh:3 information $2"),
    case("eslint", NODE, {"src/a.js": 'const s = "😀漢"; const bad = 1;\n\tnowhere();\n'},
         "eslint no-unused-vars src/a.js:1 error s", "eslint no-unused-vars src/a.js:1 error bad",
         "eslint no-undef src/a.js:2 warning nowhere"),
    case("eslint", NODE, {"src/a.js": 'let s = "\u2028"; s = nowhere;'},
         "eslint no-unused-vars src/a.js:1 error s", "eslint no-undef src/a.js:1 warning nowhere", id="eslint-lines"),
    case("tsc", NODE, {"src/a.ts": 'const s = "😀漢"; const bad: number = "x";\nimport {n} from "./kept";\n'
                                   'import {m} from "./new";\nconst q: string = n;\nconst r: string = m;\n',
                       "src/new.ts": "export const m = 2;\n"},
         "tsc TS2322 src/a.ts:1 error bad", "tsc TS2322 src/a.ts:4 error q", "tsc TS2322 src/a.ts:5 error r"),
    case("go vet", GO, {"a.go": 'package x\n\nimport "fmt"\n\nfunc F() { s := "😀漢"; fmt.Printf("%d\\n", s) }\n'},
         "go vet  a.go:5 warning fmt"),
    case("go vet", GO, {"sub/s.go": 'package sub\n\nimport "x"\n\nvar A string = x.G()\n',
                        "new.go": "package x\n\nfunc G() int { return 2 }\n"},
         "go vet  sub/s.go:5 error x", id="go-vet-types"),
    case("clippy", RUST, {"src/lib.rs": 'mod kept;\nmod new;\npub fn f() -> i32 {\n    let s = "😀漢"; let bad = 1;\n'
                                        "\treturn kept::n() + new::k() + s.len() as i32;\n}\n",
                          "src/new.rs": 'pub fn k() -> i32 { let é = "x"; 1 }\n'},
         "clippy unused_variables src/lib.rs:4 warning bad",
         "clippy clippy::needless_return src/lib.rs:5 warning return kept::n() + new::k() + s.len() as i32",
         "clippy unused_variables src/new.rs:1 warning é"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "project", "texts", "expected"), CASES)
async def test_what_they_find(
    tmp_path: Path,
    name: str,
    project: Mapping[str, str],
    texts: Mapping[str, str | None],
    expected: list[str],
) -> None:
    lay_out(tmp_path / "p", project)
    (tmp_path / "p").mkdir(exist_ok=True)
    before = fingerprint(tmp_path / "p")
    report = await checked(tmp_path, texts, only(name))
    assert (said(report, texts), dict(report.failed), report.ran) == (expected, {}, (name,))
    assert fingerprint(tmp_path / "p") == before


@pytest.mark.parametrize("name", ["ruff", "mypy"])
async def test_what_is_no_program_at_all(tmp_path: Path, name: str) -> None:
    if not installed(name):
        pytest.skip(f"{name} is not installed")
    lay_out(tmp_path / "p", PYTHON)
    report = await checked(tmp_path, {"a.py": "def f(:\r\n    pass\r\n"}, only(name))
    first = report.diagnostics["a.py"][0]
    assert (report.ran, first.severity, first.line) == ((name,), "error", 1)
    assert first.code in ("invalid-syntax", "syntax")


@pytest.mark.skipif(not installed("ruff"), reason="ruff is not installed")
async def test_the_text_counts_not_the_disk(tmp_path: Path) -> None:
    lay_out(tmp_path / "p", {**PYTHON, "a.py": "import os\n"})
    report = await checked(tmp_path, {"a.py": "X = 1\n"}, only("ruff"))
    assert report.diagnostics == {"a.py": ()}


@pytest.mark.skipif(not installed("mypy"), reason="mypy is not installed")
@pytest.mark.parametrize(
    ("name", "text", "withheld"),
    [
        ("mypy.ini", "[mypy]\nplugins = evil.py\n", True),
        ("pyproject.toml", '[tool.mypy]\n"plugins" = ["evil.py"]\n', True),
        ("pyproject.toml", '[tool.mypy]\n"pl\\u0075gins" = ["evil.py"]\n', True),
        ("pyproject.toml", 'tool = {mypy = {plugins = ["evil.py"]}}\n', True),
        ("setup.cfg", "[mypy]\nPLUGINS: evil.py\n", True),
        ("mypy.ini", "[mypy]\npython_executable = ./evil\n", True),
        ("pyproject.toml", "[tool.pylint]\nload-plugins = []\n[tool.mypy]\nstrict = true\n", False),
    ],
)
async def test_mypy_is_not_run_where_the_project_names_code(
    tmp_path: Path, name: str, text: str, withheld: bool
) -> None:
    evil = "import pathlib\npathlib.Path(__file__ + '.ran').touch()\ndef plugin(v): raise SystemExit\n"
    lay_out(tmp_path / "p", {name: text, "evil.py": evil, "a.py": ""})
    table = {**only(), **{"mypy": Checker()}}
    del table["mypy"]
    report = await checked(tmp_path, {"a.py": "x: int = ''\n"}, table)
    assert ("mypy" in report.withheld, "mypy" in report.ran) == (withheld, not withheld)
    assert not (tmp_path / "p/evil.py.ran").exists()
    if withheld:
        assert f"{name} may name code to run" in report.withheld["mypy"]


@pytest.mark.skipif(not installed("eslint"), reason="eslint is not installed")
async def test_eslint_runs_only_where_there_is_a_configuration(tmp_path: Path) -> None:
    assert (await checked(tmp_path, {"a.js": "x"}, only("eslint"))).ran == ()
    lay_out(tmp_path / "p", {"eslint.config.mjs": "throw new Error('no configuration');\n"})
    failed = (await checked(tmp_path, {"a.js": "x"}, only("eslint"))).failed["eslint"]
    assert failed.startswith("ended with 2: Error: no configuration")


@pytest.mark.skipif(not installed("ruff"), reason="ruff is not installed")
async def test_a_configuration_with_a_fault_is_one_sentence(tmp_path: Path) -> None:
    lay_out(tmp_path / "p", {"ruff.toml": "lint.select = ['NOPE'\n"})
    report = await checked(tmp_path, {"a.py": "import os\n"}, only("ruff", "mypy"))
    assert report.ran == ("mypy",)
    (sentence,) = report.sentences
    assert sentence.startswith("checker ruff failed: ended with 2: ruff failed")
    assert "\n" not in sentence
    assert len(sentence) < 220


@pytest.mark.skipif(not installed("mypy"), reason="mypy is not installed")
async def test_what_an_edit_writes_is_not_executed(tmp_path: Path) -> None:
    """A model's edit names a plugin of its own: nobody has looked at it yet."""
    lay_out(tmp_path / "p", {"mypy.ini": "[mypy]\nstrict = True\n"})
    ran = tmp_path / "ran"
    texts = {
        "a.py": "X = 1\n",
        "plug.py": f"open({str(ran)!r}, 'w')\n",
        "mypy.ini": "[mypy]\nstrict = True\nplugins = plug.py\n",
    }
    table = only("mypy")
    del table["mypy"]
    report = await checked(tmp_path, texts, table)
    assert ("mypy" in report.withheld, report.ran, ran.exists()) == (True, (), False)


@pytest.mark.skipif(not installed("mypy"), reason="mypy is not installed")
async def test_a_configuration_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    os.mkfifo(tmp_path / "p" / "mypy.ini")
    table = only("mypy")
    del table["mypy"]
    assert (await checked(tmp_path, {"a.py": "X = 1\n"}, table)).ran == ()


@pytest.mark.skipif(not installed("mypy"), reason="mypy is not installed")
async def test_a_configuration_too_large_to_be_looked_through_is_withheld(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    large = "[mypy]\n" + "# nothing\n" * 450_000 + "plugins = plug.py\n"
    lay_out(tmp_path / "p", {"mypy.ini": large, "plug.py": f"open({str(ran)!r}, 'w')\n"})
    table = only("mypy")
    del table["mypy"]
    report = await checked(tmp_path, {"a.py": "X = 1\n"}, table)
    assert ("mypy" in report.withheld, report.ran, ran.exists()) == (True, (), False)


@pytest.mark.skipif(not installed("mypy"), reason="mypy is not installed")
async def test_nor_where_the_user_has_named_it(tmp_path: Path) -> None:
    lay_out(tmp_path / "p", {"mypy.ini": "[mypy]\n"})
    ran = tmp_path / "ran"
    plugin = {"plug.py": f"open({str(ran)!r}, 'w')\n", "mypy.ini": "[mypy]\nplugins = plug.py\n"}
    report = await checked(tmp_path, {"a.py": "X = 1\n", **plugin}, only("mypy"))
    assert ("mypy" in report.withheld, report.ran, ran.exists()) == (True, (), False)


@pytest.mark.skipif(not installed("clippy"), reason="clippy is not installed")
@pytest.mark.parametrize(
    ("manifest", "file", "withheld"),
    [
        pytest.param("", "src/lib.rs", False, id="a-library"),
        pytest.param("[lib]\nproc-macro = true\n", "src/lib.rs", True, id="macros"),
        pytest.param("lib.proc-macro = true\n", "src/lib.rs", True, id="macros-dotted"),
        pytest.param("[lib]\ncrate-type = ['proc-macro']\n", "src/lib.rs", True, id="macros-by-type"),
        pytest.param("", "build.rs", True, id="a-build-script"),
        pytest.param("", "helper/mod.rs", True, id="beside-a-build-script"),
    ],
)
async def test_what_clippy_would_execute_is_as_on_the_disk(
    tmp_path: Path, manifest: str, file: str, withheld: bool
) -> None:
    before, package, after = RUST["Cargo.toml"].partition("[package]\n")
    dotted = manifest if manifest.startswith("lib.") else ""
    script = {"build.rs": "mod helper;\nfn main() {}\n"} if file.startswith("helper") else {}
    toml = dotted + before + package + after + ("" if dotted else manifest)
    lay_out(tmp_path / "p", {**RUST, **script, "Cargo.toml": toml})
    report = await checked(
        tmp_path, {file: "pub fn f() {}\n", "src/kept.rs": RUST["src/kept.rs"]}, only("clippy")
    )
    assert ("clippy" in report.withheld) == withheld
