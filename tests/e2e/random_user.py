"""A user who types, deletes, undoes, opens menus, starts and cancels jobs, declines edits, hovers, sets and reopens.

Every token that the user types is unique. Whenever an edit arrives all of them must still be there, unless the user
took them away; the server must have the client's text, as the tool ``read`` and the offsets of its menus show.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lsprotocol import types

from kimi_lsp.simulator.app import Exchange
from tests.e2e.dice import ECHO, TOKEN
from tests.e2e.editor import Document, Editor

LONGEST = 8_000
ENDINGS = {"one.md": "\n", "two.py": "\r\n", "three.txt": "\n"}
NOWHERE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
CUSTOM = {
    "echo": {"title": "Echo", "instruction": ECHO, "tools": "read"},
    "rework": {"title": "Rework", "instruction": "Make it better.", "tools": "files"},
}
OPTIONS: dict[str, Any] = {
    "actions": {"custom": CUSTOM},
    "jobs": {"reading": 8},
    "checkers": {"enabled": False},
    "hover": {"mode": "explicit"},
    "show": {"syntax_diagnostics": True},
    "model": {"first_byte_timeout_s": 5},
}
SETTINGS: Sequence[dict[str, Any]] = (
    {"edits": {"apply": "progressive"}},
    {"edits": {"apply": "atomic"}},
    {"hover": {"mode": "kept"}},
    {"hover": {"mode": "explicit"}},
    {"context": {"budget_tokens": 2_000}},
    {"model": {"max_tokens": 4_000}},
)


class Wrong(AssertionError):
    """What must never be; the sentence has the seed's step."""


@dataclass
class Tally:
    """What happened, and what went wrong."""

    steps: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    checked: int = 0


