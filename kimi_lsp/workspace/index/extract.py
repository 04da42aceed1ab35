"""One file -> what the index keeps of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from posixpath import basename

from msgspec import Struct

from kimi_lsp.syntax.definitions_only import Named, definitions_only
from kimi_lsp.syntax.errors import SyntaxUnavailable
from kimi_lsp.syntax.injections import injections
from kimi_lsp.syntax.language import Language
from kimi_lsp.syntax.languages import LANGUAGES
from kimi_lsp.syntax.python_definitions import Unclear, python_definitions
from kimi_lsp.syntax.python_lines import blanked, logical_lines
from kimi_lsp.syntax.registry import by_path
from kimi_lsp.syntax.tree import parse
from kimi_lsp.workspace.disk import read_text
from kimi_lsp.workspace.errors import Refused
from kimi_lsp.workspace.generated import generated_name, generated_text
from kimi_lsp.workspace.index.values import HEAD
from kimi_lsp.workspace.index.words import Mentions, mentions, names
from kimi_lsp.workspace.secret import secret_at

PARSE_BUDGET_S = 30.0

NOT_CODE = frozenset({"json", "yaml", "toml", "markdown", "html", "css", "terraform"})
"""Languages whose files are known but not looked into: their names are no names of code."""

PYTHON = next(language for language in LANGUAGES if language.id == "python")
"""The row of the table; another one may have another grammar."""

COMPONENTS = frozenset({"vue", "svelte"})
"""Markup of which only the scripts define anything."""


class Definition(Struct, frozen=True, array_like=True, gc=False):
    """As ``values.Defined``, but for the file."""

    name: str
    path: str
    kind: str
    first_line: int
    last_line: int
    head: str


class Extracted(Struct, frozen=True, array_like=True):
    """What is in one file; ``why`` it is left out, empty where it is not."""

    why: str = ""
    definitions: list[Definition] = []
    mentions: Mentions = {}


def is_code(name: str) -> bool:
    """Whether the index looks into a file of this name."""
    language = by_path(name)
    return language is not None and language.id not in NOT_CODE


def extract_file(location: Path | str, name: str, max_bytes: int) -> Extracted:
    """What is in the file on the disk. One that cannot be read is left out."""
    if not is_code(name):
        return extract("", name)
    try:
        return extract(read_text(Path(location), name, max_bytes), name)
    except Refused as refused:
        return Extracted(str(refused))


def extract(text: str, name: str) -> Extracted:
    """What is in a text that is the content of the file ``name``."""
    if generated_name(basename(name)):
        return Extracted(f"{name} is generated (a lock file, or minified)")
    language = by_path(name)
    if language is None or language.id in NOT_CODE:
        return Extracted()
    if "\0" in text:
        return Extracted(f"{name} is binary")
    if (secret := secret_at(text)) is not None:
        line = text.count("\n", 0, secret) + 1
        return Extracted(f"{name} holds what looks like a credential (line {line})")
    if why := generated_text(text):
        return Extracted(f"{name} is {why}")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if language is PYTHON:
        return _of_python(text, language)
    return Extracted("", _kept(_by_tree(text, language)), mentions(text, language))


def _of_python(text: str, language: Language) -> Extracted:
    """The same, by the grammar only where it must be."""
    code = blanked(text)
    lines = logical_lines(code)
    try:
        found = _by_tree(text, language) if lines is None else python_definitions(text, lines, HEAD)
    except Unclear:
        found = _by_tree(text, language)
    return Extracted("", _kept(found), names(code))


def _by_tree(text: str, language: Language) -> list[Named]:
    """All definitions; none where there is no grammar for the language. In a component those of its scripts."""
    try:
        tree = parse(text, language, budget_s=PARSE_BUDGET_S)
        layers = [piece.tree for piece in injections(tree)] if language.id in COMPONENTS else [tree]
        return [one for layer in layers for one in definitions_only(layer, HEAD)]
    except SyntaxUnavailable:
        return []


def _kept(found: Iterable[Named]) -> list[Definition]:
    """Those that have a name."""
    return [
        Definition(name[:HEAD], path[: 2 * HEAD], kind, first, last, head)
        for name, path, kind, first, last, head in found
        if name
    ]
