"""``kimi-lsp replay FILE``: run a recorded job again, offline, and say where it goes another way.

A recording is what the setting ``recording.folder`` makes of each job: one file with the request, the sources that
the job read, the stream, the tools' answers and the outcome; no key and no headers.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kimi_lsp.actions.rerun import Rerun

DIFFERENT = 1
NO_RECORDING = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The recording, and what to do with it."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="a recording (see the setting recording.folder)"
    )
    parser.add_argument(
        "--redact",
        type=Path,
        metavar="OUT",
        help="instead of running it, write a copy to OUT whose words are replaced by others of the same shape",
    )


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 if all is the same (or the copy is written), 1 if not, 2 if the file is no recording."""
    from kimi_lsp.model.recording import BadRecording

    try:
        if arguments.redact is not None:
            return _redact(arguments.file, arguments.redact)
        from kimi_lsp.actions.rerun import rerun

        return _tell(arguments.file.name, asyncio.run(rerun(arguments.file)))
    except BadRecording as error:
        print(f"kimi-lsp replay: {error}", file=sys.stderr)
    except OSError as error:
        print(f"kimi-lsp replay: {error.filename or arguments.file}: {error.strerror}.", file=sys.stderr)
    return NO_RECORDING


def _tell(name: str, done: Rerun) -> int:
    for note in done.notes:
        print(f"Note: {note}.")
    counted = f"{_count(done.turns, 'turn')}, {_count(done.calls, 'tool result')}"
    if not done.differences:
        print(f"{name} runs as it did: {counted}, {done.outcome or 'cut off'}.")
        return 0
    print(f"{name} runs otherwise than it did ({counted}):")
    for difference in done.differences:
        print(f"  {difference}")
    return DIFFERENT


def _redact(source: Path, target: Path) -> int:
    from kimi_lsp.model.recording import BadRecording, read
    from kimi_lsp.model.redact import redact

    read(source)
    if target.exists() and target.samefile(source):
        raise BadRecording(f"{target} is the recording itself; name another file.")
    redact(source, target)
    print(f"{target} holds the job with other words. Look at it before you give it away.")
    return 0


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
