import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimi_lsp.server.framing import Framer, FramingError


def framed(body: bytes, name: bytes = b"Content-Length") -> bytes:
    return b"%b: %d\r\n\r\n%b" % (name, len(body), body)


@given(bodies=st.lists(st.binary(max_size=60), max_size=6), cuts=st.lists(st.integers(0, 400), max_size=12))
def test_chunk_boundaries_never_matter(bodies: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(map(framed, bodies))
    framer, received, start = Framer(), [], 0
    for cut in [*sorted(min(cut, len(stream)) for cut in cuts), len(stream)]:
        received += framer.feed(stream[start:cut])
        start = cut
    assert received == bodies


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(b"content-length: 2\r\n\r\n", id="lower-case"),
        pytest.param(b"Content-Length:2\r\n\r\n", id="no-space"),
        pytest.param(
            b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\n\r\n",
            id="type-first",
        ),
    ],
)
def test_headers_as_clients_write_them(header: bytes) -> None:
    assert Framer().feed(header + b"{}") == [b"{}"]


@pytest.mark.parametrize(
    ("stream", "why"),
    [
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "not a header field", id="http"),
        pytest.param(b"Content-Length: -1\r\n\r\n", "not a Content-Length", id="negative"),
        pytest.param(b"Content-Length: 99999999999999\r\n\r\n", "not a Content-Length", id="absurd"),
        pytest.param(b"Content-Length: two\r\n\r\n", "not a Content-Length", id="word"),
        pytest.param(b"x" * 5000, "no end of header", id="endless"),
    ],
)
def test_what_is_not_the_base_protocol(stream: bytes, why: str) -> None:
    with pytest.raises(FramingError, match=why):
        Framer().feed(stream)
