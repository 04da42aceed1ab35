from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.syntax.offsets import BLOCK, ByteOffsets, encode

ANY_TEXT = st.text(st.characters() | st.sampled_from("é😀\ud800\udc00\r\n\0"))


@settings(deadline=None)
@given(text=ANY_TEXT, repeats=st.sampled_from([1, 50, 400]))
def test_there_and_back(text: str, repeats: int) -> None:
    text *= repeats
    offsets = ByteOffsets(text, encode(text))
    for code_point in range(0, len(text) + 1, max(1, len(text) // 97)):
        byte = offsets.byte(code_point)
        assert byte == len(encode(text[:code_point]))
        assert offsets.code_point(byte) == code_point
    assert offsets.code_point(offsets.byte(len(text))) == len(text)


@pytest.mark.parametrize("before", range(BLOCK - 5, BLOCK + 5))
def test_a_character_across_the_border_of_two_blocks(before: int) -> None:
    text = "a" * before + "😀é" + "b" * BLOCK
    offsets = ByteOffsets(text, encode(text))
    for code_point in range(before - 2, before + 5):
        assert offsets.code_point(offsets.byte(code_point)) == code_point
        assert offsets.byte(code_point) == len(text[:code_point].encode())


@given(text=ANY_TEXT)
def test_what_is_encoded_keeps_every_code_point(text: str) -> None:
    decoded = encode(text).decode()
    assert len(decoded) == len(text)
    assert all(was == now or 0xD800 <= ord(was) < 0xE000 for was, now in zip(text, decoded, strict=True))
