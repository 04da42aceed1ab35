"""Workspaces that nobody would write: what is gathered stays bounded, in size and in time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from kimi_lsp.context.budget import fit
from kimi_lsp.context.gather import SymbolContext
from kimi_lsp.context.render import render
from tests.context.polyglot import gathered, write

SECONDS = 3.0
"""Of CPU, for one prompt; the index is made before."""


def check(folder: Path, place: str, files: dict[str, str]) -> SymbolContext:
    write(folder, files)
    context = gathered(folder, place)  # once to have the index
    begin = time.process_time()
    context = gathered(folder, place)
    budgeted = fit(context, 12_000)
    assert time.process_time() - begin < SECONDS
    assert budgeted.tokens <= 12_000
    assert render(budgeted)
    return context


def test_a_name_that_is_used_ten_thousand_times(tmp_path: Path) -> None:
    files = {f"f{number}.py": "from a import fly\n\n" + "fly()\n" * 100 for number in range(100)}
    context = check(tmp_path, "a.py pass", {"a.py": "def fly():\n    pass\n", **files})
    assert 0 < len(context.knowledge.callers) <= 10


def test_a_name_that_is_defined_a_thousand_times(tmp_path: Path) -> None:
    files = {f"f{number}.py": "class A:\n    def get(self): ...\n\n\n" * 10 for number in range(100)}
    context = check(tmp_path, "a.py get", {"a.py": "def f(x):\n    return x.get()\n", **files})
    assert 0 < len(context.knowledge.definitions) <= 3


def test_a_definition_of_a_megabyte(tmp_path: Path) -> None:
    files = {"a.py": "from b import Huge\n\n\ndef f():\n    return Huge()\n"}
    files["b.py"] = "class Huge:\n" + "".join(f"    x{n} = '{'boats ' * 30}'\n" for n in range(5_000))
    context = check(tmp_path, "a.py return", files)
    assert [(one.head, one.body) for one in context.knowledge.definitions] == [("class Huge:", None)]


def test_imports_in_a_circle(tmp_path: Path) -> None:
    form = "from m{next} import C{next}\n\n\nclass C{own}(C{next}):\n    def f(self):\n        return self.gone()\n"
    files = {f"m{n}.py": form.format(own=n, next=(n + 1) % 5) for n in range(5)}
    context = check(tmp_path, "m0.py return", files)
    assert context.knowledge.map


def test_a_symbol_that_uses_a_thousand_names(tmp_path: Path) -> None:
    names = [f"name_{number}" for number in range(1_000)]
    body = "".join(f"    {name}()\n" for name in names)
    files = {
        "a.py": f"from b import *\n\n\ndef f():\n{body}",
        "b.py": "".join(f"def {n}(): ...\n" for n in names),
    }
    context = check(tmp_path, "a.py name_5", files)
    assert 100 < len(context.knowledge.definitions) <= 400


@pytest.mark.parametrize("name", ["od\nd.py", "a b.py", "`x`.py", "-x.py", "ü\u2028.py", "\x1b[31mred.py"])
def test_a_path_with_odd_characters(tmp_path: Path, name: str) -> None:
    files = {
        "a.py": "from b import *\n\n\ndef f(x):\n    return x.odd_one()\n",
        name: "class A:\n    def odd_one(self): ...\n",
    }
    context = check(tmp_path, "a.py return", files)
    text = render(fit(context, 12_000))
    assert "odd_one" in text
    assert all(line.isprintable() or "\t" in line for line in text.split("\n"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def f():\n    return " + "(" * 50_000, id="deep"),
        pytest.param("def f():\n    return " + "a." * 50_000 + "b\n", id="a-long-chain"),
        pytest.param("def f():\n    x = '" + "y" * 300_000 + "'\n    return x\n", id="a-long-line"),
        pytest.param("def f(:\n  return ]]] class def\n", id="broken"),
    ],
)
def test_a_place_in_hostile_code(tmp_path: Path, text: str) -> None:
    check(tmp_path, "a.py return" if "return" in text else "a.py x", {"a.py": text})


def test_an_index_that_is_older_than_the_files(tmp_path: Path) -> None:
    files = {
        "a.py": "from b import gone\n\n\ndef f():\n    return gone()\n",
        "b.py": "def gone():\n    return 1\n",
    }
    assert check(tmp_path, "a.py return", files).knowledge.definitions
    (tmp_path / "b.py").write_text("x = 1\ny = 2\n")
    assert gathered(tmp_path, "a.py return").knowledge.definitions == ()
    (tmp_path / "b.py").unlink()
    assert gathered(tmp_path, "a.py return").knowledge.definitions == ()


def test_what_became_a_secret_is_not_shown(tmp_path: Path) -> None:
    files = {
        "a.py": "from b import key\n\n\ndef f():\n    return key()\n",
        "b.py": "def key():\n    return 1\n",
    }
    assert check(tmp_path, "a.py return", files).knowledge.definitions
    (tmp_path / ".gitignore").write_text("b.py\n")
    context = gathered(tmp_path, "a.py return")
    assert context.knowledge.definitions == ()
    assert any(one.what == "b.py" and "ignored" in one.why for one in context.knowledge.left_out)
