"""Every action on one client: what became of it, and whether a character was lost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.e2e.editor import Document, editing
from tests.profiles.cells import CELLS, ON_DISK, ByFile, Cell, options
from tests.profiles.client import ProfiledEditor, _path
from tests.profiles.profile import Profile

MENU_S = 12.0
JOB_S = 25.0
BAD = ("SILENCE", "CRASH", "LOST")


@dataclass(frozen=True)
class Outcome:
    """``kind`` is *applied*, *offered*, *shown*, *not offered*, or one of ``BAD``; ``why`` says more."""

    kind: str
    why: str = ""

    @property
    def bad(self) -> bool:
        return self.kind in BAD

    def __str__(self) -> str:
        return f"not offered, because {self.why}" if self.kind == "not offered" else self.kind


async def outcomes(profile: Profile, folder: Path, cells: Sequence[Cell] = CELLS) -> dict[str, Outcome]:
    """What becomes of each cell's action, one after the other on one server."""
    log = folder / "server.log"
    folder.mkdir(parents=True, exist_ok=True)
    async with editing(
        folder,
        ByFile(cells),
        encoding=profile.encoding,
        declared=profile.declares(),
        name=profile.client,
        options=options(),
        make=partial(ProfiledEditor, profile=profile),
        arguments=("--log-file", str(log)),
    ) as (editor, _):
        assert isinstance(editor, ProfiledEditor)
        for name, data in ON_DISK.items():
            (editor.root / name).write_bytes(data)
        found = {}
        for cell in cells:
            outcome = await _Trial(editor, cell).outcome()
            found[cell.action] = _checked(editor, outcome, log)
        return found


def _checked(editor: ProfiledEditor, outcome: Outcome, log: Path) -> Outcome:
    """The outcome, unless something went wrong beside it."""
    text = log.read_text(encoding="utf-8") if log.exists() else ""
    log.write_text("", encoding="utf-8")
    if "Traceback" in text:
        return Outcome("CRASH", f"the log has {text[-600:]}")
    if editor.wrong:
        wrong, editor.wrong = "; ".join(editor.wrong), []
        return Outcome("CRASH", wrong)
    return outcome


