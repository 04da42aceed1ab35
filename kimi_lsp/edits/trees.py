"""The syntax trees that the guards and the tools look at; the last few are kept."""

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
    """Trees by path and text, made when first asked for. tree-sitter is imported at the first of them."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], SyntaxTree | None] = {}
        self._outlines: dict[tuple[str, str], tuple[Symbol, ...]] = {}
        self._languages: dict[str, Language] = {}

    def language(self, path: str) -> Language | None:
        """The language of a file: what is known of it, else what its name says."""
        from kimi_lsp.syntax.registry import by_path

        return self._languages.get(path) or by_path(path)

    def of(self, path: str, text: str) -> SyntaxTree | None:
        """The tree of ``text``; None where its language has no grammar here, or it takes too long."""
        key = (path, text)
        return self._keep(key, self._kept[key] if key in self._kept else self._parsed(path, text))

    def after(self, path: str, before: str, steps: Sequence[Replacement], text: str) -> SyntaxTree | None:
        """The tree of ``text``, which is ``before`` after ``steps``, one set of replacements."""
        from kimi_lsp.syntax.errors import SyntaxUnavailable

        if (tree := self.of(path, before)) is None:
            return None
        try:
            return self._keep((path, text), tree.edited(steps, text, budget_s=PARSE_BUDGET_S))
        except SyntaxUnavailable:
            return None

    def symbols(self, path: str, text: str) -> tuple[Symbol, ...]:
        """The outline of ``text``; empty without a grammar."""
        from kimi_lsp.syntax.outline import outline

        tree, key = self.of(path, text), (path, text)
        if key not in self._outlines:
            self._outlines[key] = outline(tree) if tree is not None else ()
        return self._outlines[key]

    def know(self, path: str, tree: SyntaxTree, symbols: tuple[Symbol, ...] | None = None) -> None:
        """Take a tree, and its outline if it was made, from elsewhere: ``path`` has its language from now on.

        The editor knows better than a name what a script without an extension is.
        """
        self._languages[path] = tree.language
        self._keep((path, tree.text), tree)
        if symbols is not None:
            self._outlines[path, tree.text] = symbols

    def _keep(self, key: tuple[str, str], tree: SyntaxTree | None) -> SyntaxTree | None:
        self._kept.pop(key, None)
        self._kept[key] = tree
        if len(self._kept) > TREES_KEPT:
            oldest = next(iter(self._kept))
            del self._kept[oldest]
            self._outlines.pop(oldest, None)
        return tree

    def _parsed(self, path: str, text: str) -> SyntaxTree | None:
        from kimi_lsp.syntax.errors import SyntaxUnavailable
        from kimi_lsp.syntax.pieces import parse

        if (language := self.language(path)) is None:
            return None
        try:
            return parse(text, language, budget_s=PARSE_BUDGET_S)
        except SyntaxUnavailable:
            return None
