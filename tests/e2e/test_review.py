"""A review over a real pipe: findings as diagnostics that stay with the text, and what becomes of bad answers."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from kimi_lsp.__main__ import main
from tests.e2e.editor import Document, Editor, editing
from tests.e2e.test_main_job import CHANGED, ENCODINGS, FIXED, TEXT

UNUSED = {"quote": "unused = 1", "line": 5, "severity": "warning", "message": "Nobody reads `unused`."}
IMPORT = {
    "quote": "import os",
    "line": 1,
    "severity": "hint",
    "message": "`os` is not needed.",
    "suggestion": "Remove it.",
}


def answer(*findings: Mapping[str, Any]) -> dict[str, Any]:
    return {"content": json.dumps({"findings": findings})}


def shown(editor: Editor, document: Document) -> list[types.Diagnostic]:
    return list(editor.client.diagnostics.get(document.uri, []))


def covered(editor: Editor, document: Document) -> list[str]:
    """The texts under the published ranges, by the editor's own reckoning."""
    return [
        document.text[
            editor.offset(document.text, one.range.start) : editor.offset(document.text, one.range.end)
        ]
        for one in shown(editor, document)
    ]


async def review(editor: Editor, document: Document, at: str = "import") -> list[str]:
    """Run *Review*; what its progress said."""
    action = next(a for a in await editor.menu(document, at) if a.title.startswith("Kimi: Review"))
    assert action.kind == "kimi.review"
    return await editor.run(action)


async def clear_entry(editor: Editor, document: Document) -> types.CodeAction | None:
    entries = await editor.menu(document, "text =")
    return next((a for a in entries if a.title == "Kimi: Clear review"), None)


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_findings_are_diagnostics_and_each_can_be_fixed(tmp_path: Path, encoding: str) -> None:
    turns = [answer(UNUSED, IMPORT), *FIXED]
    async with editing(tmp_path, turns, encoding=encoding) as (editor, exchanges):
        document = editor.open("a.py", TEXT)
        said = await review(editor, document)
        assert exchanges[0].request["response_format"] == {"type": "json_object"}
        assert said[-1].startswith("2 findings; ")
        assert "$0.0" in said[-1]
        assert editor.messages() == [f"{said[0]}: {said[-1]}"]
        assert covered(editor, document) == ["import os", "unused = 1"]
        hint, warning = shown(editor, document)
        start = document.text.index("unused = 1")
        assert warning.range == editor.range(document, start, start + len("unused = 1"))
        assert (warning.source, warning.code, warning.severity) == (
            "kimi",
            "review",
            types.DiagnosticSeverity.Warning,
        )
        assert (hint.message, hint.severity) == (
            "`os` is not needed.\nSuggestion: Remove it.",
            types.DiagnosticSeverity.Hint,
        )

        fix = (await editor.menu(document, "unused", [warning]))[0]
        assert fix.title == "Kimi: Fix Nobody reads `unused`. (kimi review)"
        assert list(fix.diagnostics or ()) == [warning]
        await editor.run(fix)
        assert document.text == CHANGED
        assert "Diagnostic: kimi review at a.py:5:" in str(exchanges[1].request)
        await editor.until(lambda: covered(editor, document) == ["import os"])


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_findings_move_with_the_text_and_vanish_where_it_is_touched(
    tmp_path: Path, encoding: str
) -> None:
    async with editing(tmp_path, [answer(UNUSED, IMPORT)], encoding=encoding) as (editor, _):
        document = editor.open("a.py", TEXT)
        published = editor.published
        await review(editor, document)
        editor.type(document, 0, 0, "# 😀\n")
        editor.type(document, document.text.index("text ="), document.text.index("text ="), "'😀'; ")
        await editor.until(lambda: len(published) == 2)
        assert published[-1].version == document.version == 3
        assert covered(editor, document) == ["import os", "unused = 1"]
        inside = document.text.index("os")
        editor.type(document, inside, inside, "s")
        await editor.until(lambda: covered(editor, document) == ["unused = 1"])
        assert await clear_entry(editor, document) is not None
        whole = document.text
        editor.type(document, 0, len(whole), whole.replace("unused", "used"))
        await editor.until(lambda: not shown(editor, document))
        assert await clear_entry(editor, document) is None


