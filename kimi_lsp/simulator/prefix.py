"""Tokens of a prompt, estimated, and how many of them an earlier request has already paid for.

The estimate is 4 bytes of UTF-8 a token over a canonical serialisation: tools first, then messages, each as
one line of JSON with sorted keys, so that a longer history begins with the shorter one byte for byte. An
image counts as 1,024 tokens, whatever its size.

The provider caches by prefix in blocks of some 256 tokens, for 5 to 30 minutes (kimi.md); the shortest is
taken.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

BYTES_PER_TOKEN = 4
BLOCK_TOKENS = 256
LIFETIME_S = 300.0
IMAGE_TOKENS = 1_024

_BLOCK_BYTES = BLOCK_TOKENS * BYTES_PER_TOKEN
_encoder = msgspec.json.Encoder(order="deterministic")


def tokens(size: int) -> int:
    """The estimate for ``size`` bytes of UTF-8, rounded up."""
    return -(-size // BYTES_PER_TOKEN)


def canonical(plain: dict[str, Any]) -> bytes:
    """The prompt of a decoded request as bytes: what is counted, and what is compared."""
    lines = [
        _encoder.encode(_weighed(item)) for item in (*_items(plain, "tools"), *_items(plain, "messages"))
    ]
    return b"".join(line + b"\n" for line in lines)


def _items(plain: dict[str, Any], key: str) -> list[Any]:
    value = plain.get(key)
    return value if isinstance(value, list) else []


def _weighed(value: Any) -> Any:
    """``value`` with each image's address replaced by a text of the image's weight that is its own."""
    if isinstance(value, list):
        return [_weighed(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "image_url":
        digest = hashlib.sha256(repr(value.get("image_url")).encode(errors="replace")).hexdigest()
        return digest * (IMAGE_TOKENS * BYTES_PER_TOKEN // len(digest))
    return {key: _weighed(item) for key, item in value.items()}


class PrefixCache:
    """Remembers the blocks of every prompt, each under the hash of all that comes before and in it.

    ``clock`` gives seconds. Keys do not share their blocks.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[bytes, float] = {}

    def cached(self, prompt: bytes, key: str) -> int:
        """Tokens, in whole blocks, of the longest prefix that an earlier one shares; remembers this one."""
        now = self._clock()
        self._forget(now)
        hashes = list(_chain(prompt, key))
        hits = next((place for place, link in enumerate(hashes) if link not in self._seen), len(hashes))
        self._seen.update(dict.fromkeys(hashes, now))
        return hits * BLOCK_TOKENS

    def _forget(self, now: float) -> None:
        old = [link for link, used in self._seen.items() if now - used > LIFETIME_S]
        for link in old:
            del self._seen[link]


def _chain(prompt: bytes, key: str) -> Iterator[bytes]:
    link = hashlib.sha256(key.encode(errors="replace")).digest()
    for start in range(0, len(prompt) - _BLOCK_BYTES + 1, _BLOCK_BYTES):
        link = hashlib.blake2b(link + prompt[start : start + _BLOCK_BYTES], digest_size=16).digest()
        yield link
