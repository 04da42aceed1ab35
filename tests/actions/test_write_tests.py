"""Where tests belong, and what the request says of it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from kimi_lsp.actions.action import Task
from kimi_lsp.actions.catalogue import by_id
from kimi_lsp.actions.write_tests import LONGEST_FILE, with_test_file
from kimi_lsp.model.scripted import Turn
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.errors import Missing
from tests.actions.playing import WELL, create, files_in, play

CODE = "def f():\n    return 1\n"
TEST = "from a import f\n\n\ndef test_f():\n    assert f() == 1\n"


def material(folder: Path, texts: Mapping[str, str], path: str) -> str:
    files = files_in(folder, {path: CODE, **texts})
    return with_test_file(Task(by_id("test"), path, Span(0, 1)), files).material


@pytest.mark.parametrize(
    ("path", "texts", "said"),
    [
        pytest.param(
            "pkg/a.py", {"tests/test_a.py": TEST, "pyproject.toml": "[tool.pytest.ini_options]\n"},
            "Put them in tests/test_a.py, which exists: add to it and keep what it has. Test framework: pytest.\n"
            f"tests/test_a.py:\n```\n{TEST}```\n",
            id="there",
        ),
        pytest.param(
            "pkg/a.py", {"tests/pkg/test_b.py": TEST, "pkg/b.py": CODE},
            "Put them in tests/pkg/test_a.py, which does not exist yet: create it with `create_file`. "
            "Test framework: pytest.\nOther tests look like this:\n"
            f"tests/pkg/test_b.py:\n```\n{TEST}```\n",
            id="by-the-habit-of-others",
        ),
        pytest.param(
            "src/a.ts", {"package.json": '{"devDependencies": {"vitest": "1"}}'},
            "Put them in src/a.test.ts, which does not exist yet: create it with `create_file`. "
            "Test framework: vitest.\n",
            id="the-first-test",
        ),
        pytest.param(
            "a.go", {"a_test.go": "package a\n"},
            "Put them in a_test.go, which exists: add to it and keep what it has. Test framework: testing.\n"
            "a_test.go:\n```\npackage a\n```\n",
            id="go",
        ),
        pytest.param(
            "src/a.rs", {},
            "Put them in src/a.rs itself, where this language has them. Test framework: Rust's own #[test].\n",
            id="rust",
        ),
    ],
)  # fmt: skip
def test_the_place(tmp_path: Path, path: str, texts: dict[str, str], said: str) -> None:
    assert material(tmp_path, texts, path) == said


def test_a_long_test_file_is_shown_by_its_beginning_and_its_outline(tmp_path: Path) -> None:
    long = "import a\n" + "".join(
        f"def test_{n}():\n    assert a.f({n}) == '```'\n\n\n" for n in range(1_000)
    )
    said = material(tmp_path, {"tests/test_a.py": long}, "a.py")
    assert "tests/test_a.py, its first " in said
    assert "tests/test_a.py, all it defines:\n```\ntest_0\ntest_1\n" in said
    assert "````" in said
    assert len(said) < 2 * LONGEST_FILE


def test_a_place_that_the_policy_forbids_is_not_proposed(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("tests/\n")
    assert "Put them in tests/" not in material(tmp_path, {"tests/test_a.py": TEST}, "pkg/a.py")


def test_an_example_is_a_test_and_the_nearest_one(tmp_path: Path) -> None:
    texts = {
        "tests/conftest.py": "",
        "tests/x/test_far.py": "far = 1\n",
        "tests/pkg/test_near.py": "near = 1\n",
    }
    assert "near = 1" in material(tmp_path, {**texts, "pkg/near.py": CODE}, "pkg/a.py")


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        with_test_file(Task(by_id("test"), "a.py", Span(0, 1)), files_in(tmp_path, {}))


async def test_tests_are_made_where_they_belong(tmp_path: Path) -> None:
    texts = {"a.py": CODE.replace("1", "1$0"), "tests/test_b.py": TEST, "b.py": CODE}
    turns = [Turn(calls=[create("tests/test_a.py", TEST)]), WELL]
    played = await play("test", tmp_path, texts, "a.py", turns, instruction="two of them")
    assert played.texts == {"tests/test_a.py": TEST}
    assert played.request.startswith("Write tests for `f` in a.py. Cover what it promises: ")
    assert "Put them in tests/test_a.py, which does not exist yet" in played.request
    assert played.request.endswith("The engineer asks: two of them\n")
