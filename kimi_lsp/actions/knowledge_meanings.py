"""What the names mean that a place uses: their likeliest definitions, by what the index and the place itself say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from kimi_lsp.actions.knowledge_exports import Exports
from kimi_lsp.actions.knowledge_sources import Sources
from kimi_lsp.context import own
from kimi_lsp.context.certainty import SURE, Certainty
from kimi_lsp.context.choose import Choice, chosen, distinct, is_everywhere, wanted_names
from kimi_lsp.context.parts import language_of
from kimi_lsp.context.place import Place
from kimi_lsp.context.scene import Scene, one_family
from kimi_lsp.context.wanted import words
from kimi_lsp.syntax.imports import imported
from kimi_lsp.syntax.outline import TYPES
from kimi_lsp.workspace.index.values import Defined, Index, Link

MAX_LINKS = 2_000

MAX_TYPES = 24
"""Types that are searched for members."""

MAX_WORDS = 200
"""Words of signatures that are looked up as types."""

CONSTRUCTORS = frozenset({"__init__", "constructor", "__construct", "initialize"})
"""What a constructor is called in languages in which it has a name of its own."""


class Meanings:
    """What the names of a place mean; found out when first asked for, and once."""

    def __init__(self, place: Place, sources: Sources, index: Index) -> None:
        self._place = place
        self._sources = sources
        self._index = index
        self._file = place.context.path
        self._found: dict[str, tuple[Defined, ...]] = {}
        self._near: dict[str, tuple[float, ...]] = {}

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Between the files in the language at hand.

        Across languages it is mostly names that happen to be the same.
        """
        language_id = self._place.language_id
        links = self._index.links(self._file, MAX_LINKS)
        files = {file for link in links for file in (link.source, link.target)}
        near = {file for file in files if one_family(file, language_id)}
        return tuple(link for link in links if link.source in near and link.target in near)

    @cached_property
    def scene(self) -> Scene:
        """Where the names are used, with the class around it and what that inherits from."""
        place = self._place
        inherited = own.bases(place.own.rpartition(".")[2], self._types_called) if place.own else ()
        return replace(
            self._surroundings,
            own=place.own,
            bases=tuple(one.name for one in inherited),
            types=frozenset(name.name for name in place.names),
        )

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """The definitions that are probably meant.

        First what is sure; then the rest, for which the types that are at hand by then speak.
        """
        names, scene = self._place.names, self.scene
        found = self._of_names(wanted_names(names, scene), [name.name for name in names])
        sure = [one for one in chosen(names, found, scene) if one.certainty >= SURE]
        renamed = self._renamed(scene, sure)
        sure += renamed
        heads = frozenset().union(*(words(one.defined.head) for one in sure))
        types = self._types(scene, sure, heads)
        scene = replace(scene, types=frozenset((*scene.types, *heads, *(one.name for one in types))))
        for one in self._members(types, frozenset(one.name.name for one in sure)):
            found[one.name] = (*found.get(one.name, ()), one)
        choices = (*chosen(names, found, scene), *renamed, *self._constructors(scene, sure))
        return distinct(sorted(choices, key=lambda choice: -min(choice.certainty, SURE)))

    def _renamed(self, scene: Scene, sure: Iterable[Choice]) -> list[Choice]:
        """What is called otherwise where it is defined, of the names of which nothing is sure."""
        known = {one.name.name for one in sure}
        unknown = (one for one in self._place.names if one.name not in known and not is_everywhere(one.name))
        return list(Exports(scene, self._sources, self._index).choices(unknown))

    def _types(self, scene: Scene, sure: Sequence[Choice], heads: frozenset[str]) -> list[Defined]:
        """The types whose members may be meant: of the class at hand, its bases, what is used and what that names."""
        owner = self._place.own.rpartition(".")[2]
        found = self._types_called([owner, *scene.bases]) if owner else []
        found += [one.defined for one in sure if one.defined.kind in TYPES]
        near = {one.file for one in found} | {one.defined.file for one in sure} | set(scene.weights)
        others = self._types_called(sorted(filter(self._may_be_type, heads))[:MAX_WORDS])
        found += [one for one in others if one.file in near]
        return list({(one.file, one.first_line): one for one in found}.values())[:MAX_TYPES]

    def _may_be_type(self, word: str) -> bool:
        """Whether a word of a signature may name a type, by the habits of most languages."""
        return self.scene.language_id in ("c", "cpp", "zig", "ocaml") or word != word.lower()

    def _constructors(self, scene: Scene, sure: Sequence[Choice]) -> Iterator[Choice]:
        """How what is called is made, in languages in which a constructor has a name of its own."""
        names = self._place.names
        makers = [(one.name, one.defined) for one in sure if one.name.called and one.defined.kind in TYPES]
        above = [name for name in names if name.name in CONSTRUCTORS and name.receivers]
        makers += [(name, one) for name in above for one in self._types_called(scene.bases)]
        for name, one in makers[:MAX_TYPES]:
            constructor = next(self._constructors_of(one), None)
            for base in own.bases(one.name, self._types_called) if constructor is None else ():
                constructor = constructor or next(self._constructors_of(base), None)
            if constructor is not None:
                yield Choice(name, constructor, Certainty.INHERITED, 1)

    def _constructors_of(self, made: Defined) -> Iterator[Defined]:
        here = (
            self._place.context.definitions if made.file == self._file else self._index.defined_in(made.file)
        )
        paths = {f"{made.path}.{name}" for name in CONSTRUCTORS}
        return (one for one in here if one.path in paths)

    def _members(self, types: Iterable[Defined], sure: frozenset[str]) -> Iterator[Defined]:
        """What those types declare and assign, of the names that are not sure; and how they are made."""
        wanted = [name.name for name in self._place.names if name.name not in sure and name.receivers]
        for one in types:
            if (text := self._sources.lines(one.file, one.first_line, one.last_line)) is not None:
                yield from own.members(text, one.first_line, one, wanted, language_of(one.file))

    @cached_property
    def _surroundings(self) -> Scene:
        """The scene as far as it is known before anything was looked up."""
        place = self._place
        return Scene(
            file=self._file,
            language_id=place.language_id,
            imports=imported(place.tree) if place.tree is not None else (),
            weights={link.target: link.weight for link in self.links if link.source == self._file},
        )

    def _nearness(self, file: str) -> tuple[float, ...]:
        """Which files are asked where too many define a name: those that are imported, then the nearest."""
        if (found := self._near.get(file)) is None:
            scene = self._surroundings
            found = (scene.in_family(file), scene.is_imported(file), *scene.nearness(file))
            self._near[file] = found
        return found

    def _of_names(self, names: Sequence[str], here: Sequence[str] = ()) -> dict[str, tuple[Defined, ...]]:
        """The definitions of names: in this file as it is now, elsewhere as the index says; of some only ``here``."""
        unknown = [name for name in names if name not in self._found]
        elsewhere = self._index.definitions(unknown, self._nearness) if unknown else {}
        for name in unknown:
            others = tuple(one for one in elsewhere.get(name, ()) if one.file != self._file)
            self._found[name] = self._own_ones.get(name, ()) + others
        own_ones = {name: self._own_ones[name] for name in here if name in self._own_ones}
        return {**own_ones, **{name: self._found[name] for name in names}}

    @cached_property
    def _own_ones(self) -> dict[str, tuple[Defined, ...]]:
        found: dict[str, tuple[Defined, ...]] = {}
        for one in self._place.context.definitions:
            found[one.name] = (*found.get(one.name, ()), one)
        return found

    def _types_called(self, names: Sequence[str]) -> list[Defined]:
        return [one for found in self._of_names(names).values() for one in found if one.kind in TYPES]
