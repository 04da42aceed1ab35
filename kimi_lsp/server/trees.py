"""The syntax tree of each open document, brought up to date only when somebody asks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from kimi_lsp.server.documents import OpenDocument
from kimi_lsp.syntax import registry
from kimi_lsp.syntax.errors import ParseBudgetExceeded, SyntaxUnavailable
from kimi_lsp.text.replacement import compose_all

if TYPE_CHECKING:
    from kimi_lsp.syntax.language import Language
    from kimi_lsp.syntax.tree import SyntaxTree

logger = logging.getLogger(__name__)
MENU_BUDGET_S = 0.008
"""How long a menu or a hover may hold the loop for a parse: half of a frame; what takes longer comes next time."""
FIRST_BUDGET_S = 0.05
"""The same for a small document, whose parse takes some ms unless the machine is busy: it is waited for."""
SMALL, LARGE = 32_000, 400_000
"""Code points. From the first on, a document is parsed behind as soon as it is opened, for a parse takes about 4 ms;
from the second on, also after each change, for even an incremental parse may take longer than the budget."""
SWITCH_S = 0.001
"""How long a parse behind may keep the interpreter from a loop that wants it (performance.md: the GIL), at most;
to this comes what tree-sitter does between two calls to us, 10 ms in a tree of 5 MB, and the freeing of that at one
stroke, up to 70 ms. So there are no trees of this size but in the languages that know no pieces (``pieces.py``)."""
BEHIND_BUDGET_S = 60.0
"""For hostile texts, on which some grammars take time that grows with the square."""
COMPLETE_TRIES = 5


class Trees:
    """Trees by document; a closed document's tree goes with it."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[OpenDocument, tuple[int, SyntaxTree]] = WeakKeyDictionary()
        self._failed: WeakKeyDictionary[OpenDocument, int] = WeakKeyDictionary()
        self._parsing: dict[OpenDocument, asyncio.Event] = {}
        self._asked_meanwhile: set[OpenDocument] = set()
        self._warmed: set[str] = set()

    def opened(self, document: OpenDocument) -> None:
        """Make ready what the first request needs: the language's queries, and the tree where that takes a while."""
        if (grammar := _grammar(document)) is None:
            return
        if document.snapshot.lines.length >= SMALL:
            self._parse_behind(document)
        if grammar.id not in self._warmed:
            self._warmed.add(grammar.id)
            threading.Thread(target=_warm, args=(grammar,), name="warm", daemon=True).start()

    def at_once(self, document: OpenDocument) -> SyntaxTree | None:
        """The tree of the document as it is now, or None where there is no grammar or not enough time.

        What could not be parsed in time is parsed in the background, for the next request.
        """
        revision, tree = self._known.get(document, (-1, None))
        if tree is not None and revision == document.revision:
            return tree
        if document in self._parsing:
            self._asked_meanwhile.add(document)
            return None
        if self._failed.get(document) == document.revision:
            return None
        length = document.snapshot.lines.length
        if length < LARGE and (tree is not None or length < SMALL):
            return self._in_time(document, FIRST_BUDGET_S if length < SMALL else MENU_BUDGET_S)
        self._parse_behind(document)
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

    def _in_time(self, document: OpenDocument, budget_s: float) -> SyntaxTree | None:
        if (work := self._work(document)) is None:
            return None
        try:
            tree = work(budget_s)
        except ParseBudgetExceeded:
            self._parse_behind(document)
        except SyntaxUnavailable as error:
            logger.info("%s: %s", document.uri, error)
        else:
            self._known[document] = (document.revision, tree)
            return tree
        return None

    def _work(self, document: OpenDocument) -> Callable[[float], SyntaxTree] | None:
        """How to make the tree of the document as it is now, on any thread, by a budget in seconds."""
        if (grammar := _grammar(document)) is None:
            return None
        snapshot = document.snapshot
        revision, tree = self._known.get(document, (-1, None))
        changes = document.since_revision(revision) if tree is not None else None

        def work(budget_s: float) -> SyntaxTree:
            from kimi_lsp.syntax.pieces import is_outgrown, parse

            if tree is None or changes is None or is_outgrown(tree, snapshot.text):
                return parse(snapshot.text, grammar, budget_s=budget_s)
            return tree.edited(compose_all(changes), snapshot.text, budget_s=budget_s)

        return work

    def _parse_behind(self, document: OpenDocument) -> None:
        if document in self._parsing or (work := self._work(document)) is None:
            return
        self._parsing[document] = asyncio.Event()
        sys.setswitchinterval(SWITCH_S)
        revision, loop = document.revision, asyncio.get_running_loop()

        def run() -> None:
            tree = None
            try:
                tree = work(BEHIND_BUDGET_S)
                _ = (
                    tree.offsets,
                    tree.heaps,
                )  # made here, so that the loop need not look at all of a large text
            except (ParseBudgetExceeded, SyntaxUnavailable) as error:
                logger.info("%s: %s", document.uri, error)
            except Exception:
                logger.exception("%s could not be parsed", document.uri)
            finally:
                with contextlib.suppress(RuntimeError):  # the loop is closed: we are on our way out
                    loop.call_soon_threadsafe(self._parsed, document, revision, tree)

        threading.Thread(target=run, name="parse", daemon=True).start()

    def _parsed(self, document: OpenDocument, revision: int, tree: SyntaxTree | None) -> None:
        self._parsing.pop(document).set()
        asked = document in self._asked_meanwhile
        self._asked_meanwhile.discard(document)
        if tree is None:
            self._failed[document] = revision
        else:
            self._known[document] = (revision, tree)
        if asked and revision != document.revision:
            self._parse_behind(document)


def _warm(grammar: Language) -> None:
    """Compile what takes C++ a fifth of a second, before somebody waits for it."""
    from kimi_lsp.syntax.grammar import warm

    try:
        warm(grammar)
    except SyntaxUnavailable as error:
        logger.info("%s", error)


def _grammar(document: OpenDocument) -> Language | None:
    return registry.of_document(document.snapshot.language_id, document.location.name)
