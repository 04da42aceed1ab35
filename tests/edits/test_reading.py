"""What the model is shown: source, outlines, hits, problems."""

from __future__ import annotations

from typing import Any

import pytest

from kimi_lsp.edits.staging import Result, Staging
from kimi_lsp.edits.tools import TOOLS, Call
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.diagnostic import Diagnostic
from tests.edits.conftest import Folder

LOCK = """\
class Lock:
    LIMIT = 3

    @property
    def name(self):
        return "x"


def main():
    print(Lock().name)
"""
FILES = {
    "src/lock.py": LOCK,
    "src/use.py": "from lock import Lock\n\nheld = Lock()\n",
    "notes.txt": "a Lock\n",
}


def run(
    folder: Folder, called: str, files: dict[str, str] = FILES, /, *, problems: Any = None, **sent: Any
) -> Result:
    staging = Staging(folder(files), allowed=[tool.name for tool in TOOLS], problems=problems)
    (result,) = staging.run([Call("1", called, sent)])
    return result


@pytest.mark.parametrize(
    ("sent", "content", "summary"),
    [
        pytest.param({}, f"src/lock.py, lines 1-10 of 10.\n{LOCK}", "reading src/lock.py", id="whole"),
        pytest.param(
            {"symbol": "Lock.name"},
            'Lock.name in src/lock.py, lines 4-6 of 10.\n    @property\n    def name(self):\n        return "x"\n',
            "reading Lock.name in src/lock.py",
            id="symbol",
        ),
        pytest.param(
            {"start_line": 9, "end_line": 99},
            "src/lock.py, lines 9-10 of 10.\ndef main():\n    print(Lock().name)\n",
            "reading src/lock.py",
            id="to-the-end",
        ),
        pytest.param(
            {"end_line": 1},
            "src/lock.py, lines 1-1 of 10.\nclass Lock:\n",
            "reading src/lock.py",
            id="from-the-start",
        ),
        pytest.param(
            {"start_line": 0, "end_line": 1},
            "src/lock.py, lines 1-1 of 10.\nclass Lock:\n",
            "reading src/lock.py",
            id="line-0",
        ),
        pytest.param(
            {"start_line": 10},
            "src/lock.py, lines 10-10 of 10.\n    print(Lock().name)\n",
            "reading src/lock.py",
            id="last",
        ),
    ],
)
def test_read(folder: Folder, sent: dict[str, Any], content: str, summary: str) -> None:
    result = run(folder, "read", path="src/lock.py", **sent)
    assert (result.ok, result.content, result.summary) == (True, content, summary)


def test_read_an_empty_file(folder: Folder) -> None:
    assert run(folder, "read", {"a.py": ""}, path="a.py").content == "a.py is empty.\n"


def test_read_shows_line_feeds(folder: Folder) -> None:
    assert run(folder, "read", {"a.py": "a\r\nb\r"}, path="a.py").content == "a.py, lines 1-2 of 2.\na\nb\n"


def test_read_in_pieces(folder: Folder) -> None:
    long = "".join(f"line {n}\n" for n in range(1, 1_001))
    first = run(folder, "read", {"a.txt": long}, path="a.txt").content
    assert first.startswith("a.txt, lines 1-800 of 1000. Ask for the rest by start_line 801.\nline 1\n")
    assert first.endswith("line 800\n")
    rest = run(folder, "read", {"a.txt": long}, path="a.txt", start_line=801).content
    assert rest.startswith("a.txt, lines 801-1000 of 1000.\nline 801\n")


def test_read_long_lines(folder: Folder) -> None:
    files = {"a.txt": "x" * 30_000 + "\n" + "y" * 30_000 + "\n"}
    assert run(folder, "read", files, path="a.txt").content.startswith("a.txt, lines 1-1 of 2. Ask")
    assert "lines 1-1 of 1.\n" in run(folder, "read", {"a.txt": "x" * 50_000}, path="a.txt").content


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        pytest.param(
            {"start_line": 11}, "src/lock.py has 10 lines; 11 to 10 are none of them.", id="behind-the-end"
        ),
        pytest.param(
            {"start_line": 5, "end_line": 4}, "has 10 lines; 5 to 4 are none of them.", id="backwards"
        ),
        pytest.param({"symbol": "zork"}, "There is no definition `zork`", id="no-symbol"),
    ],
)
def test_read_refused(folder: Folder, sent: dict[str, Any], why: str) -> None:
    result = run(folder, "read", path="src/lock.py", **sent)
    assert not result.ok
    assert why in result.content


