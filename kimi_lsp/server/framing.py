"""Cuts a byte stream into the bodies of base-protocol messages (LSP 3.18, Base Protocol). Sans-I/O."""

from __future__ import annotations

MAX_HEADER_BYTES = 4_096
MAX_BODY_BYTES = 512 * 1024 * 1024


class FramingError(ValueError):
    """The stream is not the base protocol; nothing after this point can be trusted."""


class Framer:
    """Bytes in, whole bodies out; any cut of the stream gives the same bodies."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._start = 0
        self._length = -1

    def feed(self, data: bytes) -> list[bytes]:
        """Take what arrived and give the bodies that are complete.

        Raises:
            FramingError: a header block without a usable Content-Length, or one that never ends.
        """
        self._buffer += data
        bodies = []
        while (body := self._next()) is not None:
            bodies.append(body)
        del self._buffer[: self._start]
        self._start = 0
        return bodies

    def _next(self) -> bytes | None:
        if self._length < 0 and not self._read_header():
            return None
        end = self._start + self._length
        if len(self._buffer) < end:
            return None
        body = bytes(self._buffer[self._start : end])
        self._start, self._length = end, -1
        return body

    def _read_header(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n", self._start)
        if end < 0:
            if len(self._buffer) - self._start > MAX_HEADER_BYTES:
                raise FramingError("no end of header within 4096 bytes")
            return False
        self._length = content_length(bytes(self._buffer[self._start : end]))
        self._start = end + 4
        return True


def content_length(header: bytes) -> int:
    """The length that a header block announces, in bytes.

    Raises:
        FramingError: none, not a number, or unreasonably large; or the header is that of an HTTP request, which any
            web page can make a browser send.
    """
    for line in header.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if b" " in name.strip():
            raise FramingError(f"not a header field: {line[:40]!r}")
        if name.strip().lower() == b"content-length":
            digits = value.strip()
            if digits.isdigit() and len(digits) <= 12 and int(digits) <= MAX_BODY_BYTES:
                return int(digits)
            raise FramingError(f"not a Content-Length: {digits[:40]!r}")
    raise FramingError("a header without Content-Length")
