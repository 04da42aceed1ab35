"""Where a very large text is cut: between two of its outermost nodes, by small parses, one window after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING
from zlib import crc32

from kimi_lsp.syntax.errors import ParseBudgetExceeded
from kimi_lsp.syntax.language import Language
from kimi_lsp.syntax.tree import Range, faulty_nodes, tree_of

if TYPE_CHECKING:
    import tree_sitter

WINDOW = 32 * 1024
"""Bytes that are parsed to find the next border; doubled where there is none."""

WIDEST = 1024 * 1024
"""Bytes in which there must be one; else nothing is known of the rest of the text."""

SAMPLE = 64
"""Bytes behind a possible border that decide whether it becomes one."""

ByteFault = tuple[Range, "str | None"]
"""Bytes in a piece, and the type of what is missing there."""


@dataclass(frozen=True, slots=True)
class Piece:
    """So many bytes of a text, and lines that end in them; ``reach`` is how far was looked to find its end.

    Nothing is known of what is not ``parsed``.
    """

    length: int
    rows: int
    reach: int
    faults: tuple[ByteFault, ...] = ()
    parsed: bool = True


class Cutter:
    """Finds the ends of pieces of one text."""

    def __init__(self, source: bytes, language: Language, budget_s: float | None = None) -> None:
        """All that it does takes no longer than ``budget_s`` seconds, or raises ``ParseBudgetExceeded``."""
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
        faults: tuple[ByteFault, ...] = ()
        if window.root_node.has_error:
            faults = tuple(_faults(self.parsed(at, border).root_node, at))
        return Piece(border - at, self._source.count(b"\n", at, border), width + SAMPLE, faults)


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


def _faults(root: tree_sitter.Node, at: int) -> Iterator[ByteFault]:
    for node in faulty_nodes(root):
        start, end = node.byte_range
        yield (start - at, end - at), node.type if node.is_missing else None


_ABOVE = re.compile(r"comment|attribute|annotation|decorator|signature")
_BLANKS = (b"\n\n", b"\n\r\n")
_BLANK = re.compile(rb"\n\r?\n(?=[^\s)}\]])")
