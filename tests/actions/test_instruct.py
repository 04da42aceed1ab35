"""A comment is done what it says, and is gone: seen by the menu, asked for, removed with nothing else."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.actions.action import Task
from kimi_lsp.actions.catalogue import by_id
from kimi_lsp.actions.comment import Wish, wishes
from kimi_lsp.actions.instruct import comment_nearby, without_comment
from kimi_lsp.actions.updates import Done
from kimi_lsp.edits.changeset import Changeset, FileChange
from kimi_lsp.model.scripted import Turn
from kimi_lsp.syntax.registry import by_path
from kimi_lsp.syntax.tree import parse
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.errors import WorkspaceError
from tests.actions.playing import WELL, create, edit, files_in, play
from tests.actions.test_catalogue import context


@pytest.mark.parametrize(
    ("name", "marked", "title"),
    [
        pytest.param("a.py", "def f():\n    # kimi: go on\n    return$0 1\n", "go on", id="inside"),
        pytest.param("a.py", "# kimi: go on\n@cache\ndef f():\n    return$0 1\n", "go on", id="above"),
        pytest.param("a.py", "# kimi: go on\n# and so\n\ndef f():\n    return$0 1\n", None, id="above-a-gap"),
        pytest.param("a.py", "x = 1  # kimi: go on\ndef f():\n    return$0 1\n", None, id="of-the-line-above"),
        pytest.param("a.py", "x = 1$0  # kimi: go on\n", "go on", id="on-the-line"),
        pytest.param("a.py", "def f():\n    return$0 1\n\ndef g():\n    pass  # kimi: go on\n", None, id="elsewhere"),
        pytest.param("a.py", "def f():\n    # kimi: a\n    x = 1\n    y$0 = 2\n    # kimi: b\n", "b", id="nearest"),
        pytest.param("a.c", "int f() { /* kimi: a */ /* kimi: b$0 */ }\n", "b", id="nearest-on-the-line"),
        pytest.param("a.rs", "/// kimi: a\nfn f() {\n    g()$0\n}\n", "a", id="rust"),
        pytest.param("a.html", "<p>\n<!-- kimi: a$0 -->\n</p>\n", "a", id="html"),
        pytest.param("a.txt", "# kimi: a$0\n", "a", id="no-language"),
        pytest.param("a.py", "# kimi: " + "word " * 30 + "$0\n", "word " * 11 + "word…", id="long"),
        pytest.param("a.py", "x = '# kimi: no$0'\n", None, id="string"),
        pytest.param("a.py", "$0", None, id="empty"),
    ],
)  # fmt: skip
def test_the_menu_shows_what_it_says(name: str, marked: str, title: str | None) -> None:
    found = comment_nearby(context(marked, name=name))
    assert [target.title for target in found] == ([] if title is None else [f"Kimi: Do “{title}”"])
    assert all(len(target.title) <= 72 for target in found)


def test_a_large_symbol_is_looked_at_near_the_cursor_only() -> None:
    lines = "    x = 1\n" * 20_000
    found = context(f"def f():\n    # kimi: far away\n{lines}    y = 2$0\n{lines}")
    assert comment_nearby(found) == ()


CLASS = "# kimi: make this a dataclass\nclass Lock:\n    def __init__(self):$0\n        self.held = False\n"
DATA = "@dataclass\nclass Lock:\n    held: bool = False\n"
BODY = "class Lock:\n    def __init__(self):\n        self.held = False\n"


async def test_the_model_leaves_it_and_it_goes(tmp_path: Path) -> None:
    marked = CLASS.replace("$0", "").replace("class", "class$0", 1)
    played = await play(
        "instruct", tmp_path, {"a.py": marked}, "a.py", [Turn(calls=[edit("a.py", BODY, DATA)]), WELL]
    )
    assert played.texts == {"a.py": DATA}
    assert played.request == (
        "The engineer has left you an instruction, as a comment in a.py: make this a dataclass\n"
        "The comment stands in line 1 of a.py, right above `Lock`.\n"
        "It is about the code that it stands in, above, or beside. Do what it says, and remove that comment, "
        "all of its lines; leave other comments alone.\n"
    )  # fmt: skip


ABOVE = "def f():\n    # kimi: say it\n    return$0 1\n\n\ndef g():\n    # kimi: say it\n    return 2\n"
SAID = "def f():\n    return one()\n\n\ndef g():\n    # kimi: say it\n    return 2\n"


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(edit("a.py", "    return 1", "    return one()"), id="left"),
        pytest.param(edit("a.py", "    # kimi: say it\n    return 1", "    return one()"), id="removed"),
        pytest.param(edit("a.py", "    # kimi: say it\n    return 1", "    return one()\n    #kimi: say it"),
            id="moved"),
    ],
)  # fmt: skip
async def test_whatever_the_model_does_with_it_this_one_goes(
    tmp_path: Path, call: tuple[str, dict[str, str]]
) -> None:
    played = await play("instruct", tmp_path, {"a.py": ABOVE}, "a.py", [Turn(calls=[call]), WELL])
    assert played.texts == {"a.py": SAID}


async def test_it_goes_from_its_own_file_when_only_another_one_was_changed(tmp_path: Path) -> None:
    texts = {"a.py": "x = 1$0  # kimi: write this to b.py\r\ny = 2\r\n"}
    played = await play("instruct", tmp_path, texts, "a.py", [Turn(calls=[create("b.py", "x = 1\n")]), WELL])
    assert played.texts == {"a.py": "x = 1\r\ny = 2\r\n", "b.py": "x = 1\n"}
    changes = played.done.changeset
    assert [change.kind for change in changes.files] == ["create", "edit"]
    before = {"a.py": "x = 1  # kimi: write this to b.py\r\ny = 2\r\n"}
    assert changes.inverted().applied(changes.applied(before)) == before


async def test_its_file_may_be_renamed_or_deleted(tmp_path: Path) -> None:
    texts = {"a.py": "# kimi: call this file b.py$0\nx = 1\n"}
    turns = [Turn(calls=[("rename_file", {"path": "a.py", "new_path": "b.py"})]), WELL]
    played = await play("instruct", tmp_path, texts, "a.py", turns)
    assert played.texts == {"b.py": "x = 1\n"}
    played = await play(
        "instruct", tmp_path, texts, "a.py", [Turn(calls=[("delete_file", {"path": "a.py"})]), WELL]
    )
    assert [change.kind for change in played.done.changeset.files] == ["delete"]


async def test_what_was_not_done_stays(tmp_path: Path) -> None:
    refusing = [Turn(content="That is impossible."), Turn(content="It really is.")]
    played = await play("instruct", tmp_path, {"a.py": ABOVE}, "a.py", refusing)
    assert played.done.changeset == Changeset()
    wrong = Turn(calls=[edit("a.py", "nowhere", "x")])
    played = await play(
        "instruct", tmp_path, {"a.py": ABOVE}, "a.py",
        [Turn(calls=[edit("a.py", "    return 1", "    return one()")]), *[wrong] * 9],
    )  # fmt: skip
    assert not played.done.complete
    assert "# kimi: say it\n    return one()" in played.texts["a.py"]


async def test_an_instruction_by_hand_needs_no_comment_and_removes_none(tmp_path: Path) -> None:
    turns = [Turn(calls=[edit("a.py", "    return 1", "    return one()")]), WELL]
    played = await play("instruct", tmp_path, {"a.py": ABOVE}, "a.py", turns, instruction="say it")
    assert played.request == "The engineer asks, about `f` in a.py: say it\n"
    assert "# kimi: say it\n    return one()" in played.texts["a.py"]


LINES = st.lists(
    st.sampled_from(
        ["x = 1", "# kimi: a", "y = 2  # kimi: a", "    # kimi: b", "# note", "", "if x:  # KIMI:  a "]
    ),
    max_size=8,
)


def seen(text: str) -> list[Wish]:
    """The comments of ``text`` that say ``a``."""
    language = by_path("a.py")
    assert language is not None
    found = wishes(text, Span(0, len(text)), language, parse(text, language))
    return [wish for wish in found if wish.text == "a"]


@given(before=LINES, after=LINES, number=st.integers(0, 9), end=st.sampled_from(["\n", "\r\n"]))
@settings(deadline=None, max_examples=200)
def test_just_one_goes_and_nothing_else(before: list[str], after: list[str], number: int, end: str) -> None:
    between = f"{end}pass{end}"
    then, now = between.join(["# kimi: a", *before]), between.join(after)
    there = seen(then)
    wish = there[number % len(there)]
    task = Task(
        by_id("instruct"), "a.py", Span(wish.span.start, wish.span.start), instruction="a", material="-"
    )
    snapshot = Snapshot.of("a.py", then)
    change = FileChange("edit", "a.py", snapshot, now)
    done = without_comment(task, snapshot, Done(changeset=Changeset((change,))))
    (left,) = done.changeset.files
    standing = seen(now)
    goes = len(standing) >= len(there)
    assert len(seen(left.after or "")) == len(standing) - goes
    words, kept = Counter(now.lower().split()), Counter((left.after or "").lower().split())
    assert sorted((words - kept).elements()) == (["#", "a", "kimi:"] if goes else [])


def test_no_comment_is_one_sentence(tmp_path: Path) -> None:
    files = files_in(tmp_path, {"a.rs": "fn f() {}\n"})
    with pytest.raises(
        WorkspaceError, match="there is no comment such as “// kimi: simplify this” here: write one"
    ):
        by_id("instruct").look(Task(by_id("instruct"), "a.rs", Span(3, 3)), files)  # type: ignore[misc]  # it has one
