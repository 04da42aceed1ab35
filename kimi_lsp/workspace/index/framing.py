"""Messages over a pipe between our own processes: four bytes of length, then MessagePack."""

from __future__ import annotations

import struct
from typing import IO

_LENGTH = struct.Struct(">I")
HEADER = _LENGTH.size


def framed(message: bytes) -> bytes:
    """``message`` with its length before it."""
    return _LENGTH.pack(len(message)) + message


def length_of(header: bytes) -> int:
    """How many bytes follow these ``HEADER`` ones."""
    length: int = _LENGTH.unpack(header)[0]
    return length


def read_message(pipe: IO[bytes]) -> bytes | None:
    """The next message; None where the other side has gone."""
    header = pipe.read(HEADER)
    if len(header) < HEADER:
        return None
    message = pipe.read(length_of(header))
    return message if len(message) == length_of(header) else None
