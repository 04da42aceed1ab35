from __future__ import annotations

import pytest

from kimi_lsp.text.neighbours import with_neighbour_endings
from tests.text.marked import unmarked


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        pytest.param("a\n⟨|b\n⟩c\n", "b\n", id="lf-among-lf"),
        pytest.param("a\r\n⟨|b\n⟩c\r\n", "b\r\n", id="lf-among-crlf"),
        pytest.param("a\n⟨|b\r\n⟩c\n", "b\n", id="crlf-among-lf"),
        pytest.param("a\r⟨|b\nc\n⟩d\r", "b\rc\r", id="lf-among-cr"),
        pytest.param("a\r\n⟨b\nc|B\r\nC⟩\r\nd", "B\nC", id="a-replaced-line-keeps-its-ending"),
        pytest.param(
            "a\r\n⟨b\nc\r\n|b\nnew\nc\n⟩d\r\n", "b\nnew\nc\r\n", id="kept-lines-keep-theirs-new-ones-follow"
        ),
        pytest.param("a\n⟨b\r\nc\n|c\r\n⟩d\n", "c\n", id="found-again-after-a-line-that-went"),
        pytest.param("a\r\nb⟨|\nc⟩", "\r\nc", id="last-line-takes-the-one-before"),
        pytest.param("⟨|a\r\nb⟩", "a\nb", id="no-neighbour"),
        pytest.param("⟨|a\nb\n⟩", "a\nb\n", id="empty-document"),
        pytest.param("a\r\nb ⟨c|d⟩ e\r\n", "d", id="no-ending-in-it"),
        pytest.param("a\n⟨|b\n⟩c\r\n", "b\r\n", id="the-line-it-stands-before"),
        pytest.param("a\r\n⟨|\n\n⟩b\r\n", "\r\n\r\n", id="blank-lines"),
    ],
)
def test_endings(marked: str, expected: str) -> None:
    check(marked, expected)


def check(marked: str, expected: str) -> None:
    document, (replacement,) = unmarked(marked)
    adapted = with_neighbour_endings(replacement.text, document, replacement.span)
    assert adapted == expected
    # To adapt what is adapted changes nothing.
    assert with_neighbour_endings(adapted, document, replacement.span) == adapted
