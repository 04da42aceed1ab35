from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from kimi_lsp.syntax.definitions_only import Named, definitions_only
from kimi_lsp.syntax.errors import SyntaxUnavailable
from kimi_lsp.syntax.languages import LANGUAGES
from kimi_lsp.syntax.outline import outline
from kimi_lsp.syntax.registry import by_id
from kimi_lsp.syntax.tree import parse
from kimi_lsp.text.line_index import LineIndex
from kimi_lsp.workspace.index.extract import Definition, extract, extract_file
from kimi_lsp.workspace.index.words import mentions
from tests.syntax.samples import SAMPLES
from tests.syntax.tables import needs_the_wheel_of, tree

SOURCES = sorted(Path(__file__).parents[3].joinpath("kimi_lsp", "syntax").glob("*.py"))


def by_outline(language_id: str, text: str) -> list[Named]:
    language = by_id(language_id)
    assert language is not None
    parsed, lines = parse(text, language), LineIndex(text)
    return [
        Named(
            symbol.name,
            symbol.path,
            symbol.kind,
            lines.position(symbol.span.start, "utf-32").line + 1,
            lines.position(max(symbol.span.start, symbol.span.end - 1), "utf-32").line + 1,
            " ".join(symbol.head.of(text).split())[:300],
        )
        for symbol in outline(parsed)
    ]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("language_id", SAMPLES)
def test_the_definitions_are_those_of_the_outline(language_id: str, ending: str) -> None:
    language = by_id(language_id)
    assert language is not None
    text = SAMPLES[language_id].replace("\n", ending)
    try:
        parsed = parse(text, language)
    except SyntaxUnavailable as missing:
        pytest.skip(str(missing))
    assert list(definitions_only(parsed, 300)) == by_outline(language_id, text)


def test_a_function_of_dart_ends_with_the_body_beside_its_head() -> None:
    needs_the_wheel_of("dart")
    text = "int f() {\n  return 1;\n}\n\nclass A {\n  int g() => 2;\n\n  int h() {\n    return 3;\n  }\n}\n"
    assert list(definitions_only(tree("dart", text), 300)) == by_outline("dart", text)


def test_the_definitions_of_real_files_are_those_of_the_outline() -> None:
    python = by_id("python")
    assert python is not None
    for source in SOURCES:
        text = source.read_text(encoding="utf-8")
        assert list(definitions_only(parse(text, python), 300)) == by_outline("python", text)


def test_lines_count_from_one_and_hold_the_decorator() -> None:
    found = extract("import a\n\n\n@cached\ndef load(path):\n    return a.read(path)\n", "src/load.py")
    assert found.definitions == [Definition("load", "load", "function", 4, 6, "@cached def load(path):")]
    assert found.mentions == {"cached": (1, [4]), "load": (1, [5]), "path": (2, [5, 6]), "read": (1, [6])}


def test_a_component_defines_what_its_script_defines() -> None:
    text = "<template>\n<p>{{ show }}</p>\n</template>\n<script>\nfunction show(a) {\n}\n</script>\n"
    assert extract(text, "a.vue").definitions == [
        Definition("show", "show", "function", 5, 6, "function show(a)")
    ]


@pytest.mark.parametrize(
    ("language_id", "text", "names"),
    [
        ("python", "one(2)  # two\n", {"one"}),
        ("python", '"""doc of two"""\none()\n', {"one"}),
        ("python", "f'{one} two' + rb'three' + \"it's\" + four\n", {"one", "four"}),
        ("python", 'one = """two\n', {"one"}),
        ("python", "größe = naïve\n", {"größe", "naïve"}),
        ("javascript", "one(`two ${three}`, 'four'); // five\n/* six\n*/ seven()", {"one", "three", "seven"}),
        ("rust", "fn one<'a>(two: &'a str) { three('x', \"four\") }", {"one", "two", "three"}),
        ("go", "one := `two\nthree` + four", {"one", "four"}),
        ("shellscript", "one $two ${three#four} # five\n", {"one", "two", "three", "four"}),
        ("php", "<?php $one = two(); # three\n#[Four]\n", {"php", "one", "two", "Four"}),
        ("csharp", '$"a {one} b"; two', {"one", "two"}),
        ("haskell", "one' = two -- three\n{- four\n-} five", {"one", "two", "five"}),
        ("sql", "select one from two -- three", {"select", "one", "two"}),
        ("c", "one = 0x1Fu + 1e9f - two;", {"one", "two"}),
    ],
)
def test_mentions(language_id: str, text: str, names: set[str]) -> None:
    language = by_id(language_id)
    assert language is not None
    assert set(mentions(text, language)) == names


