"""What the server offers beside the menu, over a real pipe: status, usage, hover, symbols, lenses, faults, pages."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.e2e.editor import capabilities, editing

TEXT = "import os\n\n\nclass Lock:\n    def acquire(self):\n        unused = 1\n        return 2\n"
EXPLAINED: list[dict[str, Any]] = [{"content": "It waits for the lock.", "repeat": True}]


async def test_the_status_has_model_jobs_and_the_spend_of_the_day(tmp_path: Path) -> None:
    async with editing(tmp_path, EXPLAINED, pace=20) as (editor, _):
        document = editor.open("a.py", TEXT)
        before = await editor.status()
        assert (before["jobs"], before["spent_today_usd"], before["key"]) == ([], 0.0, True)
        await editor.start_job(await editor.entry(document, "unused", "Kimi: Explain `"))
        (job,) = (await editor.status())["jobs"]
        assert (job["title"], job["uri"], job["edits"]) == (
            "Kimi: Explain `Lock.acquire`",
            document.uri,
            False,
        )
        await editor.until(editor.ended)
        after = await editor.command("kimi.status")
        assert after["spent_today_usd"] > 0
        assert after["model"] == before["model"]


async def test_editors_that_ask_for_it_are_told_when_jobs_begin_and_end(tmp_path: Path) -> None:
    options = {"show": {"status_notifications": True}}
    async with editing(tmp_path, EXPLAINED, options=options, pace=40) as (editor, _):
        told: list[Any] = []

        @editor.client.feature("kimi/status")
        def tell(params: Any) -> None:
            told.append(params)

        document = editor.open("a.py", TEXT)
        await editor.run(await editor.entry(document, "unused", "Kimi: Explain `"))
        await editor.until(lambda: told and not told[-1].jobs and told[-1].spent_today_usd > 0)
        assert any(one.jobs for one in told)


async def test_usage_is_a_page(tmp_path: Path) -> None:
    async with editing(tmp_path, EXPLAINED) as (editor, _):
        document = editor.open("a.py", TEXT)
        await editor.run(await editor.entry(document, "unused", "Kimi: Explain `"))
        shown: list[str] = []

        def show(params: types.ShowDocumentParams) -> types.ShowDocumentResult:
            shown.append(params.uri)
            return types.ShowDocumentResult(success=True)

        editor.client.protocol.fm.features[types.WINDOW_SHOW_DOCUMENT] = show
        await editor.command("kimi.usage")
        await editor.until(lambda: shown)
        page = (tmp_path / "cache" / "kimi-lsp" / "usage.md").read_text(encoding="utf-8")
        assert "| explain | 1 |" in page


@pytest.mark.parametrize(("name", "mode"), [("Neovim", "auto"), ("anything", "explicit")])
async def test_hover_explains_once_where_hovering_is_a_key(tmp_path: Path, name: str, mode: str) -> None:
    options = {"hover": {"mode": mode}}
    async with editing(tmp_path, EXPLAINED, name=name, options=options) as (editor, exchanges):
        document = editor.open("a.py", TEXT)
        for _ in range(3):
            assert await editor.hover(document, "unused") == "Kimi is explaining `Lock.acquire`; hover again."
        await editor.until(editor.ended)
        assert "It waits for the lock." in str(await editor.hover(document, "unused"))
        assert len(exchanges) == 1
        assert not [one for one in editor.messages() if "ready" in one]


async def test_an_explanation_that_came_to_nothing_is_not_paid_for_at_each_hover(tmp_path: Path) -> None:
    half = [{"content": "It wai", "finish_reason": "length", "repeat": True}]
    async with editing(tmp_path, half, name="Neovim") as (editor, exchanges):
        document = editor.open("a.py", TEXT)
        await editor.hover(document, "unused")
        await editor.until(editor.ended)
        paid = len(exchanges)
        for _ in range(3):
            said = str(await editor.hover(document, "unused"))
            assert said == "Kimi could not explain `Lock.acquire`; the action *Explain* tries again."
            await asyncio.sleep(0.4)
        assert len(exchanges) == paid
        editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings={}))
        for _ in range(100):
            if "hover again" in (said := str(await editor.hover(document, "unused"))):
                break
            await asyncio.sleep(0.05)
        assert "hover again" in said


async def test_what_a_symbol_means_depends_on_what_the_file_imports(tmp_path: Path) -> None:
    async with editing(tmp_path, EXPLAINED, options={"hover": {"mode": "kept"}}) as (editor, _):
        document = editor.open("a.py", TEXT)
        await editor.run(await editor.entry(document, "unused", "Kimi: Explain `"))
        assert "It waits for the lock." in str(await editor.hover(document, "unused"))
        editor.type(document, 0, 0, "# what else is typed in the file does not matter\n")
        assert "It waits for the lock." in str(await editor.hover(document, "unused"))
        editor.type(document, document.text.index("os\n"), document.text.index("os\n") + 2, "re as os")
        assert await editor.hover(document, "unused") is None


@pytest.mark.parametrize(
    ("name", "mode"), [("Visual Studio Code", "auto"), ("Neovim", "kept"), ("Neovim", "off")]
)
async def test_elsewhere_a_miss_costs_nothing(tmp_path: Path, name: str, mode: str) -> None:
    async with editing(tmp_path, EXPLAINED, name=name, options={"hover": {"mode": mode}}) as (
        editor,
        exchanges,
    ):
        document = editor.open("a.py", TEXT)
        assert await editor.hover(document, "unused") is None
        await asyncio.sleep(0.6)
        assert exchanges == []


async def test_symbols_folds_and_lenses_where_they_are_asked_for(tmp_path: Path) -> None:
    options = {"show": {"document_symbols": True, "folding": True, "code_lens": True}}
    async with editing(tmp_path, EXPLAINED, options=options) as (editor, _):
        document = editor.open("a.py", TEXT)
        identifier = types.TextDocumentIdentifier(uri=document.uri)
        client = editor.client
        flat = await client.text_document_document_symbol_async(
            types.DocumentSymbolParams(text_document=identifier)
        )
        assert [one.name for one in flat or ()] == ["Lock", "Lock.acquire"]
        folds = await client.text_document_folding_range_async(
            types.FoldingRangeParams(text_document=identifier)
        )
        assert [(one.start_line, one.end_line) for one in folds or ()] == [(3, 6), (4, 6)]
        lenses = await client.text_document_code_lens_async(types.CodeLensParams(text_document=identifier))
        assert [one.command.title for one in lenses or () if one.command] == ["Explain", "Test"] * 2
        explain = next(one.command for one in lenses or () if one.command and one.range.start.line == 4)
        await editor.command(explain.command, *(explain.arguments or ()))
        await editor.until(editor.ended)
        assert editor.said()[0].startswith("Kimi: Explain")


async def test_a_large_file_has_them_at_the_first_request(tmp_path: Path) -> None:
    large = (
        "".join(f"def f{number}():\n    return {number}\n\n\n" for number in range(1400))
        + "def bad(:\n    pass\n"
    )
    show = {"document_symbols": True, "folding": True, "code_lens": True, "syntax_diagnostics": True}
    declared = capabilities("utf-8")
    assert declared.text_document is not None
    declared.text_document.diagnostic = types.DiagnosticClientCapabilities()
    async with editing(tmp_path, EXPLAINED, declared=declared, options={"show": show}) as (editor, _):
        identifier = types.TextDocumentIdentifier(uri=editor.open("a.py", large).uri)
        client = editor.client
        symbols, folds, lenses, faults = await asyncio.gather(
            client.text_document_document_symbol_async(types.DocumentSymbolParams(text_document=identifier)),
            client.text_document_folding_range_async(types.FoldingRangeParams(text_document=identifier)),
            client.text_document_code_lens_async(types.CodeLensParams(text_document=identifier)),
            client.text_document_diagnostic_async(types.DocumentDiagnosticParams(text_document=identifier)),
        )
        assert (len(symbols or ()), len(folds or ()), len(lenses or ())) == (1401, 1401, 2802)
        assert isinstance(faults, types.RelatedFullDocumentDiagnosticReport)
        assert len(faults.items) == 1


async def test_they_are_off_unless_asked_for(tmp_path: Path) -> None:
    async with editing(tmp_path, EXPLAINED) as (editor, _):
        document = editor.open("a.py", TEXT)
        params = types.DocumentSymbolParams(text_document=types.TextDocumentIdentifier(uri=document.uri))
        with pytest.raises(JsonRpcException, match="documentSymbol"):
            await editor.client.text_document_document_symbol_async(params)


async def test_syntax_faults_are_pushed_to_a_client_that_does_not_pull(tmp_path: Path) -> None:
    async with editing(tmp_path, [], options={"show": {"syntax_diagnostics": True}}) as (editor, _):
        document = editor.open("a.py", "def f(:\n    pass\n")
        await editor.until(lambda: editor.published)
        assert [one.code for one in editor.published[-1].diagnostics] == ["syntax"]
        editor.type(document, 6, 6, ")")
        await editor.until(lambda: not editor.published[-1].diagnostics)


async def test_syntax_faults_are_pulled_by_one_that_does(tmp_path: Path) -> None:
    declared = capabilities("utf-8")
    assert declared.text_document is not None
    declared.text_document.diagnostic = types.DiagnosticClientCapabilities()
    options = {"show": {"syntax_diagnostics": True}}
    async with editing(tmp_path, [], options=options, declared=declared) as (editor, _):
        document = editor.open("a.py", "def f(:\n    pass\n")
        report = await editor.client.text_document_diagnostic_async(
            types.DocumentDiagnosticParams(text_document=types.TextDocumentIdentifier(uri=document.uri))
        )
        assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
        assert [one.source for one in report.items] == ["kimi"]
        assert editor.published == []


async def test_pages_are_served_and_nothing_else(tmp_path: Path) -> None:
    declared = capabilities("utf-8")
    assert declared.workspace is not None
    assert declared.window is not None
    declared.workspace.text_document_content = types.TextDocumentContentClientCapabilities()
    declared.window.show_document = None
    async with editing(tmp_path, EXPLAINED, declared=declared) as (editor, _):
        document = editor.open("a.py", TEXT)
        await editor.run(await editor.entry(document, "unused", "Kimi: Explain `"))
        told = next(one for one in editor.messages() if "Open kimi:" in one)
        uri = told[told.index("kimi:") :]
        page = await editor.client.workspace_text_document_content_async(
            types.TextDocumentContentParams(uri=uri)
        )
        assert "It waits for the lock." in page.text
        for other in ("kimi:///../../project/a.py", "kimi:///nothing.md", "file:///etc/hostname", "%", ""):
            with pytest.raises(JsonRpcException, match="no page"):
                await editor.client.workspace_text_document_content_async(
                    types.TextDocumentContentParams(uri=other)
                )


@pytest.mark.parametrize(
    ("answer", "second"),
    [("Cancel it and start", True), ("Wait for it", True), (None, False)],
)
async def test_a_second_editing_job_asks(tmp_path: Path, answer: str | None, second: bool) -> None:
    turns = [{"content": "No need. " * 20, "repeat": True}]
    async with editing(tmp_path, turns, pace=60) as (editor, _):
        asked: list[str] = []

        @editor.client.feature(types.WINDOW_SHOW_MESSAGE_REQUEST)
        def ask(params: types.ShowMessageRequestParams) -> types.MessageActionItem | None:
            asked.append(params.message)
            return types.MessageActionItem(title=answer) if answer else None

        document = editor.open("a.py", TEXT)
        refactor = await editor.entry(document, "unused", "Kimi: Refactor")
        await editor.start_job(refactor)
        await editor.start_job(refactor)
        await editor.until(lambda: asked)
        assert "is still at work on this file" in asked[0]
        await editor.until(lambda: len(editor.client.progress_reports) == 1 + second and editor.ended())
        assert not (await editor.status())["jobs"]


async def test_who_waited_does_not_start_in_a_file_that_was_closed(tmp_path: Path) -> None:
    async with editing(tmp_path, [{"content": "No need. " * 20, "repeat": True}], pace=60) as (editor, _):
        asked = asyncio.Event()

        @editor.client.feature(types.WINDOW_SHOW_MESSAGE_REQUEST)
        def ask(_: types.ShowMessageRequestParams) -> types.MessageActionItem:
            asked.set()
            return types.MessageActionItem(title="Wait for it")

        document = editor.open("a.py", TEXT)
        refactor = await editor.entry(document, "unused", "Kimi: Refactor")
        await editor.start_job(refactor)
        await editor.start_job(refactor)
        await asked.wait()
        editor.client.text_document_did_close(
            types.DidCloseTextDocumentParams(text_document=types.TextDocumentIdentifier(uri=document.uri))
        )
        await editor.until(lambda: "the file was closed meanwhile" in "".join(editor.messages()))
        assert len(editor.client.progress_reports) == 1


@pytest.mark.parametrize(
    ("at", "until", "title"),
    [
        pytest.param("unused", "unused", "Kimi: Explain `Lock.acquire`", id="a-place"),
        pytest.param("import", "import os\n", "Kimi: Explain selection", id="a-selection"),
        pytest.param("import", "import", "Kimi: Explain this file", id="no-symbol"),
    ],
)
async def test_a_command_of_an_editors_own_is_called_as_in_the_menu(
    tmp_path: Path, at: str, until: str, title: str
) -> None:
    async with editing(tmp_path, EXPLAINED) as (editor, _):
        document = editor.open("a.py", TEXT)
        start = document.text.index(at)
        end = start + (len(until) if until != at else 0)
        span = editor.range(document, start, end)
        plain = {
            name: {"line": place.line, "character": place.character}
            for name, place in (("start", span.start), ("end", span.end))
        }
        await editor.command("kimi.explain", {"uri": document.uri, "range": plain})
        await editor.until(lambda: editor.said() and editor.ended())
        assert editor.said()[0] == title


async def test_reading_jobs_have_a_limit(tmp_path: Path) -> None:
    async with editing(tmp_path, EXPLAINED, options={"jobs": {"reading": 2}}, pace=10) as (editor, _):
        document = editor.open("a.py", TEXT)
        explain = await editor.entry(document, "unused", "Kimi: Explain `")
        for _ in range(3):
            await editor.start_job(explain)
        await editor.until(
            lambda: any("2 jobs are running (jobs.reading)" in one for one in editor.messages())
        )
        assert len((await editor.status())["jobs"]) == 2
        await editor.command("kimi.cancel")


@pytest.mark.parametrize(
    ("confirm", "marked"), [("other_files", ["b.py"]), ("always", ["a.py", "b.py"]), ("never", [])]
)
async def test_other_files_are_confirmed_where_the_client_can(
    tmp_path: Path, confirm: str, marked: list[str]
) -> None:
    calls = [
        {"name": "edit", "arguments": {"path": "a.py", "old_string": "return 2", "new_string": "return 3"}},
        {"name": "edit", "arguments": {"path": "b.py", "old_string": "x = 1", "new_string": "x = 2"}},
    ]
    declared = capabilities("utf-8")
    assert declared.workspace is not None
    assert declared.workspace.workspace_edit is not None
    declared.workspace.workspace_edit.change_annotation_support = types.ChangeAnnotationsSupportOptions()
    turns: list[dict[str, Any]] = [{"tool_calls": calls}, {"content": "Done."}]
    options = {"edits": {"confirm": confirm}}
    async with editing(tmp_path, turns, declared=declared, options=options) as (editor, _):
        (editor.root / "b.py").write_text("x = 1\n")
        document = editor.open("a.py", TEXT)
        await editor.run(await editor.entry(document, "unused", "Kimi: Refactor"))
        edit = editor.applied[0].edit
        found = {
            change.text_document.uri.rpartition("/")[2]
            for change in edit.document_changes or ()
            if isinstance(change, types.TextDocumentEdit)
            and all(isinstance(one, types.AnnotatedTextEdit) for one in change.edits)
        }
        assert sorted(found) == marked
        used = {
            one.annotation_id
            for change in edit.document_changes or ()
            if isinstance(change, types.TextDocumentEdit)
            for one in change.edits
            if isinstance(one, types.AnnotatedTextEdit)
        }
        assert used == set(edit.change_annotations or {})
        assert document.text == TEXT.replace("return 2", "return 3")


async def test_an_action_of_the_users_own(tmp_path: Path) -> None:
    own = {"title": "Make it loud", "instruction": "Upper-case every string.", "tools": "read"}
    options = {"actions": {"custom": {"loud": own}, "off": ["simplify"]}}
    async with editing(tmp_path, EXPLAINED, options=options) as (editor, exchanges):
        document = editor.open("a.py", TEXT)
        titles = [entry.title for entry in await editor.menu(document, "unused")]
        assert not [title for title in titles if "Simplify" in title]
        await editor.run(await editor.entry(document, "unused", "Kimi: Make it loud"))
        assert "Upper-case every string." in str(exchanges[0].request["messages"][-1])
        with pytest.raises(JsonRpcException, match="there are: loud"):
            await editor.command("kimi.custom", {"action": "quiet", "uri": document.uri})


async def test_a_project_may_lower_limits_and_word_instructions(tmp_path: Path) -> None:
    async with editing(tmp_path, EXPLAINED) as (editor, exchanges):
        file = editor.root / ".kimi-lsp.json"
        file.write_text(json.dumps({"context": {"instructions": "Speak Dutch."}, "model": {"name": "evil"}}))
        document = editor.open("a.py", TEXT)
        await editor.run(await editor.entry(document, "unused", "Kimi: Explain `"))
        assert "Speak Dutch." in str(exchanges[0].request["messages"])
        assert exchanges[0].request["model"] != "evil"
        assert "Kimi: .kimi-lsp.json: model.name is not for a project to set" in editor.messages()


@pytest.mark.skipif(shutil.which("ruff") is None, reason="ruff is not on PATH")
async def test_checkers_find_what_the_client_did_not_say(tmp_path: Path) -> None:
    async with editing(tmp_path, [{"content": "It stays.", "repeat": True}]) as (editor, exchanges):
        document = editor.open("a.py", TEXT)

        async def fixes() -> list[str]:
            return [a.title for a in await editor.menu(document, "unused", only=["quickfix"])]

        assert await fixes() == []
        for _ in range(200):
            await asyncio.sleep(0.05)
            if found := await fixes():
                break
        assert "F841" in found[0]
        here = editor.range(document, document.text.index("unused"), document.text.index("unused"))
        plain = {"line": here.start.line, "character": here.start.character}
        await editor.command("kimi.fix", {"uri": document.uri, "range": {"start": plain, "end": plain}})
        await editor.until(editor.ended)
        assert "ruff F841 at a.py:6:9" in str(exchanges[0].request["messages"][-1])


async def test_the_index_is_ready_and_told(tmp_path: Path) -> None:
    async with editing(tmp_path, EXPLAINED) as (editor, _):
        (editor.root / "b.py").write_text("def other():\n    return 1\n")
        document = editor.open("a.py", TEXT)
        await editor.run(await editor.entry(document, "unused", "Kimi: Explain `"))
        for _ in range(200):
            if (now := await editor.status())["index"]["state"] == "ready":
                break
            await asyncio.sleep(0.05)
        assert now["index"] == {"state": "ready", "files": 2}
