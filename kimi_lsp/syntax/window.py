"""How the parser reads a text: through a window of 16 KB.

Between two looks through the window other threads get their turn, and a parse can be given up; with the whole text in
its hands tree-sitter does neither. What a read callback returns is never freed (py-tree-sitter 0.26.1 keeps a
reference), so all that is ever returned are views of a few buffers that are used again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

SLICE = 16 * 1024
"""Bytes that the parser reads at once."""


class _Buffer:
    """A buffer and its beginnings, each of which is made once."""

    def __init__(self) -> None:
        self.bytes = bytearray(SLICE)
        self.whole = memoryview(self.bytes)
        self.beginnings: dict[int, memoryview] = {}

    def filled(self, part: bytes) -> memoryview:
        """``part`` in the buffer, until the next call."""
        length = len(part)
        self.bytes[:length] = part
        if length not in self.beginnings:
            self.beginnings[length] = self.whole[:length]
        return self.beginnings[length]


_IDLE: list[_Buffer] = []


@contextmanager
def window_over(source: bytes) -> Iterator[Callable[[int, object], memoryview]]:
    """The read callback over ``source``; what it returned last is overwritten by the next call."""
    buffer = _IDLE.pop() if _IDLE else _Buffer()

    def read(byte: int, _point: object) -> memoryview:
        return buffer.filled(source[byte : byte + SLICE])

    try:
        yield read
    finally:
        _IDLE.append(buffer)
