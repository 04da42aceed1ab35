"""The place where names are used: what is imported there, and what speaks for a file by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from posixpath import basename, commonpath, dirname, splitext

from kimi_lsp.context.modules import EXACT, match, stem_of, stems, within
from kimi_lsp.syntax.imports import Import
from kimi_lsp.syntax.languages import ECMASCRIPT
from kimi_lsp.syntax.registry import by_path
from kimi_lsp.syntax.tests import is_test

FAMILIES = (
    frozenset(ECMASCRIPT),
    frozenset({"c", "cpp"}),
    frozenset({"java", "kotlin", "scala"}),
    frozenset({"ocaml", "ocaml.interface"}),
)
"""Languages that use each other's definitions."""

Nearness = tuple[bool, float, int]
"""The same kind of file, the weight of the links to it, folders that are shared."""


@dataclass(frozen=True)
class Scene:
    """Where the names are used.

    ``own`` is the path of the class around (``Pool.Lock``), empty where there is none, ``bases`` the names of what it
    inherits from, near ones first. ``types`` are the names of types that are at hand: used here, or in the signatures
    of what is used. ``weights`` says of a file how strongly this one is linked to it.
    """

    file: str
    language_id: str
    imports: tuple[Import, ...] = ()
    own: str = ""
    bases: tuple[str, ...] = ()
    types: frozenset[str] = frozenset()
    weights: Mapping[str, float] = field(default_factory=dict)
    _tails_of: dict[str, frozenset[str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _family: dict[str, bool] = field(default_factory=dict, init=False, repr=False, compare=False)
    _nearness: dict[str, Nearness] = field(default_factory=dict, init=False, repr=False, compare=False)
    _matches: dict[tuple[str, str], int] = field(default_factory=dict, init=False, repr=False, compare=False)
    _words: dict[str, frozenset[str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _imported: dict[str, bool] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def in_test(self) -> bool:
        """Whether this is a test."""
        return is_test(self.file)

    def match(self, module: str, file: str) -> int:
        """As ``modules.match``, remembered, and quick where the two have no word in common."""
        if (found := self._matches.get((module, file))) is None:
            if (tails := self._tails_of.get(module)) is None:
                tails = self._tails_of[module] = self._tails((module,))
            near = self._is_near(file, tails)
            found = self._matches[module, file] = (
                match(module, self.file, self.language_id, file) if near else 0
            )
        return found

    def imports_file(self, file: str) -> bool:
        """Whether an import names this very file."""
        if file not in self._imported:
            near = self._is_near(file, self._all_tails)
            self._imported[file] = near and any(self.match(one.module, file) == EXACT for one in self.imports)
        return self._imported[file]

    def is_imported(self, file: str) -> int:
        """The best that ``modules.match`` says of any import."""
        modules = {module for word in ("", *self._words_of(file)) for module in self._by_tail.get(word, ())}
        return max((self.match(module, file) for module in modules), default=0)

    def names_module(self, name: str, files: Iterable[str]) -> bool:
        """Whether an import makes one of ``files`` known by ``name``: ``from kimi_lsp.server import review``."""
        modules = [one.module for one in self.imports if name in called_here(one) - _originals(one)]
        modules += [
            within(one.module, original, self.language_id)
            for one in self.imports
            for original, alias in one.names
            if alias == name and original
        ]
        return any(self.match(module, file) == EXACT for file in files for module in modules)

    def in_family(self, file: str) -> bool:
        """As ``one_family``, remembered."""
        if (found := self._family.get(file)) is None:
            found = self._family[file] = one_family(file, self.language_id)
        return found

    def nearness(self, file: str) -> Nearness:
        """How much speaks for a file by itself; the greater, the likelier."""
        if (found := self._nearness.get(file)) is None:
            found = self._nearness[file] = (
                splitext(file)[1] == splitext(self.file)[1],
                self.weights.get(file, 0.0),
                _folders_shared(file, self.file),
            )
        return found

    def _tails(self, modules: Iterable[str]) -> frozenset[str]:
        """The last words of modules: one of them is in the path of a file that is meant, or a stem is the top."""
        found = (stem for module in modules for stem in stems(module, self.file, self.language_id))
        return frozenset(basename(stem.path) for stem in found)

    @cached_property
    def _all_tails(self) -> frozenset[str]:
        return self._tails(one.module for one in self.imports)

    @cached_property
    def _by_tail(self) -> dict[str, list[str]]:
        """The modules that are imported, by their last words."""
        found: dict[str, list[str]] = {}
        for module in {one.module for one in self.imports}:
            for tail in self._tails((module,)):
                found.setdefault(tail, []).append(module)
        return found

    def _is_near(self, file: str, tails: frozenset[str]) -> bool:
        return "" in tails or not tails.isdisjoint(self._words_of(file))

    def _words_of(self, file: str) -> frozenset[str]:
        if (found := self._words.get(file)) is None:
            found = frozenset(stem_of(file).split("/")) | {splitext(basename(file))[0]}
            self._words[file] = found
        return found


def one_family(file: str, language_id: str) -> bool:
    """Whether what ``file`` defines can be used in the language at hand."""
    language = by_path(file)
    if language is None or language.id == language_id:
        return language is not None
    return any(language.id in family and language_id in family for family in FAMILIES)


def called_here(imported: Import) -> frozenset[str]:
    """What may stand before a dot because of an import."""
    module = imported.module.strip("\"'<>")
    last = module.replace("::", ".").replace("/", ".").rpartition(".")[2]
    return frozenset({last, module, module.partition(".")[0], *(alias for _, alias in imported.names)})


def _originals(imported: Import) -> frozenset[str]:
    """What is imported from within a module, which is not the module."""
    return frozenset(alias for original, alias in imported.names if original not in ("", "*"))


def _folders_shared(one: str, other: str) -> int:
    """How many folders two paths share."""
    folders = [dirname(one), dirname(other)]
    comparable = all(folders) and not any(folder.startswith("/") for folder in folders)
    shared = commonpath(folders) if comparable else ""
    return len(shared.split("/")) if shared else 0
