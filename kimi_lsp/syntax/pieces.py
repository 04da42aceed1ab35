"""A very large text as a row of pieces, each with a small tree of its own.

tree-sitter frees a tree at one stroke, with the interpreter's lock in its hands: 15 ms for each MB of source, and it
has stretches in a parse that are as long. So a text of several MB is cut between two of its outermost nodes, at about
every ``WINDOW`` bytes, and no tree is ever made of more than ``WIDEST``. What is kept are the borders and the faults;
the tree of a piece is made when it is asked for.

A border depends on the text behind the border before it only. So after an edit the old borders hold again from the
first one behind it that is found anew, and an edited text has the same pieces as one that is cut afresh.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, takewhile
from time import monotonic
from typing import TYPE_CHECKING
from zlib import crc32

from kimi_lsp.syntax import tree as whole
from kimi_lsp.syntax.errors import ParseBudgetExceeded
from kimi_lsp.syntax.language import Language
from kimi_lsp.syntax.offsets import encode
from kimi_lsp.syntax.tree import Fault, Range, SyntaxTree, faulty_nodes, tree_of
from kimi_lsp.text.replacement import Replacement
from kimi_lsp.text.span import Span

if TYPE_CHECKING:
    import tree_sitter

WINDOW = 32 * 1024
"""Bytes that are parsed to find the next border; doubled where there is none."""

WIDEST = 1024 * 1024
"""Bytes in which there must be one; else nothing is known of the rest of the text."""

READY = 64 * 1024
"""A longer piece takes more than 8 ms. Its tree is made at once and stays, as long as all such have ``WIDEST``."""

KEPT = 2
"""Trees of shorter pieces that are kept: as many as a place on a border has."""

SAMPLE = 64
"""Bytes behind a possible border that decide whether it becomes one."""

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


_Fault = tuple[Range, "str | None"]
"""Bytes in a piece, and the type of what is missing there."""


@dataclass(frozen=True, slots=True)
class Piece:
    """So many bytes of a text, and lines that end in them; ``reach`` is how far was looked to find its end.

    Nothing is known of what is not ``parsed``.
    """

    length: int
    rows: int
    reach: int
    faults: tuple[_Fault, ...] = ()
    parsed: bool = True


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
        cutter = _Cutter(source, self.language, budget_s)
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

    def made_ready(self, cutter: _Cutter) -> TreeInPieces:
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
        tree = self._made(index, _Cutter(self.source, self.language))
        self._latest.append((index, tree))
        return tree

    def _made(self, index: int, cutter: _Cutter) -> SyntaxTree:
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


@dataclass(frozen=True, slots=True)
class _Top:
    """An outermost node, or one inside of an open one, which then ``has_error`` in any case.

    ``begins`` where a piece may begin with it, ``ends`` where one may end with it.
    """

    range: Range
    type: str
    has_error: bool
    begins: bool
    ends: bool


class _Cutter:
    """Finds the ends of pieces of one text."""

    def __init__(self, source: bytes, language: Language, budget_s: float | None = None) -> None:
        self._source = source
        self._language = language
        self._budget_s = budget_s
        self._deadline = None if budget_s is None else monotonic() + budget_s

    def piece(self, at: int) -> Piece:
        """The piece that begins at byte ``at``."""
        width, known = WINDOW, list[_Top]()
        while True:
            end = self._window(at, width)
            tree = self.parsed(at, end)
            if end == len(self._source):
                return self._piece(at, end, width, tree)
            tops = list(_tops(tree.root_node))
            if (border := self._border(tops, known)) is not None:
                return self._piece(at, border, width, tree)
            if width >= WIDEST:
                return Piece(len(self._source) - at, 0, width + SAMPLE, parsed=False)
            width, known = 2 * width, tops

    def parsed(self, start: int, end: int, row: int = 0) -> tree_sitter.Tree:
        """The tree of a piece between two bytes, which begins in line ``row``."""
        import tree_sitter

        rest_s = None if self._deadline is None else self._deadline - monotonic()
        if rest_s is not None and rest_s < 0:
            raise ParseBudgetExceeded(self._language.id, self._budget_s or 0)
        rows, column = row + self._source.count(b"\n", start, end), end - start
        if (newline := self._source.rfind(b"\n", start, end)) >= 0:
            column = end - newline - 1
        part = tree_sitter.Range((row, 0), (rows, column), start, end)
        return tree_of(self._source, self._language, None, rest_s, [part])

    def _window(self, at: int, width: int) -> int:
        """Up to the last blank line of ``width`` bytes that something outermost seems to follow, or the last line."""
        stop = at + width
        if stop >= len(self._source):
            return len(self._source)
        blank = max(
            (match.end() for match in _BLANK.finditer(self._source, at + width // 2, stop)), default=0
        )
        return blank or self._source.rfind(b"\n", at, stop) + 1 or stop

    def _border(self, tops: Sequence[_Top], known: Sequence[_Top]) -> int | None:
        """A place to part the nodes at, of those that the window's end has surely not changed.

        These are the ones before the first fault, and those that were the same in a narrower window.
        """
        sound = next((n for n, top in enumerate(tops) if top.has_error), len(tops))
        same = next(
            (n for n, (one, two) in enumerate(zip(tops, known, strict=False)) if one != two), len(known)
        )
        last = min(max(sound, same), len(tops) - 1)
        places = [tops[n].range[0] for n in range(1, last) if tops[n].begins and tops[n - 1].ends]
        after_blank = [at for at in places if self._source.endswith(_BLANKS, 0, at)]
        return self._chosen(after_blank or places)

    def _chosen(self, places: Sequence[int]) -> int | None:
        """One of the further ones by what stands there: so the borders meet the old ones soon behind an edit."""
        far = [at for at in places if at - places[0] >= (places[-1] - places[0]) * 2 // 3]
        return max(far, key=lambda at: (crc32(self._source[at : at + SAMPLE]), at), default=None)

    def _piece(self, at: int, border: int, width: int, window: tree_sitter.Tree) -> Piece:
        faults: tuple[_Fault, ...] = ()
        if window.root_node.has_error:
            faults = tuple(_faults(self.parsed(at, border).root_node, at))
        return Piece(border - at, self._source.count(b"\n", at, border), width + SAMPLE, faults)


def _tops(root: tree_sitter.Node) -> Iterator[_Top]:
    """The outermost nodes; those inside of one with a fault that takes in all that follows, for it is left open."""
    cursor = root.walk()
    if not cursor.goto_last_child():
        return
    end = cursor.node.end_byte if cursor.node is not None else 0
    cursor.reset(root)
    cursor.goto_first_child()
    while (node := cursor.node) is not None:
        is_open = node.is_error or (node.has_error and node.end_byte == end)
        if is_open and cursor.goto_first_child():
            continue
        in_open = root.is_error or cursor.depth > 1
        is_sound = node.is_named and not node.has_error and (node.child_count > 0 or not in_open)
        belongs_below = node.is_extra or _ABOVE.search(node.type) is not None
        yield _Top(
            range=node.byte_range,
            type=node.type,
            has_error=node.has_error or in_open,
            begins=is_sound and node.start_point.column == 0,
            ends=is_sound and not belongs_below,
        )
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def _faults(root: tree_sitter.Node, at: int) -> Iterator[_Fault]:
    for node in faulty_nodes(root):
        start, end = node.byte_range
        yield (start - at, end - at), node.type if node.is_missing else None


_ABOVE = re.compile(r"comment|attribute|annotation|decorator|signature")
_BLANKS = (b"\n\n", b"\n\r\n")
_BLANK = re.compile(rb"\n\r?\n(?=[^\s)}\]])")