async def test_typing_while_the_review_runs(tmp_path: Path) -> None:
    slow = {**answer(UNUSED, IMPORT), "first_byte_delay_s": 0.5}
    async with editing(tmp_path, [slow]) as (editor, _):
        document = editor.open("a.py", TEXT)
        action = next(a for a in await editor.menu(document, "import") if "Review" in a.title)
        await editor.start_job(action)
        await editor.until(lambda: len(editor.said()) > 1)
        editor.type(document, 0, 0, "# 😀\n")
        editor.type(document, document.text.index("unused"), document.text.index("unused") + 2, "")
        await editor.until(editor.ended)
        assert covered(editor, document) == ["import os"]
        assert editor.said()[-1].startswith("1 finding, 1 in code that was changed or closed meanwhile; ")


async def test_cleared_by_the_command_and_by_closing(tmp_path: Path) -> None:
    async with editing(tmp_path, [answer(UNUSED), answer(UNUSED)]) as (editor, _):
        document = editor.open("a.py", TEXT)
        await review(editor, document)
        entry = await clear_entry(editor, document)
        assert entry is not None
        assert entry.kind == "kimi.result"
        await editor.start_job(entry)
        await editor.until(lambda: not shown(editor, document))
        await editor.start_job(entry)
        await editor.until(lambda: "Kimi: there is no review to clear." in editor.messages())
        await review(editor, document)
        assert covered(editor, document) == ["unused = 1"]
        identifier = types.TextDocumentIdentifier(uri=document.uri)
        editor.client.text_document_did_close(types.DidCloseTextDocumentParams(text_document=identifier))
        await editor.until(lambda: not shown(editor, document))


async def test_a_finding_without_a_place_is_never_placed_by_guess(tmp_path: Path) -> None:
    lost = {**UNUSED, "quote": "text", "line": 40, "message": "Which one?"}
    async with editing(tmp_path, [answer(lost, {**IMPORT, "line": -5})]) as (editor, _):
        document = editor.open("a.py", TEXT)
        said = await review(editor, document)
        assert said[-1].startswith("1 finding, 1 more without a place; ")
        assert covered(editor, document) == ["import os"]
        await editor.until(lambda: editor.client.shown_documents)
        listed = Path(editor.client.shown_documents[0].uri.removeprefix("file://")).read_text()
        assert "- **warning**, near line 40: Which one?" in listed


async def test_nothing_found_takes_older_findings_back(tmp_path: Path) -> None:
    async with editing(tmp_path, [answer(UNUSED), answer()]) as (editor, _):
        document = editor.open("a.py", TEXT)
        await review(editor, document)
        assert len(shown(editor, document)) == 1
        said = await review(editor, document)
        assert said[-1].startswith("nothing found; ")
        assert shown(editor, document) == []


async def test_ten_thousand_findings(tmp_path: Path) -> None:
    text = "".join(f"value_{number:03} = 1\n" for number in range(500))
    many = [
        {**UNUSED, "quote": f"value_{n % 500:03}", "message": f"No. {n}. " + "x" * 600} for n in range(10_000)
    ]
    turn = {"literal": literally(json.dumps({"findings": many}))}
    async with editing(tmp_path, [turn]) as (editor, _):
        document = editor.open("a.py", text)
        said = await review(editor, document, "value_000")
        assert said[-1].startswith("50 findings, 9950 left out; ")
        assert max(len(one.message) for one in shown(editor, document)) == 500


