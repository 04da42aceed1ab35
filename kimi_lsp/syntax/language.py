"""What is known of a language: its names, and which grammar wheel and query files belong to it.

Imports neither; see ``grammar.py``. The rows are in ``languages.py``, ``registry.py`` finds the one of a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from kimi_lsp.syntax.errors import LanguageRefused


class DocPlacement(Enum):
    """Where a definition's documentation stands."""

    INSIDE = "inside"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Language:
    """One row of the table.

    ``lsp_ids`` are other language ids that clients send (LSP 3.18, TextDocumentItem). ``function`` of
    ``module`` gives the grammar. ``identifiers`` are types of nodes that name things, beside those called
    ``...identifier``. ``separator`` stands between the parts of a qualified name, where that is not a dot. ``query``
    is query text beside the files; without either, the wheel's own tags or the node types' names stand in.
    """

    id: str
    module: str
    queries: tuple[str, ...]
    extensions: tuple[str, ...]
    lsp_ids: tuple[str, ...] = ()
    filenames: tuple[str, ...] = ()
    function: str = "language"
    line_comment: str | None = None
    block_comment: tuple[str, str] | None = None
    docs: DocPlacement = DocPlacement.ABOVE
    identifiers: tuple[str, ...] = ()
    separator: str | None = None
    query: str = ""

    @property
    def package(self) -> str:
        """The wheel to install, by its name on PyPI."""
        return self.module.replace("_", "-")


def described(
    language_id: str,
    module: str,
    extensions: Iterable[str],
    *,
    function: str = "language",
    line_comment: str = "",
    query: str = "",
) -> Language:
    """A row for a wheel that the table lacks, from what a user's settings say of it; nothing is imported.

    ``query`` captures as the files in ``queries/`` do, or as a grammar's own ``tags.scm`` does.

    Raises:
        LanguageRefused: the sentence says which part of it cannot be.
    """
    suffixes = tuple(dict.fromkeys(f".{one.strip().lstrip('.').lower()}" for one in extensions))
    for what, value, form in (
        ("id", language_id, r"[A-Za-z][\w.+#-]*"),
        ("module", module, r"[A-Za-z_]\w*(?:\.\w+)*"),
        ("function", function, r"[A-Za-z_]\w*"),
        ("extensions", " ".join(suffixes), r"\.[^\s./\\]+(?: \.[^\s./\\]+)*"),
    ):
        if not re.fullmatch(form, value):
            raise LanguageRefused(language_id, f"{value!r} cannot be its {what}")
    return Language(
        language_id, module, (), suffixes, function=function, line_comment=line_comment or None, query=query
    )
