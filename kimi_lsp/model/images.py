"""A picture on disk -> a data URL that the service takes (kimi.md, Requests). Pillow shrinks what is too large."""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kimi_lsp.model.errors import Refused
from kimi_lsp.model.image_header import kind_of, size_of

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_SENT_BYTES = 5 * 1024 * 1024
"""Of the picture itself; its data URL is a third longer."""
MAX_SIDE = 2_048
MAX_READ_BYTES = 50 * 1024 * 1024
MAX_PIXELS = 80_000_000
"""What is decoded at all: about 240 MB of memory, and below Pillow's own warning."""
_QUALITIES = (88, 60)


class UnusablePicture(Refused):
    """A picture cannot be sent; the sentence says what would be accepted."""

    name = "unusable-picture"


def data_url(location: Path, name: str) -> str:
    """The picture at ``location`` as a data URL; ``name`` is what the user knows it by. Takes up to some seconds.

    Raises:
        UnusablePicture: it cannot be read, is no picture of a known kind, or is too large and cannot be shrunk.
    """
    try:
        with location.open("rb") as file:
            raw = file.read(MAX_READ_BYTES + 1)
    except OSError as error:
        raise UnusablePicture(f"{name} cannot be read: {error.strerror}. Check its permissions.") from error
    if (kind := kind_of(raw)) is None:
        raise UnusablePicture(f"{name} is not a PNG, JPEG, GIF or WebP picture: set the path of one.")
    if (size := size_of(raw)) is None:
        raise UnusablePicture(f"{name} is damaged: check that a viewer opens it.")
    if len(raw) > MAX_READ_BYTES or size[0] * size[1] > MAX_PIXELS:
        raise UnusablePicture(
            f"{name} is too large ({_shown(raw, size)}): lower it to {MAX_SIDE:,} pixels a side and 5 MB."
        )
    if len(raw) > MAX_SENT_BYTES or max(size) > MAX_SIDE:
        raw = _shrunk(raw, size, name)
    return f"data:{kind_of(raw) or kind};base64,{base64.b64encode(raw).decode('ascii')}"


def part(url: str) -> dict[str, Any]:
    """The content part of a message that holds the picture."""
    return {"type": "image_url", "image_url": {"url": url}}


def _shrunk(raw: bytes, size: tuple[int, int], name: str) -> bytes:
    try:
        from PIL import Image, ImageOps
    except ImportError:
        raise UnusablePicture(
            f"{name} is too large to send ({_shown(raw, size)}; at most {MAX_SIDE:,} pixels a side and 5 MB): "
            "make it smaller, or install kimi-lsp[images], which does that."
        ) from None
    try:
        with Image.open(BytesIO(raw), formats=("PNG", "JPEG", "GIF", "WEBP")) as opened:
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((MAX_SIDE, MAX_SIDE))
            return _encoded(picture, as_png=kind_of(raw) == "image/png")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise UnusablePicture(f"{name} is damaged: check that a viewer opens it.") from error


def _encoded(picture: Image, *, as_png: bool) -> bytes:
    """As PNG, where it came as one and that is small enough: it keeps the letters of a screenshot sharp."""
    if as_png:
        raw = _saved(picture, "PNG")
        if len(raw) <= MAX_SENT_BYTES:
            return raw
    flat = _on_white(picture)
    for quality in _QUALITIES:
        raw = _saved(flat, "JPEG", quality=quality)
        if len(raw) <= MAX_SENT_BYTES:
            break
    return raw


def _saved(picture: Image, form: str, **options: Any) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def _on_white(picture: Image) -> Image:
    """JPEG knows no transparency."""
    from PIL import Image

    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


def _shown(raw: bytes, size: tuple[int, int]) -> str:
    return f"{size[0]:,} × {size[1]:,} pixels, {len(raw) / 1024 / 1024:.1f} MB"
