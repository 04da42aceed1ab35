"""Where one asks, and which names the code there uses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from kimi_lsp.context import own
from kimi_lsp.context.gather import SymbolContext
from kimi_lsp.context.parts import language_of
from kimi_lsp.context.wanted import Name, names, quoted
from kimi_lsp.syntax.languages import ECMASCRIPT
from kimi_lsp.syntax.tree import SyntaxTree
from kimi_lsp.syntax.usage import uses
from kimi_lsp.text.line_index import LineIndex


@dataclass(frozen=True)
class Place:
    """What is asked about, and the tree of its file."""

    context: SymbolContext
    tree: SyntaxTree | None

    def line_of(self, offset: int) -> int:
        """The line of an offset, from 1."""
        return self._lines.line_at(offset) + 1

    @cached_property
    def language_id(self) -> str:
        """The language of the code in question: in a text with others in it that of the innermost one there."""
        context, snapshot = self.context, self.context.snapshot
        told = language_of(context.path, snapshot.language_id)
        if self.tree is None or told in ECMASCRIPT:
            return told
        at = context.symbol.span.start if context.symbol is not None else context.span.start
        byte = self.tree.offsets.byte(at)
        return [layer.language.id for layer in self.tree.layers((byte, byte))][-1]

    @cached_property
    def own(self) -> str:
        """The path of the class around, empty where there is none."""
        symbol = self.context.symbol
        return own.class_around(symbol.path, self.context.definitions) if symbol is not None else ""

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """What the code in question uses; first what is on the lines in question, and in the diagnostic's words."""
        context, diagnostic = self.context, self.context.diagnostic
        if self.tree is None:
            return ()
        lines = range(self.line_of(context.span.start), self.line_of(context.span.end) + 1)
        near = lines if diagnostic is not None or len(context.span) else range(0)
        about = context.symbol.span if context.symbol is not None else context.focus
        found = names(uses(self.tree, about), self.line_of, near)
        told = quoted(diagnostic.message, diagnostic.line) if diagnostic is not None else ()
        known = {name.name for name in found}
        return (*found, *(name for name in told if name.name not in known))

    def has_line(self, line: int) -> bool:
        """Whether a line is one of the code in question."""
        focus = self.context.focus
        return self.line_of(focus.start) <= line <= self.line_of(max(focus.start, focus.end - 1))

    @cached_property
    def _lines(self) -> LineIndex:
        return LineIndex(self.context.snapshot.text)
