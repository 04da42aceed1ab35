"""Whole turns of calls: order, and all or nothing for each file."""

from __future__ import annotations

from kimi_lsp.edits.guards import Guards
from tests.edits.calls import FREED, HELD, Start, edit, run, texts


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


def test_a_file_that_a_call_touches_under_its_old_name_falls_with_it(start: Start) -> None:
    staging = start()
    run(staging, ("rename_file", {"path": "b.py", "new_path": "z.py"}))
    omitted = {"path": "b.py", "content": "# ... existing code ...\n"}
    results = run(staging, ("delete_file", {"path": "z.py"}), ("create_file", omitted))
    assert [result.ok for result in results] == [False, False]
    (change,) = staging.changeset.files
    assert (change.kind, change.new_path) == ("rename", "z.py")


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


def test_what_was_taken_back_counts_as_written(start: Start) -> None:
    staging = start(guards=Guards(max_written_kb=1))
    for _ in range(2):
        assert not run(staging, edit("c.txt", "c", "d" * 600), edit("c.txt", "zork", "x"))[0].ok
    assert "no more than 1 KB" in run(staging, edit("c.txt", "c", "d"))[0].content
