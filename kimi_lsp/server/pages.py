"""The pages that we write into the cache folder, and their ``kimi:`` addresses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from pygls.exceptions import JsonRpcInvalidParams

from kimi_lsp.server.features.content import SCHEME

if TYPE_CHECKING:
    from kimi_lsp.server.session import Session


def address_of(session: Session, path: Path) -> str:
    """The ``kimi:`` address of a page in the cache folder."""
    return f"{SCHEME}:///{quote(path.relative_to(session.cache).as_posix())}"


def text_of(session: Session, uri: str) -> str:
    """The text of the page at a ``kimi:`` address.

    Raises:
        JsonRpcInvalidParams: there is no such page; nothing outside of the cache folder is one.
    """
    try:
        parts = urlsplit(uri)
        cache = session.cache.resolve()
        path = (cache / unquote(parts.path).lstrip("/")).resolve()
        if parts.scheme == SCHEME and path.is_relative_to(cache) and path.suffix in (".md", ".diff"):
            return path.read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        pass
    raise JsonRpcInvalidParams(f"there is no page {uri[:200]}: it may have been removed, make it again")
