"""How many tokens a text is, roughly: for budgets before a request, and for services that report no usage."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kimi_lsp.model.port import Request

CHARACTERS_PER_TOKEN = 4
IMAGE_TOKENS = 1_500
"""A generous guess for one image of the size that is sent (the service does not say)."""


def tokens_of(characters: int) -> int:
    """Tokens of so many characters, rounded up."""
    return -(-characters // CHARACTERS_PER_TOKEN)


def input_tokens(request: Request) -> int:
    """Tokens that sending ``request`` will cost, roughly: text by its length, images by their number."""
    tools = len(json.dumps(request.tools, ensure_ascii=False)) if request.tools else 0
    characters = images = 0
    for message in request.messages:
        message, found = _without_images(message)
        images += found
        characters += len(json.dumps(message, ensure_ascii=False))
    return tokens_of(tools + characters) + images * IMAGE_TOKENS


def _without_images(message: Mapping[str, Any]) -> tuple[Mapping[str, Any], int]:
    content = message.get("content")
    if not isinstance(content, (list, tuple)):
        return message, 0
    texts = [part for part in content if not (isinstance(part, Mapping) and part.get("type") == "image_url")]
    return {**message, "content": texts}, len(content) - len(texts)
