"""Runs one program: bounded in time and in what it may write, and gone with all its children when we are done."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kimi_lsp.workspace.checkers.errors import Failed, TookTooLong

MAX_OUTPUT = 4_000_000
MAX_COMPLAINTS = 64_000
_BLOCK = 65_536
_LAST_WAIT_S = 1.0


@dataclass(frozen=True, slots=True)
class Output:
    """What a program wrote, and its exit code, negative for a signal."""

    code: int
    stdout: str
    stderr: str


async def run(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    text: bytes | None = None,
    timeout_s: float,
) -> Output:
    """Run ``command`` in ``folder`` with ``text`` as its input. No shell is involved.

    Raises:
        TookTooLong: it was killed after ``timeout_s``.
        Failed: it cannot be started, or wrote too much.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=environment,
            stdin=DEVNULL if text is None else PIPE,
            stdout=PIPE,
            stderr=PIPE,
            start_new_session=sys.platform != "win32",
        )
    except (OSError, ValueError) as error:
        raise Failed(f"cannot be started: {error}") from error
    ended = False
    try:
        output = await asyncio.wait_for(_talk(process, text), timeout_s)
        ended = True
    except (TimeoutError, asyncio.TimeoutError):
        raise TookTooLong(timeout_s) from None
    finally:
        if not ended:
            await _kill(process)
    return output


async def _talk(process: Process, text: bytes | None) -> Output:
    assert process.stdout is not None
    assert process.stderr is not None
    tasks = (
        asyncio.ensure_future(_read(process.stdout)),
        asyncio.ensure_future(_complaints(process.stderr)),
        asyncio.ensure_future(_feed(process, text)),
    )
    try:
        stdout, stderr, _ = await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
    code = await process.wait()
    return Output(code, stdout.decode("utf-8", "replace"), stderr.decode("utf-8", "replace"))


async def _feed(process: Process, text: bytes | None) -> None:
    """A program that stops listening is no failure."""
    if process.stdin is None:
        return
    with contextlib.suppress(ConnectionError):
        process.stdin.write(text or b"")
        await process.stdin.drain()
    with contextlib.suppress(ConnectionError):
        process.stdin.close()
        await process.stdin.wait_closed()


async def _read(stream: asyncio.StreamReader) -> bytes:
    read = bytearray()
    while block := await stream.read(_BLOCK):
        read += block
        if len(read) > MAX_OUTPUT:
            raise Failed(f"wrote more than {MAX_OUTPUT // 1_000_000} MB")
    return bytes(read)


async def _complaints(stream: asyncio.StreamReader) -> bytes:
    """The beginning of what it wrote to its error output; the rest is let go."""
    read = bytearray()
    while block := await stream.read(_BLOCK):
        read += block[: MAX_COMPLAINTS - len(read)]
    return bytes(read)


async def _kill(process: Process) -> None:
    """End it, and what it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(asyncio.TimeoutError, TimeoutError):
        await asyncio.wait_for(process.wait(), _LAST_WAIT_S)
    # A grandchild in a session of its own may hold the pipes open for ever.
    transport = getattr(process, "_transport", None)
    if transport is not None:
        transport.close()
