"""How results reach the editor: as they are made, one after the other, or later, from the menu."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from tests.e2e.editor import Document, Editor, capabilities, editing

TEXT = "def greet():\n    return 2\n"
OTHER = "x = 1\ny = 2\n"
DONE: dict[str, Any] = {"content": "Done.", "repeat": True}
UNCHECKED: dict[str, Any] = {"checkers": {"enabled": False}}
PROGRESSIVE = {**UNCHECKED, "edits": {"apply": "progressive"}}


def turn(path: str, old: str, new: str) -> dict[str, Any]:
    arguments = {"path": path, "old_string": old, "new_string": new}
    return {"tool_calls": [{"name": "edit", "arguments": arguments}]}


async def refactor(editor: Editor, document: Document) -> list[str]:
    return await editor.run(await editor.entry(document, "return", "Kimi: Refactor"))


async def test_what_the_model_takes_back_is_taken_back_in_the_editor(tmp_path: Path) -> None:
    turns = [
        turn("a.py", "return 2", "return 3"),
        turn("a.py", "return 3", "return 2"),
        turn("b.py", "x = 1", "x = 2"),
        DONE,
    ]
    async with editing(tmp_path, turns, options=PROGRESSIVE) as (editor, _):
        other = editor.open("b.py", OTHER)
        document = editor.open("a.py", TEXT)
        said = await refactor(editor, document)
        assert (document.text, other.text) == (TEXT, OTHER.replace("x = 1", "x = 2"))
        assert said[-1].startswith("b.py +1 −1")


async def test_who_declines_is_not_asked_again_at_each_turn(tmp_path: Path) -> None:
    turns = [
        turn("a.py", "return 2", "return 3"),
        turn("b.py", "x = 1", "x = 2"),
        turn("b.py", "y = 2", "y = 3"),
        DONE,
    ]
    async with editing(tmp_path, turns, options=PROGRESSIVE) as (editor, _):
        editor.apply_answer = types.ApplyWorkspaceEditResult(applied=False, failure_reason="no")
        editor.open("b.py", OTHER)
        document = editor.open("a.py", TEXT)
        await refactor(editor, document)
        assert len(editor.applied) == 2
        assert (await editor.menu(document, "return"))[0].title == "Kimi: Apply result of Refactor `greet`"


class ByHalves(Editor):
    """Applies the first hunk of each file, and says that it applied the edit."""

    def _apply(self, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        for change in params.edit.document_changes or ():
            if isinstance(change, types.TextDocumentEdit):
                change.edits = list(change.edits)[:1]
        return super()._apply(params)


@pytest.mark.parametrize("mode", ["atomic", "progressive"])
async def test_what_was_applied_by_halves_is_told_and_the_rest_is_kept(tmp_path: Path, mode: str) -> None:
    text = TEXT + "\n\ndef part():\n    return 4\n"
    calls = [
        *turn("a.py", "return 2", "return 3")["tool_calls"],
        *turn("a.py", "return 4", "return 5")["tool_calls"],
    ]
    options = {**UNCHECKED, "edits": {"apply": mode}}
    async with editing(tmp_path, [{"tool_calls": calls}, DONE], options=options, make=ByHalves) as (
        editor,
        _,
    ):
        document = editor.open("a.py", text)
        await refactor(editor, document)
        assert "its text differs: please look" in editor.messages()[-1]
        entry = await editor.entry(document, "return", "Kimi: Apply result")
        assert entry.edit is not None
        editor._apply(types.ApplyWorkspaceEditParams(edit=entry.edit))
        assert document.text == text.replace("2", "3").replace("4", "5")


async def test_a_half_that_was_applied_beside_what_was_typed_does_not_hide_the_other_half(
    tmp_path: Path,
) -> None:
    text = "# old\ndef nombre():\n    return 'x'\n"
    calls = [
        *turn("a.py", "# old\n", "")["tool_calls"],
        *turn("a.py", "def nombre():", "def name():")["tool_calls"],
    ]
    turns = [{"tool_calls": calls, "first_byte_delay_s": 0.5}, DONE]
    async with editing(tmp_path, turns, options=UNCHECKED, make=ByHalves) as (editor, _):
        document = editor.open("a.py", text)
        await editor.start_job(await editor.entry(document, "return", "Kimi: Refactor"))
        await editor.until(editor.said)
        editor.type(document, 0, 0, "# typed meanwhile\n")
        await editor.until(editor.ended)
        assert document.text == "# typed meanwhile\ndef nombre():\n    return 'x'\n"
        entry = await editor.entry(document, "return", "Kimi: Apply result")
        assert entry.edit is not None
        editor._apply(types.ApplyWorkspaceEditParams(edit=entry.edit))
        assert document.text == "# typed meanwhile\ndef name():\n    return 'x'\n"


async def test_a_file_that_was_deleted_early_is_not_asked_for_again(tmp_path: Path) -> None:
    class Deleting(Editor):
        def _apply(self, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
            for change in params.edit.document_changes or ():
                if isinstance(change, types.DeleteFile):
                    (self.root / change.uri.rpartition("/")[2]).unlink()
            return super()._apply(params)

    delete = {"tool_calls": [{"name": "delete_file", "arguments": {"path": "b.py"}}]}
    turns = [delete, turn("a.py", "return 2", "return 3"), DONE]
    everything = ("create", "rename", "delete")
    async with editing(tmp_path, turns, options=PROGRESSIVE, operations=everything, make=Deleting) as (
        editor,
        _,
    ):
        (editor.root / "b.py").write_text(OTHER)
        document = editor.open("a.py", TEXT)
        said = await refactor(editor, document)
        deletes = [
            change
            for applied in editor.applied
            for change in applied.edit.document_changes or ()
            if isinstance(change, types.DeleteFile)
        ]
        assert len(deletes) == 1
        assert document.text == TEXT.replace("2", "3")
        assert said[-1].startswith("2 files +1 −3")
        assert not (editor.root / "b.py").exists()


@pytest.mark.parametrize("way", ["command", "progress"])
async def test_who_waits_behind_an_unanswered_preview_can_be_cancelled(tmp_path: Path, way: str) -> None:
    turns = [
        {"when": "a.py", **turn("a.py", "return 2", "return 3")},
        {"content": "Done."},
        {"when": "b.py", **turn("b.py", "return 2", "return 3")},
        DONE,
    ]
    async with editing(tmp_path, turns, options=UNCHECKED) as (editor, _):
        editor.never_answers = True
        document, other = editor.open("a.py", TEXT), editor.open("b.py", TEXT)
        editor.apply_answer = types.ApplyWorkspaceEditResult(applied=False, failure_reason="not ticked")
        await editor.start_job(await editor.entry(document, "return", "Kimi: Refactor"))
        await editor.until(lambda: editor.applied)
        await editor.start_job(await editor.entry(other, "return", "Kimi: Refactor"))
        await editor.until(lambda: len(editor.client.progress_reports) == 2 and "applying" in editor.said())
        if way == "command":
            await editor.command("kimi.cancel", {"uri": other.uri})
        else:
            token = list(editor.client.progress_reports)[-1]
            editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token=token))
        await editor.until(editor.ended, timeout=2.0)
        assert [job["uri"] for job in (await editor.status())["jobs"]] == [document.uri]
        editor.released.set()
        while (await editor.status())["jobs"]:
            await asyncio.sleep(0.01)
        assert len(editor.applied) == 1
        assert other.text == TEXT


async def test_a_kept_result_follows_a_file_that_changes_on_the_disk(tmp_path: Path) -> None:
    calls = [
        *turn("a.py", "return 2", "return 3")["tool_calls"],
        *turn("b.py", "y = 2", "y = 3")["tool_calls"],
    ]
    turns = [{"tool_calls": calls}, DONE]
    async with editing(tmp_path, turns, apply_edit=False, options=UNCHECKED) as (editor, _):
        file = editor.root / "b.py"
        file.write_text(OTHER)
        document = editor.open("a.py", TEXT)
        await refactor(editor, document)

        async def line_in_b() -> int:
            entry = await editor.entry(document, "return", "Kimi: Apply result")
            assert entry.edit is not None
            (change,) = (
                change
                for change in entry.edit.document_changes or ()
                if isinstance(change, types.TextDocumentEdit) and change.text_document.uri == file.as_uri()
            )
            return change.edits[0].range.start.line

        assert await line_in_b() == 1
        file.write_text("import os\nimport sys\n" + OTHER)
        assert await line_in_b() == 3


async def test_a_client_that_knows_commands_only_applies_a_kept_result_by_one(tmp_path: Path) -> None:
    """LSP before 3.8 has no code actions with an edit in them."""
    declared = capabilities("utf-8")
    assert declared.text_document is not None
    declared.text_document.code_action = None
    turns = [{**turn("a.py", "return 2", "return 3"), "first_byte_delay_s": 0.3}, DONE]
    async with editing(tmp_path, turns, declared=declared, options=UNCHECKED) as (editor, _):
        document = editor.open("a.py", TEXT)

        async def commands() -> list[types.Command]:
            answer = await editor.client.text_document_code_action_async(
                types.CodeActionParams(
                    text_document=types.TextDocumentIdentifier(uri=document.uri),
                    range=editor.range(document, 20, 20),
                    context=types.CodeActionContext(diagnostics=[]),
                )
            )
            assert all(isinstance(entry, types.Command) for entry in answer or ())
            return [entry for entry in answer or () if isinstance(entry, types.Command)]

        refactor = next(one for one in await commands() if one.title.startswith("Kimi: Refactor"))
        editor.apply_answer = types.ApplyWorkspaceEditResult(applied=False, failure_reason="busy")
        await editor.command(refactor.command, *(refactor.arguments or ()))
        await editor.until(lambda: editor.said() and editor.ended())
        assert document.text == TEXT
        editor.apply_answer = None
        editor.type(document, 0, 0, "# mine\n")
        apply = next(one for one in await commands() if one.title.startswith("Kimi: Apply result"))
        await editor.command(apply.command, *(apply.arguments or ()))
        await editor.until(lambda: editor.messages()[-1] == "Kimi: Refactor `greet`: applied")
        assert document.text == "# mine\n" + TEXT.replace("2", "3")
        assert not [one for one in await commands() if "result" in one.title]
        await editor.command(apply.command, *(apply.arguments or ()))
        await editor.until(lambda: editor.messages()[-1] == "Kimi: there is no result to apply.")


async def test_applying_a_kept_result_waits_its_turn_and_can_be_called_off(tmp_path: Path) -> None:
    async with editing(tmp_path, [turn("a.py", "return 2", "return 3"), DONE], options=UNCHECKED) as (
        editor,
        _,
    ):
        document = editor.open("a.py", TEXT)
        editor.apply_answer = types.ApplyWorkspaceEditResult(applied=False, failure_reason="busy")
        await refactor(editor, document)
        editor.never_answers = True
        await editor.command("kimi.applyResult", {"uri": document.uri})
        await editor.until(lambda: len(editor.applied) == 2)
        await editor.command("kimi.cancel", {"uri": document.uri})
        await editor.until(lambda: "not applied: the editor has not answered" in editor.messages()[-1])
        assert not (await editor.status())["jobs"]
        assert (await editor.menu(document, "return"))[0].title.startswith("Kimi: Apply result")


async def test_an_edit_is_sent_to_no_client_that_declares_none(tmp_path: Path) -> None:
    turns = [turn("a.py", "return 2", "return 3"), DONE]
    async with editing(tmp_path, turns, apply_edit=False, options=UNCHECKED) as (editor, _):
        document = editor.open("a.py", TEXT)
        await refactor(editor, document)
        await editor.command("kimi.applyResult", {"uri": document.uri})
        await editor.until(lambda: "this editor takes no edits by itself" in editor.messages()[-1])
        assert editor.applied == []


async def test_an_entry_that_cancels_one_job_leaves_the_others_of_its_document(tmp_path: Path) -> None:
    slow = {"content": "Later.", "first_byte_delay_s": 5, "repeat": True}
    async with editing(tmp_path, [slow], options=UNCHECKED) as (editor, _):
        document = editor.open("a.py", TEXT)
        await editor.start_job(await editor.entry(document, "return", "Kimi: Refactor"))
        await editor.start_job(await editor.entry(document, "return", "Kimi: Explain"))
        await editor.until(lambda: len(editor.client.progress_reports) == 2)
        await editor.start_job(await editor.entry(document, "return", "Kimi: Cancel “Explain"))
        await editor.until(editor.ended)
        assert [job["title"] for job in (await editor.status())["jobs"]] == ["Kimi: Refactor `greet`"]


@pytest.mark.parametrize("made", ["x = 1\n", ""], ids=["whole", "empty"])
async def test_a_file_that_was_created_does_not_hide_what_else_is_left(tmp_path: Path, made: str) -> None:
    class Creating(ByHalves):
        def _apply(self, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
            for change in params.edit.document_changes or ():
                if isinstance(change, types.CreateFile):
                    (self.root / change.uri.rpartition("/")[2]).write_text(made)
            mine = [
                change
                for change in params.edit.document_changes or ()
                if isinstance(change, types.TextDocumentEdit) and change.text_document.uri.endswith("a.py")
            ]
            params.edit.document_changes = mine
            return super()._apply(params)

    text = TEXT + "\n\ndef part():\n    return 4\n"
    calls = [
        *turn("a.py", "return 2", "return 3")["tool_calls"],
        *turn("a.py", "return 4", "return 5")["tool_calls"],
        {"name": "create_file", "arguments": {"path": "b.py", "content": "x = 1\n"}},
    ]
    async with editing(tmp_path, [{"tool_calls": calls}, DONE], options=UNCHECKED, make=Creating) as (
        editor,
        _,
    ):
        document = editor.open("a.py", text)
        await refactor(editor, document)
        entry = await editor.entry(document, "return", "Kimi: Apply result")
        assert entry.edit is not None
        left = [
            change
            for change in entry.edit.document_changes or ()
            if isinstance(change, types.TextDocumentEdit)
        ]
        assert ["b.py" in change.text_document.uri for change in left] == [False, *[True] * (not made)]
        editor._apply(types.ApplyWorkspaceEditParams(edit=entry.edit))
        assert document.text == text.replace("2", "3").replace("4", "5")


async def test_a_result_that_takes_the_place_of_another_says_where_that_one_is(tmp_path: Path) -> None:
    turns = [
        turn("a.py", "return 2", "return 3"),
        {"content": "Done."},
        turn("a.py", "return 2", "return 4"),
        DONE,
    ]
    async with editing(tmp_path, turns, options=UNCHECKED) as (editor, _):
        editor.apply_answer = types.ApplyWorkspaceEditResult(applied=False, failure_reason="no")
        document = editor.open("a.py", TEXT)
        await refactor(editor, document)
        assert not any("takes the place" in message for message in editor.messages())
        await refactor(editor, document)
        told = editor.messages()[-2]
        assert told.startswith("Kimi: a newer result takes the place of Refactor `greet`, whose diff is ")
        diff = Path(told.rpartition("whose diff is ")[2])
        assert "+    return 3" in diff.read_text()
        assert "return 4" not in diff.read_text()
