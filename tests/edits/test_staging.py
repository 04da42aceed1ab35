"""Calls, and what people and the model are told of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kimi_lsp.edits.guards import Guards
from kimi_lsp.edits.staging import Result
from kimi_lsp.text.replacement import apply
from kimi_lsp.text.span import Span
from tests.edits.calls import FILES, FREED, HELD, LOCK, Start, edit, run, texts


def test_an_edit(start: Start) -> None:
    staging = start()
    (result,) = run(staging, edit("a.py", HELD, "        self.held = 1\n        self.count += 1\n"))
    assert result == Result("call_0", True, "Edited a.py at line 3.", "editing Lock.acquire +2 −1")
    after = LOCK.replace(HELD, "        self.held = 1\n        self.count += 1\n")
    assert texts(staging.changeset) == {"a.py": after}
    assert apply(LOCK, staging.changeset.replacements("a.py")) == after


def test_an_edit_that_was_adapted_says_so(start: Start) -> None:
    (result,) = run(start(), edit("a.py", "self.held = True \n", "self.held = 1\n"))
    assert result.content == (
        "Edited a.py at line 3. old_string did not match exactly (indentation); it was adapted."
    )


@pytest.mark.parametrize(
    ("call", "content", "summary"),
    [
        pytest.param(
            edit("a.py", "held", "kept", replace_all=True),
            "Edited a.py at 2 places, from line 3.",
            "editing Lock.acquire +2 −2",
            id="all",
        ),
        pytest.param(
            edit("b.py", "x = 1", "x = 3"), "Edited b.py at line 1.", "editing b.py +1 −1", id="no-symbol"
        ),
        pytest.param(
            edit("c.txt", "c\n", ""), "Edited c.txt at line 1.", "editing c.txt +0 −1", id="no-grammar"
        ),
        pytest.param(
            ("replace_symbol", {"path": "a.py", "symbol": "main", "new_source": "def main():\n    pass\n"}),
            "Edited a.py at line 9.",
            "editing main +1 −1",
            id="replace-symbol",
        ),
        pytest.param(
            (
                "insert",
                {"path": "a.py", "symbol": "Lock", "where": "end", "text": "def more(self):\n    pass"},
            ),
            "Edited a.py at line 7.",
            "editing Lock.more +3 −0",
            id="insert",
        ),
        pytest.param(
            ("create_file", {"path": "n.py", "content": "a = 1\nb = 2\n"}),
            "Created n.py.",
            "creating n.py +2",
            id="create",
        ),
        pytest.param(
            ("rename_file", {"path": "b.py", "new_path": "z.py"}),
            "Renamed b.py to z.py.",
            "renaming b.py to z.py",
            id="rename",
        ),
        pytest.param(("delete_file", {"path": "b.py"}), "Deleted b.py.", "deleting b.py", id="delete"),
        pytest.param(("read", {"path": "c.txt"}), "c.txt, lines 1-1 of 1.\nc\n", "reading c.txt", id="read"),
    ],
)
def test_what_is_said(start: Start, call: tuple[str, dict[str, Any]], content: str, summary: str) -> None:
    (result,) = run(start(), call)
    assert (result.ok, result.content, result.summary) == (True, content, summary)


@pytest.mark.parametrize(
    ("call", "content", "summary"),
    [
        pytest.param(
            edit("a.py", "zork", "x"),
            "error: old_string does not occur in the file.",
            "edit of a.py",
            id="not-found",
        ),
        pytest.param(edit("zz.py", "a", "b"), "error: zz.py does not exist.", "edit of zz.py", id="no-file"),
        pytest.param(
            edit(".env", "a", "b"), "error: .env looks like a file of secrets", "edit of .env", id="secret"
        ),
        pytest.param(
            edit("../x", "a", "b"),
            "error: ../x is outside the workspace. (guard: path)",
            "edit of ../x",
            id="outside",
        ),
        pytest.param(
            ("edit", {"path": 3}), "error: edit needs the argument `old_string`", "edit", id="arguments"
        ),
        pytest.param(
            ("rm", {"path": "a.py"}),
            "error: There is no tool `rm`; there are: edit,",
            "rm of a.py",
            id="no-tool",
        ),
        pytest.param(
            ("find", {"name": "a", "x": 1}),
            "error: find has no argument `x`",
            "find of a",
            id="unknown-argument",
        ),
        pytest.param(
            ("rename_file", {"path": "a.py", "new_path": "./a.py"}),
            "error: a.py has that name already.",
            "rename_file of a.py",
            id="same-name",
        ),
        pytest.param(
            ("create_file", {"path": "a.py", "content": ""}),
            "error: a.py exists already.",
            "create_file of a.py",
            id="exists",
        ),
        pytest.param(
            ("insert", {"path": "c.txt", "symbol": "f", "where": "end", "text": "x"}),
            "error: This file has no outline",
            "insert of c.txt",
            id="no-outline",
        ),
    ],
)
def test_what_is_refused(start: Start, call: tuple[str, dict[str, Any]], content: str, summary: str) -> None:
    staging = start()
    (result,) = run(staging, call)
    assert not result.ok
    assert result.content.startswith(content)
    assert result.summary == summary
    assert staging.changeset.empty


def test_only_allowed_tools(start: Start) -> None:
    staging = start(allowed=["read"])
    (result,) = run(staging, edit("b.py", "x = 1", "x = 2"))
    assert result.content == "error: There is no tool `edit`; there are: read."
    assert staging.changeset.empty


def test_a_deleted_definition_has_no_symbol_to_name(start: Start) -> None:
    (result,) = run(start(), edit("a.py", LOCK[LOCK.index("\n\ndef main") :], ""))
    assert result.summary == "editing a.py +0 −4"


def test_a_syntax_fault_in_a_new_file(start: Start) -> None:
    staging = start()
    (result,) = run(staging, ("create_file", {"path": "n.py", "content": "def f(:\n"}))
    assert "guard: syntax" in result.content
    assert staging.changeset.empty


def test_an_omission_in_a_new_file(start: Start) -> None:
    (result,) = run(start(), ("create_file", {"path": "n.py", "content": "# ... existing code ...\n"}))
    assert "guard: omission" in result.content


SHORT = "class Lock:\n    def acquire(self):\n        self.held = True\n"


def test_a_definition_inside_a_replaced_symbol_is_kept_moved_or_named(start: Start) -> None:
    replace = ("replace_symbol", {"path": "a.py", "symbol": "Lock", "new_source": SHORT})
    (result,) = run(start(), replace)
    assert result.content.startswith("error: `Lock.release` would no longer be defined in the file")
    assert run(start(request="drop release"), replace)[0].ok
    insert = ("insert", {"path": "a.py", "where": "end", "text": "def release():\n    pass\n"})
    assert all(result.ok for result in run(start(), replace, insert))
    elsewhere = ("create_file", {"path": "n.py", "content": "def release():\n    pass\n"})
    assert all(result.ok for result in run(start(), replace, elsewhere))
    unrelated = ("create_file", {"path": "n.py", "content": "def other():\n    pass\n"})
    assert [result.ok for result in run(start(), replace, unrelated)] == [False, True]


def test_a_replaced_symbol_may_get_another_name(start: Start) -> None:
    renamed = {"path": "a.py", "symbol": "Lock.acquire", "new_source": "def take(self):\n    pass\n"}
    (result,) = run(start(), ("replace_symbol", renamed))
    assert result.ok
    assert result.summary == "editing Lock.take +2 −2"


def test_files_stay_as_the_job_first_saw_them(start: Start, tmp_path: Path) -> None:
    staging = start(focus=("a.py", Span(0, 10)))
    assert run(staging, ("read", {"path": "b.py"}))[0].ok
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("typed = 1\n")
    assert run(staging, edit("b.py", "x = 1", "x = 2"), edit("a.py", HELD, FREED.replace("False", "None")))[
        0
    ].ok
    assert [change.before_text for change in staging.changeset.files] == [FILES["b.py"], LOCK]


@pytest.mark.parametrize(
    ("guards", "calls", "oks", "why"),
    [
        pytest.param(
            Guards(max_changed_files=1),
            [edit("b.py", "x = 1", "x = 2"), edit("b.py", "y = 2", "y = 3"), edit("c.txt", "c", "d")],
            [True, True, False],
            "No more than 1 files may be changed",
            id="files",
        ),
        pytest.param(
            Guards(max_file_kb=1),
            [("create_file", {"path": "n.txt", "content": "n" * 1_025}), edit("c.txt", "c", "d")],
            [False, True],
            "n.txt would be larger than 1 KB",
            id="file",
        ),
        pytest.param(
            Guards(max_written_kb=1),
            [edit("c.txt", "c", "d" * 1_000), edit("b.py", "x = 1", f"x = {'1' * 30}")],
            [True, False],
            "no more than 1 KB",
            id="job",
        ),
    ],
)
def test_sizes(start: Start, guards: Guards, calls: list[Any], oks: list[bool], why: str) -> None:
    results = run(start(guards=guards), *calls)
    assert [result.ok for result in results] == oks
    (refused,) = (result for result in results if not result.ok)
    assert why in refused.content
    assert "(guard: size)" in refused.content


def test_guards_are_as_the_settings_say() -> None:
    from kimi_lsp.settings import EditSettings

    settings = EditSettings(
        syntax_guard=False, omission_guard=False, lost_symbol_guard=False, max_file_kb=3, max_changed_files=4
    )
    assert Guards.of(settings) == Guards(False, False, False, 3, 4)
    assert Guards.of(EditSettings()) == Guards()
