"""Longest common prefixes in blocks, against the plain definition."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.simulator.prefix import BLOCK_TOKENS, IMAGE_TOKENS, LIFETIME_S, PrefixCache, canonical, tokens

LONG = st.lists(st.sampled_from([b"a" * 700, b"b" * 700, b"c" * 1_500]), max_size=8).map(b"".join)


def common_length(one: bytes, other: bytes) -> int:
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


@settings(deadline=None, max_examples=60)
@given(prompts=st.lists(LONG, max_size=6))
def test_hits_are_the_longest_common_prefix_in_whole_blocks(prompts: list[bytes]) -> None:
    cache = PrefixCache(lambda: 0.0)
    for place, prompt in enumerate(prompts):
        common = max((common_length(prompt, old) for old in prompts[:place]), default=0)
        assert cache.cached(prompt, "key") == common // 1_024 * BLOCK_TOKENS


def test_keys_share_nothing_and_blocks_are_forgotten() -> None:
    now = [0.0]
    cache, prompt = PrefixCache(lambda: now[0]), b"x" * 4_096
    assert cache.cached(prompt, "one") == 0
    assert cache.cached(prompt, "two") == 0
    now[0] = LIFETIME_S
    assert cache.cached(prompt, "one") == 1_024
    now[0] += LIFETIME_S + 1
    assert cache.cached(prompt, "one") == 0


def test_a_longer_history_begins_with_the_shorter_one() -> None:
    first: dict[str, Any] = {"tools": [{"a": 1}], "messages": [{"role": "user", "content": "é"}]}
    longer = {"messages": [*first["messages"], {"role": "assistant"}], "model": "m", "tools": first["tools"]}
    assert canonical(longer).startswith(canonical(first))
    assert canonical({**first, "messages": [{"content": "é", "role": "user"}]}) == canonical(first)
    assert not canonical({**first, "tools": []}).startswith(canonical(first)[:8])


def test_an_image_counts_the_same_whatever_its_size() -> None:
    def prompt(url: str) -> bytes:
        part = {"type": "image_url", "image_url": {"url": url}}
        return canonical({"messages": [{"role": "user", "content": [part]}]})

    assert prompt("data:image/png;base64," + "A" * 99_999) != prompt("https://example.com/a.png")
    assert tokens(len(prompt("data:image/png;base64," + "A" * 99_999))) - IMAGE_TOKENS < 20
