from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.model.errors import LineTooLong
from kimi_lsp.model.sse import ServerSentEvent, Splitter


def check(data: bytes, *expected: tuple[str, str]) -> None:
    found = Splitter().push(data)
    assert [(event.name.decode(), event.data.decode()) for event in found] == list(expected)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"data: a\n\n", [("message", "a")], id="plain"),
        pytest.param(
            b"data:a\n\ndata:  b\n\n", [("message", "a"), ("message", " b")], id="one-space-is-optional"
        ),
        pytest.param(
            b"data: a\r\n\r\ndata: b\r\rdata: c\n\r", [("message", x) for x in "abc"], id="line-ends"
        ),
        pytest.param(b"data: a\ndata: b\n\n", [("message", "a\nb")], id="several-lines"),
        pytest.param(b"data\ndata\n\n", [("message", "\n")], id="data-without-colon"),
        pytest.param(b"data:\n\n", [("message", "")], id="empty-data"),
        pytest.param(b": c\n\n:\n\n", [], id="comments"),
        pytest.param(b"event: x\ndata: a\n\ndata: b\n\n", [("x", "a"), ("message", "b")], id="named"),
        pytest.param(b"event: x\n\ndata: b\n\n", [("message", "b")], id="a-name-without-data-is-forgotten"),
        pytest.param(b"id: 1\nretry: 5\nfoo: bar\nfoo\ndata: a\n\n", [("message", "a")], id="other-fields"),
        pytest.param(b"\xef\xbb\xbfdata: a\n\n", [("message", "a")], id="byte-order-mark"),
        pytest.param(b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\n", [], id="only-one-mark"),
        pytest.param(
            b"data: a\x0b\x0c\x1c\xc2\x85\xe2\x80\xa8b\n\n",
            [("message", "a\x0b\x0c\x1c\x85\u2028b")],
            id="text",
        ),
        pytest.param(b"data: a\n", [], id="unfinished"),
    ],
)
def test_events(data: bytes, expected: list[tuple[str, str]]) -> None:
    check(data, *expected)


def oracle(data: bytes) -> list[ServerSentEvent]:
    """The rules of the page, written down without any thought of speed."""
    text = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    events: list[ServerSentEvent] = []
    lines: list[bytes] = []
    name = b""
    for line in text.split(b"\n")[:-1]:
        if line == b"":
            if lines:
                events.append(ServerSentEvent(b"\n".join(lines), name or b"message"))
            lines, name = [], b""
        elif not line.startswith(b":"):
            field, colon, value = line.partition(b":")
            value = value[1:] if colon and value.startswith(b" ") else value
            if field == b"data":
                lines.append(value)
            elif field == b"event":
                name = value
    return events


PIECES = st.sampled_from(
    [b"data: ", b"data", b"event:", b":", b" ", b"a", b"\n", b"\r", b"\r\n", b"\n\n", b"\xef\xbb\xbf"]
)


@settings(deadline=None, max_examples=300)
@given(pieces=st.lists(PIECES, max_size=30), random=st.data())
def test_any_chunks_give_what_the_rules_say(pieces: list[bytes], random: st.DataObject) -> None:
    data = b"".join(pieces)
    cuts = sorted(random.draw(st.lists(st.integers(0, len(data)), max_size=10)))
    splitter, found = Splitter(), []
    for begin, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
        found += splitter.push(data[begin:end])
    assert found == oracle(data)


def test_pending_tells_a_stream_cut_inside_an_event() -> None:
    splitter = Splitter()
    splitter.push(b"data: a\n\n")
    assert not splitter.pending
    splitter.push(b"data: b\n")
    assert splitter.pending


@pytest.mark.parametrize("step", [7, 1_000_000])
@pytest.mark.parametrize(
    "line", [b"data: " + b"x" * 200, b": " + b"x" * 200 + b"\n", b"data: xxxxxxxx\n" * 20]
)
def test_a_line_has_a_largest_size(line: bytes, step: int) -> None:
    splitter = Splitter(max_line=100)

    def push() -> None:
        data = line + b"\n\n"
        for at in range(0, len(data), step):
            splitter.push(data[at : at + step])

    with pytest.raises(LineTooLong, match="longer than 100 bytes"):
        push()


def test_a_long_line_in_tiny_chunks_takes_linear_time() -> None:
    def seconds(size: int) -> float:
        splitter, begun = Splitter(), time.process_time()
        for _ in range(size):
            splitter.push(b"xx")
        return time.process_time() - begun

    assert min(seconds(200_000) for _ in range(5)) < 3 * min(seconds(100_000) for _ in range(5))
