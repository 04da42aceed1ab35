"""The process that keeps the index, at the lowest priority: ``python -m kimi_lsp.workspace.index.child``.

Started by ``service.py`` only. It ends when its standard input does, in the middle of whatever it does: the database
survives that.
"""

from __future__ import annotations

import gc
import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import IO

from kimi_lsp.syntax.registry import register
from kimi_lsp.workspace.errors import Refused
from kimi_lsp.workspace.index.builder import Builder
from kimi_lsp.workspace.index.extract import Extracted, extract
from kimi_lsp.workspace.index.framing import framed, read_message
from kimi_lsp.workspace.index.protocol import (
    Document,
    Failed,
    Open,
    Progressed,
    Refresh,
    Refreshed,
    Reply,
    Seen,
    decode_request,
    encode,
)
from kimi_lsp.workspace.index.worker import private_pipes
from kimi_lsp.workspace.policy import Policy


class Child:
    """One set of roots. Documents are answered at once, in a thread of their own; files when it is their turn."""

    def __init__(self, opened: Open, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
        self._opened = opened
        self._incoming = incoming
        self._outgoing = outgoing
        self._writing = Lock()
        self._asked: SimpleQueue[int] = SimpleQueue()

    def run(self) -> None:
        """Refresh whenever that is asked for; never returns."""
        opened = self._opened
        roots = [Path(root) for root in opened.roots]
        Thread(target=self._listen, daemon=True).start()
        builder = Builder(roots, Path(opened.cache), opened.max_bytes, careful=opened.careful)
        while True:
            number = self._asked.get()
            while not self._asked.empty():
                number = self._asked.get()
            try:
                files = builder.refresh(lambda done, total: self._say(Progressed(done, total)))
            except (OSError, sqlite3.Error) as error:
                self._say(Failed(number, f"{type(error).__name__}: {error}"))
            else:
                self._say(Refreshed(number, files))

    def _listen(self) -> None:
        while (message := read_message(self._incoming)) is not None:
            match decode_request(message):
                case Document() as document:
                    self._say(self._seen(document))
                case Refresh(number):
                    self._asked.put(number)
        os._exit(0)

    def _seen(self, document: Document) -> Seen:
        opened = self._opened
        policy = Policy.of([Path(root) for root in opened.roots], opened.max_bytes)
        location = Path(document.location)
        try:
            policy.check(location, document.text)
        except Refused:
            return Seen(document.number, "", Extracted())
        name = policy.shown(location)
        return Seen(document.number, name, extract(document.text, name))

    def _say(self, reply: Reply) -> None:
        with self._writing, suppress(OSError):
            self._outgoing.write(framed(encode(reply)))
            self._outgoing.flush()


def main() -> None:
    """Take the first message, then run."""
    if hasattr(os, "nice"):
        os.nice(19)
    gc.freeze()  # what was imported stays, so nobody need look through it again
    incoming, outgoing = private_pipes()
    if (message := read_message(incoming)) is not None:
        opened = decode_request(message)
        assert isinstance(opened, Open), "the first message opens the workspace"
        register(opened.languages)
        Child(opened, incoming, outgoing).run()


if __name__ == "__main__":
    main()
