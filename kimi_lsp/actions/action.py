"""An action is a value: what the menu shows, when it applies, what is asked, and with which tools."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import msgspec

    from kimi_lsp.actions.updates import Done
    from kimi_lsp.syntax.language import Language
    from kimi_lsp.syntax.outline import Symbol
    from kimi_lsp.syntax.tree import Fault, SyntaxTree
    from kimi_lsp.text.snapshot import Snapshot
    from kimi_lsp.text.span import Span
    from kimi_lsp.workspace.diagnostic import Diagnostic
    from kimi_lsp.workspace.files import Files

Kind = Literal["quickfix", "refactor.rewrite", "kimi.test", "kimi.explain", "kimi.review"]
TITLE_LENGTH = 72
"""Code points of a menu entry's title; Helix and others cut longer ones."""


@dataclass(frozen=True, slots=True)
class ActionContext:
    """What is at hand when the menu is asked for. Nothing in it needed I/O.

    ``symbol`` is the one around the selection; it, ``tree`` and ``faults`` are empty where the tree was not ready in
    time. ``diagnostics`` are those that the client sent along, ``all_diagnostics`` all of the file that the server
    knows of.
    """

    snapshot: Snapshot
    selection: Span
    symbol: Symbol | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    faults: tuple[Fault, ...] = ()
    tree: SyntaxTree | None = None
    all_diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def language(self) -> Language | None:
        """The row of the table, by what the client calls the language, else by the file's name."""
        from kimi_lsp.syntax.registry import of_document

        return of_document(self.snapshot.language_id, self.snapshot.path)

    @property
    def selects(self) -> bool:
        """Whether something is selected that is not just the symbol."""
        return len(self.selection) > 0 and not self._selects_symbol()

    @property
    def target_name(self) -> str:
        """What an action would be about: the selection, the symbol, or the file."""
        if self.selects:
            return "selection"
        return f"`{self.symbol.path}`" if self.symbol is not None else "this file"

    def _selects_symbol(self) -> bool:
        """Whether the selection is the symbol, but for white space around it: more is more than one symbol."""
        if self.symbol is None or not self.selection.contains(self.symbol.span):
            return False
        text, inner = self.snapshot.text, self.symbol.span
        around = text[self.selection.start : inner.start] + text[inner.end : self.selection.end]
        return not around.strip()


@dataclass(frozen=True, slots=True)
class Target:
    """What one menu entry is about; ``others`` are problems beside the first one."""

    title: str
    span: Span
    diagnostic: Diagnostic | None = None
    others: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """One run of an action: everything that the engine needs to know of the user's wish.

    ``span`` is in code points of the text that the workspace has for ``path`` when the run starts. ``diagnostic`` is
    the problem that it is about, the first one where there are ``others``. ``images`` are data URLs of the pictures
    that go along, ``material`` is what the action itself looked up, worded for the request.
    """

    action: Action
    path: str
    span: Span
    diagnostic: Diagnostic | None = None
    instruction: str = ""
    images: tuple[str, ...] = ()
    others: tuple[Diagnostic, ...] = ()
    material: str = ""

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All problems that it is about, each once."""
        first = () if self.diagnostic is None else (self.diagnostic,)
        return tuple(dict.fromkeys((*first, *self.others)))

    @property
    def wording(self) -> str:
        """The user's own words and those of the problems: a definition that they name may vanish."""
        return "\n".join([self.instruction, *(diagnostic.message for diagnostic in self.diagnostics)])


def as_it_is(task: Task, snapshot: Snapshot, done: Done) -> Done:
    """Nothing is left to do when the model is done."""
    return done


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a user can ask for. ``verb`` is what stands before a file's name: ``Add types to``.

    ``applies`` gives the menu entries for a context, none where it does not apply. ``ask`` words the request that
    stands last in the prompt. An action without edit tools answers in words, or, with a ``shape``, in a JSON object
    of that shape, which ``ask`` describes.

    ``images`` gives the data URLs of the pictures that go along; ``look`` gives the task with what is to be looked up
    for it. Both read files, so they are called when the job starts, in a thread, and raise ``WorkspaceError`` or
    ``ModelError``. ``finish`` is called once with the file's text as the job began with it, when the model is done;
    it may add to the changeset, and does no I/O.
    """

    id: str
    verb: str
    kind: Kind
    applies: Callable[[ActionContext], tuple[Target, ...]]
    ask: Callable[[Task, str], str]
    tools: tuple[str, ...]
    shape: type[msgspec.Struct] | None = None
    images: Callable[[Task, Files], tuple[str, ...]] | None = None
    look: Callable[[Task, Files], Task] | None = None
    finish: Callable[[Task, Snapshot, Done], Done] = as_it_is

    @property
    def edits(self) -> bool:
        """Whether a change is expected of it."""
        return bool(set(self.tools) - READING_TOOLS)


def titled(verb: str, what: str, label: str = "") -> str:
    """``Kimi: VERB WHAT LABEL`` on one line; ``what`` is cut so that the whole has ``TITLE_LENGTH`` at most."""
    line, label = " ".join(what.split()), f" ({label})" if label else ""
    before = f"Kimi: {verb} " if verb else "Kimi: "
    room = TITLE_LENGTH - len(before) - len(label)
    if len(line) > room:
        line = f"{line[: max(0, room - 1)].rstrip()}…"
    return f"{before}{line}{label}"


def adding(task: Task, verb: str = "asks") -> str:
    """The line with the user's own words, empty where there are none."""
    return f"The engineer {verb}: {task.instruction}\n" if task.instruction else ""


READING: tuple[str, ...] = ("read", "outline", "find", "problems")
READING_TOOLS = frozenset(READING)
EDIT_TOOLS: tuple[str, ...] = (
    "edit",
    "replace_symbol",
    "insert",
    "create_file",
    *READING,
)
FILE_TOOLS = ("rename_file", "delete_file")
OFFERED_TOOLS = EDIT_TOOLS + FILE_TOOLS
"""What every request offers, whatever the action allows: another list would empty the provider's cache (kimi.md)."""
