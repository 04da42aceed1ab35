"""What the file at hand itself says: its definitions, its class's fields and bases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from kimi_lsp.context.wanted import words
from kimi_lsp.syntax.outline import TYPES, Symbol
from kimi_lsp.workspace.index.values import HEAD, Defined

MAX_FIELDS = 200
"""Fields of one class that are assigned in its methods."""

_FIELD = re.compile(r"^[ \t]*(?:self|this|cls)\.([^\W\d]\w*)[ \t]*(?::[^=\n]+)?=(?!=)[^\n]*", re.MULTILINE)


def as_defined(symbol: Symbol, text: str, file: str, line_of: Callable[[int], int]) -> Defined:
    """A symbol of the outline as the index would tell it."""
    head = " ".join(text[symbol.head.start : min(symbol.head.end, symbol.head.start + 8 * HEAD)].split())
    return Defined(
        name=symbol.name,
        path=symbol.path,
        kind=symbol.kind,
        file=file,
        first_line=line_of(symbol.span.start),
        last_line=line_of(max(symbol.span.start, symbol.span.end - 1)),
        head=head[:HEAD],
    )


def assigned(text: str, first_line: int, owner: Defined) -> Iterator[Defined]:
    """The fields that the methods of a class assign: of each the first assignment.

    ``text`` is that of the class, whose first line is ``first_line``.
    """
    seen: set[str] = set()
    line, counted = first_line, 0
    for match in _FIELD.finditer(text):
        if match[1] in seen:
            continue
        seen.add(match[1])
        line += text.count("\n", counted, match.start())
        counted = match.start()
        head = " ".join(match[0].split())[:HEAD]
        yield Defined(match[1], f"{owner.path}.{match[1]}", "field", owner.file, line, line, head)
        if len(seen) >= MAX_FIELDS:
            return


def class_around(path: str, symbols: Iterable[Symbol]) -> str:
    """The path of the innermost type that a path is inside of, or is; empty where there is none.

    A path whose type is not in this file (a method in Go, a member function in C++) names it all the same.
    """
    types = {symbol.path for symbol in symbols if symbol.kind in TYPES}
    parts = path.split(".")
    for count in range(len(parts), 0, -1):
        if ".".join(parts[:count]) in types:
            return ".".join(parts[:count])
    return path.rpartition(".")[0]


def bases(
    owner: str, found: Callable[[Sequence[str]], Iterable[Defined]], limit: int = 12, levels: int = 3
) -> tuple[Defined, ...]:
    """The types that the type called ``owner`` inherits from, near ones first, as far as ``found`` knows them.

    ``found`` gives the definitions of some names. What counts is that a type's signature names another type.
    """
    seen, all_of_them = {owner}, dict[tuple[str, str], Defined]()
    names: Sequence[str] = [owner]
    for level in range(levels + 1):
        types = [one for one in found(names) if one.kind in TYPES]
        if level:
            all_of_them.update({(one.file, one.path): one for one in types})
        names = [name for one in types for name in sorted(words(one.head)) if name not in seen]
        names = list(dict.fromkeys(names))[:limit]
        seen.update(names)
    return tuple(all_of_them.values())[:limit]
