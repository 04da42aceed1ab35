"""Bytes of ``text/event-stream`` in, events out (WHATWG HTML, section 9.2.6). Sans-I/O and linear.

Lines end at LF, CR LF or CR; a chunk may be cut anywhere. Nothing is decoded here: values stay bytes.
"""

from __future__ import annotations

from typing import NamedTuple

from kimi_lsp.model.errors import LineTooLong

MAX_LINE = 4 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


class ServerSentEvent(NamedTuple):
    """One event: its data lines joined by LF, and its name (``message`` unless it says otherwise)."""

    data: bytes
    name: bytes = b"message"


class Splitter:
    """Takes chunks of any size and gives the events that they complete."""

    def __init__(self, max_line: int = MAX_LINE) -> None:
        self._max_line = max_line
        self._tail = bytearray()
        self._data: list[bytes] = []
        self._size = 0
        self._name = b""
        self._after_cr = False
        self._first = True

    @property
    def pending(self) -> bool:
        """Whether the stream was cut inside an event: what came since the last blank line is lost."""
        return bool(self._tail or self._data)

    def push(self, chunk: bytes) -> list[ServerSentEvent]:
        """The events that are complete with ``chunk``.

        Raises:
            LineTooLong: a line, or the data of one event, is longer than ``max_line`` bytes.
        """
        if self._after_cr and chunk:
            self._after_cr = False
            if chunk[:1] == b"\n":
                chunk = chunk[1:]
        if b"\n" not in chunk and b"\r" not in chunk:
            self._keep(chunk)
            return []
        if self._tail:
            chunk, self._tail = bytes(self._tail) + chunk, bytearray()
        lines = chunk.splitlines()
        last = chunk[-1]
        if last == 13:
            self._after_cr = True
        elif last != 10:
            self._keep(lines.pop())
        if len(chunk) > self._max_line and any(len(line) > self._max_line for line in lines):
            raise LineTooLong(self._max_line)
        return self._events(lines)

    def _keep(self, part: bytes) -> None:
        self._tail += part
        if len(self._tail) > self._max_line:
            raise LineTooLong(self._max_line)

    def _events(self, lines: list[bytes]) -> list[ServerSentEvent]:
        if self._first and lines:
            self._first = False
            lines[0] = lines[0].removeprefix(_BOM)
        events: list[ServerSentEvent] = []
        data = self._data
        for line in lines:
            if line[:6] == b"data: ":
                data.append(line[6:])
            elif not line:
                if data:
                    joined = data[0] if len(data) == 1 else b"\n".join(data)
                    events.append(ServerSentEvent(joined, self._name or b"message"))
                    data.clear()
                self._name, self._size = b"", 0
            else:
                self._field(line)
            if len(data) > 1:
                self._count(line)
        return events

    def _field(self, line: bytes) -> None:
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._data.append(value)
        elif field == b"event":
            self._name = value

    def _count(self, line: bytes) -> None:
        self._size += len(line) + 1
        if self._size > self._max_line:
            raise LineTooLong(self._max_line)
