"""What happens to the file while the job runs: closed, reopened, deleted, undone; and progressive delivery."""

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from tests.e2e.editor import Document, Editor, editing

TEXT = "import os\n\n\ndef greet(name):\n    text = 'hello, ' + name; unused = 1\n    return text\n"
CHANGED = TEXT.replace("; unused = 1", "")
SLOW: dict[str, Any] = {
    "tool_calls": [
        {"name": "edit", "arguments": {"path": "a.py", "old_string": "; unused = 1", "new_string": ""}}
    ],
    "first_byte_delay_s": 0.5,
}
DONE = {"content": "Removed."}


async def begin(editor: Editor) -> Document:
    """A refactoring of ``greet`` that is under way."""
    document = editor.open("a.py", TEXT)
    await editor.start_job((await editor.menu(document, "text =", only=["refactor"]))[0])
    await editor.until(editor.said)
    return document


def close(editor: Editor, document: Document) -> None:
    identifier = types.TextDocumentIdentifier(uri=document.uri)
    editor.client.text_document_did_close(types.DidCloseTextDocumentParams(text_document=identifier))
    del editor.documents[document.uri]


async def test_closed_meanwhile_the_edit_goes_to_the_file_as_it_is_on_disk(tmp_path: Path) -> None:
    async with editing(tmp_path, [SLOW, DONE]) as (editor, _):
        document = await begin(editor)
        close(editor, document)
        document.path.write_text("# from outside\n" + TEXT)
        await editor.until(editor.ended)
        (change,) = editor.applied[0].edit.document_changes or ()
        assert isinstance(change, types.TextDocumentEdit)
        assert change.text_document.version is None
        assert change.edits[0].range.start.line == 5
        assert "1 not open before, unsaved" in editor.said()[-1]


async def test_reopened_with_another_text_the_edit_is_carried_over(tmp_path: Path) -> None:
    async with editing(tmp_path, [SLOW, DONE]) as (editor, _):
        close(editor, await begin(editor))
        again = editor.open("a.py", "# reopened\n" + TEXT)
        await editor.until(editor.ended)
        assert again.text == "# reopened\n" + CHANGED


async def test_deleted_meanwhile_nothing_is_made_of_it(tmp_path: Path) -> None:
    async with editing(tmp_path, [SLOW, DONE]) as (editor, _):
        document = await begin(editor)
        close(editor, document)
        document.path.unlink()
        await editor.until(editor.ended)
        assert editor.applied == []
        assert "a.py does not exist" in editor.messages()[-1]


async def test_typing_and_undoing_it_is_nothing(tmp_path: Path) -> None:
    async with editing(tmp_path, [SLOW, DONE]) as (editor, _):
        document = await begin(editor)
        at = document.text.index("unused")
        editor.type(document, at, at + 3, "mine")
        editor.undo(document)
        await editor.until(editor.ended)
        assert document.text == CHANGED


async def test_the_result_that_was_kept_applies_once_the_conflict_is_gone(tmp_path: Path) -> None:
    async with editing(tmp_path, [SLOW, DONE]) as (editor, _):
        document = await begin(editor)
        at = document.text.index("unused")
        editor.type(document, at, at + 3, "mine")
        editor.type(document, 0, 0, "# mine too\n")
        await editor.until(editor.ended)
        assert editor.applied == []
        editor.type(document, document.text.index("minesed"), document.text.index("minesed") + 4, "unu")
        entry = (await editor.menu(document, "text ="))[0]
        assert entry.edit is not None
        editor._apply(types.ApplyWorkspaceEditParams(edit=entry.edit))
        assert document.text == "# mine too\n" + CHANGED
        await editor.start_job(entry)
        assert not (await editor.menu(document, "text ="))[0].title.startswith("Kimi: Apply")


