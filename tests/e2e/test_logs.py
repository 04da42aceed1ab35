"""What the client is told of the log and of each step, and that no key is in it."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from kimi_lsp.server.clean_log import CleanFormatter, hide
from tests.e2e.editor import Editor, editing

TEXT = "def greet():\n    return 2\n"
EXPLAINED: list[dict[str, Any]] = [{"content": "It greets.", "repeat": True}]
OWN_KEY = "hush-hush-4711"


class Listening(Editor):
    """Keeps what is logged and traced."""

    def __init__(self, root: Path, encoding: str) -> None:
        super().__init__(root, encoding)
        self.traced: list[types.LogTraceParams] = []
        self.client.protocol.fm.features[types.LOG_TRACE] = self.traced.append

    @property
    def logged(self) -> list[types.LogMessageParams]:
        return list(self.client.log_messages)

    async def explain(self) -> None:
        document = next(iter(self.documents.values()))
        await self.run(await self.entry(document, "return", "Kimi: Explain"))


async def test_each_step_is_traced_while_the_client_wants_it(tmp_path: Path) -> None:
    async with editing(tmp_path, EXPLAINED, make=Listening) as (editor, _):
        assert isinstance(editor, Listening)
        editor.open("a.py", TEXT)
        await editor.explain()
        assert editor.traced == []
        editor.client.set_trace(types.SetTraceParams(value=types.TraceValue.Messages))
        await editor.explain()
        steps = [one.message for one in editor.traced]
        assert "Kimi: Explain `greet`: begins" in steps
        assert any(step.startswith("Kimi: Explain `greet`: asking Kimi") for step in steps)
        assert all(one.verbose is None for one in editor.traced)
        editor.client.set_trace(types.SetTraceParams(value=types.TraceValue.Verbose))
        before = len(editor.traced)
        await editor.explain()
        assert all(one.verbose for one in editor.traced[before:])
        editor.client.set_trace(types.SetTraceParams(value=types.TraceValue.Off))
        before = len(editor.traced)
        await editor.explain()
        assert editor.traced[before:] == []


@pytest.mark.parametrize("level", ["warning", "debug"])
async def test_failures_are_logged_at_the_client_and_no_key_with_them(tmp_path: Path, level: str) -> None:
    turns: list[dict[str, Any]] = [
        {"status": 400, "error": f"bad key {OWN_KEY}, Bearer {OWN_KEY}", "repeat": True}
    ]
    options = {"model": {"api_key": OWN_KEY, "extra_body": {"note": OWN_KEY}}}
    arguments = ("--log-level", level)
    async with editing(
        tmp_path, turns, key="", accepted=OWN_KEY, options=options, make=Listening, arguments=arguments
    ) as (editor, _):
        assert isinstance(editor, Listening)
        editor.open("a.py", TEXT)
        editor.client.set_trace(types.SetTraceParams(value=types.TraceValue.Verbose))
        await editor.explain()
        await editor.until(lambda: any(one.type == types.MessageType.Warning for one in editor.logged))
        assert any("bad key ***" in one.message for one in editor.logged)
        if level == "warning":
            assert {one.type for one in editor.logged} <= {types.MessageType.Warning, types.MessageType.Error}
        everything = [one.message for one in editor.logged]
        everything += [f"{one.message}{one.verbose}" for one in editor.traced]
        assert not [line for line in everything if OWN_KEY in line]


async def test_a_key_in_what_others_say_is_not_logged(tmp_path: Path) -> None:
    def refuse(_: types.WorkDoneProgressCreateParams) -> None:
        raise ValueError(f"who has {OWN_KEY}?")

    options = {"model": {"api_key": OWN_KEY}}
    async with editing(tmp_path, EXPLAINED, key="", options=options, make=Listening) as (editor, _):
        assert isinstance(editor, Listening)
        document = editor.open("a.py", TEXT)
        editor.client.set_trace(types.SetTraceParams(value=types.TraceValue.Verbose))
        editor.client.protocol.fm.features[types.WINDOW_WORK_DONE_PROGRESS_CREATE] = refuse
        await editor.start_job(await editor.entry(document, "return", "Kimi: Explain"))
        await editor.until(lambda: any("refused a progress" in one.message for one in editor.traced))
        told = [f"{one.message}{one.verbose}" for one in editor.traced]
        assert any("who has ***?" in line for line in told)
        assert not [line for line in told if OWN_KEY in line]


async def test_before_and_after_the_session_the_client_is_told_nothing(tmp_path: Path) -> None:
    options = {"show": {"nothing_of_that_name": True}}
    async with editing(tmp_path, EXPLAINED, options=options, make=Listening) as (editor, _):
        assert isinstance(editor, Listening)
        editor.client.set_trace(types.SetTraceParams(value=types.TraceValue.Verbose))
        await editor.until(lambda: editor.logged)
        assert "nothing_of_that_name" in editor.logged[0].message
        await editor.shut_down()
        before = len(editor.logged), len(editor.traced)
        with pytest.raises(JsonRpcException, match="after shutdown"):  # which is an error in the log
            await editor.client.shutdown_async(None)
        await asyncio.sleep(0.3)
        assert (len(editor.logged), len(editor.traced)) == before


def test_a_key_of_the_settings_is_hidden_wherever_it_is_said() -> None:
    hide("a-very-own-key")
    record = logging.LogRecord("kimi_lsp", logging.ERROR, "x.py", 1, "said %s", ("a-very-own-key",), None)
    try:
        raise ValueError("a-very-own-key")
    except ValueError as error:
        record.exc_info = (type(error), error, error.__traceback__)
    told = CleanFormatter("%(message)s").format(record)
    assert told.startswith("said ***\nTraceback")
    assert "a-very-own-key" not in told
    assert "a-very-own-key" not in str(record.exc_text)
