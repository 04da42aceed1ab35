"""The syntax tree of each open document, brought up to date only when somebody asks."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from kimi_lsp.server.documents import OpenDocument
from kimi_lsp.syntax import language
from kimi_lsp.syntax.errors import ParseBudgetExceeded, SyntaxUnavailable
from kimi_lsp.text.replacement import compose_all
from kimi_lsp.text.snapshot import Snapshot

if TYPE_CHECKING:
    from kimi_lsp.syntax.tree import SyntaxTree

logger = logging.getLogger(__name__)
MENU_BUDGET_S = 0.05
"""How long a menu or a hover may hold the loop for a parse; a larger file has its tree at the next request."""


class Trees:
    """Trees by document; a closed document's tree goes with it."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[OpenDocument, tuple[int, SyntaxTree]] = WeakKeyDictionary()
        self._parsing: set[OpenDocument] = set()

    def at_once(self, document: OpenDocument) -> SyntaxTree | None:
        """The tree of the document as it is now, or None where there is no grammar or not enough time.

        What could not be parsed in time is parsed in the background, for the next request.
        """
        try:
            tree = self._fresh(document, MENU_BUDGET_S)
        except ParseBudgetExceeded:
            self._parse_behind(document)
            return None
        except SyntaxUnavailable as error:
            logger.info("%s: %s", document.uri, error)
            return None
        return tree

    async def complete(self, document: OpenDocument) -> SyntaxTree | None:
        """The tree of the document as it is now, however long it takes; None where there is no grammar."""
        tree = self.at_once(document)
        while tree is None and document in self._parsing:
            await asyncio.sleep(0.01)
            tree = self.at_once(document)
        return tree

    def _fresh(self, document: OpenDocument, budget_s: float) -> SyntaxTree | None:
        from kimi_lsp.syntax.tree import parse

        snapshot = document.snapshot
        grammar = language.by_id(snapshot.language_id) or language.by_path(document.location.name)
        if grammar is None:
            return None
        version, tree = self._known.get(document, (-1, None))
        if tree is not None and version == document.version:
            return tree
        changes = document.since(version) if tree is not None else None
        if tree is None or changes is None:
            tree = parse(snapshot.text, grammar, budget_s=budget_s)
        else:
            tree = tree.edited(compose_all(changes), snapshot.text, budget_s=budget_s)
        self._known[document] = (document.version, tree)
        return tree

    def _parse_behind(self, document: OpenDocument) -> None:
        if document in self._parsing:
            return
        self._parsing.add(document)
        snapshot, loop = document.snapshot, asyncio.get_running_loop()

        def run() -> None:
            tree = _parsed(snapshot, document.location.name)
            loop.call_soon_threadsafe(self._parsed, document, snapshot, tree)

        threading.Thread(target=run, name="parse", daemon=True).start()

    def _parsed(self, document: OpenDocument, snapshot: Snapshot, tree: SyntaxTree | None) -> None:
        self._parsing.discard(document)
        if tree is not None:
            self._known[document] = (snapshot.version or 0, tree)


def _parsed(snapshot: Snapshot, name: str) -> SyntaxTree | None:
    from kimi_lsp.syntax.tree import parse

    grammar = language.by_id(snapshot.language_id) or language.by_path(name)
    return parse(snapshot.text, grammar) if grammar is not None else None
