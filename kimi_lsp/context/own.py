"""What the file at hand itself says: its definitions, its class's fields and bases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from kimi_lsp.context.wanted import words
from kimi_lsp.syntax.outline import TYPES, Symbol
from kimi_lsp.text.line_index import LineIndex
from kimi_lsp.workspace.index.values import HEAD, Defined

LONGEST_HEAD = 1_000
"""Code points of a signature that are shown."""

MAX_TYPE = 100_000
"""Code points of a type that are searched for its members."""

_DECLARED = {
    "python": r"(?:(?:self|cls)\.)?{name}[ \t]*(?::[^=\n]+)?=(?!=)|{name}[ \t]*:[^,\n]*$",
    "go": r"(?:\w+,[ \t]*){{0,20}}{name}(?:,[ \t]*\w+){{0,20}}[ \t]+[\w*\[(<]|{name}[ \t]*$",
    "rust": r"(?:pub(?:\([^)]*\))?[ \t]+)?(?:r#)?{name}[ \t]*:|{name}[ \t]*(?:[,({{=]|$)",
    "c": r"[\w][\w \t*,]*?\b{name}[ \t]*(?:\[[^\]\n]*\][ \t]*)*(?::[ \t]*\d+[ \t]*)?[;,]"
    r"|[^\n;]*\(\*[ \t]*{name}[ \t]*\)[ \t]*\(|{name}[ \t]*(?:[=,}}]|$)",
    "ruby": r"(?:attr_\w+[^\n]*:|@){name}\b",
    "": r"(?:this\.{name}[ \t]*=(?!=)|(?:[\w<>\[\]?]+[ \t]+){{0,12}}{name}[ \t]*(?:[?!]?:(?!:)|;|,|\(|=(?!=)|$))",
}
"""How the line of a type begins that declares a member, by language; ``""`` for all others."""


def as_defined(symbols: Iterable[Symbol], text: str, file: str) -> Iterator[Defined]:
    """The symbols of the outline of ``text`` as the index would tell them."""
    lines = LineIndex(text)
    for symbol in symbols:
        head = " ".join(text[symbol.head.start : min(symbol.head.end, symbol.head.start + 8 * HEAD)].split())
        yield Defined(
            name=symbol.name,
            path=symbol.path,
            kind=symbol.kind,
            file=file,
            first_line=lines.line_at(symbol.span.start) + 1,
            last_line=lines.line_at(max(symbol.span.start, symbol.span.end - 1)) + 1,
            head=head[:HEAD],
        )


def whole_head(head: str, body: str) -> str:
    """A signature that was cut at ``HEAD``, to the end of its parameters."""
    if len(head) < HEAD:
        return head
    text = " ".join(body[: 8 * LONGEST_HEAD].split())[:LONGEST_HEAD]
    depth = 0
    for match in re.finditer(r"[()]", text):
        depth += 1 if match[0] == "(" else -1
        if depth <= 0 and match.end() >= len(head):
            return text[: match.end()]
    return text


def members(
    text: str, first_line: int, owner: Defined, names: Iterable[str], language_id: str
) -> Iterator[Defined]:
    """Those of ``names`` that a type declares as its fields or variants, or that its methods assign: the first line.

    ``text`` is that of the type, whose first line is ``first_line``.
    """
    text, form = text[:MAX_TYPE], _DECLARED.get("c" if language_id == "cpp" else language_id, _DECLARED[""])
    for name in names:
        if name not in text:
            continue
        found = re.search(rf"^[ \t]*(?:{form.format(name=re.escape(name))})[^\n]*", text, re.MULTILINE)
        if found is not None:
            line = first_line + text.count("\n", 0, found.start())
            head = " ".join(found[0].split())[:HEAD]
            yield Defined(name, f"{owner.path}.{name}", "field", owner.file, line, line, head)


def class_around(path: str, symbols: Iterable[Symbol | Defined]) -> str:
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
