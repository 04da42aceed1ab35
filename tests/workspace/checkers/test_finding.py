"""Lines and columns of a checker -> code points of the snapshot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimi_lsp.text.line_index import Encoding
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.workspace.checkers.finding import Finding, Places
from kimi_lsp.workspace.checkers.row import LINES, LINES_OF_SCRIPT

LINE = '\ts = "😀漢é"; bad = 1'


@pytest.mark.parametrize(
    ("encoding", "column", "end_column", "covers"),
    [
        pytest.param("utf-32", 13, 16, "bad", id="code-points"),
        pytest.param("utf-16", 14, 17, "bad", id="utf-16"),
        pytest.param("utf-8", 19, 22, "bad", id="bytes"),
        pytest.param("utf-32", 13, None, "bad", id="the-word-where-no-end-is-known"),
        pytest.param("utf-32", 11, None, ";", id="or-the-sign"),
        pytest.param(None, 13, 16, LINE.strip(), id="not-certain"),
        pytest.param("utf-32", None, None, LINE.strip(), id="no-column"),
        pytest.param("utf-32", 99, 120, "", id="past-the-end"),
        pytest.param("utf-32", 0, -4, "", id="before-the-start"),
        pytest.param("utf-16", 8, 9, "😀", id="inside-a-pair"),
    ],
)
def test_columns(encoding: Encoding | None, column: int | None, end_column: int | None, covers: str) -> None:
    snapshot = Snapshot.of("a.py", f"x\n{LINE}\ny\n")
    finding = Finding("", 2, "m", column, 2, end_column)
    diagnostic = Places(snapshot, encoding, LINES).diagnostic(finding, "c")
    assert diagnostic.span.of(snapshot.text) == covers
    assert diagnostic.line == 2


@pytest.mark.parametrize(
    ("text", "line", "breaks", "covers"),
    [
        ("a\r\nb\rc\nd", 3, LINES, "c"),
        ("a\u2028b\nc", 3, LINES_OF_SCRIPT, "c"),
        ("a\u2028b\nc", 2, LINES, "c"),
        ("a\rb\nc", 2, r"\n", "c"),
        ("a\x0cb\nc", 2, LINES, "c"),
        ("", 1, LINES, ""),
        ("a\n", 99, LINES, ""),
        ("a\n", -3, LINES, "a"),
    ],
)
def test_lines(text: str, line: int, breaks: str, covers: str) -> None:
    snapshot = Snapshot.of("a", text)
    diagnostic = Places(snapshot, "utf-32", breaks).diagnostic(Finding("", line, "m", 1), "c")
    assert diagnostic.span.of(text) == covers


NUMBERS = st.integers(-3, 30) | st.sampled_from([10**9, -(10**9)])


@given(
    text=st.text(st.sampled_from("a é漢😀\t\r\n\u2028\x0c"), max_size=40),
    line=NUMBERS,
    column=NUMBERS | st.none(),
    end_line=NUMBERS | st.none(),
    end_column=NUMBERS | st.none(),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-32", None]),
    breaks=st.sampled_from([LINES, LINES_OF_SCRIPT, r"\n"]),
)
def test_every_finding_has_a_place(
    text: str,
    line: int,
    column: int | None,
    end_line: int | None,
    end_column: int | None,
    encoding: Encoding | None,
    breaks: str,
) -> None:
    finding = Finding("", line, "m", column, end_line, end_column)
    span = Places(Snapshot.of("a", text), encoding, breaks).diagnostic(finding, "c").span
    assert 0 <= span.start <= span.end <= len(text)
