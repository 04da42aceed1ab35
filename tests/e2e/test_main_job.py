"""The main job over a real pipe: as a client that prefers utf-8, and as one that knows only utf-16."""

import socket
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from tests.e2e.editor import Editor, editing

ENCODINGS = ["utf-8", "utf-16"]
TEXT = 'import os\n\n\ndef greet(name):\n    text = "😀 hello, " + name; unused = 1\n    return text\n'
CHANGED = TEXT.replace("; unused = 1", "")


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"tool_calls": [{"name": name, "arguments": arguments}]}


def edit(old: str, new: str, path: str = "a.py") -> dict[str, Any]:
    return call("edit", path=path, old_string=old, new_string=new)


FIXED = [edit("; unused = 1", ""), {"content": "Removed the unused name."}]


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_fix_is_one_verified_versioned_undoable_edit(tmp_path: Path, encoding: str) -> None:
    async with editing(tmp_path, FIXED, encoding=encoding) as (editor, exchanges):
        document = editor.open("a.py", TEXT)
        found = editor.diagnostic(
            document, "unused", "Local variable `unused` is assigned to but never used", "F841"
        )
        action = (await editor.menu(document, "unused", [found]))[0]
        assert action.title == "Kimi: Fix Local variable `unused` is assigned to but never… (ruff F841)"
        assert (action.kind, action.is_preferred, action.edit) == (types.CodeActionKind.QuickFix, None, None)
        assert list(action.tags or ()) == [types.CodeActionTag.LlmGenerated]
        assert list(action.diagnostics or ()) == [found]

        said = await editor.run(action)

        assert document.text == CHANGED
        (applied,) = editor.applied
        (change,) = applied.edit.document_changes or ()
        assert isinstance(change, types.TextDocumentEdit)
        assert (change.text_document.version, applied.label) == (1, said[0])
        editor.undo(document)
        assert document.text == TEXT
        assert said[-1].startswith("a.py +1 −1; ")
        assert "$0.0" in said[-1]
        assert any("thinking" in line for line in said)
        prompt = str(exchanges[0].request)
        assert "Diagnostic: ruff F841 at a.py:5:" in prompt


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_refactor_of_a_symbol_over_two_files(tmp_path: Path, encoding: str) -> None:
    turns: list[dict[str, Any]] = [
        {
            "tool_calls": [
                {"name": "read", "arguments": {"path": "b.py"}},
                {
                    "name": "replace_symbol",
                    "arguments": {
                        "path": "a.py",
                        "symbol": "greet",
                        "new_source": 'def greet(name):\n    return "😀 hello, " + name\n',
                    },
                },
            ]
        },
        edit("greet('x')", "greet('world')", "b.py"),
        {"content": "Simpler."},
    ]
    async with editing(tmp_path, turns, encoding=encoding) as (editor, exchanges):
        document = editor.open("a.py", TEXT)
        (editor.root / "b.py").write_text("from a import greet\n\ngreet('x')\n")
        actions = await editor.menu(document, "name;", only=["refactor"])
        assert actions[0].title == "Kimi: Refactor `greet`"
        said = await editor.run(actions[0])
        assert document.text == 'import os\n\n\ndef greet(name):\n    return "😀 hello, " + name\n'
        changes = editor.applied[0].edit.document_changes or ()
        assert [
            c.text_document.uri.rpartition("/")[2] for c in changes if isinstance(c, types.TextDocumentEdit)
        ] == [
            "a.py",
            "b.py",
        ]
        assert [c.text_document.version for c in changes if isinstance(c, types.TextDocumentEdit)] == [
            1,
            None,
        ]
        assert "1 not open before, unsaved" in said[-1]
        assert "greet('x')" in str(exchanges[1].request)


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_explain_opens_a_file_and_hover_shows_it_until_the_code_changes(
    tmp_path: Path, encoding: str
) -> None:
    async with editing(tmp_path, [{"content": "Builds a **greeting**."}], encoding=encoding) as (editor, _):
        document = editor.open("a.py", TEXT)
        place = types.TextDocumentPositionParams(
            text_document=types.TextDocumentIdentifier(uri=document.uri),
            position=editor.range(document, document.text.index("text ="), 0).start,
        )
        hover = types.HoverParams(text_document=place.text_document, position=place.position)
        assert await editor.client.text_document_hover_async(hover) is None

        action = next(a for a in await editor.menu(document, "text =") if a.title == "Kimi: Explain `greet`")
        await editor.run(action)
        await editor.until(lambda: editor.client.shown_documents)

        shown = Path(editor.client.shown_documents[0].uri.removeprefix("file://"))
        markdown = shown.read_text()
        assert markdown.startswith("# `greet`\n\na.py, lines 4–6\n\nBuilds a **greeting**.\n")
        assert "$0.0" in markdown
        answer = await editor.client.text_document_hover_async(hover)
        assert answer is not None
        assert isinstance(answer.contents, types.MarkupContent)
        assert answer.contents.value == markdown
        assert document.text == TEXT
        editor.type(document, len(TEXT) - 1, len(TEXT) - 1, "  # changed")
        assert await editor.client.text_document_hover_async(hover) is None


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_cancel_in_mid_stream_closes_the_stream_within_a_second(tmp_path: Path, encoding: str) -> None:
    slow = {"content": "word " * 2000, "chunk_delay_s": 0.05}
    async with editing(tmp_path, [slow], encoding=encoding) as (editor, exchanges):
        document = editor.open("a.py", TEXT)
        action = (await editor.menu(document, "text =", only=["refactor"]))[0]
        await editor.start_job(action)
        await editor.until(lambda: any("answering" in line for line in editor.said()))
        token = list(editor.client.progress_reports)[-1]
        editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token=token))
        await editor.until(editor.ended, timeout=1.0)
        await editor.until(lambda: exchanges, timeout=1.0)
        assert editor.said()[-1] == "cancelled, nothing was changed"
        assert (document.text, editor.applied) == (TEXT, [])


