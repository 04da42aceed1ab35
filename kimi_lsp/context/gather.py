"""A cursor, a selection or a diagnostic -> what a colleague would want to see before answering."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from kimi_lsp.syntax.outline import Symbol, enclosing, imports, outline
from kimi_lsp.syntax.tree import SyntaxTree
from kimi_lsp.text.line_index import LineIndex
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.diagnostic import Diagnostic


class Priority(IntEnum):
    """What is kept first when not all fits."""

    FOCUS = 0
    FILE = 1
    IMPORTS = 2
    OUTLINE = 3
    INSTRUCTIONS = 4


class Stability(IntEnum):
    """What changes least comes first in a prompt, for the provider's cache (kimi.md, Prompt caching)."""

    WORKSPACE = 0
    FILE = 1
    CURSOR = 2


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of the prompt: a text, why it is there, and how dear it is to us."""

    title: str
    text: str
    priority: Priority
    stability: Stability


@dataclass(frozen=True, slots=True)
class SymbolContext:
    """All that was gathered for one target; ``parts`` in order of priority, best first.

    ``focus`` is the code in question, in code points of ``snapshot``. ``selected`` where the user's
    selection, not a symbol, is meant; lines count from 1, both inclusive.
    """

    snapshot: Snapshot
    focus: Span
    selected: bool
    first_line: int
    last_line: int
    symbol: Symbol | None
    diagnostic: Diagnostic | None
    parts: tuple[Part, ...]

    @property
    def path(self) -> str:
        """The file that it is about."""
        return self.snapshot.path

    @property
    def focus_text(self) -> str:
        """The source in question, whole lines."""
        return self.focus.of(self.snapshot.text)


def gather(
    snapshot: Snapshot,
    tree: SyntaxTree | None,
    span: Span,
    *,
    diagnostic: Diagnostic | None = None,
    instructions: str = "",
    symbols: tuple[Symbol, ...] | None = None,
) -> SymbolContext:
    """Collect the context of ``span`` in ``snapshot``.

    Without a tree (no grammar) the surrounding lines stand in for the symbol. ``instructions`` are the user's
    or the project's standing wishes. ``symbols`` is the tree's outline, where it is known already.
    """
    if symbols is None:
        symbols = outline(tree) if tree is not None else ()
    symbol = enclosing(symbols, span)
    index = LineIndex(snapshot.text)
    focus = _focus(index, symbol, span)
    whole = Span(0, len(snapshot.text))
    parts = [
        _source(snapshot, index, focus, "the code in question", Priority.FOCUS, Stability.CURSOR),
        _source(snapshot, index, whole, "the whole file", Priority.FILE, Stability.FILE),
    ]
    if tree is not None:
        if heads := "\n".join(span.of(snapshot.text).rstrip() for span in imports(tree)):
            parts.append(Part(f"imports of {snapshot.path}", heads, Priority.IMPORTS, Stability.FILE))
        if symbols:
            parts.append(
                Part(
                    f"outline of {snapshot.path}", _heads(snapshot, symbols), Priority.OUTLINE, Stability.FILE
                )
            )
    if instructions.strip():
        parts.append(Part("instructions", instructions.strip(), Priority.INSTRUCTIONS, Stability.WORKSPACE))
    return SymbolContext(
        snapshot=snapshot,
        focus=focus,
        selected=diagnostic is None and len(span) > 0 and (symbol is None or symbol.span != span),
        first_line=_line(index, span.start) + 1,
        last_line=_line(index, max(span.start, span.end - 1)) + 1,
        symbol=symbol,
        diagnostic=diagnostic,
        parts=tuple(parts),
    )


CONTEXT_LINES = 40


def _focus(index: LineIndex, symbol: Symbol | None, span: Span) -> Span:
    """The symbol, or the lines around the span where there is none; whole lines."""
    around = symbol.span if symbol is not None else span
    margin = 0 if symbol is not None else CONTEXT_LINES
    first = max(0, _line(index, around.start) - margin)
    last = min(index.line_count - 1, _line(index, around.end) + margin)
    return Span(index.line_span(first).start, index.line_span(last).end)


def _source(
    snapshot: Snapshot, index: LineIndex, span: Span, title: str, priority: Priority, stability: Stability
) -> Part:
    first = _line(index, span.start) + 1
    last = max(first, _line(index, max(span.start, span.end - 1)) + 1)
    count = _line(index, max(0, len(snapshot.text) - 1)) + 1
    heading = f"{snapshot.path} lines {first}-{last} of {count}: {title}"
    return Part(heading, span.of(snapshot.text), priority, stability)


def _line(index: LineIndex, offset: int) -> int:
    return index.position(offset, "utf-32").line


def _heads(snapshot: Snapshot, symbols: tuple[Symbol, ...]) -> str:
    lines = []
    for symbol in symbols:
        depth = symbol.path.count(".")
        lines.append(f"{'  ' * depth}{' '.join(symbol.head.of(snapshot.text).split())}")
    return "\n".join(lines)
