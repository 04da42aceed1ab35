"""Code points of a text <-> bytes of its UTF-8 form, many of them quickly."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate

BLOCK = 1024
"""Bytes between two counts that are kept."""

_CONTINUATION = bytes(range(0x80, 0xC0))
_SURROGATE = re.compile("[\ud800-\udfff]")


def encode(text: str) -> bytes:
    """UTF-8 of ``text``. A lone surrogate, which has no UTF-8, becomes U+FFFD: one code point for one."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text).encode()


class ByteOffsets:
    """Offsets of one text, both ways: free for ASCII, else one pass at first and a block a question."""

    __slots__ = ("_counts", "_source", "_text")

    def __init__(self, text: str, source: bytes) -> None:
        self._text = text
        self._source = source
        self._counts: list[int] = []
        if not text.isascii():
            blocks = (source[start : start + BLOCK] for start in range(0, len(source), BLOCK))
            self._counts = list(accumulate(map(_code_points, blocks), initial=0))

    def code_point(self, byte: int) -> int:
        """How many code points begin before ``byte``."""
        if not self._counts:
            return byte
        block, rest = divmod(byte, BLOCK)
        start = block * BLOCK
        return self._counts[block] + _code_points(self._source[start : start + rest])

    def byte(self, code_point: int) -> int:
        """Where the code point of this number begins."""
        if not self._counts:
            return code_point
        block = bisect_right(self._counts, code_point) - 1
        start = min(block * BLOCK, len(self._source))
        while start < len(self._source) and self._source[start] & 0xC0 == 0x80:
            start += 1
        return start + len(encode(self._text[self._counts[block] : code_point]))


def _code_points(part: bytes) -> int:
    return len(part.translate(None, _CONTINUATION))
