"""Code of one language inside of a text of another: scripts and styles in markup, fences in Markdown.

Such a piece is parsed with its own grammar where it stands, by tree-sitter's included ranges, so that its nodes
count the bytes of the whole text and all that asks a tree asks these in the same way. It is parsed when first asked
for, and anew after an edit: such pieces are small, and the outer tree says where they are now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kimi_lsp.syntax.errors import SyntaxUnavailable
from kimi_lsp.syntax.grammar import grammar, injections_query
from kimi_lsp.syntax.language import Language
from kimi_lsp.syntax.registry import by_id, by_path
from kimi_lsp.syntax.search import matches
from kimi_lsp.syntax.tree import Range, SyntaxTree

if TYPE_CHECKING:
    import tree_sitter

MOST = 300
"""Pieces of one text that are looked at."""

MOST_BYTES = 400_000
"""Bytes of all pieces of one text that are looked at."""

DEEPEST = 2
"""How many layers are below the outermost: a script in a page in a fence."""


@dataclass
class Injection:
    """A piece of ``host`` in another language; ``is_example`` where it need not be right as it stands."""

    host: SyntaxTree
    language: Language
    pieces: tuple[tree_sitter.Range, ...]
    is_example: bool

    @property
    def range(self) -> Range:
        """From its first byte to behind its last."""
        return self.pieces[0].start_byte, self.pieces[-1].end_byte

    @cached_property
    def tree(self) -> SyntaxTree:
        """Its tree, in the bytes of the host."""
        return self.host.injected(self.language, self.pieces)


def injections(host: SyntaxTree) -> tuple[Injection, ...]:
    """The pieces of ``host`` in languages that there are grammars for, in document order."""
    if host.depth >= DEEPEST or not len(injections_query(host.language)):
        return ()
    found = sorted(_found(host), key=lambda one: one.range)[:MOST]
    taken: list[Injection] = []
    total = 0
    for one in found:
        total += one.range[1] - one.range[0]
        if total <= MOST_BYTES and (not taken or taken[-1].range[1] <= one.range[0]):
            taken.append(one)
    return tuple(taken)


def _found(host: SyntaxTree) -> Iterator[Injection]:
    for _, captures in matches(host, injections_query(host.language)):
        for kind, language_of in _KINDS.items():
            if kind not in captures:
                continue
            tags = captures.get("injection.tag", ())
            tag = host.source[slice(*tags[0].byte_range)].decode() if tags else ""
            language = language_of(tag)
            pieces = tuple(_pieces(captures[kind][0]))
            if language is not None and pieces and _is_there(language):
                yield Injection(host, language, pieces, is_example=kind not in _WHOLE)


def _pieces(node: tree_sitter.Node) -> Iterator[tree_sitter.Range]:
    """What is left of a node without the marks of a quotation or a list around it."""
    import tree_sitter

    start, point = node.start_byte, node.start_point
    for mark in node.named_children:
        if mark.start_byte > start:
            yield tree_sitter.Range(point, mark.start_point, start, mark.start_byte)
        start, point = mark.end_byte, mark.end_point
    if node.end_byte > start:
        yield tree_sitter.Range(point, node.end_point, start, node.end_byte)


def _is_there(language: Language) -> bool:
    try:
        grammar(language)
    except SyntaxUnavailable:
        return False
    return True


_TYPE = re.compile(r"""\btype\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_LANG = re.compile(r"""\blang\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)


def _script(tag: str) -> Language | None:
    if lang := _LANG.search(tag):
        return by_id(_SCRIPTS.get(lang[1].lower(), ""))
    if (kind := _TYPE.search(tag)) is None:
        return by_id("javascript")
    return by_id(_MIME.get(kind[1].lower(), ""))


def _style(tag: str) -> Language | None:
    lang = _LANG.search(tag)
    return by_id("css") if lang is None or lang[1].lower() in ("css", "postcss") else None


def _fence(tag: str) -> Language | None:
    word = tag.strip("{}. ").lower()
    return by_id(_FENCES.get(word, word)) or (by_path(f"x.{word}") if re.fullmatch(r"[\w+]+", word) else None)


def _expression(_tag: str) -> Language | None:
    return by_id("typescript")


_KINDS = {
    "injection.script": _script,
    "injection.style": _style,
    "injection.example": _fence,
    "injection.expression": _expression,
}

_WHOLE = frozenset({"injection.script", "injection.style"})
"""What must be right as it stands; an example need not be, and an expression may be less or more than one."""

_SCRIPTS = {
    "ts": "typescript",
    "typescript": "typescript",
    "tsx": "typescriptreact",
    "jsx": "javascriptreact",
    "js": "javascript",
    "javascript": "javascript",
}

_MIME = {
    "module": "javascript",
    "text/javascript": "javascript",
    "application/javascript": "javascript",
    "text/ecmascript": "javascript",
    "text/babel": "javascriptreact",
    "text/jsx": "javascriptreact",
    "text/typescript": "typescript",
    "application/json": "json",
    "application/ld+json": "json",
    "importmap": "json",
    "speculationrules": "json",
}

_FENCES = {"shell": "shellscript", "zsh": "shellscript", "golang": "go", "node": "javascript", "c#": "csharp"}
