"""How sure it is that a definition is the one that is meant by a name, in the place where the name is used.

No types are inferred: imports speak for a definition, what stands before the dot, and where the files lie.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from posixpath import basename, commonpath, dirname, splitext

from kimi_lsp.context.modules import EXACT, INSIDE, match, stem_of, stems
from kimi_lsp.syntax.imports import Import
from kimi_lsp.syntax.outline import TYPES
from kimi_lsp.syntax.registry import by_path
from kimi_lsp.syntax.tests import is_test
from kimi_lsp.workspace.index.values import Defined


class Certainty(IntEnum):
    """How sure it is that a definition is the one that is meant."""

    NO = 0
    SAME_NAME = 1
    IMPORTED_FILE = 2
    NEARBY = 3
    SAME_FOLDER = 4
    TYPE_AT_HAND = 5
    LIKE_RECEIVER = 6
    RE_EXPORTED = 7
    INHERITED = 8
    SAME_FILE = 9
    IMPORTED = 10
    OWN = 11


SURE = Certainty.RE_EXPORTED
"""From here on, less certain candidates for the same name are left out."""

LIKELY = Certainty.NEARBY
"""Below this, a definition is shown by its signature only."""

OWN_WORDS = frozenset({"self", "cls", "this", "Self", "super", "base", "parent", "static", "$this"})
"""What the object at hand, its class, or what is inherited is called."""

STRICT = frozenset(
    {"python", "javascript", "javascriptreact", "typescript", "typescriptreact", "vue", "svelte"}
)
"""Languages in which a bare name is of the same file or imported by name."""

FAMILIES = (
    frozenset({"javascript", "javascriptreact", "typescript", "typescriptreact", "vue", "svelte"}),
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
        modules = [one.module for one in self.imports if name in _called_here(one) - _originals(one)]
        modules += [
            _within(one.module, original, self)
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

    @cached_property
    def _tails_of(self) -> dict[str, frozenset[str]]:
        return {}

    @cached_property
    def _family(self) -> dict[str, bool]:
        return {}

    @cached_property
    def _nearness(self) -> dict[str, Nearness]:
        return {}

    @cached_property
    def _matches(self) -> dict[tuple[str, str], int]:
        return {}

    @cached_property
    def _words(self) -> dict[str, frozenset[str]]:
        return {}

    @cached_property
    def _imported(self) -> dict[str, bool]:
        return {}


_DOTS = re.compile(r"\?\.|!\.|&\.|->|::|[.:]")


def as_bare(name: str, one: Defined, scene: Scene) -> Certainty:
    """That ``one`` is what ``name`` means where it stands alone."""
    inside = _parent(one)
    if inside and scene.language_id not in STRICT and (of_class := _of_class(inside, one, scene)):
        return of_class
    is_hidden = bool(inside) and one.kind not in _SEEN_FROM_OUTSIDE
    if is_hidden and scene.language_id in STRICT:
        return Certainty.NO
    if one.file == scene.file:
        return Certainty.SAME_FILE if not inside or _around(inside, scene.own) else Certainty.NEARBY
    if (imported := _by_import(name, one, scene)) > Certainty.NO:
        return imported
    if scene.language_id in STRICT or (is_hidden and scene.language_id in _WITHOUT_CLASSES):
        return Certainty.NO
    return _by_folder(one, scene)


def _of_class(inside: str, one: Defined, scene: Scene) -> Certainty:
    if scene.own and one.file == scene.file and _is_own(inside, scene.own):
        return Certainty.OWN
    return Certainty.INHERITED if inside.rpartition(".")[2] in scene.bases else Certainty.NO


def _by_folder(one: Defined, scene: Scene) -> Certainty:
    if dirname(one.file) == dirname(scene.file):
        return Certainty.SAME_FOLDER
    if scene.language_id == "go":
        return Certainty.NO
    return Certainty.IMPORTED_FILE if scene.imports_file(one.file) else Certainty.SAME_NAME


_WITHOUT_CLASSES = frozenset({"go", "rust", "c"})
_SEEN_FROM_OUTSIDE = TYPES | {"constant", "type", "macro", "member", "namespace", "module"}


def as_member(written: str, one: Defined, scene: Scene) -> Certainty:
    """That ``one`` is what its name means behind the dot of the receiver ``written``."""
    inside = _parent(one)
    receiver = _DOTS.split(written)[-1]
    last = inside.rpartition(".")[2]
    if receiver in OWN_WORDS and last and (of_class := _of_class(inside, one, scene)):
        return of_class
    if receiver and last == receiver:
        return Certainty.IMPORTED
    if not inside:
        return _of_module(written, one, scene)
    if receiver and _alike(receiver, last):
        return Certainty.LIKE_RECEIVER
    if last in scene.types or _is_own(inside, scene.own):
        return Certainty.TYPE_AT_HAND
    if one.file == scene.file:
        return Certainty.NEARBY
    return Certainty.IMPORTED_FILE if scene.imports_file(one.file) else Certainty.SAME_NAME


def one_family(file: str, language_id: str) -> bool:
    """Whether what ``file`` defines can be used in the language at hand."""
    language = by_path(file)
    if language is None or language.id == language_id:
        return language is not None
    return any(language.id in family and language_id in family for family in FAMILIES)


def _of_module(receiver: str, one: Defined, scene: Scene) -> Certainty:
    """What stands at the top of a file is a member of the module that the receiver names."""
    for imported in scene.imports:
        if receiver not in _called_here(imported):
            continue
        for original, alias in imported.names:
            if (
                alias == receiver
                and scene.match(_within(imported.module, original, scene), one.file) == EXACT
            ):
                return Certainty.IMPORTED
        if (matched := scene.match(imported.module, one.file)) == EXACT:
            return Certainty.IMPORTED
        if matched == INSIDE:
            return Certainty.RE_EXPORTED
    if (
        receiver and scene.match(receiver, one.file) == EXACT
    ):  # a path that is written out: crate::lock::acquire
        return Certainty.TYPE_AT_HAND
    if scene.language_id in STRICT or scene.language_id == "go":
        return Certainty.NO
    return as_bare(one.name, one, scene)


def _within(module: str, name: str, scene: Scene) -> str:
    """The name of a module within a package."""
    if scene.language_id == "rust":
        return f"{module}::{name}"
    if scene.language_id == "python":
        return f"{module}{'' if module.endswith('.') else '.'}{name}"
    return f"{module}/{name}"


def _called_here(imported: Import) -> frozenset[str]:
    """What may stand before a dot because of an import."""
    module = imported.module.strip("\"'<>")
    last = module.replace("::", ".").replace("/", ".").rpartition(".")[2]
    return frozenset({last, module, module.partition(".")[0], *(alias for _, alias in imported.names)})


def _originals(imported: Import) -> frozenset[str]:
    """What is imported from within a module, which is not the module."""
    return frozenset(alias for original, alias in imported.names if original not in ("", "*"))


def _by_import(name: str, one: Defined, scene: Scene) -> Certainty:
    best = Certainty.NO
    for imported in scene.imports:
        aliases = [alias for _, alias in imported.names]
        if name not in aliases and "*" not in aliases and (aliases or scene.language_id in STRICT):
            continue
        matched = scene.match(imported.module, one.file)
        if not matched and name in aliases and scene.language_id in ("rust", "java", "kotlin", "scala"):
            matched = scene.match(_within(imported.module, name, scene), one.file)
        if matched == EXACT:
            return Certainty.IMPORTED if name in aliases or "*" in aliases or not aliases else Certainty.NO
        if matched == INSIDE and (name in aliases or "*" in aliases):
            best = Certainty.RE_EXPORTED
    return best


def _parent(one: Defined) -> str:
    return (
        one.path[: -len(one.name) - 1] if one.path.endswith(f".{one.name}") else one.path.rpartition(".")[0]
    )


def _is_own(inside: str, own: str) -> bool:
    return bool(own) and (inside == own or inside.rpartition(".")[2] == own.rpartition(".")[2])


def _around(inside: str, own: str) -> bool:
    return own == inside or own.startswith(f"{inside}.")


def _folders_shared(one: str, other: str) -> int:
    """How many folders two paths share."""
    both = [dirname(one), dirname(other)]
    return (
        len(commonpath(both).split("/"))
        if all(both) and not any(path.startswith("/") for path in both)
        else 0
    )


def _alike(receiver: str, type_name: str) -> bool:
    """``client`` and ``http_client`` are alike ``Client``, ``_transport`` is alike ``BaseTransport``."""
    one, other = _folded(receiver), _folded(type_name)
    return len(one) > 2 and len(other) > 2 and (one.endswith(other) or other.endswith(one))


def _folded(name: str) -> str:
    return name.replace("_", "").replace("$", "").lower()