@pytest.mark.parametrize("mode", ["atomic", "progressive"])
async def test_progressive_delivery_gives_each_file_as_soon_as_it_is_done(tmp_path: Path, mode: str) -> None:
    def edit(path: str, old: str, new: str) -> dict[str, Any]:
        return {"name": "edit", "arguments": {"path": path, "old_string": old, "new_string": new}}

    turns: list[dict[str, Any]] = [
        {"tool_calls": [edit("a.py", "; unused = 1", "")]},
        {"tool_calls": [edit("b.py", "x = 1", "x = 2"), edit("a.py", "return text", "return text  # done")]},
        DONE,
    ]
    async with editing(tmp_path, turns, options={"edits": {"apply": mode}}) as (editor, _):
        other = editor.open("b.py", "x = 1\n")
        document = editor.open("a.py", TEXT)
        said = await editor.run((await editor.menu(document, "text =", only=["refactor"]))[0])
        assert document.text == CHANGED.replace("return text", "return text  # done")
        assert other.text == "x = 2\n"
        paths = [
            [
                c.text_document.uri.rpartition("/")[2]
                for c in applied.edit.document_changes or ()
                if isinstance(c, types.TextDocumentEdit)
            ]
            for applied in editor.applied
        ]
        assert paths == ([["a.py", "b.py"]] if mode == "atomic" else [["a.py"], ["a.py", "b.py"]])
        assert said[-1].startswith("2 files +3 −3")


async def test_a_new_file_is_made_by_the_editor(tmp_path: Path) -> None:
    create = {"name": "create_file", "arguments": {"path": "pkg/new.py", "content": "y = 1\n"}}
    async with editing(tmp_path, [{"tool_calls": [create]}, DONE]) as (editor, _):
        document = editor.open("a.py", TEXT)
        await editor.run((await editor.menu(document, "text =", only=["refactor"]))[0])
        made, filled = editor.applied[0].edit.document_changes or ()
        assert isinstance(made, types.CreateFile)
        assert isinstance(filled, types.TextDocumentEdit)
        assert (made.uri, made.options) == (
            filled.text_document.uri,
            types.CreateFileOptions(ignore_if_exists=True),
        )
        assert made.uri.endswith("/project/pkg/new.py")
        assert isinstance(filled.edits[0], types.TextEdit)
        assert (filled.edits[0].new_text, filled.edits[0].range.end) == ("y = 1\n", types.Position(1, 0))
        assert not (editor.root / "pkg" / "new.py").exists()


async def test_a_menu_that_was_opened_before_some_typing_means_the_same_place(tmp_path: Path) -> None:
    async with editing(tmp_path, [DONE, DONE]) as (editor, exchanges):
        document = editor.open("a.py", TEXT)
        found = editor.diagnostic(document, "unused", "assigned but never used", "F841")
        menu = {entry.title: entry for entry in await editor.menu(document, "unused", [found])}
        fix, refactor = next(iter(menu.values())), menu["Kimi: Refactor `greet`"]
        editor.type(document, 0, 0, "# one\n# two\n")
        await editor.run(fix)
        assert "ruff F841 at a.py:7:30: assigned" in str(exchanges[0].request["messages"][-1])
        editor.type(document, 0, 6, "")
        await editor.run(refactor)
        assert "Refactor `greet` in a.py" in str(exchanges[-1].request["messages"][1])


async def test_a_file_that_came_to_exist_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    create = {"name": "create_file", "arguments": {"path": "new.py", "content": "y = 1\n"}}
    late = {**DONE, "first_byte_delay_s": 1.0}
    async with editing(tmp_path, [{"tool_calls": [create]}, late]) as (editor, _):
        document = editor.open("a.py", TEXT)
        await editor.start_job((await editor.menu(document, "text =", only=["refactor"]))[0])
        await editor.until(lambda: any("turn 2" in line for line in editor.said()))
        (editor.root / "new.py").write_text("mine = 1\n")
        await editor.until(editor.ended)
        assert editor.applied == []
        assert "new.py has come to exist meanwhile" in editor.messages()[-1]


