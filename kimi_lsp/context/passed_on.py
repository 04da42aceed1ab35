"""What a file passes on to those who import it: names that it has from elsewhere, or calls otherwise for others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from kimi_lsp.syntax.exports import DEFAULT, exported
from kimi_lsp.syntax.import_forms import Names
from kimi_lsp.syntax.imports import Import, imported
from kimi_lsp.syntax.outline import enclosing_at
from kimi_lsp.syntax.tree import SyntaxTree

MAX_SOURCES = 8
"""Modules that one name may be from; and those that are passed on as a whole."""


@dataclass(frozen=True)
class PassedOn:
    """The imports and exports of one text."""

    tree: SyntaxTree
    imports: tuple[Import, ...]
    exports: Names

    @classmethod
    def by(cls, tree: SyntaxTree) -> PassedOn:
        """Those of a tree."""
        return cls(tree, imported(tree), exported(tree))

    def called_here(self, name: str) -> tuple[str, ...]:
        """What is called ``name`` by others."""
        return tuple(here for here, there in self.exports if there == name)[:MAX_SOURCES] or (name,)

    def sources(self, name: str) -> Iterator[tuple[str, str]]:
        """The modules that ``name`` may be from, with its name there; those first that say so.

        The name there is empty for the module as a whole.
        """
        found = self._by_alias.get(name, ())
        yield from islice(
            ((one.module, original) for one, original in found if self._is_seen(one)), MAX_SOURCES
        )
        if name != DEFAULT:
            yield from ((module, name) for module in self._stars)

    @cached_property
    def _stars(self) -> tuple[str, ...]:
        found = (one.module for one, _ in self._by_alias.get("*", ()) if self._is_seen(one))
        return tuple(islice(found, MAX_SOURCES))

    @cached_property
    def _by_alias(self) -> dict[str, list[tuple[Import, str]]]:
        found: defaultdict[str, list[tuple[Import, str]]] = defaultdict(list)
        for one in self.imports:
            for original, alias in one.names:
                found[alias].append((one, original))
        return found

    def _is_seen(self, one: Import) -> bool:
        """Whether others see what is imported: it is not in a function, a class or an inner module."""
        return enclosing_at(self.tree, one.span.start) is None
