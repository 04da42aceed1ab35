"""An action is a value: what the menu shows, when it applies, what is asked, and with which tools."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import msgspec

    from kimi_lsp.syntax.outline import Symbol
    from kimi_lsp.syntax.tree import Fault
    from kimi_lsp.text.snapshot import Snapshot
    from kimi_lsp.text.span import Span
    from kimi_lsp.workspace.diagnostic import Diagnostic
    from kimi_lsp.workspace.files import Files

Kind = Literal["quickfix", "refactor.rewrite", "kimi.explain", "kimi.review"]


@dataclass(frozen=True, slots=True)
class ActionContext:
    """What is at hand when the menu is asked for. Nothing in it needed I/O.

    ``symbol`` is the one around the selection; it and ``faults`` are empty where the tree was not ready in time.
    ``diagnostics`` are those that the client sent along.
    """

    snapshot: Snapshot
    selection: Span
    symbol: Symbol | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def target_name(self) -> str:
        """What an action would be about: the selection, the symbol, or the file."""
        if len(self.selection) > 0 and not self._selects_symbol():
            return "selection"
        return f"`{self.symbol.path}`" if self.symbol is not None else "this file"

    def _selects_symbol(self) -> bool:
        return self.symbol is not None and self.selection.contains(self.symbol.span)


@dataclass(frozen=True, slots=True)
class Target:
    """What one menu entry is about."""

    title: str
    span: Span
    diagnostic: Diagnostic | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One run of an action: everything that the engine needs to know of the user's wish.

    ``span`` is in code points of the text that the workspace has for ``path`` when the run starts. ``images`` are
    data URLs of the pictures that go along.
    """

    action: Action
    path: str
    span: Span
    diagnostic: Diagnostic | None = None
    instruction: str = ""
    images: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a user can ask for.

    ``applies`` gives the menu entries for a context, none where it does not apply. ``ask`` words the request that
    stands last in the prompt. An action without edit tools answers in words, or, with a ``shape``, in a JSON object
    of that shape, which ``ask`` describes. ``images`` gives the data URLs of the pictures that go along; it reads
    files, so it is called when the job starts, in a thread, and raises ``WorkspaceError`` or ``ModelError``.
    """

    id: str
    kind: Kind
    applies: Callable[[ActionContext], tuple[Target, ...]]
    ask: Callable[[Task, str], str]
    tools: tuple[str, ...]
    shape: type[msgspec.Struct] | None = None
    images: Callable[[Task, Files], tuple[str, ...]] | None = None

    @property
    def edits(self) -> bool:
        """Whether a change is expected of it."""
        return bool(set(self.tools) - READING_TOOLS)


READING_TOOLS = frozenset({"read", "outline", "find", "problems"})
EDIT_TOOLS: tuple[str, ...] = (
    "edit",
    "replace_symbol",
    "insert",
    "create_file",
    "read",
    "outline",
    "find",
    "problems",
)
FILE_TOOLS = ("rename_file", "delete_file")
OFFERED_TOOLS = EDIT_TOOLS + FILE_TOOLS
"""What every request offers, whatever the action allows: another list would empty the provider's cache (kimi.md)."""