def literally(content: str) -> list[str]:
    """A stream with ``content`` in large pieces."""
    pieces = [content[at : at + 50_000] for at in range(0, len(content), 50_000)]
    chunks: list[dict[str, Any]] = [
        {"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces
    ]
    chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    return [*(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks), "data: [DONE]\n\n"]


async def test_a_bad_answer_is_repaired_once(tmp_path: Path) -> None:
    turns = [{"content": "[1, 2]"}, {"content": f"```json\n{answer(UNUSED)['content']}\n```"}]
    async with editing(tmp_path, turns) as (editor, exchanges):
        document = editor.open("a.py", TEXT)
        said = await review(editor, document)
        assert said[-1].startswith("1 finding; ")
        assert covered(editor, document) == ["unused = 1"]
        first, second = (exchange.request["messages"] for exchange in exchanges)
        assert second[: len(first)] == first
        assert "Expected `object`, got `array`" in second[-1]["content"]


async def test_a_review_is_recorded_and_runs_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fenced = {"content": f"Here:\n```json\n{answer(UNUSED)['content']}\n```"}
    compact = {"content": json.dumps({"findings": [IMPORT]}, separators=(",", ":"))}
    options = {"recording": {"folder": str(tmp_path / "jobs")}}
    async with editing(tmp_path, [fenced, compact], options=options) as (editor, _):
        await review(editor, editor.open("a.py", TEXT))
    (file,) = (tmp_path / "jobs").iterdir()
    redacted = tmp_path / "redacted.jsonl"
    for arguments in ([str(file)], [str(file), "--redact", str(redacted)], [str(redacted)]):
        assert await asyncio.to_thread(main, ["replay", *arguments]) == 0, capsys.readouterr().out
    assert "Nobody reads" not in redacted.read_text()


async def test_twice_bad_is_one_sentence(tmp_path: Path) -> None:
    async with editing(tmp_path, [{"content": "All is well."}, {"content": "It is!"}]) as (editor, exchanges):
        document = editor.open("a.py", TEXT)
        said = await review(editor, document)
        assert "could not be read, and neither could its correction" in said[-1]
        assert editor.messages() == [f"{said[0]}: {said[-1]}"]
        assert len(exchanges) == 2
        assert editor.published == []


async def test_a_review_that_ended_early_shows_nothing(tmp_path: Path) -> None:
    turns: list[dict[str, Any]] = [{"tool_calls": [{"name": "read", "arguments": {"path": "a.py"}}]}]
    async with editing(tmp_path, turns, options={"limits": {"turns": 1}}) as (editor, _):
        document = editor.open("a.py", TEXT)
        said = await review(editor, document)
        assert said[-1].startswith("no findings; ")
        assert "the job ended early: it took 1 turns (limits.turns)" in editor.messages()[-1]
        assert editor.published == []


async def test_a_finding_can_be_fixed_where_the_client_names_no_diagnostics(tmp_path: Path) -> None:
    """clients.md: Kate sends none in the request for code actions."""
    turns = [answer(UNUSED, IMPORT), *FIXED]
    async with editing(tmp_path, turns, options={"checkers": {"enabled": False}}) as (editor, exchanges):
        document = editor.open("a.py", TEXT)
        await review(editor, document)
        editor.type(document, 0, 0, "# one\n")
        fix = (await editor.menu(document, "unused"))[0]
        assert fix.title == "Kimi: Fix Nobody reads `unused`. (kimi review)"
        assert not [a for a in await editor.menu(document, "return") if "(kimi review)" in a.title]
        at = editor.range(document, *[document.text.index("unused")] * 2).start
        place = {"line": at.line, "character": at.character}
        await editor.command("kimi.fix", {"uri": document.uri, "range": {"start": place, "end": place}})
        await editor.until(lambda: len(editor.client.progress_reports) == 2 and editor.ended())
        assert "kimi review at a.py:6:" in str(exchanges[1].request["messages"][-1])
        assert document.text == "# one\n" + CHANGED