@pytest.mark.parametrize(("name", "mark"), [("a.py", "'''"), ("a.kt", '"'), ("a.rb", '"')])
def test_mentions_know_their_lines(name: str, mark: str) -> None:
    begin = f"name\n{mark}\n\n{mark}\nname name\r\nname\rname f{mark}\n{{name}}{mark}\n"
    found = extract(begin + "other\n" * 80, name).mentions
    assert found["name"] == (6, [1, 5, 6, 7, 8])
    assert found["other"][0] == 80
    assert len(found["other"][1]) == 50


def test_what_is_in_braces_counts_in_strings_that_say_so() -> None:
    text = "'front {one}', f'{two} {{three}}', rb'{four}', Rf'''five\n{six(\n\"seven\")}''', xf'{eight}'\n"
    found = {"two": (1, [1]), "three": (1, [1]), "six": (1, [2]), "seven": (1, [3]), "xf": (1, [3])}
    assert extract(text, "a.py").mentions == found


@pytest.mark.parametrize("language", [row for row in LANGUAGES if row.id in SAMPLES], ids=lambda row: row.id)
@pytest.mark.parametrize(
    "piece", ['"', "'", "'''\"", '"""a', "f'{", "\\", "/*", "`${", '"a\n', "{-", "(*", "a"]
)
def test_no_text_takes_long(language: object, piece: str) -> None:
    row = next(one for one in LANGUAGES if one is language)
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    mentions(text, row)
    mentions(text + "\\", row)
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(b"a\0b", "a.py is binary", id="nul"),
        pytest.param(b"caf\xe9", "a.py is not UTF-8 (byte 3)", id="latin-1"),
        pytest.param(b"x = 1\n" * 1_000, "a.py is larger than 4 KiB", id="large"),
        pytest.param(
            b"k = 'AKIA" + b"ABCDEFGHIJKLMNOP'", "a.py holds what looks like a credential (line 1)", id="key"
        ),
        pytest.param(b"# @gen" + b"erated\n", "a.py is generated, as its first lines say", id="generated"),
        pytest.param(b"x = 1\n", "", id="plain"),
    ],
)
def test_what_is_left_out(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "a.py").write_bytes(content)
    found = extract_file(tmp_path / "a.py", "a.py", 4_096)
    assert found.why == why
    assert bool(found.definitions) is not bool(why)


def test_what_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "loop.py").symlink_to(tmp_path / "loop.py")
    (tmp_path / "folder.py").mkdir()
    for name in ("pipe.py", "loop.py", "folder.py", "gone.py"):
        assert extract_file(tmp_path / name, name, 4_096).why.startswith(f"{name} cannot be read: ")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("(" * 100_000, id="brackets"),
        pytest.param("x = '" + "a" * 1_900_000 + "'", id="one-line"),
        pytest.param("\udcff = 1\ndef f(): ...\n", id="lone-surrogate"),
        pytest.param("class A:\n" + "".join(f"{' ' * n}class B{n}:\n" for n in range(1, 300)), id="nested"),
    ],
)
def test_hostile_texts(text: str) -> None:
    started = time.process_time()
    extract(text, "a.py")
    assert time.process_time() - started < 10