class _Trial:
    """One action, from the menu to what the user has of it."""

    def __init__(self, editor: ProfiledEditor, cell: Cell) -> None:
        self._editor = editor
        self._cell = cell
        self._typed = ""
        self._document = editor.open(cell.file, cell.text, "html" if cell.ending == "html" else "python")
        for name, (text, _, _) in cell.others.items():
            if name in cell.opened:
                editor.open(name, text)
            else:
                (editor.root / name).write_text(text)
        self._problems = [
            editor.diagnostic(self._document, at, message, code) for at, message, code in cell.problems
        ]

    async def outcome(self) -> Outcome:
        try:
            return await self._outcome()
        except JsonRpcException as error:
            return Outcome("CRASH", f"a request failed: {error.message}")
        except TimeoutError:
            return Outcome("SILENCE", f"the job has not ended; {self._editor.messages()[-2:]}")

    async def _outcome(self) -> Outcome:
        entry = await self._entry()
        if entry is None:
            return Outcome("not offered", self._why_not())
        editor = self._editor
        said, shown = len(editor.messages()), len(editor.client.shown_documents)
        await self._start(entry)
        editor.whole_edits_from = len(editor.applied) + 2
        self._type("# typed meanwhile\n" if self._cell.ending == "py" else "<!-- typed -->\n")
        editor.before_applying = self._type_late
        await self._end_of_job()
        editor.before_applying = None
        await editor.idle()
        if self._cell.reads:
            return await self._read(editor.messages()[said:], len(editor.client.shown_documents) > shown)
        return await self._changed(editor.messages()[said:])

    async def _entry(self) -> types.CodeAction | types.Command | None:
        """The action's menu entry; the checkers may still be at work for a client that sends no diagnostics."""
        deadline = asyncio.get_running_loop().time() + (MENU_S if self._cell.problems else 0)
        while True:
            for entry in await self._editor.asked(self._document, self._cell.at, self._problems):
                command = entry if isinstance(entry, types.Command) else entry.command
                if command is not None and command.command == self._cell.command:
                    return entry
            if asyncio.get_running_loop().time() >= deadline:
                return None
            await asyncio.sleep(0.1)

    def _why_not(self) -> str:
        if self._cell.problems and self._editor.profile.sends != "all":
            return "it sends no diagnostics of others, and no checker found any"
        return ""

    async def _start(self, entry: types.CodeAction | types.Command) -> None:
        command = entry if isinstance(entry, types.Command) else entry.command
        assert command is not None
        begin = asyncio.get_running_loop().time()
        await self._editor.command(command.command, *(command.arguments or ()))
        if (taken := asyncio.get_running_loop().time() - begin) > 2:
            self._editor.wrong.append(f"the command was answered after {taken:.1f} s")

    def _type(self, text: str) -> None:
        """Type at the top of the file."""
        self._editor.type(self._document, 0, 0, text)
        self._typed = text + self._typed

    def _type_late(self) -> None:
        """Type just when the edit arrives: it is stale then, which only a client that gets versions can know."""
        editor = self._editor
        if editor.knows_stale and not editor.profile.halves and self._cell.action == "refactor":
            self._type("# typed late\n")

    async def _end_of_job(self) -> None:
        deadline = asyncio.get_running_loop().time() + JOB_S
        while (await self._status()).jobs:
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError
            await asyncio.sleep(0.03)
        await asyncio.sleep(0.05)

    async def _status(self) -> Any:
        protocol: Any = self._editor.client.protocol
        return await protocol.send_request_async("kimi/status", None)

    async def _read(self, said: Sequence[str], opened: bool) -> Outcome:
        """What a reader of the explanation or the review has got."""
        if self._document.text != self._typed + self._cell.text:
            return Outcome("LOST", self._document.text)
        if self._cell.action == "review":
            published = self._editor.client.diagnostics.get(self._document.uri, ())
            return Outcome("shown") if published else Outcome("SILENCE", f"no findings; {said}")
        if opened and self._holds(self._editor.client.shown_documents[-1].uri):
            return Outcome("shown")
        files = (Path(word) for one in said for word in one.split() if word.startswith("/"))
        if any(file.is_file() and self._cell.says in file.read_text(encoding="utf-8") for file in files):
            return Outcome("shown")
        if any("kimi:///" in one for one in said):
            return Outcome("shown")
        return Outcome("SILENCE", f"nothing was shown; {said}")

    def _holds(self, uri: str) -> bool:
        return self._cell.says in _path(uri).read_text(encoding="utf-8")

    async def _changed(self, said: Sequence[str]) -> Outcome:
        if not said:
            return Outcome("SILENCE", "no message")
        if self._is_done():
            return Outcome("applied")
        entry = await self._result()
        if entry is None or entry.edit is None:
            kind = "LOST" if self._typed not in self._document.text else "SILENCE"
            return Outcome(kind, f"{self._document.text!r}; {said}")
        self._editor.whole_edits_from = 0
        self._editor.apply(entry.edit)
        if entry.command is not None:
            await self._editor.command(entry.command.command, *(entry.command.arguments or ()))
        if not self._is_done():
            return Outcome("LOST", f"{self._document.text!r}; {said}")
        if await self._result() is not None:
            return Outcome("CRASH", "the result is offered again")
        return Outcome("offered")

    async def _result(self) -> types.CodeAction | None:
        for entry in await self._editor.asked(self._document, self._typed[:3], ()):
            if isinstance(entry, types.CodeAction) and entry.title.startswith("Kimi: Apply result"):
                return entry
        return None

    def _is_done(self) -> bool:
        """Whether every file is as it should be, with all that was typed."""
        wanted = {self._cell.file: self._typed + self._cell.after, **self._cell.made}
        wanted |= {name: text.replace(old, new) for name, (text, old, new) in self._cell.others.items()}
        return all(self._text(name) == text for name, text in wanted.items())

    def _text(self, name: str) -> str | None:
        document: Document | None = self._editor.documents.get((self._editor.root / name).as_uri())
        return document.text if document is not None else None
