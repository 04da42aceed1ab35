"""Lists of signatures and lines, by file, as ``rg --heading`` prints them; and the outline of one file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kimi_lsp.context.gather import SymbolContext
from kimi_lsp.context.knowledge import Excerpt, Mapped, Mention
from kimi_lsp.context.own import class_around
from kimi_lsp.context.parts import Part, Priority, Shown, Stability, on_one_line
from kimi_lsp.syntax.outline import TYPES, VALUES
from kimi_lsp.workspace.index.values import Defined

SIBLING_HEAD = 200
OUTLINE_HEAD = 120
MAP_HEAD = 100
"""Code points of a signature in each of these lists."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list, which stands for lines of ``file`` (from 1, both inclusive).

    Their number is shown where it is ``numbered``; a list that is to stay as it is when lines move has none. ``what``
    and ``why`` are not shown to the model.
    """

    file: str
    line: int
    last_line: int
    text: str
    numbered: bool = True
    what: str = ""
    why: str = ""

    def __str__(self) -> str:
        return f"  {self.line}: {self.text}" if self.numbered else f"  {self.text}"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a list is of; ``why`` it is there, in words for the user."""

    title: str
    priority: Priority
    stability: Stability
    why: str


RELATED = Kind("what the problem is related to", Priority.RELATED, Stability.CURSOR, "said by the checker")
CLASS = Kind("signatures of the same class", Priority.CLASS, Stability.CURSOR, "the class around it")
DEFINITIONS = Kind("signatures of what it uses", Priority.DEFINITIONS, Stability.CURSOR, "names that it uses")
CALLERS = Kind("where it is used", Priority.CALLERS, Stability.CURSOR, "lines that name it")
TESTS = Kind("tests that name it", Priority.TESTS, Stability.CURSOR, "lines that name it")
OUTLINE = Kind("outline of the file", Priority.OUTLINE, Stability.FILE, "the rest of the file")
MAP = Kind("files that matter to this one", Priority.MAP, Stability.SURROUNDINGS, "ranked by who uses whom")


def listed(entries: Iterable[Entry], kind: Kind) -> Part:
    """A list in which each file stands once, in the order of its first entry, and its lines rise."""
    by_file: dict[str, list[Entry]] = {}
    for entry in entries:
        by_file.setdefault(entry.file, []).append(entry)
    groups = {file: sorted(group, key=_line) for file, group in by_file.items()}
    text = "".join(
        f"{on_one_line(file)}\n" + "".join(f"{entry}\n" for entry in group) for file, group in groups.items()
    )
    shown = tuple(
        Shown(entry.file, entry.line, entry.last_line, whole=False, what=entry.what, why=entry.why)
        for group in groups.values()
        for entry in group
    )
    return Part(kind.title, text, kind.priority, kind.stability, kind.why, shown=shown)


def signature(excerpt: Excerpt) -> Entry:
    """A definition by its signature; inside of what, if not at the top of its file."""
    inside = excerpt.path.rpartition(".")[0]
    text = f"{excerpt.head}  (in {inside})" if inside else excerpt.head
    return Entry(
        excerpt.file, excerpt.first_line, excerpt.last_line, text, what=excerpt.path, why=excerpt.why
    )


def body(excerpt: Excerpt) -> Part:
    """A definition as a whole."""
    text = excerpt.body or ""
    lines = f"lines {excerpt.first_line}-{excerpt.last_line}"
    return Part(
        title=f"{on_one_line(excerpt.file)} {lines}: `{on_one_line(excerpt.path)}`",
        text=text,
        priority=Priority.BODIES,
        stability=Stability.CURSOR,
        why=excerpt.why,
        language_id=excerpt.language_id,
        shown=(Shown(excerpt.file, excerpt.first_line, excerpt.last_line),),
    )


def mention(one: Mention) -> Entry:
    """A line that names the symbol."""
    return Entry(one.file, one.line, one.line, f"{one.text}  (in {one.inside})" if one.inside else one.text)


def mapped(files: Iterable[Mapped]) -> Iterator[Entry]:
    """The repository map."""
    for rank, one in enumerate(files, 1):
        for number, head in enumerate(one.heads, 1):
            why = f"ranked {rank} by who uses whom" if number == 1 else ""
            yield Entry(one.file, number, number, head[:MAP_HEAD], numbered=False, why=why)


def siblings(context: SymbolContext) -> Iterator[Entry]:
    """The signatures of the class around the symbol and of its members, but for the symbol's own."""
    symbol, definitions = context.symbol, context.definitions
    if symbol is None or not (around := class_around(symbol.path, definitions)) or around == symbol.path:
        return
    for one in definitions:
        is_member = one.path.rpartition(".")[0] == around and one.path != symbol.path
        if is_member or (one.path == around and one.kind in TYPES):
            yield Entry(one.file, one.first_line, one.last_line, one.head[:SIBLING_HEAD])


def outlined(context: SymbolContext) -> Iterator[list[Entry]]:
    """The outline of the file: first all of it, then less and less, down to the types at its top level."""
    yield _indented(context.definitions)
    without = [one for one in context.definitions if one.kind not in VALUES]
    yield _indented(without)
    tops = [one for one in without if "." not in one.path]
    yield _indented(tops)
    yield _indented(one for one in tops if one.kind in TYPES)


def _indented(definitions: Iterable[Defined]) -> list[Entry]:
    return [Entry(one.file, one.first_line, one.last_line, _deep(one), numbered=False) for one in definitions]


def _deep(one: Defined) -> str:
    return f"{'  ' * one.path.count('.')}{one.head[:OUTLINE_HEAD]}"


def _line(entry: Entry) -> int:
    return entry.line
