"""Text -> tree, anew or by what was edited; and what is wrong in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING, Literal

from kimi_lsp.syntax.errors import ParseBudgetExceeded
from kimi_lsp.syntax.grammar import grammar
from kimi_lsp.syntax.language import Language
from kimi_lsp.syntax.offsets import ByteOffsets, encode
from kimi_lsp.syntax.window import window_over
from kimi_lsp.text.replacement import Replacement
from kimi_lsp.text.span import Span

if TYPE_CHECKING:
    import tree_sitter

    from kimi_lsp.syntax.injections import Injection

Range = tuple[int, int]
"""Start and end byte."""

Edit = tuple[int, int, bytes]
"""Start and end byte of what is replaced, and what comes in its place."""

_Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Fault:
    """A place that the grammar does not allow: text that fits nowhere, or something that is missing there.

    ``expected`` is the node type of what is missing, such as ``)`` or ``identifier``; its span is empty.
    """

    span: Span
    kind: Literal["error", "missing"]
    expected: str | None = None


class SyntaxTree:
    """The tree of one text; a value. ``source`` is the text in UTF-8, whose bytes the nodes count.

    tree-sitter frees it at one stroke with the GIL, 15 ms for a MB of source; of what is larger see ``pieces.py``.

    A text may have pieces in other languages (``injections.py``): they are layers with trees of their own, of
    the same text. ``depth`` is 0 for the whole text, 1 for a piece of it, 2 for a piece of that.
    """

    def __init__(
        self,
        text: str,
        language: Language,
        source: bytes,
        tree: tree_sitter.Tree,
        host: SyntaxTree | None = None,
    ) -> None:
        self.text = text
        self.language = language
        self.source = source
        self.depth: int = 0 if host is None else host.depth + 1
        self._tree = tree
        self._host = host

    @property
    def root(self) -> tree_sitter.Node:
        """The root node, for the other modules of this package."""
        return self._tree.root_node

    @cached_property
    def offsets(self) -> ByteOffsets:
        """Code points of ``text`` against bytes of ``source``."""
        return ByteOffsets(self.text, self.source) if self._host is None else self._host.offsets

    @cached_property
    def injections(self) -> tuple[Injection, ...]:
        """The pieces of this text in other languages that have grammars here; their trees are made when asked for."""
        from kimi_lsp.syntax.injections import injections

        return injections(self)

    @cached_property
    def heaps(self) -> tuple[Range, ...]:
        """The faulty nodes that no query may search as a whole; found once, which takes 40 ms in 5 MB of faults."""
        from kimi_lsp.syntax.search import heaps

        return heaps(self.root)

    @property
    def is_layered(self) -> bool:
        """Whether there is more than one layer."""
        return bool(self.injections)

    def at(self, byte: int) -> SyntaxTree:
        """The tree in this language that has the nodes at ``byte``: this one, but in a text in pieces."""
        return self

    def layers(
        self, within: Range | None = None, having: re.Pattern[bytes] | None = None
    ) -> Iterator[SyntaxTree]:
        """This tree, and those of the pieces in it, outer ones first; only those that touch the bytes ``within``.

        One in whose source ``having`` does not occur may be left out, where that spares the making of it.
        """
        yield self
        for piece in self.injections:
            start, end = piece.range
            if within is None or (start <= within[1] and within[0] <= end):
                yield from piece.tree.layers(within)

    def injected(self, language: Language, pieces: Sequence[tree_sitter.Range]) -> SyntaxTree:
        """The tree of ``pieces`` of this text, taken together, in another language."""
        tree = tree_of(self.source, language, pieces=pieces)
        return SyntaxTree(self.text, language, self.source, tree, host=self)

    def span(self, start_byte: int, end_byte: int) -> Span:
        """A range of bytes as a span of code points."""
        code_point = self.offsets.code_point
        return Span(code_point(start_byte), code_point(end_byte))

    def edited(
        self, replacements: Sequence[Replacement], text: str, *, budget_s: float | None = None
    ) -> SyntaxTree:
        """The tree of ``text``, which is this text after ``replacements``; what did not change is reused.

        The replacements must not overlap. This tree stays as it is.

        Raises:
            ParseBudgetExceeded: it took longer than ``budget_s`` seconds.
        """
        old = self._tree.copy()
        edits = self.byte_edits(replacements)
        for (start, old_end, inserted), (start_point, old_end_point) in reversed(
            list(zip(edits, _points(self.source, edits), strict=True))
        ):
            new_end_point = _point_after(start_point, inserted)
            old.edit(start, old_end, start + len(inserted), start_point, old_end_point, new_end_point)
        source = encode(text)
        return SyntaxTree(text, self.language, source, tree_of(source, self.language, old, budget_s))

    def faults(self, limit: int = 1000) -> tuple[Fault, ...]:
        """The first ``limit`` faults in document order; costs next to nothing where there is none.

        Those of scripts and styles in markup are among them; not those of Markdown's fences, which are examples.
        """
        own = islice(_faults(self), limit)
        if not (inner := list(self._checked())):
            return tuple(own)
        found = [*own, *(fault for layer in inner for fault in islice(_faults(layer), limit))]
        return tuple(sorted(found, key=lambda fault: fault.span)[:limit])

    @cached_property
    def fault_count(self) -> int:
        """How many faults there are in all."""
        return sum(1 for layer in (self, *self._checked()) for _ in faulty_nodes(layer.root))

    def _checked(self) -> Iterator[SyntaxTree]:
        """The layers in this one whose faults count."""
        for piece in self.injections:
            if not piece.is_example:
                yield piece.tree
                yield from piece.tree._checked()

    def byte_edits(self, replacements: Sequence[Replacement]) -> list[Edit]:
        """The replacements in bytes of ``source``, in order."""
        byte = self.offsets.byte
        return [
            (byte(one.span.start), byte(one.span.end), encode(one.text))
            for one in sorted(replacements, key=lambda one: one.span)
        ]


def _faults(tree: SyntaxTree) -> Iterator[Fault]:
    for node in faulty_nodes(tree.root):
        span = tree.span(node.start_byte, node.end_byte)
        yield Fault(span, "missing", node.type) if node.is_missing else Fault(span, "error")


def parse(text: str, language: Language, *, budget_s: float | None = None) -> SyntaxTree:
    """The tree of ``text``; there is one for any text, however broken.

    Raises:
        GrammarMissing, GrammarUnusable: there is no grammar to parse with.
        ParseBudgetExceeded: it took longer than ``budget_s`` seconds.
    """
    source = encode(text)
    return SyntaxTree(text, language, source, tree_of(source, language, None, budget_s))


def tree_of(
    source: bytes,
    language: Language,
    old: tree_sitter.Tree | None = None,
    budget_s: float | None = None,
    pieces: Sequence[tree_sitter.Range] | None = None,
) -> tree_sitter.Tree:
    """What the grammar makes of ``source``, or of ``pieces`` of it, by what is left of an ``old`` tree.

    Raises:
        GrammarMissing, GrammarUnusable, ParseBudgetExceeded: as ``parse``.
    """
    import tree_sitter

    deadline = None if budget_s is None else monotonic() + budget_s

    def is_late(_byte: int, _has_error: bool) -> bool:
        return deadline is not None and monotonic() > deadline

    parser = tree_sitter.Parser(grammar(language))
    if pieces is not None:
        parser.included_ranges = list(pieces)
    with window_over(source) as read:
        try:
            if old is None:
                return parser.parse(read, progress_callback=is_late)
            return parser.parse(read, old, progress_callback=is_late)
        except ValueError as error:
            if budget_s is None:
                raise
            raise ParseBudgetExceeded(language.id, budget_s) from error


def faulty_nodes(root: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """ERROR and MISSING nodes, parents first, entering only what has an error in it."""
    cursor = root.walk()
    while True:
        node = cursor.node
        has_error = node is not None and node.has_error
        if node is not None and has_error and (node.is_error or node.is_missing):
            yield node
        if has_error and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def _points(source: bytes, edits: Sequence[Edit]) -> Iterator[tuple[_Point, _Point]]:
    """Where each edit starts and ends, as tree-sitter counts: rows end at ``\\n`` only, columns are bytes."""
    row = at = 0
    for start, old_end, _ in edits:
        row, at = row + source.count(b"\n", at, start), start
        start_point = row, start - (source.rfind(b"\n", 0, start) + 1)
        row, at = row + source.count(b"\n", at, old_end), old_end
        yield start_point, (row, old_end - (source.rfind(b"\n", 0, old_end) + 1))


def _point_after(start: _Point, inserted: bytes) -> _Point:
    row, column = start
    if not (rows := inserted.count(b"\n")):
        return row, column + len(inserted)
    return row + rows, len(inserted) - (inserted.rfind(b"\n") + 1)