async def test_the_active_file_comes_first_whatever_the_model_changed_first(tmp_path: Path) -> None:
    def edit(path: str, old: str, new: str) -> dict[str, Any]:
        return {"name": "edit", "arguments": {"path": path, "old_string": old, "new_string": new}}

    turns: list[dict[str, Any]] = [
        {"tool_calls": [edit("b.py", "x = 1", "x = 2"), SLOW["tool_calls"][0]]},
        DONE,
    ]
    async with editing(tmp_path, turns) as (editor, _):
        editor.open("b.py", "x = 1\n")
        document = editor.open("a.py", TEXT)
        await editor.run((await editor.menu(document, "text =", only=["refactor"]))[0])
        first = (editor.applied[0].edit.document_changes or ())[0]
        assert isinstance(first, types.TextDocumentEdit)
        assert first.text_document.uri == document.uri


async def test_a_cancel_while_the_editor_does_not_answer_keeps_the_result(tmp_path: Path) -> None:
    async with editing(tmp_path, [{**SLOW, "first_byte_delay_s": 0}, DONE]) as (editor, _):
        editor.never_answers = True
        document = editor.open("a.py", TEXT)
        await editor.start_job((await editor.menu(document, "text =", only=["refactor"]))[0])
        await editor.until(lambda: editor.applied)
        cancel = next(a for a in await editor.menu(document, "text =") if a.title.startswith("Kimi: Cancel"))
        assert cancel.title == "Kimi: Cancel “Refactor `greet`”"
        await editor.start_job(cancel)
        await editor.until(editor.ended, timeout=1.0)
        assert "the editor has not answered the edit" in editor.messages()[-1]
        assert document.text == CHANGED
        assert (await editor.menu(document, "text ="))[0].title == "Kimi: Show diff"


async def test_two_jobs_that_end_together_are_both_verified(tmp_path: Path) -> None:
    def turn(path: str, old: str, new: str, when: str) -> dict[str, Any]:
        call = {"name": "edit", "arguments": {"path": path, "old_string": old, "new_string": new}}
        return {"tool_calls": [call], "when": when}

    text = "def alpha():\n    return 1\n\n\ndef beta():\n    return 2\n"
    turns = [
        turn("b.py", "return 2", "return 3", "`beta`"),
        turn("b.py", "return 1", "return 0", "a.py"),
        DONE,
        DONE,
    ]
    async with editing(tmp_path, turns) as (editor, _):
        other = editor.open("b.py", text)
        document = editor.open("a.py", TEXT)
        await editor.start_job((await editor.menu(other, "return 2", only=["refactor"]))[0])
        await editor.start_job((await editor.menu(document, "text =", only=["refactor"]))[0])
        await editor.until(lambda: len(editor.messages()) == 2)
        assert other.text == text.replace("return 2", "return 3").replace("return 1", "return 0")
        assert not any("differs" in message or "not applied" in message for message in editor.messages())


@pytest.mark.parametrize("operations", [("create",), ("create", "rename", "delete")])
async def test_files_are_renamed_and_deleted_only_where_the_editor_can(
    tmp_path: Path, operations: tuple[str, ...]
) -> None:
    calls = [
        {"name": "rename_file", "arguments": {"path": "b.py", "new_path": "c.py"}},
        {"name": "delete_file", "arguments": {"path": "d.py"}},
        SLOW["tool_calls"][0],
    ]
    async with editing(tmp_path, [{"tool_calls": calls}, DONE], operations=operations) as (editor, exchanges):
        for name in ("b.py", "d.py"):
            (editor.root / name).write_text("x = 1\n")
        document = editor.open("a.py", TEXT)
        await editor.run((await editor.menu(document, "text =", only=["refactor"]))[0])
        kinds = [type(change) for change in editor.applied[0].edit.document_changes or ()]
        if "rename" in operations:
            assert kinds == [types.TextDocumentEdit, types.RenameFile, types.DeleteFile]
        else:
            assert kinds == [types.TextDocumentEdit]
            results = [m["content"] for m in exchanges[1].request["messages"] if m["role"] == "tool"]
            assert results[0].startswith("error: There is no tool `rename_file`")
