from __future__ import annotations

import pytest

from kimi_lsp.text.line_index import Position
from kimi_lsp.text.replacement import Replacement, apply
from kimi_lsp.text.snapshot import Change, Snapshot
from kimi_lsp.text.span import Span


@pytest.mark.parametrize(
    ("text", "change", "after", "replacement"),
    [
        pytest.param(
            "a\nb😀c\n",
            Change(Position(1, 3), Position(1, 4), "d"),
            "a\nb😀d\n",
            Replacement(Span(4, 5), "d"),
            id="in-utf-16",
        ),
        pytest.param("a\nb", "new", "new", Replacement(Span(0, 3), "new"), id="whole-text"),
        pytest.param(
            "ab\r\ncd",
            Change(Position(0, 1), Position(1, 1), "\n"),
            "a\nd",
            Replacement(Span(1, 5), "\n"),
            id="over-lines",
        ),
    ],
)
def test_changed(text: str, change: Change | str, after: str, replacement: Replacement) -> None:
    check(text, change, after, replacement)


@pytest.mark.parametrize(
    ("text", "eol"), [pytest.param("", "\n", id="none"), pytest.param("a\r\nb", "\r\n", id="crlf")]
)
def test_eol(text: str, eol: str) -> None:
    assert Snapshot.of("a.py", text).eol == eol


def check(text: str, change: Change | str, after: str, replacement: Replacement) -> None:
    snapshot = Snapshot.of("a.py", text, 1, "python")
    changed, understood = snapshot.changed(change, "utf-16", 2)
    assert (changed.path, changed.text, changed.version, changed.language_id) == ("a.py", after, 2, "python")
    assert understood == replacement
    assert apply(text, [understood]) == after
    assert snapshot.text == text
