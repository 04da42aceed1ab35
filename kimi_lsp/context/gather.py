"""A cursor, a selection or a diagnostic -> what a colleague would want to see before answering."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kimi_lsp.context.knowledge import NOTHING, Knowledge
from kimi_lsp.context.own import as_defined
from kimi_lsp.context.parts import LeftOut, Part, Priority, Shown, Stability, language_of, on_one_line
from kimi_lsp.syntax import indented
from kimi_lsp.syntax.outline import Symbol, enclosing, enclosing_at, imports, outline
from kimi_lsp.syntax.tree import SyntaxTree
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.diagnostic import Diagnostic
from kimi_lsp.workspace.index.values import Defined

FOCUS_NOTE = "the code in question"

CONTEXT_LINES = 40
"""How many lines around a place stand in for a symbol, on either side."""

LONGEST_BLOCK = 400
"""Lines of a block by indentation that may stand in for a symbol."""

LARGE = 400_000
"""The outline of a text of more code points than this fits in no prompt, and takes about a second for some."""


@dataclass(frozen=True, slots=True)
class SymbolContext:
    """All that was gathered for one target: ``parts`` out of its own file, and ``knowledge`` of what is around it.

    ``span`` is what was asked about and ``focus`` the code in question around it, whole lines, both in code points
    of ``snapshot``. ``selected`` where the user's selection, not a symbol or the whole file, is meant; lines count
    from 1, both inclusive. ``definitions`` is the file's outline. ``left_out`` names what was not
    even gathered, and why.
    """

    snapshot: Snapshot
    span: Span
    focus: Span
    selected: bool
    first_line: int
    last_line: int
    symbol: Symbol | None
    diagnostic: Diagnostic | None
    parts: tuple[Part, ...]
    definitions: tuple[Defined, ...] = ()
    knowledge: Knowledge = NOTHING
    left_out: tuple[LeftOut, ...] = ()

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

    Without a tree (no grammar) the block that the indentation makes, or the surrounding lines, stand in for the
    symbol, and ``left_out`` says so. ``instructions`` are the user's or the project's standing wishes. ``symbols`` is
    the tree's outline, where it is known already; of a ``LARGE`` text none is made.
    """
    too_large = symbols is None and tree is not None and len(snapshot.text) > LARGE
    if symbols is None:
        symbols = _symbols(tree, span)
    symbol = enclosing(symbols, span)
    blocks = indented.outline(snapshot.text) if tree is None else ()
    focus = _focus(snapshot, symbol or _block(snapshot, blocks, span), span)
    listed = () if too_large else symbols or blocks
    left_out = (LeftOut("outline of the file", "the file is too large for one"),) if too_large else ()
    if tree is None:
        left_out = (LeftOut("symbols of the file", "there is no grammar for it: its indentation stands in"),)
    selects = diagnostic is None and (symbol is None or symbol.span != span)
    return SymbolContext(
        snapshot=snapshot,
        span=span,
        focus=focus,
        selected=selects and len(span) > 0 and not _is_all(snapshot.text, span),
        first_line=_line(snapshot, span.start) + 1,
        last_line=_line(snapshot, _last(span)) + 1,
        symbol=symbol,
        diagnostic=diagnostic,
        parts=tuple(_parts(snapshot, tree, focus, instructions.strip())),
        definitions=tuple(as_defined(listed, snapshot.text, snapshot.path)),
        left_out=left_out,
    )


def source(snapshot: Snapshot, span: Span, note: str, priority: Priority, stability: Stability) -> Part:
    """``span`` of the file as a part whose heading gives its lines, counted from 1."""
    first, last = _line(snapshot, span.start) + 1, _line(snapshot, _last(span)) + 1
    count = _line(snapshot, max(0, snapshot.lines.length - 1)) + 1
    heading = f"{on_one_line(snapshot.path)} lines {first}-{last} of {count}: {note}"
    shown = (Shown(snapshot.path, first, last),)
    language_id = language_of(snapshot.path, snapshot.language_id)
    return Part(heading, span.of(snapshot.text), priority, stability, note, language_id, shown)


def _symbols(tree: SyntaxTree | None, span: Span) -> tuple[Symbol, ...]:
    """The outline; of a large text only what ``span`` begins in."""
    if tree is None:
        return ()
    if len(tree.text) <= LARGE:
        return outline(tree)
    around = enclosing_at(tree, span.start)
    return (around,) if around is not None else ()


def _block(snapshot: Snapshot, blocks: tuple[Symbol, ...], span: Span) -> Symbol | None:
    """The outermost block around ``span`` that says more than the lines around would, and is not endless."""
    for block in blocks:
        lines = _line(snapshot, _last(block.span)) - _line(snapshot, block.span.start) + 1
        is_paragraph = not any(indent in block.span.of(snapshot.text) for indent in ("\n ", "\n\t"))
        if block.span.contains(span) and lines <= LONGEST_BLOCK:
            return block if lines > CONTEXT_LINES and not is_paragraph else None
    return None


def _parts(
    snapshot: Snapshot,
    tree: SyntaxTree | None,
    focus: Span,
    instructions: str,
) -> Iterator[Part]:
    path, whole = on_one_line(snapshot.path), Span(0, snapshot.lines.length)
    yield source(snapshot, focus, FOCUS_NOTE, Priority.FOCUS, Stability.CURSOR)
    yield source(snapshot, whole, "the whole file", Priority.FILE, Stability.FILE)
    if tree is not None and (heads := "\n".join(span.of(snapshot.text).rstrip() for span in imports(tree))):
        title = f"imports of {path}"
        yield Part(title, heads, Priority.IMPORTS, Stability.FILE, "what it is made of", tree.language.id)
    if instructions:
        yield Part(
            "instructions", instructions, Priority.INSTRUCTIONS, Stability.WORKSPACE, "context.instructions"
        )


def _focus(snapshot: Snapshot, symbol: Symbol | None, span: Span) -> Span:
    """The symbol, or the lines around the span where there is none; whole lines."""
    lines = snapshot.lines
    around = symbol.span if symbol is not None else span
    margin = 0 if symbol is not None else CONTEXT_LINES
    first = max(0, _line(snapshot, around.start) - margin)
    last = min(len(lines) - 1, _line(snapshot, around.end) + margin)
    return Span(lines.start(first), lines.start(last) + len(lines.line(last)))


def _is_all(text: str, span: Span) -> bool:
    """Whether nothing but white space is outside of ``span``."""
    return not text[: span.start].strip() and not text[span.end :].strip()


def _last(span: Span) -> int:
    """The last code point of a span, or the place of an empty one."""
    return max(span.start, span.end - 1)


def _line(snapshot: Snapshot, offset: int) -> int:
    return snapshot.lines.position(offset, "utf-32").line
