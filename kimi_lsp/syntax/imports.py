"""What a text imports: the module, the names, what they are called here; read from each import statement.

The grammar says where the statements are, and what of them is comment or white space; what the rest says is read by
``import_forms.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from kimi_lsp.syntax.import_forms import READERS, Names
from kimi_lsp.syntax.language import Language
from kimi_lsp.syntax.outline import IMPORTING, import_statements
from kimi_lsp.syntax.tree import SyntaxTree
from kimi_lsp.text.span import Span

LONGEST = 20_000
"""Code points of one import statement that are read."""


@dataclass(frozen=True, slots=True)
class Import:
    """One module that is imported by the statement at ``span``.

    ``module`` is as it is written, without quotes: ``os.path``, ``../base``, ``crate::lock``, ``stdio.h``. ``names``
    are pairs of a name in the module and its name here. The first is ``*`` where all are taken, with ``*`` for its
    name here, and empty where the module as a whole gets a name (``import numpy as np``); ``default`` is
    ECMAScript's. No ``names``: the module is imported under its own name, or only run.
    """

    module: str
    names: Names
    span: Span


def imported(tree: SyntaxTree) -> tuple[Import, ...]:
    """The imports of a text in document order; empty for a language that has none.

    A statement of a form that is not known gives nothing.
    """
    found = [one for layer in tree.layers(having=IMPORTING) for one in _of_layer(layer)]
    return tuple(sorted(found, key=lambda one: one.span)) if tree.injections else tuple(found)


def _of_layer(layer: SyntaxTree) -> Iterator[Import]:
    read = READERS.get(layer.language.id)
    if read is None:
        return
    for span in import_statements(layer):
        statement = _plain(span.of(layer.text)[:LONGEST], layer)
        yield from (Import(module, names, span) for module, names in read(statement) if module)


def _plain(statement: str, tree: SyntaxTree) -> str:
    """A statement without comments, on one line but in Go, where a line is an import."""
    statement = _comments(tree.language).sub(
        lambda match: match[0] if match[0][0] in "\"'`" else " ", statement
    )
    return statement if tree.language.id == "go" else " ".join(statement.split())


@cache
def _comments(language: Language) -> re.Pattern[str]:
    """Comments, and strings, in which there are none."""
    marks = [r"\"[^\"\n]*\"", r"'[^'\n]*'", r"`[^`\n]*`"]
    if language.line_comment:
        marks.append(rf"{re.escape(language.line_comment)}.*")
    if language.block_comment:
        opening, closing = map(re.escape, language.block_comment)
        marks.append(rf"{opening}[\s\S]*?{closing}")
    return re.compile("|".join(marks))
