"""A process that reads and parses files: a list of them comes in over the pipe, their rows go out.

``python -m kimi_lsp.workspace.index.worker``; started by ``crew.py`` only. It ends when the pipe does.
"""

from __future__ import annotations

import gc
import os
from queue import SimpleQueue
from threading import Thread
from typing import IO

import msgspec
from msgspec import Struct

from kimi_lsp.syntax.language import Language
from kimi_lsp.syntax.registry import register
from kimi_lsp.workspace.index.database import Row
from kimi_lsp.workspace.index.extract import extract_file
from kimi_lsp.workspace.index.framing import framed, read_message


class Task(Struct, frozen=True, array_like=True):
    """Files to look into: name and location of each; and the languages that the table lacks."""

    files: list[tuple[str, str]]
    max_bytes: int
    languages: tuple[Language, ...] = ()


def done(task: Task) -> list[Row]:
    """The rows of a task's files."""
    return [Row.of(name, extract_file(where, name, task.max_bytes)) for name, where in task.files]


def private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Standard input and output for messages alone: whoever prints from now on prints into nothing."""
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)
    return os.fdopen(incoming, "rb"), os.fdopen(outgoing, "wb")


def main() -> None:
    """Work until there is no more."""
    incoming, outgoing = private_pipes()
    given: SimpleQueue[Task | None] = SimpleQueue()
    Thread(target=_listen, args=(incoming, given), daemon=True).start()
    gc.freeze()
    gc.disable()  # what is made here is thrown away with its last reference, but for few things
    while (task := given.get()) is not None:
        register(task.languages)
        outgoing.write(framed(msgspec.msgpack.encode(done(task))))
        outgoing.flush()
        gc.collect()


def _listen(incoming: IO[bytes], given: SimpleQueue[Task | None]) -> None:
    """Take tasks at once, so that nobody waits who gives one."""
    decoder = msgspec.msgpack.Decoder(Task)
    while (message := read_message(incoming)) is not None:
        given.put(decoder.decode(message))
    given.put(None)


if __name__ == "__main__":
    main()
