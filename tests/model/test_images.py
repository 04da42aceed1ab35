"""Pictures: what they are by their bytes, what is sent, and what is refused."""

import base64
import sys
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.model import images
from kimi_lsp.model.errors import known_errors
from kimi_lsp.model.image_header import kind_of, size_of
from kimi_lsp.model.images import MAX_SENT_BYTES, MAX_SIDE, UnusablePicture, data_url, part
from tests.model.pictures import gif, jpeg, png, png_header, webp

WHOLE = {
    "image/png": png_header(640, 480),
    "image/gif": gif(640, 480),
    "image/jpeg": jpeg(640, 480),
}


@pytest.mark.parametrize(
    ("raw", "kind", "size"),
    [
        *(pytest.param(raw, kind, (640, 480), id=kind) for kind, raw in WHOLE.items()),
        pytest.param(webp(b"VP8 ", 640, 480), "image/webp", (640, 480), id="lossy"),
        pytest.param(webp(b"VP8L", 640, 480), "image/webp", (640, 480), id="lossless"),
        pytest.param(webp(b"VP8X", 640, 480), "image/webp", (640, 480), id="extended"),
        pytest.param(webp(b"VP8X", 1 << 24, 1), "image/webp", (1 << 24, 1), id="as-wide-as-can-be"),
        pytest.param(png_header(640, 0), "image/png", None, id="no-height"),
        pytest.param(b"\xff\xd8\xff\xe0\0\0" * 3, "image/jpeg", None, id="jpeg-that-goes-nowhere"),
        pytest.param(b"\xff\xd8\xff\xd9", "image/jpeg", None, id="empty-jpeg"),
        pytest.param(b"RIFF\0\0\0\0WAVE", None, None, id="another-riff"),
        pytest.param(b"<svg/>", None, None, id="svg"),
        pytest.param(b"", None, None, id="nothing"),
    ],
)  # fmt: skip
def test_headers(raw: bytes, kind: str | None, size: tuple[int, int] | None) -> None:
    assert (kind_of(raw), size_of(raw)) == (kind, size)


@given(
    st.sampled_from([*WHOLE.values(), webp(b"VP8L", 9, 9), webp(b"VP8X", 9, 9)]),
    st.integers(0, 80),
    st.binary(max_size=60),
)
@settings(deadline=None, max_examples=300)  # fmt: skip
def test_any_bytes_have_a_size_or_none(raw: bytes, cut: int, tail: bytes) -> None:
    size = size_of(raw[:cut] + tail)
    assert size is None or min(size) > 0


def test_a_small_picture_goes_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(png())
    url = data_url(tmp_path / "a.jpg", "a.jpg")
    head, _, data = url.partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(data, validate=True) == png()
    assert part(url) == {"type": "image_url", "image_url": {"url": url}}


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        pytest.param(b"<svg/>", "is not a PNG, JPEG, GIF or WebP picture", id="svg"),
        pytest.param(b"", "is not a PNG, JPEG, GIF or WebP picture", id="empty"),
        pytest.param(b"GIF89a\0", "is damaged", id="no-size"),
        pytest.param(png_header(100_000, 100_000), "is too large (100,000 × 100,000 pixels", id="bomb"),
        pytest.param(png_header(9_000, 10), "is damaged", id="large-and-cut-off"),
    ],
)
def test_refused(tmp_path: Path, raw: bytes, sentence: str) -> None:
    if sentence == "is damaged" and raw.startswith(b"\x89PNG"):
        pytest.importorskip("PIL")
    (tmp_path / "a.png").write_bytes(raw)
    with pytest.raises(UnusablePicture) as caught:
        data_url(tmp_path / "a.png", "img/a.png")
    assert str(caught.value).startswith(f"img/a.png {sentence}")
    assert str(caught.value).endswith(".")


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusablePicture, match=r"^a\.png cannot be read: No such file"):
        data_url(tmp_path / "a.png", "a.png")
    assert known_errors()["unusable-picture"] is UnusablePicture


def test_more_than_is_read_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_READ_BYTES", 1_000)
    (tmp_path / "a.png").write_bytes(png(padding=1_001))
    with pytest.raises(UnusablePicture, match="is too large"):
        data_url(tmp_path / "a.png", "a.png")


@pytest.mark.parametrize("raw", [png(3_000, 10), png(padding=MAX_SENT_BYTES)], ids=["pixels", "bytes"])
def test_without_pillow_what_is_too_large_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raw: bytes
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    (tmp_path / "a.png").write_bytes(raw)
    with pytest.raises(UnusablePicture, match=r"is too large to send .*install kimi-lsp\[images\]"):
        data_url(tmp_path / "a.png", "a.png")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L"])
def test_what_is_too_large_is_shrunk(tmp_path: Path, form: str, mode: str) -> None:
    image = pytest.importorskip("PIL.Image")
    picture = image.new("RGB", (4_096, 1_024), "red").convert(
        "L" if form == "JPEG" and mode != "RGB" else mode
    )
    picture.save(tmp_path / "a", form)
    shrunk = image.open(BytesIO(decoded(data_url(tmp_path / "a", "a"))))
    assert shrunk.size == (MAX_SIDE, 512)
    assert shrunk.format == ("PNG" if form == "PNG" else "JPEG")


def test_too_many_bytes_become_a_jpeg(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    noise = image.effect_noise((2_000, 1_500), 100)
    image.merge("RGBA", [noise, noise.rotate(90), noise.rotate(180), noise]).save(tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > MAX_SENT_BYTES
    raw = decoded(data_url(tmp_path / "a.png", "a.png"))
    assert kind_of(raw) == "image/jpeg"
    assert size_of(raw) == (2_000, 1_500)
    assert len(raw) <= MAX_SENT_BYTES


def test_a_turned_photograph_is_sent_upright(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    exif = image.Exif()
    exif[0x0112] = 6
    image.new("RGB", (4_000, 2_000)).save(tmp_path / "a.jpg", exif=exif)
    assert size_of(decoded(data_url(tmp_path / "a.jpg", "a.jpg"))) == (1_024, 2_048)


def decoded(url: str) -> bytes:
    return base64.b64decode(url.partition(",")[2], validate=True)
