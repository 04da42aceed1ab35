"""The syntax tree of each open document, brought up to date only when somebody asks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from kimi_lsp.server.documents import OpenDocument
from kimi_lsp.syntax import language
from kimi_lsp.syntax.errors import ParseBudgetExceeded, SyntaxUnavailable
from kimi_lsp.text.replacement import compose_all

if TYPE_CHECKING:
    from kimi_lsp.syntax.tree import SyntaxTree

logger = logging.getLogger(__name__)
MENU_BUDGET_S = 0.05
"""How long a menu or a hover may hold the loop for a parse; a larger file has its tree at the next request."""
BEHIND_BUDGET_S = 60.0
"""For hostile texts, on which some grammars take time that grows with the square."""
LARGE = 400_000
"""Code points that the menu's time is hardly enough for: parsed behind as soon as the document is opened."""
COMPLETE_TRIES = 5


class Trees:
    """Trees by document; a closed document's tree goes with it."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[OpenDocument, tuple[int, SyntaxTree]] = WeakKeyDictionary()
        self._failed: WeakKeyDictionary[OpenDocument, int] = WeakKeyDictionary()
        self._parsing: dict[OpenDocument, asyncio.Event] = {}
        self._warmed: set[str] = set()

    def opened(self, document: OpenDocument) -> None:
        """Make ready what the first request needs: the language's queries, and the tree of a large document."""
        if (grammar := _grammar(document)) is None:
            return
        if document.snapshot.lines.length >= LARGE:
            self._parse_behind(document)
        elif grammar.id not in self._warmed:
            self._warmed.add(grammar.id)
            threading.Thread(target=_warm, args=(grammar,), name="warm", daemon=True).start()

    def at_once(self, document: OpenDocument) -> SyntaxTree | None:
        """The tree of the document as it is now, or None where there is no grammar or not enough time.

        What could not be parsed in time is parsed in the background, for the next request.
        """
        if document in self._parsing or self._failed.get(document) == document.revision:
            return None
        try:
            return self._fresh(document, MENU_BUDGET_S)
        except ParseBudgetExceeded:
            self._parse_behind(document)
        except SyntaxUnavailable as error:
            logger.info("%s: %s", document.uri, error)
        return None

    async def complete(self, document: OpenDocument) -> SyntaxTree | None:
        """The tree of the document as it is now, after as many parses as a typing user may outdate.

        None where there is no grammar, and where the text could not be parsed.
        """
        for _ in range(COMPLETE_TRIES):
            tree = self.at_once(document)
            if tree is not None or (parsing := self._parsing.get(document)) is None:
                return tree
            await parsing.wait()
        return self.at_once(document)

    def _fresh(self, document: OpenDocument, budget_s: float) -> SyntaxTree | None:
        from kimi_lsp.syntax.tree import parse

        if (grammar := _grammar(document)) is None:
            return None
        text = document.snapshot.text
        revision, tree = self._known.get(document, (-1, None))
        if tree is not None and revision == document.revision:
            return tree
        changes = document.since_revision(revision) if tree is not None else None
        if tree is None or changes is None:
            tree = parse(text, grammar, budget_s=budget_s)
        else:
            tree = tree.edited(compose_all(changes), text, budget_s=budget_s)
        self._known[document] = (document.revision, tree)
        return tree

    def _parse_behind(self, document: OpenDocument) -> None:
        if document in self._parsing or (grammar := _grammar(document)) is None:
            return
        self._parsing[document] = asyncio.Event()
        text, revision, loop = document.snapshot.text, document.revision, asyncio.get_running_loop()

        def run() -> None:
            tree = None
            try:
                from kimi_lsp.syntax.tree import parse

                tree = parse(text, grammar, budget_s=BEHIND_BUDGET_S)
            except ParseBudgetExceeded as error:
                logger.info("%s: %s", document.uri, error)
            except Exception:
                logger.exception("%s could not be parsed", document.uri)
            finally:
                with contextlib.suppress(RuntimeError):  # the loop is closed: we are on our way out
                    loop.call_soon_threadsafe(self._parsed, document, revision, tree)

        threading.Thread(target=run, name="parse", daemon=True).start()

    def _parsed(self, document: OpenDocument, revision: int, tree: SyntaxTree | None) -> None:
        self._parsing.pop(document).set()
        if tree is None:
            self._failed[document] = revision
        else:
            self._known[document] = (revision, tree)


def _warm(grammar: language.Language) -> None:
    """Compile what takes C++ a fifth of a second, before somebody waits for it."""
    from kimi_lsp.syntax.grammar import warm

    try:
        warm(grammar)
    except SyntaxUnavailable as error:
        logger.info("%s", error)


def _grammar(document: OpenDocument) -> language.Language | None:
    return language.by_id(document.snapshot.language_id) or language.by_path(document.location.name)
