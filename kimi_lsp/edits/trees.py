"""The syntax trees that the guards and the tools look at; each file's last one is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kimi_lsp.syntax.language import Language
    from kimi_lsp.syntax.outline import Symbol
    from kimi_lsp.syntax.tree import SyntaxTree
    from kimi_lsp.text.replacement import Replacement

PARSE_BUDGET_S = 5.0
"""A text that takes longer to parse passes like one without a grammar."""

TREES_KEPT = 16


class Trees:
    """Trees by path, made when first asked for. tree-sitter is imported at the first of them."""

    def __init__(self) -> None:
        self._kept: dict[str, SyntaxTree] = {}

    def of(self, path: str, text: str) -> SyntaxTree | None:
        """The tree of ``text``; None where its language has no grammar here, or it takes too long."""
        tree = self._kept.get(path)
        if tree is None or tree.text != text:
            tree = _parsed(path, text)
        return self._keep(path, tree)

    def after(self, path: str, before: str, steps: Sequence[Replacement], text: str) -> SyntaxTree | None:
        """The tree of ``text``, which is ``before`` after ``steps``, one set of replacements."""
        from kimi_lsp.syntax.errors import SyntaxUnavailable

        if (tree := self.of(path, before)) is None:
            return None
        try:
            return self._keep(path, tree.edited(steps, text, budget_s=PARSE_BUDGET_S))
        except SyntaxUnavailable:
            return None

    def symbols(self, path: str, text: str) -> tuple[Symbol, ...]:
        """The outline of ``text``; empty without a grammar."""
        from kimi_lsp.syntax.outline import outline

        tree = self.of(path, text)
        return outline(tree) if tree is not None else ()

    def _keep(self, path: str, tree: SyntaxTree | None) -> SyntaxTree | None:
        self._kept.pop(path, None)
        if tree is not None:
            self._kept[path] = tree
            if len(self._kept) > TREES_KEPT:
                del self._kept[next(iter(self._kept))]
        return tree


def language_of(path: str) -> Language | None:
    """The language of a file by its name."""
    from kimi_lsp.syntax.language import by_path

    return by_path(path)


def _parsed(path: str, text: str) -> SyntaxTree | None:
    from kimi_lsp.syntax.errors import SyntaxUnavailable
    from kimi_lsp.syntax.tree import parse

    if (language := language_of(path)) is None:
        return None
    try:
        return parse(text, language, budget_s=PARSE_BUDGET_S)
    except SyntaxUnavailable:
        return None
