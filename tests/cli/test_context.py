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
    assert main(["context", f"{file}:8:5", "--action", "explain", "--budget", "20"]) == 0
    out = said(capsys)
    assert "Explain `part` in a.py" in out
    assert "greet(name)" not in out.partition("### request")[0].partition("the code in question")[2]
    assert "left out" in out


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
