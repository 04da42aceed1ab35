"""Whole turns of calls: order, all or nothing for each file, what people and the model are told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kimi_lsp.edits.changeset import Changeset
from kimi_lsp.edits.guards import Guards
from kimi_lsp.edits.job import carried
from kimi_lsp.edits.staging import Result, Staging
from kimi_lsp.edits.tools import TOOLS, Call
from kimi_lsp.text.replacement import Replacement, apply
from kimi_lsp.text.span import Span
from tests.edits.conftest import Folder

LOCK = """\
class Lock:
    def acquire(self):
        self.held = True

    def release(self):
        self.held = False


def main():
    Lock().acquire()
"""
FILES = {"a.py": LOCK, "b.py": "x = 1\ny = 2\n", "c.txt": "c\n", ".env": "KEY=1\n"}
ALL = [tool.name for tool in TOOLS]
Start = Callable[..., Staging]


@pytest.fixture
def start(folder: Folder) -> Start:
    def make(files: dict[str, str] = FILES, **options: Any) -> Staging:
        return Staging(folder(files), **{"allowed": ALL, **options})

    return make


def run(staging: Staging, *calls: tuple[str, dict[str, Any]]) -> list[Result]:
    sent = [Call(f"call_{at}", name, arguments) for at, (name, arguments) in enumerate(calls)]
    results = staging.run(sent)
    assert [result.id for result in results] == [call.id for call in sent]
    return list(results)


def edit(path: str, old: str, new: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return "edit", {"path": path, "old_string": old, "new_string": new, **more}


def texts(changeset: Changeset) -> dict[str, str | None]:
    return {change.new_path or change.path: change.after for change in changeset.files}


HELD, FREED = "        self.held = True\n", "        self.held = False\n"


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


def test_calls_see_what_the_ones_before_them_did(start: Start) -> None:
    staging = start()
    results = run(
        staging,
        edit("b.py", "x = 1", "x = 7"),
        ("read", {"path": "b.py"}),
        edit("./b.py", "x = 7", "x = 8"),
        ("create_file", {"path": "n.py", "content": "n = 1\n"}),
        edit("n.py", "n = 1", "n = 2"),
        ("find", {"text": "n = 2"}),
    )
    assert all(result.ok for result in results)
    assert "x = 7\ny = 2\n" in results[1].content
    assert results[5].content == "n.py:1: n = 2"
    assert texts(staging.changeset) == {"b.py": "x = 8\ny = 2\n", "n.py": "n = 2\n"}


def test_one_refused_edit_takes_back_the_others_of_its_file_and_of_no_other(start: Start) -> None:
    staging = start()
    first, refused, late, other = run(
        staging,
        edit("b.py", "x = 1", "x = 2"),
        edit("b.py", "zork", "x"),
        edit("b.py", "y = 2", "y = 3"),
        edit("c.txt", "c", "d"),
    )
    assert (first.ok, refused.ok, late.ok, other.ok) == (False, False, False, True)
    assert first.content.startswith("error: Taken back, because another edit of the same file in this turn")
    assert refused.content.startswith("error: old_string does not occur")
    assert late.content.startswith(
        "error: Not tried, because an edit of the same file in this turn was refused"
    )
    assert texts(staging.changeset) == {"c.txt": "d\n"}


def test_a_refusal_leaves_what_earlier_turns_did(start: Start) -> None:
    staging = start()
    run(staging, edit("b.py", "x = 1", "x = 2"))
    run(staging, edit("b.py", "x = 2", "x = 3"), edit("b.py", "zork", "x"))
    assert texts(staging.changeset) == {"b.py": "x = 2\ny = 2\n"}
    run(staging, edit("b.py", "x = 2", "x = 4"))
    assert texts(staging.changeset) == {"b.py": "x = 4\ny = 2\n"}


def test_a_reading_call_after_a_refusal_sees_the_file_as_it_will_be(start: Start) -> None:
    results = run(
        start(), edit("b.py", "x = 1", "x = 2"), edit("b.py", "zork", "x"), ("read", {"path": "b.py"})
    )
    assert results[2].ok
    assert "x = 1" in results[2].content


def test_guards_judge_a_file_when_the_turn_is_over(start: Start) -> None:
    staging = start()
    results = run(
        staging,
        edit("b.py", "x = 1\n", "x = (\n"),
        edit("b.py", "y = 2\n", "1)\ny = 2\n"),
        edit("c.txt", "c", "("),
    )
    assert all(result.ok for result in results)
    broken = run(
        staging, edit("b.py", "y = 2", "y = = 2"), edit("b.py", "x = (", "z = ("), edit("c.txt", "(", "d")
    )
    assert [result.ok for result in broken] == [False, False, True]
    for result in broken[:2]:
        assert result.content.startswith("error: The file would have 1 syntax fault where there was none.")
        assert result.content.endswith("(guard: syntax)")
    assert texts(staging.changeset) == {"b.py": "x = (\n1)\ny = 2\n", "c.txt": "d\n"}


def test_files_that_one_call_joins_stand_and_fall_together(start: Start) -> None:
    staging = start()
    results = run(
        staging,
        edit("b.py", "x = 1", "x = 2"),
        ("rename_file", {"path": "b.py", "new_path": "z.py"}),
        edit("z.py", "zork", "x"),
        edit("c.txt", "c", "d"),
    )
    assert [result.ok for result in results] == [False, False, False, True]
    assert texts(staging.changeset) == {"c.txt": "d\n"}
    assert run(staging, ("read", {"path": "b.py"}))[0].ok


def test_two_files_may_fail_each_for_itself(start: Start) -> None:
    staging = start()
    results = run(
        staging,
        edit("b.py", "zork", "x"),
        edit("c.txt", "zork", "x"),
        edit("b.py", "x = 1", "x = 2"),
        edit("a.py", HELD, FREED.replace("False", "None")),
    )
    assert [result.ok for result in results] == [False, False, False, True]
    assert staging.changeset.paths == ("a.py",)


def test_a_file_that_was_staged_before_keeps_that_when_the_turn_fails_after_a_rename(start: Start) -> None:
    staging = start()
    run(staging, edit("b.py", "x = 1", "x = 2"), ("create_file", {"path": "n.py", "content": "n = 1\n"}))
    run(staging, ("rename_file", {"path": "b.py", "new_path": "z.py"}), edit("z.py", "zork", "x"))
    run(staging, ("delete_file", {"path": "n.py"}), edit("c.txt", "c", "d"))
    assert texts(staging.changeset) == {"b.py": "x = 2\ny = 2\n", "c.txt": "d\n"}


def test_a_read_is_not_taken_back(start: Start) -> None:
    results = run(
        start(), ("read", {"path": "b.py"}), edit("b.py", "x = 1", "x = 2"), edit("b.py", "zork", "x")
    )
    assert [result.ok for result in results] == [True, False, False]


def test_the_summary_is_of_the_place_where_the_text_is_in_the_end(start: Start) -> None:
    results = run(
        start(),
        edit("a.py", HELD, "        self.held = 2\n"),
        edit("b.py", "x = 1", "x = 2"),
        edit(
            "a.py", "class Lock:\n", "def first():\n    pass\n\n\ndef second():\n    pass\n\n\nclass Lock:\n"
        ),
    )
    assert [result.summary for result in results] == [
        "editing Lock.acquire +1 −1",
        "editing b.py +1 −1",
        "editing a.py +8 −0",
    ]


def test_a_deleted_definition_has_no_symbol_to_name(start: Start) -> None:
    (result,) = run(start(), edit("a.py", LOCK[LOCK.index("\n\ndef main") :], ""))
    assert result.summary == "editing a.py +0 −4"


def test_rename_edit_and_delete_over_turns(start: Start) -> None:
    staging = start()
    assert all(r.ok for r in run(staging, ("rename_file", {"path": "b.py", "new_path": "z.py"})))
    assert all(r.ok for r in run(staging, edit("z.py", "x = 1", "x = 2")))
    (change,) = staging.changeset.files
    assert (change.kind, change.path, change.new_path, change.after) == (
        "rename",
        "b.py",
        "z.py",
        "x = 2\ny = 2\n",
    )
    assert run(staging, ("delete_file", {"path": "z.py"}))[0].ok
    (change,) = staging.changeset.files
    assert (change.kind, change.path) == ("delete", "b.py")


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


TWICE = "def f():\n    x = 1\n\n\ndef g():\n    x = 1\n"


def test_the_focus_is_searched_first_and_moves_along(start: Start) -> None:
    staging = start({"a.py": TWICE}, focus=("a.py", Span(TWICE.index("def g"), len(TWICE))))
    assert run(staging, edit("a.py", "def f():\n", "def f():\n    more = 1\n    more += 1\n"))[0].ok
    (result,) = run(staging, edit("a.py", "    x = 1\n", "    x = 2\n"))
    assert result.ok
    assert result.summary == "editing g +1 −1"
    refused = run(staging, edit("a.py", "    x = 2\n", "    x = 3\n"), edit("a.py", "zork", "x"))
    assert [result.ok for result in refused] == [False, False]
    assert run(staging, edit("a.py", "    x = 2\n", "    x = 4\n"))[0].ok
    assert texts(staging.changeset)["a.py"] == TWICE.replace(
        "def f():\n", "def f():\n    more = 1\n    more += 1\n"
    ).replace("g():\n    x = 1", "g():\n    x = 4")


def test_the_focus_is_of_one_file(start: Start) -> None:
    staging = start({"a.py": TWICE, "b.py": TWICE}, focus=("a.py", Span(TWICE.index("def g"), len(TWICE))))
    assert [r.ok for r in run(staging, edit("b.py", "    x = 1\n", "    x = 2\n"))] == [False]


def test_the_focus_tells_which_symbol(start: Start) -> None:
    twice = "class A:\n    def f(self):\n        pass\n\n\nclass B:\n    def f(self):\n        pass\n"
    staging = start({"a.py": twice}, focus=("a.py", Span(twice.index("class B"), len(twice))))
    (result,) = run(staging, ("read", {"path": "a.py", "symbol": "f"}))
    assert result.content.startswith("B.f in a.py, lines 7-8 of 8.")


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


def test_what_was_taken_back_counts_as_written(start: Start) -> None:
    staging = start(guards=Guards(max_written_kb=1))
    for _ in range(2):
        assert not run(staging, edit("c.txt", "c", "d" * 600), edit("c.txt", "zork", "x"))[0].ok
    assert "no more than 1 KB" in run(staging, edit("c.txt", "c", "d"))[0].content


def test_guards_are_as_the_settings_say() -> None:
    from kimi_lsp.settings import EditSettings

    settings = EditSettings(
        syntax_guard=False, omission_guard=False, lost_symbol_guard=False, max_file_kb=3, max_changed_files=4
    )
    assert Guards.of(settings) == Guards(False, False, False, 3, 4)
    assert Guards.of(EditSettings()) == Guards()


@pytest.mark.parametrize(
    ("span", "replaced", "text", "after"),
    [
        pytest.param((5, 8), (0, 2), "xyz", (6, 9), id="before"),
        pytest.param((5, 8), (0, 5), "x", (1, 4), id="right-before"),
        pytest.param((5, 8), (9, 10), "x", (5, 8), id="behind"),
        pytest.param((5, 8), (8, 10), "xyz", (5, 8), id="at-its-end"),
        pytest.param((5, 8), (8, 8), "xy", (5, 10), id="inserted-at-its-end"),
        pytest.param((5, 8), (5, 5), "xy", (5, 10), id="inserted-at-its-start"),
        pytest.param((5, 8), (6, 7), "", (5, 7), id="inside"),
        pytest.param((5, 8), (4, 6), "xy", (4, 8), id="over-its-start"),
        pytest.param((5, 8), (7, 12), "x", (5, 8), id="over-its-end"),
        pytest.param((5, 8), (4, 12), "xyz", (4, 7), id="around-it"),
    ],
)
def test_carried(span: tuple[int, int], replaced: tuple[int, int], text: str, after: tuple[int, int]) -> None:
    assert carried(Span(*span), Replacement(Span(*replaced), text)) == Span(*after)


def test_a_file_that_a_call_touches_under_its_old_name_falls_with_it(start: Start) -> None:
    staging = start()
    run(staging, ("rename_file", {"path": "b.py", "new_path": "z.py"}))
    omitted = {"path": "b.py", "content": "# ... existing code ...\n"}
    results = run(staging, ("delete_file", {"path": "z.py"}), ("create_file", omitted))
    assert [result.ok for result in results] == [False, False]
    (change,) = staging.changeset.files
    assert (change.kind, change.new_path) == ("rename", "z.py")


def test_the_focus_goes_back_with_what_is_taken_back(start: Start) -> None:
    twice = TWICE + "\n\ndef h():\n    y = 1\n"
    staging = start({"a.py": twice}, focus=("a.py", Span(twice.index("def g"), twice.index("def h"))))
    longer = "def f():\n" + "    more = 1\n" * 20
    assert not run(staging, edit("a.py", "def f():\n", longer), edit("a.py", "zork", "x"))[0].ok
    (result,) = run(staging, edit("a.py", "    x = 1\n", "    x = 2\n"))
    assert result.summary == "editing g +1 −1"
