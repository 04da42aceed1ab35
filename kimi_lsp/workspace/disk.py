"""Reading a file that may be anything, and may change meanwhile."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from kimi_lsp.workspace.errors import Refused

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_NONBLOCK", 0)
)


BLOCK = 64 * 1024
"""Bytes that are read at once of a file that grows."""


class NotRegular(OSError):
    """It is a folder, a pipe, a socket or a device."""


def read_regular(location: Path | str, limit: int) -> bytes:
    """What is in a file, at most ``limit + 1`` bytes; never waits for somebody to write.

    Raises:
        NotRegular: it is no regular file.
        OSError: it cannot be read.
    """
    descriptor = os.open(location, _FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise NotRegular(0, "not a regular file")
        return _read(descriptor, status.st_size, limit + 1)
    finally:
        os.close(descriptor)


def _read(descriptor: int, size: int, most: int) -> bytes:
    """The file's content, at most ``most`` bytes; ``size`` is what it said to have, which may no longer be so.

    No more memory is asked for than that needs: the kernel would have to clear it for each file.
    """
    content = os.read(descriptor, min(size + 1, most))
    while len(content) != size and len(content) < most:
        if not (more := os.read(descriptor, min(max(size, BLOCK), most - len(content)))):
            break
        content += more
    return content


def read_text(location: Path, shown: str, limit: int) -> str:
    """A file's text with its line endings and byte order mark as they are.

    Raises:
        Refused: it cannot be read, has more than ``limit`` bytes, is binary, or is not UTF-8.
    """
    try:
        raw = read_regular(location, limit)
    except OSError as error:
        raise Refused(shown, f"{shown} cannot be read: {error.strerror}") from error
    if len(raw) > limit:
        raise Refused(shown, f"{shown} is larger than {limit // 1024} KiB")
    if b"\0" in raw:
        raise Refused(shown, f"{shown} is binary")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(shown, f"{shown} is not UTF-8 (byte {error.start})") from error