@pytest.mark.parametrize(
    ("path", "content"),
    [
        pytest.param(
            "src/lock.py",
            "src/lock.py:\nLock (class, lines 1-6)\nLock.LIMIT (field, line 2)\nLock.name (method, lines 4-6)\n"
            "main (function, lines 9-10)",
            id="file",
        ),
        pytest.param(
            "notes.txt", "notes.txt:\nThere is no outline of this kind of file. Use `read`.", id="prose"
        ),
        pytest.param("src", "src/lock.py: Lock, main\nsrc/use.py: held", id="folder"),
        pytest.param("./src/", "src/lock.py: Lock, main\nsrc/use.py: held", id="folder-otherwise"),
        pytest.param("", "notes.txt\nsrc/lock.py: Lock, main\nsrc/use.py: held", id="workspace"),
        pytest.param(".", "notes.txt\nsrc/lock.py: Lock, main\nsrc/use.py: held", id="workspace-as-a-dot"),
    ],
)
def test_outline(folder: Folder, path: str, content: str) -> None:
    result = run(folder, "outline", path=path)
    assert (result.ok, result.content) == (True, content)


def test_outline_of_nothing(folder: Folder) -> None:
    result = run(folder, "outline", path="zork")
    assert result.content == "error: There is no file or folder zork with anything in it that may be read."


def test_outline_of_many_files(folder: Folder) -> None:
    files = {f"f{n:03}.py": "def f():\n    pass\n" for n in range(210)}
    lines = run(folder, "outline", files).content.splitlines()
    assert lines[39:41] == ["f039.py: f", "f040.py"]
    assert len(lines) == 201
    assert lines[-1] == "and 10 more files"


@pytest.mark.parametrize(
    ("sent", "content"),
    [
        pytest.param(
            {"name": "Lock"},
            "src/lock.py:1: class Lock:  <- defined\nnotes.txt:1: a Lock\nsrc/lock.py:10: print(Lock().name)\n"
            "src/use.py:1: from lock import Lock\nsrc/use.py:3: held = Lock()",
            id="name",
        ),
        pytest.param(
            {"name": "Lock", "glob": "use.*"},
            "src/use.py:1: from lock import Lock\nsrc/use.py:3: held = Lock()",
            id="glob",
        ),
        pytest.param(
            {"text": "Lock()"}, "src/lock.py:10: print(Lock().name)\nsrc/use.py:3: held = Lock()", id="text"
        ),
        pytest.param({"name": "ock"}, "notes.txt:1: a Lock", id="part-of-a-name"),
        pytest.param({"name": "zork"}, "`zork` does not occur.", id="nothing"),
    ],
)
def test_find(folder: Folder, sent: dict[str, Any], content: str) -> None:
    result = run(folder, "find", **sent)
    assert result.ok
    assert result.content == content
    assert result.summary == f"looking for {sent.get('name') or sent['text']}"


def test_find_counts_lines_once(folder: Folder) -> None:
    result = run(folder, "find", {"a.txt": "e e\ne\n\r\nx e"}, text="e")
    assert result.content == "a.txt:1: e e\na.txt:2: e\na.txt:4: x e"


def test_find_knows_each_ending_of_a_line(folder: Folder) -> None:
    result = run(folder, "find", {"a.txt": "e one\rtwo\re three"}, text="e ")
    assert result.content == "a.txt:1: e one\na.txt:3: e three"


def test_find_too_much(folder: Folder) -> None:
    lines = run(folder, "find", {"a.txt": "e\n" * 100}, text="e").content.splitlines()
    assert len(lines) == 61
    assert lines[-1] == "There are more: narrow the search with `glob`."


@pytest.mark.parametrize("sent", [{}, {"name": ""}, {"text": " "}, {"name": "a", "text": "b"}])
def test_find_refused(folder: Folder, sent: dict[str, Any]) -> None:
    assert run(folder, "find", **sent).content.startswith("error: find needs either `name` or `text`")


def problem(path: str) -> list[Diagnostic]:
    return [Diagnostic(path, Span(0, 1), 1, 1, "bad", "ruff", "E1")]


def test_problems(folder: Folder) -> None:
    known = run(folder, "problems", problems=problem, path="src/use.py")
    assert known.content == "ruff E1 at src/use.py:1:1: bad"
    assert known.summary == "reading the problems of src/use.py"
    assert run(folder, "problems", path="src/use.py").content == "No problem is known in src/use.py."
    assert run(folder, "problems", path="zork").content.startswith("error: zork does not exist")


def test_problems_of_an_edited_file(folder: Folder) -> None:
    staging = Staging(folder(FILES), allowed=["edit", "problems"], problems=problem)
    sent = {"path": "notes.txt", "old_string": "Lock", "new_string": "key"}
    _, result = staging.run([Call("1", "edit", sent), Call("2", "problems", {"path": "notes.txt"})])
    assert result.content.endswith("bad They were reported before your edits.")
