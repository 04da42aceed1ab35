from __future__ import annotations

import re

import pytest
from hypothesis import given, settings

from kimi_lsp.text.endings import content_length, dominant, ending, split_lines
from tests.text.strategies import texts


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("", [""], id="empty"),
        pytest.param("a", ["a"], id="no-final-newline"),
        pytest.param("a\n", ["a\n", ""], id="final-newline"),
        pytest.param("a\r", ["a\r", ""], id="final-carriage-return"),
        pytest.param("a\nb\r\nc\rd", ["a\n", "b\r\n", "c\r", "d"], id="mixed"),
        pytest.param("\r\r\n\n", ["\r", "\r\n", "\n", ""], id="only-endings"),
        pytest.param("\n\r", ["\n", "\r", ""], id="newline-then-return"),
        pytest.param("a\x0bb\x0cc\x1cd\x1de\x1ef", ["a\x0bb\x0cc\x1cd\x1de\x1ef"], id="controls-are-text"),
        pytest.param("a\x85b\u2028c\u2029d", ["a\x85b\u2028c\u2029d"], id="separators-are-text"),
        pytest.param("\ud800\n\udc00", ["\ud800\n", "\udc00"], id="lone-surrogates"),
    ],
)
def test_split_lines(text: str, lines: list[str]) -> None:
    check(text, lines)


@settings(deadline=None, max_examples=300)
@given(text=texts)
def test_split_lines_against_the_definition(text: str) -> None:
    check(text, re.split(r"(?<=\n)|(?<=\r)(?!\n)", text))


@pytest.mark.parametrize(
    ("text", "style"),
    [
        pytest.param("a", "\n", id="none"),
        pytest.param("a\nb\r\nc\r\n", "\r\n", id="mostly-crlf"),
        pytest.param("a\rb\rc\n", "\r", id="mostly-cr"),
        pytest.param("a\nb\r\n", "\n", id="tie"),
        pytest.param("\n\n\r\n", "\n", id="mostly-lf"),
    ],
)
def test_dominant(text: str, style: str) -> None:
    assert dominant(text) == style


def check(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines
    assert "".join(line[: content_length(line)] + ending(line) for line in lines) == text
    assert all(ending(line) for line in lines[:-1])
    assert ending(lines[-1]) == ""