class User:
    """One random user of one editor. ``kept`` has the tokens of each document that must be in its text."""

    def __init__(self, editor: Editor, dice: random.Random, tally: Tally, exchanges: list[Exchange]) -> None:
        self.editor = editor
        self.kept: dict[str, set[str]] = {}
        self._dice = dice
        self._tally = tally
        self._exchanges = exchanges
        self._numbers = itertools.count(1)
        self._apply = editor._apply
        editor._apply = self._on_apply  # type: ignore[method-assign]  # the oracle looks at each edit

    def begin(self) -> None:
        """Open the documents."""
        for name, ending in ENDINGS.items():
            lines = [f"line {number} of {name} é 😀 end" for number in range(30)]
            if name == "two.py":
                lines = [f"def f{number}():{ending}    return {number}{ending}" for number in range(12)]
            if name == "three.txt":  # all endings in one file
                lines = [line + self._dice.choice(["\r", "\x0c", ""]) for line in lines]
            self._open(name, ending.join(lines) + ending)

    async def step(self) -> None:
        """Do one thing."""
        kinds: dict[Callable[[], Awaitable[None]], int] = {
            self._types: 40,
            self._deletes: 10,
            self._undoes: 4,
            self._looks: 12,
            self._starts: 14,
            self._cancels: 3,
            self._hovers: 8,
            self._sets: 2,
            self._reopens: 2,
            self._takes_result: 6,
            self._declines: 1,
        }
        (kind,) = self._dice.choices(list(kinds), list(kinds.values()))
        self._tally.steps[kind.__name__.strip("_")] += 1
        await kind()

    async def settle(self) -> None:
        """Let all jobs end; those that take long are cancelled."""
        self.editor.apply_answer = None
        begin = time.monotonic()
        while jobs := (await self._status()).jobs:
            if time.monotonic() - begin > 15:
                await self.editor.command("kimi.cancel")
            if time.monotonic() - begin > 25:
                raise Wrong(f"jobs do not end: {[job.title for job in jobs]}")
            await asyncio.sleep(0.05)

    async def agree(self) -> None:
        """Compare the texts of client and server, and both with what was typed."""
        await self.settle()
        for document in self._documents():
            self._check_tokens(document)
            await self._check_menu(document, 2 if document.text[:2] == "\r\n" else 1, len(document.text))
            await self._check_read(document)
            self._tally.checked += 1

    async def _check_read(self, document: Document) -> None:
        """The tool ``read`` shows the file as the server has it, with ``\\n`` for every ending."""
        before = len(self._exchanges)
        where = {"uri": document.uri, "range": NOWHERE}
        await self.editor.command("kimi.custom", {"action": "echo", **where})
        await self.settle()
        told = [
            message["content"]
            for exchange in self._exchanges[before:]
            for message in exchange.request["messages"]
            if message["role"] == "tool"
        ]
        if not told:
            raise Wrong(f"{document.path.name} was not read: {self.editor.messages()[-2:]}")
        shown = told[-1].partition("\n")[2]
        if shown != re.sub(r"\r\n|\r", "\n", document.text):
            raise Wrong(f"{document.path.name}: the server has {shown!r}, the client {document.text!r}")

    async def _check_menu(self, document: Document, start: int, end: int) -> list[types.CodeAction]:
        """A selection's menu has the offsets of the selection: the same text lies before it on both sides."""
        revision = document.version
        entries = await self.editor.client.text_document_code_action_async(
            types.CodeActionParams(
                text_document=types.TextDocumentIdentifier(uri=document.uri),
                range=self.editor.range(document, start, end),
                context=types.CodeActionContext(diagnostics=[]),
            )
        )
        found = [one for one in entries or () if isinstance(one, types.CodeAction)]
        explain = next((one for one in found if one.title == "Kimi: Explain selection"), None)
        if explain is not None and explain.command is not None and start < end:
            sent: Any = (explain.command.arguments or [{}])[0]
            offsets = sent["offsets"] if isinstance(sent, dict) else sent.offsets
            if revision == document.version and list(offsets) != [start, end]:
                raise Wrong(f"{document.path.name}: {[start, end]} is {list(offsets)} for the server")
        return found

    def _check_tokens(self, document: Document) -> None:
        lost = [token for token in self.kept[document.uri] if document.text.count(token) != 1]
        if lost:
            raise Wrong(f"{document.path.name}: {lost} are lost, or there twice: {document.text!r}")

    def _on_apply(self, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        """Apply an edit as the editor does, and look for what was typed."""
        result = self._apply(params)
        self._tally.steps["applied" if result.applied else "declined"] += 1
        for document in self._documents():
            try:
                self._check_tokens(document)
            except Wrong as error:
                self._tally.wrong.append(f"after {params.label!r}: {error}")
        return result

    def _documents(self) -> list[Document]:
        return list(self.editor.documents.values())

    def _open(self, name: str, text: str) -> None:
        document = self.editor.open(
            name, text, {"py": "python", "md": "markdown"}.get(name[-2:], "plaintext")
        )
        self.kept[document.uri] = set(TOKEN.findall(text))

    def _one(self) -> Document:
        return self._dice.choice(self._documents())

    def _place(self, document: Document) -> int:
        """Somewhere in the text, but between ``\\r`` and ``\\n``, where no position of LSP lies."""
        at = self._dice.randint(0, len(document.text))
        return at - 1 if document.text[max(at - 1, 0) : at + 1] == "\r\n" else at

    async def _types(self) -> None:
        document = self._one()
        at, odd = self._place(document), self._dice.choice(["", "", "😀", "é", "\u2028"])
        token = f"<u{next(self._numbers)}{odd}>"
        ending = self._dice.choice(["", "", "", ENDINGS[document.path.name]])
        self.editor.type(document, at, at, token + ending)
        self._by_user(document, token)

    async def _deletes(self) -> None:
        document = self._one()
        most = 400 if len(document.text) > LONGEST else 30
        start = self._place(document)
        end = min(len(document.text), start + self._dice.randint(1, most))
        end -= document.text[max(end - 1, 0) : end + 1] == "\r\n"
        if start < end:
            self.editor.type(document, start, end, "")
            self._by_user(document)

    def _by_user(self, document: Document, *typed: str) -> None:
        """What the user did is right: a token that is broken or gone now is not looked for any more."""
        known = self.kept[document.uri] | set(typed)
        self.kept[document.uri] = {token for token in known if document.text.count(token) == 1}
        del document.history[:-30]

    async def _undoes(self) -> None:
        document = self._one()
        if document.history:
            self.editor.undo(document)
            self.kept[document.uri] = set(TOKEN.findall(document.text))
            self._by_user(document)

    async def _looks(self) -> None:
        document = self._one()
        start, end = sorted((self._place(document), self._place(document)))
        await self._check_menu(document, start, end)

    async def _starts(self) -> None:
        document = self._one()
        start = self._place(document)
        entries = await self._check_menu(document, start, start)
        if self._dice.random() < 0.3:
            self.editor.type(document, 0, 0, token := f"<u{next(self._numbers)}>")
            self._by_user(document, token)
        runnable = [one for one in entries if one.edit is None and one.command is not None]
        running = (await self._status()).jobs
        reworks = [one for one in runnable if one.title == "Kimi: Rework"]
        if runnable and len(running) < 4:
            await self._run(self._dice.choice(reworks if self._dice.random() < 0.6 else runnable))

    async def _run(self, entry: types.CodeAction) -> None:
        assert entry.command is not None
        self._tally.steps[" ".join(entry.title.split()[:2])] += 1
        await self.editor.command(entry.command.command, *(entry.command.arguments or ()))

    async def _cancels(self) -> None:
        await self.editor.command(
            "kimi.cancel", *([{"uri": self._one().uri}] if self._dice.random() < 0.7 else [])
        )

    async def _hovers(self) -> None:
        document = self._one()
        at = self._place(document)
        position = self.editor.range(document, at, at).start
        begin = time.monotonic()
        await self.editor.client.text_document_hover_async(
            types.HoverParams(text_document=types.TextDocumentIdentifier(uri=document.uri), position=position)
        )
        if (taken := time.monotonic() - begin) > 3:
            self._tally.wrong.append(f"a hover took {taken:.1f} s")

    async def _sets(self) -> None:
        self.editor.client.set_configuration(self._dice.choice(SETTINGS), section="kimi")
        self.editor.client.workspace_did_change_configuration(
            types.DidChangeConfigurationParams(settings=None)
        )

    async def _reopens(self) -> None:
        """Close a file and open it again, with the same text or with what another program made of it."""
        document = self._one()
        identifier = types.TextDocumentIdentifier(uri=document.uri)
        self.editor.client.text_document_did_close(types.DidCloseTextDocumentParams(text_document=identifier))
        del self.editor.documents[document.uri]
        if self._dice.random() < 0.5:
            await asyncio.sleep(self._dice.random() * 0.3)
        head = "" if self._dice.random() < 0.5 else f"from outside{ENDINGS[document.path.name]}"
        self._open(document.path.name, head + document.text)
        again = self.editor.documents[document.uri]
        self._by_user(again)

    async def _takes_result(self) -> None:
        """Apply, look at or discard a result that was kept."""
        document = self._one()
        entries = await self._check_menu(document, 0, 0)
        results = [one for one in entries if "result" in one.title.lower() or "diff" in one.title]
        if not results:
            return
        entry = self._dice.choice(results)
        version = document.version
        if entry.edit is not None and version == document.version:
            self.editor.apply_answer = None
            self._on_apply(types.ApplyWorkspaceEditParams(edit=entry.edit, label=entry.title))
        await self._run(entry)

    async def _declines(self) -> None:
        """From now on the editor refuses what is sent, says so of what it did not do, or is itself again."""
        answers = (False, True, None, None, None, None)
        said = self._dice.choice(answers)
        self.editor.apply_answer = None if said is None else types.ApplyWorkspaceEditResult(applied=said)

    async def _status(self) -> Any:
        protocol: Any = self.editor.client.protocol
        return await protocol.send_request_async("kimi/status", None)
