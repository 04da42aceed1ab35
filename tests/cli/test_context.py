import re
from pathlib import Path

import pytest

from kimi_lsp.__main__ import main

SOURCE = """import os


def greet(name):
    return "hello, " + name


def part(name):
    return "bye, " + name
"""


CALLS = """from a import greet


def main():
    print(greet("you"))
"""


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The index of the tests is no user's; and no table is folded."""
    monkeypatch.setenv("COLUMNS", "200")
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setattr("kimi_lsp.cli.context.user_cache_path", lambda *_, **__: folder)
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.py"
    path.write_text(SOURCE)
    return path


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_the_prompt_as_it_would_be_sent(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["context", f"{file}:5"]) == 0
    out = said(capsys)
    assert "Refactor `greet` in a.py" in out
    assert SOURCE in out
    assert re.search(r"tools .* the same for every action", out)


def test_another_action_and_a_small_budget(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(SOURCE + "A = 1\n" * 300)
    assert main(["context", f"{file}:8:5", "--action", "explain", "--budget", "200"]) == 0
    out = said(capsys)
    assert "Explain `part` in a.py" in out
    assert "greet(name)" not in out.partition("the code in question")[2].partition("### request")[0]
    assert re.search(r"a\.py lines 1-309 of 309: the whole file .* tokens do not fit", out)


def test_what_is_elsewhere_and_why(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file.parent / "b.py").write_text(CALLS)
    assert main(["context", f"{file.parent / 'b.py'}:5"]) == 0
    out = said(capsys)
    assert '### a.py lines 4-5: `greet`\n```\ndef greet(name):\n    return "hello, " + name\n```' in out
    assert re.search(r"a\.py lines 4-5: `greet` .* used in line 5, imported", out)
    assert re.search(r"print .* not found in the workspace", out)


def test_who_uses_it(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file.parent / "b.py").write_text(CALLS)
    assert main(["context", f"{file}:5"]) == 0
    assert '### where it is used\n```\nb.py\n  5: print(greet("you"))  (in main)\n```' in said(capsys)


def test_a_module_of_the_workspace_is_not_told_as_unknown(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (file.parent / "b.py").write_text("import a\n\n\ndef main():\n    print(a.greet(1))\n")
    assert main(["context", f"{file.parent / 'b.py'}:5"]) == 0
    out = said(capsys)
    assert "### a.py lines 4-5: `greet`" in out
    assert re.search(r"│ print +│ not found in the workspace", out)


def test_the_folder_that_is_the_workspace(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inner = file.parent / "inner"
    inner.mkdir()
    (inner / "b.py").write_text("from ..a import greet\n\n\ndef main():\n    greet(1)\n")
    assert main(["context", f"{inner / 'b.py'}:5"]) == 0
    printed = capsys.readouterr()
    assert f"workspace: {inner.resolve()}\n" in printed.err
    assert "### a.py" not in printed.out
    assert main(["context", f"{inner / 'b.py'}:5", "--root", str(file.parent)]) == 0
    printed = capsys.readouterr()
    assert f"workspace: {file.parent.resolve()}\n" in printed.err
    assert "### a.py lines 4-5: `greet`" in printed.out


def test_the_words_of_the_request_cost_what_they_cost(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(SOURCE + "VALUES = [1, 2, 3]\n" * 300)
    assert main(["context", f"{file}:5"]) == 0
    out = said(capsys)
    cost = re.search(r"│ request +│ +(\d+) │", out)
    assert cost is not None
    assert 20 < int(cost[1]) < 120


def test_without_the_index(file: Path, capsys: pytest.CaptureFixture[str], cache: Path) -> None:
    (file.parent / "b.py").write_text(CALLS)
    assert main(["context", f"{file}:5", "--no-index"]) == 0
    assert "where it is used" not in said(capsys)
    assert not list(cache.iterdir())


def test_what_is_refused_is_told(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file.parent / ".gitignore").write_text("hidden.py\n")
    (file.parent / "hidden.py").write_text("def secret(): ...\n")
    file.write_text("from hidden import secret\n\n\ndef f():\n    return secret()\n")
    assert main(["context", f"{file}:5"]) == 0
    out = said(capsys)
    assert re.search(r"hidden\.py .* is ignored by", out)
    assert "def secret" not in out


def test_the_project_s_rules(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "settings.json"
    settings.write_text('{"context": {"instruction_files": ["AGENTS.md", "NONE.md"]}}')
    (tmp_path / "AGENTS.md").write_text("# Rules\n\nUse tabs.\n")
    assert main(["context", f"{file}:5", "--settings", str(settings)]) == 0
    out = said(capsys)
    assert "### instructions of the project, from AGENTS.md\n```\n# Rules\n\nUse tabs.\n```" in out
    assert re.search(r"NONE\.md .* there is no such file", out)


def test_settings_that_are_none(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "settings.json"
    settings.write_text('{"contexts": {}}')
    assert main(["context", f"{file}:5", "--settings", str(settings)]) == 1
    assert "unknown setting contexts" in " ".join(capsys.readouterr().err.split())


def test_an_action_that_the_menu_does_not_offer(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["context", f"{file}:5", "--action", "fix"]) == 0
    printed = capsys.readouterr()
    assert "The menu does not offer fix at this place" in " ".join(printed.err.split())
    assert "Fix what the tool `problems` lists" in printed.out


def test_what_the_policy_refuses_is_not_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = tmp_path / ".env"
    secret.write_text("TOKEN=hush\n")
    assert main(["context", f"{secret}:1"]) == 1
    out = said(capsys)
    assert "looks like a file of secrets" in out
    assert "hush" not in out


@pytest.mark.parametrize("bad", ["a.py", "a.py:zero", ":3", "a.py:0"])
def test_no_place(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["context", bad])
    assert ended.value.code == 2
    assert "is no FILE:LINE" in capsys.readouterr().err


def test_what_the_settings_and_the_project_say_holds_as_in_the_server(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (file.parent / "hidden").mkdir()
    (file.parent / "hidden" / "b.py").write_text(CALLS)
    (file.parent / "own.py").write_text(CALLS.replace("main", "other"))
    project = '{"context": {"ignore": ["hidden/"], "instructions": "Use tabs."}}'
    (file.parent / ".kimi-lsp.json").write_text(project)
    (file.parent / "set.json").write_text('{"context": {"ignore": ["own.py"]}}')
    assert main(["context", f"{file}:5", "--settings", str(file.parent / "set.json")]) == 0
    out = said(capsys)
    assert "Use tabs." in out
    assert "hidden/b.py" not in out.partition(" costs ")[0]
    assert "own.py" not in out.partition(" costs ")[0]
