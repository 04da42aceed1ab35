"""A very large text as a row of pieces, each with a small tree of its own.

tree-sitter frees a tree at one stroke, with the interpreter's lock in its hands: 15 ms for each MB of source, and it
has stretches in a parse that are as long. So a text of several MB is cut between two of its outermost nodes, at about
every 32 KB (``cutting.py``), and no tree is ever made of more than ``WIDEST``. What is kept are the borders and the
faults; the tree of a piece is made when it is asked for.

A border depends on the text behind the border before it only. So after an edit the old borders hold again from the
first one behind it that is found anew, and an edited text has the same pieces as one that is cut afresh.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, takewhile

from kimi_lsp.syntax import tree as whole
from kimi_lsp.syntax.cutting import WIDEST, Cutter, Piece
from kimi_lsp.syntax.language import Language
from kimi_lsp.syntax.offsets import encode
from kimi_lsp.syntax.tree import Fault, Range, SyntaxTree, tree_of
from kimi_lsp.text.replacement import Replacement
from kimi_lsp.text.span import Span

READY = 64 * 1024
"""A longer piece takes more than 8 ms. Its tree is made at once and stays, as long as all such have ``WIDEST``."""

KEPT = 2
"""Trees of shorter pieces that are kept: as many as a place on a border has."""

FLAT = frozenset(
    {
        "c",
        "css",
        "dart",
        "go",
        "javascript",
        "javascriptreact",
        "lua",
        "python",
        "ruby",
        "rust",
        "shellscript",
        "swift",
        "typescript",
        "typescriptreact",
        "zig",
    }
)
"""Languages in which an outermost node means the same whatever stands before it, and that keep their code flat: not
C++, whose namespaces hold whole files without an indentation."""


class TreeInPieces(SyntaxTree):
    """The tree of a very large text; its root has nothing under it, all that it knows is in its layers."""

    def __init__(self, text: str, language: Language, source: bytes, pieces: tuple[Piece, ...]) -> None:
        """``pieces`` are all of ``source``, which is ``text`` in UTF-8."""
        super().__init__(text, language, source, tree_of(b"", language))
        self.pieces = pieces
        self._starts = list(accumulate((piece.length for piece in pieces), initial=0))
        self._lasting: dict[int, SyntaxTree] = {}
        self._latest: deque[tuple[int, SyntaxTree]] = deque(maxlen=KEPT)

    @property
    def is_layered(self) -> bool:
        """Always."""
        return True

    def at(self, byte: int) -> SyntaxTree:
        """The tree of the piece around ``byte``; this one where nothing is known of it."""
        return self._tree_of(self._index(byte)) or self

    def layers(
        self, within: Range | None = None, having: re.Pattern[bytes] | None = None
    ) -> Iterator[SyntaxTree]:
        """The trees of the pieces with their own layers, one after the other."""
        low, high = within if within is not None else (0, len(self.source))
        for index in range(self._index(low - 1), min(self._index(high) + 1, len(self.pieces))):
            start, end = self._starts[index : index + 2]
            if having is not None and not having.search(self.source, start, end):
                continue
            if (tree := self._tree_of(index)) is not None:
                yield from tree.layers(within)

    def faults(self, limit: int = 1000) -> tuple[Fault, ...]:
        """The first ``limit`` faults in document order, without a parse."""
        found: list[Fault] = []
        for start, piece in zip(self._starts, self.pieces, strict=False):
            for (low, high), expected in piece.faults[: limit - len(found)]:
                span = self.span(start + low, start + high)
                found.append(Fault(span, "error" if expected is None else "missing", expected))
        return tuple(found)

    @property
    def fault_count(self) -> int:
        """How many faults there are in all that is known."""
        return sum(len(piece.faults) for piece in self.pieces)

    def edited(
        self, replacements: Sequence[Replacement], text: str, *, budget_s: float | None = None
    ) -> TreeInPieces:
        """As ``SyntaxTree.edited``; cuts anew from what looked at the first edit up to a border behind the last.

        Raises:
            ParseBudgetExceeded: it took longer than ``budget_s`` seconds.
        """
        source, edits = encode(text), self.byte_edits(replacements)
        first, last = (edits[0][0], edits[-1][1]) if edits else (len(self.source), len(self.source))
        growth = len(source) - len(self.source)
        before = takewhile(
            lambda one: one[0] + one[1].reach <= first, zip(self._starts, self.pieces, strict=False)
        )
        behind = {start + growth: index for index, start in enumerate(self._starts) if start >= last}
        cutter = Cutter(source, self.language, budget_s)
        pieces = [piece for _, piece in before]
        at = self._starts[len(pieces)]
        if pieces and not pieces[-1].parsed:
            at = len(source)
            pieces[-1] = replace(pieces[-1], length=at - self._starts[len(pieces) - 1])
        while at < len(source) and at not in behind:
            pieces.append(cutter.piece(at))
            at += pieces[-1].length
        pieces += self.pieces[behind[at] :] if at in behind else ()
        return TreeInPieces(text, self.language, source, tuple(pieces)).made_ready(cutter)

    def made_ready(self, cutter: Cutter) -> TreeInPieces:
        """This tree, with the trees of long pieces made that may stay."""
        room = WIDEST
        for index, piece in enumerate(self.pieces):
            if piece.parsed and READY < piece.length <= room:
                room -= piece.length
                self._lasting[index] = self._made(index, cutter)
        return self

    def _index(self, byte: int) -> int:
        """The piece that ``byte`` is in; the last one for the end of the text."""
        return max(0, min(bisect_right(self._starts, byte) - 1, len(self.pieces) - 1))

    def _tree_of(self, index: int) -> SyntaxTree | None:
        if (lasting := self._lasting.get(index)) is not None:
            return lasting
        if index >= len(self.pieces) or not self.pieces[index].parsed or self.pieces[index].length > READY:
            return None
        for known, tree in tuple(self._latest):
            if known == index:
                return tree
        tree = self._made(index, Cutter(self.source, self.language))
        self._latest.append((index, tree))
        return tree

    def _made(self, index: int, cutter: Cutter) -> SyntaxTree:
        row = sum(piece.rows for piece in self.pieces[:index])
        inner = cutter.parsed(self._starts[index], self._starts[index + 1], row)
        tree = SyntaxTree(self.text, self.language, self.source, inner)
        tree.offsets = self.offsets
        return tree


def parse(text: str, language: Language, *, budget_s: float | None = None) -> SyntaxTree:
    """The tree of ``text``: in pieces where it is larger than ``WIDEST`` and its language is ``FLAT``.

    Raises:
        GrammarMissing, GrammarUnusable: there is no grammar to parse with.
        ParseBudgetExceeded: it took longer than ``budget_s`` seconds.
    """
    if not _goes_in_pieces(text, language):
        return whole.parse(text, language, budget_s=budget_s)
    empty = TreeInPieces("", language, b"", ())
    return empty.edited([Replacement(Span(0, 0), text)], text, budget_s=budget_s)


def is_outgrown(tree: SyntaxTree, text: str) -> bool:
    """Whether ``tree`` is of one piece, and its text has become one that is kept in several."""
    return not isinstance(tree, TreeInPieces) and _goes_in_pieces(text, tree.language)


def _goes_in_pieces(text: str, language: Language) -> bool:
    return len(text) > WIDEST and language.id in FLAT