async def test_cancel_as_a_command(tmp_path: Path) -> None:
    async with editing(tmp_path, [{"content": "word " * 2000, "chunk_delay_s": 0.05}]) as (editor, _):
        document = editor.open("a.py", TEXT)
        await editor.start_job((await editor.menu(document, "text =", only=["refactor"]))[0])
        await editor.until(lambda: len(editor.said()) > 1)
        await editor.client.workspace_execute_command_async(types.ExecuteCommandParams(command="kimi.cancel"))
        await editor.until(editor.ended, timeout=1.0)


async def fails(editor: Editor) -> str:
    """The sentence that the user is told when the first action fails; the server lives on."""
    document = editor.open("a.py", TEXT)
    action = (await editor.menu(document, "text =", only=["refactor"]))[0]
    await editor.start_job(action)
    await editor.until(lambda: editor.client.messages)
    assert (document.text, editor.applied) == (TEXT, [])
    assert await editor.menu(document, "text =")
    return editor.messages()[0]


async def test_no_key_says_how_to_set_one(tmp_path: Path) -> None:
    async with editing(tmp_path, [], key="", base_url="https://api.aigateway.sh/v1") as (editor, exchanges):
        assert "set AIGATEWAY_API_KEY" in await fails(editor)
        assert exchanges == []


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_a_bad_key_is_named_and_never_shown(tmp_path: Path, encoding: str) -> None:
    async with editing(tmp_path, FIXED, key="sk-aig-wrong-hush", encoding=encoding) as (editor, _):
        told = await fails(editor)
        assert "refuses the API key" in told
        assert "hush" not in told


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_the_gateway_is_gone(tmp_path: Path, encoding: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = {"model": {"connect_timeout_s": 1.0, "total_timeout_s": 1.5}}
    async with editing(
        tmp_path, [], base_url=f"http://127.0.0.1:{port}/v1", options=options, encoding=encoding
    ) as (editor, _):
        assert "Kimi: Refactor" in await fails(editor)


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_malformed_output_is_refused_and_repaired(tmp_path: Path, encoding: str) -> None:
    turns: list[dict[str, Any]] = [
        {"tool_calls": [{"name": "edit", "raw_arguments": '{"path": "a.py", "old_string": '}]},
        call("edit", path="a.py", old_string=7, new_string=""),
        edit("no such text", ""),
        *FIXED,
    ]
    async with editing(tmp_path, turns, encoding=encoding) as (editor, exchanges):
        document = editor.open("a.py", TEXT)
        await editor.run((await editor.menu(document, "text =", only=["refactor"]))[0])
        assert document.text == CHANGED
        results = [m["content"] for m in exchanges[-1].request["messages"] if m["role"] == "tool"]
        assert [content.partition(":")[0].split()[0] for content in results] == [
            "error",
            "error",
            "error",
            "Edited",
        ]


async def test_after_three_repairs_the_job_ends_and_says_so(tmp_path: Path) -> None:
    turns = [edit(f"no such text {number}", "") for number in range(9)]
    async with editing(tmp_path, turns) as (editor, exchanges):
        document = editor.open("a.py", TEXT)
        await editor.run((await editor.menu(document, "text =", only=["refactor"]))[0])
        assert len(exchanges) == 4
        assert "it was refused 4 times" in editor.messages()[-1]
        assert document.text == TEXT


async def test_an_edit_that_breaks_the_syntax_goes_back_to_the_model(tmp_path: Path) -> None:
    turns = [edit("def greet(name):", "def greet(name:"), *FIXED]
    async with editing(tmp_path, turns) as (editor, exchanges):
        document = editor.open("a.py", TEXT)
        await editor.run((await editor.menu(document, "text =", only=["refactor"]))[0])
        assert document.text == CHANGED
        results = [m["content"] for m in exchanges[1].request["messages"] if m["role"] == "tool"]
        assert "syntax" in results[0]


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_typing_elsewhere_meanwhile_is_carried_over(tmp_path: Path, encoding: str) -> None:
    slow = {**edit("; unused = 1", ""), "first_byte_delay_s": 0.5}
    async with editing(tmp_path, [slow, FIXED[1]], encoding=encoding) as (editor, _):
        document = editor.open("a.py", TEXT)
        await editor.start_job((await editor.menu(document, "text =", only=["refactor"]))[0])
        await editor.until(lambda: editor.said())
        editor.type(document, 0, 0, "# typed 😀 meanwhile\n")
        await editor.until(editor.ended)
        assert document.text == "# typed 😀 meanwhile\n" + CHANGED


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_typing_in_the_same_place_is_never_overwritten_and_the_result_is_kept(
    tmp_path: Path, encoding: str
) -> None:
    slow = {**edit("; unused = 1", ""), "first_byte_delay_s": 0.5}
    async with editing(tmp_path, [slow, FIXED[1]], encoding=encoding) as (editor, _):
        document = editor.open("a.py", TEXT)
        await editor.start_job((await editor.menu(document, "text =", only=["refactor"]))[0])
        await editor.until(lambda: editor.said())
        at = document.text.index("unused")
        editor.type(document, at, at + len("unused"), "mine")
        typed = document.text
        await editor.until(editor.ended)
        assert (document.text, editor.applied) == (typed, [])
        assert "you changed the same lines meanwhile (a.py: your lines 5, Kimi's 5)" in editor.messages()[-1]
        editor.undo(document)
        apply = next(
            a for a in await editor.menu(document, "text =") if a.title.startswith("Kimi: Apply result")
        )
        assert apply.edit is not None
        titles = [action.title for action in await editor.menu(document, "text =")]
        assert {"Kimi: Show diff", "Kimi: Discard result"} <= set(titles)


async def test_an_editor_that_declines_gets_the_result_in_two_steps(tmp_path: Path) -> None:
    async with editing(tmp_path, FIXED) as (editor, _):
        document = editor.open("a.py", TEXT)
        editor.apply_answer = types.ApplyWorkspaceEditResult(applied=False, failure_reason="not now")
        await editor.run((await editor.menu(document, "text =", only=["refactor"]))[0])
        assert "not now" in editor.messages()[-1]
        first = next(iter(await editor.menu(document, "text =")))
        assert first.title == "Kimi: Apply result of Refactor `greet`"


async def test_an_editor_without_apply_edit_gets_the_result_in_two_steps(tmp_path: Path) -> None:
    async with editing(tmp_path, FIXED, apply_edit=False) as (editor, _):
        document = editor.open("a.py", TEXT)
        await editor.run((await editor.menu(document, "text =", only=["refactor"]))[0])
        assert editor.applied == []
        apply, diff, discard = (await editor.menu(document, "text ="))[:3]
        assert (apply.title, diff.title) == ("Kimi: Apply result of Refactor `greet`", "Kimi: Show diff")
        await editor.start_job(diff)
        await editor.until(lambda: editor.client.shown_documents)
        shown = Path(editor.client.shown_documents[0].uri.removeprefix("file://")).read_text()
        assert '-    text = "😀 hello, " + name; unused = 1\n' in shown
        await editor.start_job(discard)
        assert not any("Apply" in a.title for a in await editor.menu(document, "text ="))


async def test_a_client_that_says_applied_but_did_not_is_found_out(tmp_path: Path) -> None:
    async with editing(tmp_path, FIXED) as (editor, _):
        document = editor.open("a.py", TEXT)
        editor.apply_answer = types.ApplyWorkspaceEditResult(applied=True)
        await editor.run((await editor.menu(document, "text =", only=["refactor"]))[0])
        assert "its text is as before" in editor.messages()[-1]
        assert (await editor.menu(document, "text ="))[0].title.startswith("Kimi: Apply result")


async def test_syntax_faults_are_offered_where_nobody_reported_any(tmp_path: Path) -> None:
    async with editing(tmp_path, []) as (editor, _):
        document = editor.open("a.py", "def f(:\n    pass\n")
        titles = [action.title for action in await editor.menu(document, "pass", only=["quickfix"])]
        assert titles[0].startswith("Kimi: Fix syntax error")
        assert titles[1:] == ["Kimi: Fix all in this file"]


async def test_wrong_settings_are_named_once_and_the_rest_holds(tmp_path: Path) -> None:
    options = {"model": {"bogus": 1, "max_tokens": 300}}
    async with editing(tmp_path, FIXED, options=options) as (editor, exchanges):
        document = editor.open("a.py", TEXT)
        await editor.until(lambda: editor.client.messages)
        assert "unknown setting model.bogus" in editor.messages()[0]
        editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
        await editor.run((await editor.menu(document, "text =", only=["refactor"]))[0])
        assert exchanges[0].request["max_tokens"] == 300
        assert sum("bogus" in message for message in editor.messages()) == 1


async def test_commands_with_a_suffix(tmp_path: Path) -> None:
    async with editing(tmp_path, FIXED, options={"commands": {"suffix": ".two"}}) as (editor, _):
        document = editor.open("a.py", TEXT)
        action = (await editor.menu(document, "text =", only=["refactor"]))[0]
        assert action.command is not None
        assert action.command.command == "kimi.refactor.two"
        await editor.run(action)
        assert document.text == CHANGED


async def test_the_model_is_told_what_is_wrong_in_a_file(tmp_path: Path) -> None:
    asked = {"tool_calls": [{"name": "problems", "arguments": {"path": name}} for name in ("a.py", "b.py")]}
    async with editing(tmp_path, [asked, *FIXED]) as (editor, exchanges):
        document = editor.open("a.py", TEXT)
        (editor.root / "b.py").write_text("x = 1\ndef f(:\n    pass\n")
        found = editor.diagnostic(document, "unused", "assigned but never used", "F841")
        await editor.run((await editor.menu(document, "unused", [found]))[0])
        told = [m["content"] for m in exchanges[1].request["messages"] if m["role"] == "tool"]
        assert "ruff F841 at a.py:5:" in told[0]
        assert told[1].startswith("syntax at b.py:2:")
