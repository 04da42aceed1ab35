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
    """All that was gathered for one target; ``parts`` in order of priority, best first."""

    path: str
    language: str
    symbol: Symbol | None
    diagnostic: Diagnostic | None
    parts: tuple[Part, ...]


def gather(
    snapshot: Snapshot,
    tree: SyntaxTree | None,
    span: Span,
    *,
    diagnostic: Diagnostic | None = None,
    instructions: str = "",
) -> SymbolContext:
    """Collect the context of ``span`` in ``snapshot``.

    Without a tree (no grammar) the surrounding lines stand in for the symbol. ``instructions`` are the user's
    or the project's standing wishes.
    """
    symbols = outline(tree) if tree is not None else ()
    symbol = enclosing(symbols, span)
    focus = _focus(snapshot.text, symbol, span)
    parts = [
        _source(snapshot, focus, "the code in question", Priority.FOCUS, Stability.CURSOR),
        _source(snapshot, Span(0, len(snapshot.text)), "the whole file", Priority.FILE, Stability.FILE),
    ]
    if tree is not None:
        if heads := "\n".join(span.of(snapshot.text).rstrip() for span in imports(tree)):
            parts.append(Part(f"imports of {snapshot.path}", heads, Priority.IMPORTS, Stability.FILE))
        if symbols:
            parts.append(
                Part(f"outline of {snapshot.path}", _heads(snapshot, symbols), Priority.OUTLINE, Stability.FILE)
            )
    if instructions.strip():
        parts.append(Part("instructions", instructions.strip(), Priority.INSTRUCTIONS, Stability.WORKSPACE))
    return SymbolContext(snapshot.path, snapshot.language_id, symbol, diagnostic, tuple(parts))


CONTEXT_LINES = 40


def _focus(text: str, symbol: Symbol | None, span: Span) -> Span:
    """The symbol, or the lines around the span where there is none; whole lines."""
    index = LineIndex(text)
    if symbol is not None:
        first = index.position(symbol.span.start, "utf-32").line
        last = index.position(symbol.span.end, "utf-32").line
    else:
        first = max(0, index.position(span.start, "utf-32").line - CONTEXT_LINES)
        last = min(index.line_count - 1, index.position(span.end, "utf-32").line + CONTEXT_LINES)
    return Span(index.line_span(first).start, index.line_span(last).end)


def _source(snapshot: Snapshot, span: Span, title: str, priority: Priority, stability: Stability) -> Part:
    index = LineIndex(snapshot.text)
    first = index.position(span.start, "utf-32").line + 1
    last = max(first, index.position(max(span.start, span.end - 1), "utf-32").line + 1)
    heading = f"{snapshot.path} lines {first}-{last} of {index.line_count}: {title}"
    return Part(heading, span.of(snapshot.text), priority, stability)


def _heads(snapshot: Snapshot, symbols: tuple[Symbol, ...]) -> str:
    lines = []
    for symbol in symbols:
        depth = symbol.path.count(".")
        lines.append(f"{'  ' * depth}{' '.join(symbol.head.of(snapshot.text).split())}")
    return "\n".join(lines)
