"""Settings through the real server: all the ways they come, whom the key reaches, and what a change leaves behind."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcMethodNotFound

from tests.e2e.editor import Editor, editing

TEXT = "import os\n\n\ndef greet(name):\n    unused = 1\n    return name\n"
EXPLAINED: list[dict[str, Any]] = [{"content": "It greets.", "repeat": True}]


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[str, list[str]]]:
    """A service of somebody else, and the Authorization headers that it got; it refuses everybody."""
    seen: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        seen.extend(re.findall(r"(?im)^authorization: (.*?)\r$", head) or [""])
        writer.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", seen
    finally:
        server.close()


def answers_by(editor: Editor, section: object) -> None:
    """What the editor says from now on when it is asked for the section ``kimi``; an exception is its answer."""

    def configuration(params: types.ConfigurationParams) -> list[object]:
        assert [item.section for item in params.items] == ["kimi"]
        if isinstance(section, Exception):
            raise section
        return [section]

    editor.client.protocol.fm.features[types.WORKSPACE_CONFIGURATION] = configuration


async def push(editor: Editor, settings: object = None) -> None:
    """Tell the server that settings have changed, and wait until it has taken them."""
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=settings))
    await asyncio.sleep(0.3)


async def explain(editor: Editor) -> list[str]:
    document = next(iter(editor.documents.values()), None) or editor.open("a.py", TEXT)
    (action,) = [entry for entry in await editor.menu(document, "unused") if "Explain `" in entry.title]
    return await editor.run(action)


@pytest.mark.parametrize(
    ("own_key", "authorization"),
    [pytest.param("", "Bearer none", id="no-key"), pytest.param("sk-own", "Bearer sk-own", id="its-own-key")],
)
async def test_the_environments_key_does_not_follow_the_projects_address(
    tmp_path: Path, own_key: str, authorization: str
) -> None:
    async with listening() as (url, seen), editing(tmp_path, EXPLAINED) as (editor, exchanges):
        model = {"base_url": url, **({"api_key": own_key} if own_key else {})}
        answers_by(editor, {"model": model})
        await push(editor)
        await explain(editor)
        assert set(seen) == {authorization}
        assert exchanges == []
        answers_by(editor, None)
        await push(editor)
        assert "$" in (await explain(editor))[-1]
        assert len(exchanges) == 1
        assert set(seen) == {authorization}


async def test_another_service_of_the_project_is_asked_for_its_key(tmp_path: Path) -> None:
    async with editing(tmp_path, EXPLAINED) as (editor, exchanges):
        answers_by(editor, {"model": {"preset": "moonshot", "base_url": "https://api.moonshot.ai/v1"}})
        await push(editor)
        document = editor.open("a.py", TEXT)
        (action,) = [entry for entry in await editor.menu(document, "unused") if "Explain `" in entry.title]
        await editor.start_job(action)
        await editor.until(lambda: any("set AIGATEWAY_API_KEY" in text for text in editor.messages()), 5)
        assert exchanges == []


@pytest.mark.parametrize(
    ("answer", "pushed", "max_tokens"),
    [
        pytest.param(JsonRpcMethodNotFound(), {"kimi": {"model": {"max_tokens": 300}}}, 300, id="no-answer"),
        pytest.param({"model": {"max_tokens": 400}}, {"model": {"max_tokens": 300}}, 400, id="answer"),
        pytest.param(
            JsonRpcMethodNotFound(),
            {"kimi": {"model": {"max_tokens": 300}}, "python": {"x": 1}},
            300,
            id="all-sections",
        ),
    ],
)
async def test_what_is_pushed_counts_where_the_editor_cannot_be_asked(
    tmp_path: Path, answer: object, pushed: Mapping[str, Any], max_tokens: int
) -> None:
    async with editing(tmp_path, EXPLAINED) as (editor, exchanges):
        answers_by(editor, answer)
        await push(editor, pushed)
        await explain(editor)
        assert exchanges[0].request["max_tokens"] == max_tokens
        assert not any("unknown setting" in text for text in editor.messages())


async def test_the_suffix_of_the_commands_stays_what_it_was(tmp_path: Path) -> None:
    options = {"commands": {"suffix": ".one"}}
    async with editing(tmp_path, EXPLAINED, options=options) as (editor, exchanges):
        answers_by(editor, {"commands": {"suffix": ".two"}})
        await push(editor)
        await push(editor)
        await explain(editor)
        refused = (
            "Kimi: commands can be set by the initialization options only: the commands are registered once"
        )
        assert editor.messages().count(refused) == 1
        assert len(exchanges) == 1


async def test_no_key_is_repeated_to_the_user(tmp_path: Path) -> None:
    options = {"model": {"api_key": "sk-hush\u00e9", "base_url": "http://me:hush@x/v1"}}
    async with editing(tmp_path, EXPLAINED, options=options) as (editor, exchanges):
        await explain(editor)
        told = " ".join(editor.messages())
        assert "model.api_key has characters that no key has (and 1 more" in told
        assert "hush" not in told
        assert exchanges[0].request["model"]


async def test_a_job_ends_with_the_settings_that_it_began_with(tmp_path: Path) -> None:
    slow = [{"content": "It greets. " * 20, "repeat": True}]
    async with editing(tmp_path, slow, pace=60) as (editor, _):
        document = editor.open("a.py", TEXT)
        (action,) = [entry for entry in await editor.menu(document, "unused") if "Explain `" in entry.title]
        await editor.start_job(action)
        await editor.until(lambda: any("thinking" in text or "turn 1" in text for text in editor.said()))
        answers_by(editor, {"model": {"max_tokens": 400}})
        await push(editor)
        assert not editor.ended()
        await editor.until(editor.ended)
        assert "$" in editor.said()[-1]


async def test_the_connections_of_replaced_settings_are_closed(tmp_path: Path) -> None:
    if not Path("/proc/self/fd").exists():
        pytest.skip("this system does not say which files a process has open")
    async with editing(tmp_path, EXPLAINED) as (editor, exchanges):
        counts = []
        for number in range(4):
            answers_by(editor, {"model": {"max_tokens": 400 + number}})
            await push(editor)
            await explain(editor)
            counts.append(sockets(editor))
        assert [exchange.request["max_tokens"] for exchange in exchanges] == [400, 401, 402, 403]
        assert max(counts) == counts[0]


def sockets(editor: Editor) -> int:
    server = editor.client._server
    assert server is not None
    links = [link.readlink() for link in Path(f"/proc/{server.pid}/fd").iterdir() if link.is_symlink()]
    return sum(str(link).startswith("socket:") for link in links)
