"""What the first bytes of a picture say: its kind and its size. No I/O."""

from __future__ import annotations

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG's markers of a frame header (ITU T.81, table B.1), which holds the size."""
_ALONE = frozenset({0x01, *range(0xD0, 0xDA)})
"""JPEG's markers that have no length behind them."""


def kind_of(raw: bytes) -> str | None:
    """The media type by the magic bytes: png, jpeg, gif or webp; None for anything else."""
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if raw.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if raw.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if raw.startswith(b"RIFF") and raw[8:12] == b"WEBP":
        return "image/webp"
    return None


def size_of(raw: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; None where the header is damaged or of another kind."""
    match kind_of(raw):
        case "image/png":
            size = _number(raw, 16, 4, "big"), _number(raw, 20, 4, "big")
        case "image/gif":
            size = _number(raw, 6, 2, "little"), _number(raw, 8, 2, "little")
        case "image/webp":
            size = _webp(raw)
        case "image/jpeg":
            size = _jpeg(raw)
        case _:
            return None
    return size if all(size) else None


def _jpeg(raw: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(raw) and raw[at] == 0xFF:
        marker = raw[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _ALONE:
            at += 2
        elif marker in _FRAMES:
            return _number(raw, at + 7, 2, "big"), _number(raw, at + 5, 2, "big")
        else:
            at += 2 + max(2, _number(raw, at + 2, 2, "big"))
    return 0, 0


def _webp(raw: bytes) -> tuple[int, int]:
    """By the first chunk (RFC 9649): lossy, lossless, or extended."""
    match raw[12:16]:
        case b"VP8 ":
            return _number(raw, 26, 2, "little") & 0x3FFF, _number(raw, 28, 2, "little") & 0x3FFF
        case b"VP8L" if len(raw) >= 25:
            bits = _number(raw, 21, 4, "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X" if len(raw) >= 30:
            return _number(raw, 24, 3, "little") + 1, _number(raw, 27, 3, "little") + 1
    return 0, 0


def _number(raw: bytes, at: int, length: int, order: str) -> int:
    return int.from_bytes(raw[at : at + length], "big" if order == "big" else "little")
