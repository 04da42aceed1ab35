"""The ruff brain at work: every fault of the sample project, refusals, pages, and what it says it cannot do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import kimi_lsp.cli
from kimi_lsp.simulator.request import parse
from kimi_lsp.simulator.ruff_brain import RuffBrain
from tests.simulator.asking import body
from tests.simulator.editing import EDIT, READ, Editor

SAMPLE = Path(kimi_lsp.cli.__file__).parent / "sample"


def ruff(text: str, *arguments: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--exit-zero"]
    reported = subprocess.run(
        [*command, "--output-format", "json", *arguments, "--stdin-filename", "a.py", "-"],
        input=text.encode(), capture_output=True, check=True,
    ).stdout  # fmt: skip
    found: list[dict[str, Any]] = json.loads(reported)
    return found


def ask(finding: dict[str, Any], path: str = "a.py") -> str:
    where = f"{path}:{finding['location']['row']}:{finding['location']['column']}"
    return f"Fix this problem.\nDiagnostic: ruff {finding['code']} at {where}: {finding['message']}\n"


def count(text: str, code: str, message: str) -> int:
    return sum(found["message"] == message for found in ruff(text, "--select", code))


def first(text: str, code: str) -> dict[str, Any]:
    return ruff(text, "--select", code)[0]


RULES = "E,F,W,B,UP,SIM,C4,PIE,RET"


@pytest.mark.parametrize("file", sorted(SAMPLE.glob("marina/*.py")), ids=lambda file: file.stem)
async def test_every_fixable_fault_of_the_sample_is_fixed(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for finding in ruff(text, "--select", RULES):
        editor = Editor("a.py", text)
        answer = await editor.work(RuffBrain(), ask(finding))
        if finding["fix"] is None:
            assert editor.text == text
            assert "Ruff has no fix for" in answer.content
            continue
        assert [name for name, _ in editor.calls] == ["read", *["edit"] * (len(editor.calls) - 1)]
        assert count(editor.text, finding["code"], finding["message"]) < count(
            text, finding["code"], finding["message"]
        )
        compile(editor.text, str(file), "exec")
        assert "simulator" in answer.content


async def test_the_edit_names_its_file_first_and_quotes_one_place() -> None:
    text = "def f(x):\n    return x == None\n\n\ndef g(x):\n    return x == None\n"
    editor = Editor("src/a.py", text)
    await editor.work(RuffBrain(), ask(ruff(text, "--select", "E711")[1], "src/a.py"))
    (_, (_, edit)) = editor.calls
    assert list(edit) == ["path", "old_string", "new_string"]
    assert editor.text == text[:40] + text[40:].replace("==", "is")


async def test_it_asks_for_more_pages() -> None:
    text = "".join(f"x{line} = {line}\n" for line in range(30)) + "import os\n"
    editor = Editor("a.py", text, page=10)
    await editor.work(RuffBrain(), ask(first(text, "F401")))
    starts = [arguments.get("start_line") for name, arguments in editor.calls if name == "read"]
    assert starts == [None, 11, 21, 31]
    assert editor.text == text.removesuffix("import os\n")


async def test_a_refused_edit_is_tried_again_with_more_around_it() -> None:
    text = "".join(f"x{line} = {line}\n" for line in range(9)) + "y = x1 == None\n"
    editor = Editor("a.py", text, refusals=1)
    answer = await editor.work(RuffBrain(), ask(first(text, "E711")))
    assert [name for name, _ in editor.calls] == ["read", "edit", "read", "edit"]
    once, again = (arguments["old_string"] for name, arguments in editor.calls if name == "edit")
    assert again.endswith(once)
    assert again.count("\n") == 4
    assert editor.text.endswith("y = x1 is None\n")
    assert "by ruff's own fix" in answer.content


async def test_it_gives_up_after_the_second_refusal() -> None:
    editor = Editor("a.py", "import os\n", refusals=5)
    answer = await editor.work(RuffBrain(), ask(first(editor.text, "F401")))
    assert [name for name, _ in editor.calls].count("edit") == 2
    assert "gave up, its edit was refused twice: error: old_string occurs 2 times" in answer.content


@pytest.mark.parametrize(
    ("diagnostic", "sentence"),
    [
        ("ruff F401 at a.py:1:8: nothing of the kind", "Ruff does not find F401 in line 1"),
        ("ruff F821 at a.py:1:5: Undefined name `y`", "Ruff has no fix for F821"),
        ("Pyright reportUndefinedVariable at a.py:1:5: y", "only what ruff reports under a code"),
        ("problem at a.py:1:5: bad", "only what ruff reports under a code"),
        ("ruff XYZ123 at a.py:1:5: bad", "cannot go on: ruff failed"),
        ("ruff F821 at b.py:1:5: y", "cannot read b.py: error: there is no file b.py"),
    ],
)
async def test_what_it_cannot_fix_it_says(diagnostic: str, sentence: str) -> None:
    editor = Editor("a.py", "x = y\n")
    answer = await editor.work(RuffBrain(), f"Fix it.\nDiagnostic: {diagnostic}\n")
    assert sentence in answer.content
    assert editor.text == "x = y\n"


async def test_a_last_line_without_its_end() -> None:
    editor = Editor("a.py", "x = 1\nprint(x)")
    await editor.work(RuffBrain(), ask(first(editor.text, "W292")))
    assert editor.text == "x = 1\nprint(x)\n"


async def test_lines_that_have_moved() -> None:
    text = "import os\n"
    question = ask(first(text, "F401"))
    editor = Editor("a.py", "# new first line\n\n" + text)
    await editor.work(RuffBrain(), question)
    assert "import os" not in editor.text


async def test_without_a_read_tool_the_prompt_is_the_file() -> None:
    prompt = "### a.py lines 1-2 of 3: the whole file\n```\nimport os\nx = 1\n```\n\n### request\n"
    editor = Editor("a.py", "import os\nx = 1\n")
    await editor.work(RuffBrain(), prompt + ask(first(editor.text, "F401")), tools=(EDIT,))
    assert editor.text == "x = 1\n"
    answer = await editor.work(RuffBrain(), ask(first("import os\n", "F401")), tools=(EDIT,))
    assert "was shown no source" in answer.content
    answer = await editor.work(RuffBrain(), ask(first("import os\n", "F401")), tools=(READ,))
    assert "This is the simulator, not Kimi." in answer.content


UNTIDY = """\
def first(x):
    if x:
        return True
    else:
        return False


