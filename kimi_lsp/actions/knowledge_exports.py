"""Follows imported names to definitions that are called otherwise: through the files that pass them on renamed.

``from .impl import long_name as short`` in a package's ``__init__.py``, ``export { format as pretty } from "./x"``,
``pub use shapes::area as surface``, and ECMAScript's defaults. The index knows no aliases, so these files are read;
only where an imported name has no definition, and few of them. Where it is not sure what is meant, nothing is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from kimi_lsp.actions.knowledge_sources import Sources
from kimi_lsp.context.certainty import DOTS, Certainty
from kimi_lsp.context.choose import PER_NAME, Choice
from kimi_lsp.context.module_files import ModuleFiles, says_name
from kimi_lsp.context.modules import within
from kimi_lsp.context.passed_on import PassedOn
from kimi_lsp.context.scene import Scene
from kimi_lsp.context.wanted import Name
from kimi_lsp.syntax.errors import SyntaxUnavailable
from kimi_lsp.syntax.exports import DEFAULT
from kimi_lsp.syntax.languages import ECMASCRIPT
from kimi_lsp.syntax.registry import by_path
from kimi_lsp.syntax.tree import parse
from kimi_lsp.workspace.index.values import Defined, Index

MAX_READ = 8
"""Files that are read to follow the names of one place, manifests of packages among them."""

MAX_TEXT = 200_000
"""Code points of a file that is parsed for its imports."""

MAX_STEPS = 200
"""Names that are looked for in what such a file passes on."""

LEVELS = 3
"""Files that one after another pass a name on."""

FOLLOWED = frozenset({"python", "rust", *ECMASCRIPT})

_UNIMPORTED = {"rust": frozenset({"crate", "super"})}
"""How a path begins, by language, that needs no import; ``self`` is mostly an object."""


@dataclass(frozen=True, slots=True)
class _Target:
    """What a name means: its definitions, or the files of a module."""

    definitions: tuple[Defined, ...] = ()
    files: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.definitions or self.files)


_NOTHING = _Target()

_Way = tuple[str, tuple[str, ...]]
"""A module, and the names to go through from there, the last of which is the one in question."""


class Exports:
    """What the names of ``scene`` mean by the exports of the modules that it imports."""

    def __init__(self, scene: Scene, sources: Sources, index: Index) -> None:
        self._scene = scene
        self._sources = sources
        self._index = index
        self._read: set[str] = set()
        self._texts: dict[str, PassedOn | None] = {}
        self._tops: dict[str, list[Defined]] = {}
        self._modules: dict[tuple[str, str], tuple[str, ...]] = {}
        self._known: dict[tuple[str, str], _Target] = {}

    def choices(self, names: Iterable[Name]) -> Iterator[Choice]:
        """The definitions of those ``names`` that are imported, as far as they can be followed."""
        if self._scene.language_id not in FOLLOWED:
            return
        for name in names:
            found = (self._end_of(module, path) for module, path in self._ways(name))
            for one in next(filter(None, found), ())[:PER_NAME]:
                yield Choice(name, one, Certainty.RE_EXPORTED, 1)

    def _ways(self, name: Name) -> Iterator[_Way]:
        if name.bare:
            yield from ((module, (original,)) for module, original in self._aliases.get(name.name, ()))
            yield from ((module, (name.name,)) for module, _ in self._aliases.get("*", ()))
        for receiver in name.receivers:
            first, *rest = DOTS.split(receiver)
            for module, original in self._aliases.get(first, ()):
                yield module, tuple(filter(None, (original, *rest, name.name)))
            if first in _UNIMPORTED.get(self._scene.language_id, ()):
                yield receiver, (name.name,)
            for module in self._whole.get(first, ()):
                if f"{receiver}.".startswith(f"{module}."):
                    inner = receiver[len(module) + 1 :]
                    yield module, (*filter(None, inner.split(".")), name.name)

    @cached_property
    def _aliases(self) -> dict[str, list[tuple[str, str]]]:
        """Modules and names there, by what these are called here; the name is empty for the module as a whole."""
        found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for one in self._scene.imports:
            for original, alias in one.names:
                found[alias].append((one.module, original))
        return found

    @cached_property
    def _whole(self) -> dict[str, list[str]]:
        """The modules that are imported under their own names, by the first word of these."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for module in dict.fromkeys(one.module for one in self._scene.imports if not one.names):
            found[module.partition(".")[0]].append(module)
        return found

    def _end_of(self, module: str, path: tuple[str, ...]) -> tuple[Defined, ...]:
        target = self._imported(module, self._scene.file, path[0], 0)
        for name in path[1:]:
            target = self._exported(target.files, name, 0)
        return target.definitions

    def _imported(self, module: str, importer: str, name: str, level: int) -> _Target:
        """What ``name`` means in a module; without a name the module."""
        files = self._files_of(module, importer, level)
        if not name:
            return _Target(files=files)
        for inner, outer in self._submodules(module, importer, files, name):
            if found := self._files.named(inner, outer):
                return _Target(files=found)
        return self._exported(files, name, level)

    def _submodules(
        self, module: str, importer: str, files: Iterable[str], name: str
    ) -> Iterator[tuple[str, str]]:
        """How the module ``name`` in another one may be imported, and where."""
        if self._scene.language_id in ("python", "rust"):
            yield within(module, name, self._scene.language_id), importer
        if self._scene.language_id == "rust":
            yield from ((f"self::{name}", file) for file in files)

    def _exported(self, files: tuple[str, ...], name: str, level: int) -> _Target:
        """What ``name`` means in the files of one module."""
        found = (self._exported_by(file, name, level) for file in files)
        return next(filter(None, found), _NOTHING)

    def _exported_by(self, file: str, name: str, level: int) -> _Target:
        if found := self._defined(file, name):
            return _Target(found)
        if level >= LEVELS or len(self._known) >= MAX_STEPS:
            return self._known.get((file, name), _NOTHING)
        if (target := self._known.get((file, name))) is None:
            self._known[file, name] = _NOTHING  # for files that import each other
            target = self._known[file, name] = self._passed_on(file, name, level)
        return target

    def _defined(self, file: str, name: str) -> tuple[Defined, ...]:
        """What stands at the top of a file under this name, or is its default."""
        if file not in self._tops:
            self._tops[file] = [one for one in self._index.defined_in(file) if "." not in one.path]
        is_default = name == DEFAULT
        return tuple(one for one in self._tops[file] if one.path == name or (is_default and _is_default(one)))

    def _passed_on(self, file: str, name: str, level: int) -> _Target:
        """What ``file`` calls ``name`` for others and has from elsewhere, or calls otherwise itself."""
        if (text := self._text(file)) is None:
            return _NOTHING
        for here in text.called_here(name):
            if here != name and (found := self._defined(file, here)):
                return _Target(found)
            for module, original in text.sources(here):
                if target := self._imported(module, file, original, level + 1):
                    return target
        return _NOTHING

    def _files_of(self, module: str, importer: str, level: int) -> tuple[str, ...]:
        if (files := self._modules.get((module, importer))) is None:
            files = self._files.named(module, importer) or self._packaged(module, importer, level)
            self._modules[module, importer] = files
        return files

    def _packaged(self, module: str, importer: str, level: int) -> tuple[str, ...]:
        """The files of a package of the workspace, whose manifest says its name, or of a module in it."""
        outer, _, inner = module.rpartition("::")
        if outer:
            return self._imported(outer, importer, inner, level + 1).files if level < LEVELS else ()
        for manifest, file in self._files.packaged(module, importer):
            if says_name(self._read_text(manifest), module):
                return (file,)
        return ()

    @cached_property
    def _files(self) -> ModuleFiles:
        return ModuleFiles(self._index.files(), self._scene.language_id)

    def _text(self, file: str) -> PassedOn | None:
        """None for a file that is refused, too large, or one too many."""
        if file not in self._texts:
            self._texts[file] = _parsed(file, self._read_text(file))
        return self._texts[file]

    def _read_text(self, file: str) -> str:
        """Empty where it is refused, gone, or one too many."""
        if len(self._read) < MAX_READ:
            self._read.add(file)
        snapshot = self._sources.read(file) if file in self._read else None
        return snapshot.text if snapshot is not None else ""


def _parsed(file: str, text: str) -> PassedOn | None:
    if (language := by_path(file)) is None or not 0 < len(text) <= MAX_TEXT:
        return None
    try:
        return PassedOn.by(parse(text, language))
    except SyntaxUnavailable:
        return None


def _is_default(one: Defined) -> bool:
    return re.match(r"export default\b", one.head) is not None
