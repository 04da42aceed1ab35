"""Changesets as values: diffs, hunks, applied, inverted."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimi_lsp.edits.changeset import Changeset, FileChange
from kimi_lsp.text.replacement import Replacement, apply
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span


def edit(path: str, before: str, after: str) -> FileChange:
    return FileChange("edit", path, Snapshot.of(path, before), after)


CREATE = FileChange("create", "n.py", None, "new\n")
DELETE = FileChange("delete", "d.py", Snapshot.of("d.py", "old\n"), None)
RENAME = FileChange("rename", "r.py", Snapshot.of("r.py", "same\n"), "same\n", "s.py")
ALL = Changeset((edit("a.py", "a\nb\n", "a\nc\n"), CREATE, DELETE, RENAME))
BEFORE = {"a.py": "a\nb\n", "d.py": "old\n", "r.py": "same\n", "z.py": "z\n"}
AFTER = {"a.py": "a\nc\n", "n.py": "new\n", "s.py": "same\n", "z.py": "z\n"}


def test_an_empty_one() -> None:
    assert Changeset().empty
    assert Changeset().diff() == ""
    assert Changeset().line_counts() == (0, 0)
    assert not ALL.empty


def test_it_knows_its_files() -> None:
    assert ALL.paths == ("a.py", "n.py", "d.py", "r.py")
    assert ALL.change("d.py") is DELETE
    assert ALL.change("x.py") is None
    assert CREATE.before_text == ""
    assert DELETE.before_text == "old\n"


def test_replacements_are_minimal_hunks() -> None:
    changes = Changeset((edit("a.py", "one two three\nx\ny\n", "one 2 three\nx\ny\nz\n"),))
    assert changes.replacements("a.py") == (Replacement(Span(4, 7), "2"), Replacement(Span(18, 18), "z\n"))
    assert changes.replacements("b.py") == ()
    assert ALL.replacements("n.py") == (Replacement(Span(0, 0), "new\n"),)
    assert ALL.replacements("d.py") == (Replacement(Span(0, 4), ""),)
    assert ALL.replacements("r.py") == ()


def test_the_diff() -> None:
    assert ALL.diff() == (
        "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
        "--- /dev/null\n+++ b/n.py\n@@ -0,0 +1 @@\n+new\n"
        "--- a/d.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-old\n"
        "--- a/r.py\n+++ b/s.py\n"
    )


def test_the_diff_says_where_there_is_no_final_newline() -> None:
    assert edit("a", "a\nb", "a\nc").diff().splitlines()[3:] == [
        " a",
        "-b",
        "\\ No newline at end of file",
        "+c",
        "\\ No newline at end of file",
    ]


def test_the_diff_splits_at_line_endings_only() -> None:
    assert edit("a", "a\fb\u2028c\n", "a\fb\u2028d\n").diff().endswith("-a\fb\u2028c\n+a\fb\u2028d\n")
    assert edit("a", "a\r\nb\r\n", "a\r\nc\r\n").diff().endswith(" a\r\n-b\r\n+c\r\n")
    assert edit("a", "a\rb\r", "a\rc\r").diff().endswith(" a\n-b\n+c\n")


@given(st.text("ab\n", max_size=30), st.text("ab\n", max_size=30))
def test_git_applies_the_diff(before: str, after: str) -> None:
    import tempfile

    if before == after or not before or not after:
        return
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "f.txt"
        path.write_bytes(before.encode())
        diff = edit("f.txt", before, after).diff()
        subprocess.run(["git", "apply", "-"], cwd=name, input=diff.encode(), check=True, timeout=20)
        assert path.read_bytes().decode() == after


test_git_applies_the_diff = pytest.mark.timeout(60)(test_git_applies_the_diff)


def test_line_counts() -> None:
    assert ALL.line_counts() == (2, 2)
    assert edit("a", "a\nb\nc\n", "a\nx\ny\nc\n").line_counts() == (2, 1)
    assert edit("a", "--a\n", "++b\n").line_counts() == (1, 1)
    assert edit("a", "a\n", "a").line_counts() == (1, 1)
    assert edit("a", "-\n+\nb\n", "-\n+\nc\n").line_counts() == (1, 1)


def test_applied_and_taken_back() -> None:
    assert dict(ALL.applied(BEFORE)) == AFTER
    assert dict(ALL.inverted().applied(AFTER)) == BEFORE
    assert [change.kind for change in ALL.inverted().files] == ["rename", "create", "delete", "edit"]
    assert [change.path for change in ALL.inverted().files] == ["s.py", "d.py", "n.py", "a.py"]
    assert dict(ALL.inverted().inverted().applied(BEFORE)) == AFTER
    assert [change.new_path for change in ALL.inverted().files] == ["r.py", None, None, None]
    assert [change.before and change.before.path for change in ALL.inverted().files] == [
        "s.py",
        None,
        "n.py",
        "a.py",
    ]


def test_a_swap_of_names_is_applied() -> None:
    swap = Changeset(
        (
            FileChange("rename", "a", Snapshot.of("a", "1"), "1", "b"),
            FileChange("rename", "b", Snapshot.of("b", "2"), "2", "a"),
        )
    )
    assert dict(swap.applied({"a": "1", "b": "2"})) == {"b": "1", "a": "2"}


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        pytest.param({**BEFORE, "a.py": "typed\n"}, "a.py is not as the job found it", id="another-text"),
        pytest.param(
            {**BEFORE, "n.py": ""}, "n.py is not as the job found it", id="a-file-that-should-be-new"
        ),
        pytest.param({**BEFORE, "s.py": ""}, "s.py is there already", id="a-name-that-is-taken"),
        pytest.param({}, "a.py is not as the job found it", id="no-file"),
    ],
)
def test_not_applied(texts: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=why.replace(".", r"\.")):
        ALL.applied(texts)


@given(before=st.text("ab \n\r", max_size=40), after=st.text("ab \n\r", max_size=40))
def test_the_hunks_make_the_text(before: str, after: str) -> None:
    change = edit("a", before, after)
    assert apply(before, change.replacements()) == after
    assert apply(after, change.inverted().replacements()) == before