def second(x):
    # why
    if x:
        # because
        if x > 1:
            print(x)
"""


async def test_a_refactoring_stays_in_its_place() -> None:
    editor = Editor("a.py", UNTIDY)
    answer = await editor.work(RuffBrain(), "Refactor `first` in a.py: make it simpler and clearer.")
    before, after = UNTIDY.split("def second"), editor.text.split("def second")
    assert before[1] == after[1]
    assert len(after[0]) < len(before[0])
    assert "by ruff's own fix" in answer.content


async def test_a_refactoring_adds_what_is_missing_and_loses_no_comment() -> None:
    editor = Editor("a.py", UNTIDY)
    await editor.work(RuffBrain(), "Refactor `second` in a.py: make it simpler and clearer.")
    assert editor.text == UNTIDY.replace("def second(x):", "def second(x) -> None:")


async def test_a_tidy_place_is_left_alone() -> None:
    editor = Editor("a.py", "def f(x: int) -> int:\n    return x\n")
    answer = await editor.work(
        RuffBrain(), "Refactor the selected lines 1-2 of a.py as the engineer asks: better"
    )
    assert "find nothing to tidy here" in answer.content


async def test_explaining() -> None:
    prompt = (
        "### a.py lines 1-2 of 3: the whole file\n```\ndef f(x: int) -> str:\n    return str(x)\n```\n\n"
        "### request\nExplain `f` in a.py to an engineer who is new to this code.\n"
    )
    editor = Editor("a.py", "")
    answer = await editor.work(RuffBrain(), prompt, tools=(READ,))
    assert editor.calls == []
    for fact in (
        "`f(x: int) -> str`",
        "2 lines",
        "calls: `str`",
        "simulator, not an explanation by Kimi",
        "key",
    ):
        assert fact in answer.content


@pytest.mark.parametrize("question", ["What is love?", "Fix it.", ""])
async def test_anything_else_is_answered_with_what_it_can_do(question: str) -> None:
    answer = await Editor("a.py", "").work(RuffBrain(), question or "?")
    assert "This is the simulator, not Kimi." in answer.content


async def test_json_mode_gives_an_object() -> None:
    request = parse(body(response_format={"type": "json_object"}))
    found = json.loads((await RuffBrain().answer(request)).content)
    assert found["simulator"] is True
    assert "not Kimi" in found["answer"]
