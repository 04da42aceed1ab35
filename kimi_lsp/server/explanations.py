"""Explanations, kept by what they explain: the same code has the same explanation until it changes."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from kimi_lsp.server.page_files import KEPT_FILES, write_page

if TYPE_CHECKING:
    from kimi_lsp.syntax.outline import Symbol
    from kimi_lsp.syntax.tree import SyntaxTree
    from kimi_lsp.text.snapshot import Snapshot

NAME_LENGTH = 40
LARGE = 128_000
"""Code points from which a hover cannot wait for the imports to be found: 6 to 10 ms of CPU in a file of 120 KB."""
_IMPORTED: WeakKeyDictionary[SyntaxTree, str] = WeakKeyDictionary()


def code_key(location: Path, snapshot: Snapshot, symbol: Symbol) -> str:
    """What an explanation of ``symbol`` depends on but for its context: file, language, path and text."""
    parts = (str(location), snapshot.language_id, symbol.path, symbol.span.of(snapshot.text))
    return f"{readable(symbol.path)}-{_digest(*parts)[:20]}"


def key_of(code: str, tree: SyntaxTree | None) -> str:
    """The whole key: that of the ``code``, and what the file imports, which says what the names in a symbol mean."""
    return f"{code}-{_digest(_imported(tree))[:8]}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _imported(tree: SyntaxTree | None) -> str:
    """The import statements of a text that is not large."""
    if tree is None or len(tree.text) >= LARGE:
        return ""
    if tree not in _IMPORTED:
        from kimi_lsp.syntax.outline import imports

        _IMPORTED[tree] = "\n".join(span.of(tree.text) for span in imports(tree))
    return _IMPORTED[tree]


def readable(name: str) -> str:
    """What of ``name`` may stand in a file's name, which editors show as a title."""
    return re.sub(r"[^A-Za-z0-9_.]+", "-", name)[-NAME_LENGTH:].strip("-.") or "page"


class Explanations:
    """Markdown files in one folder, a copy of the last ones in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        """The explanation kept under ``key``."""
        if key not in self._known:
            try:
                self._remember(key, self._path(key).read_text(encoding="utf-8", errors="replace"))
            except OSError:
                return None
        return self._known[key]

    def has_some(self, code: str) -> bool:
        """Whether anything is kept for this code, in whatever context; a look at names, no more."""
        return any(key.startswith(code) for key in self._known) or any(self._folder.glob(f"{code}-*.md"))

    def keep(self, key: str, markdown: str) -> Path:
        """Keep ``markdown`` under ``key`` and give the file that holds it; the oldest files go.

        Raises:
            OSError: the folder cannot be written; the copy in memory is kept all the same.
        """
        self._remember(key, markdown)
        return write_page(self._folder, self._path(key).name, markdown)

    def _remember(self, key: str, markdown: str) -> None:
        self._known[key] = markdown
        if len(self._known) > KEPT_FILES:
            del self._known[next(iter(self._known))]

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.md"
