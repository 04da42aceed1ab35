"""Asks the index and the workspace what ``context/`` wants to know of a place. Reads files: not on the event loop.

What is done is bounded by counts, never by the clock: the same workspace gives the same knowledge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from posixpath import splitext

from kimi_lsp.actions.knowledge_sources import Sources
from kimi_lsp.context import own
from kimi_lsp.context.certainty import LIKELY, SURE, Certainty
from kimi_lsp.context.choose import Choice, chosen, distinct, wanted_names
from kimi_lsp.context.knowledge import Excerpt, Knowledge, Mapped, Mention, Rules
from kimi_lsp.context.mentions import LONGEST, PER_FILE, inside, restricted, shortened, tells
from kimi_lsp.context.modules import stems
from kimi_lsp.context.parts import LeftOut, language_of
from kimi_lsp.context.place import Place
from kimi_lsp.context.rank import ranked
from kimi_lsp.context.scene import Scene, one_family
from kimi_lsp.context.wanted import words
from kimi_lsp.edits.overlay import Workspace
from kimi_lsp.settings import ContextSettings
from kimi_lsp.syntax.imports import imported
from kimi_lsp.syntax.outline import TYPES, VALUES
from kimi_lsp.syntax.tests import is_test
from kimi_lsp.workspace.index.values import Defined, Index, Link

MAX_BODY = 8_000
"""Code points of a definition that is shown as a whole."""

MAX_RELATED = 10
MAX_CALLERS = 8
MAX_TESTS = 6
FILES_ASKED = 40
"""Files that name the symbol, of which callers and tests are taken."""

MAX_LINKS = 2_000
MAP_FILES = 12
MAP_HEADS = 8
"""Signatures of each file of the map."""

MAX_TYPES = 24
"""Types that are searched for members."""

MAX_WORDS = 200
"""Words of signatures that are looked up as types."""

CONSTRUCTORS = frozenset({"__init__", "constructor", "__construct", "initialize"})
"""What a constructor is called in languages in which it has a name of its own."""

MAX_IMPORTS = 30
"""Imports of which it is found out why nothing is known of them."""

NAMES_TOLD = 40
"""Names that were not found, of which the user is told."""


def known(place: Place, workspace: Workspace, index: Index, settings: ContextSettings) -> Knowledge:
    """All that is known of ``place`` beyond its own text. No file is shown that the workspace refuses."""
    inquiry = _Inquiry(place, Sources(workspace), index)
    callers, tests = inquiry.mentions()
    definitions = tuple(inquiry.definitions())
    inquiry.look_for_refused()
    return Knowledge(
        related=tuple(inquiry.related()),
        definitions=definitions,
        callers=callers,
        tests=tests,
        map=tuple(inquiry.map()),
        rules=tuple(inquiry.rules(settings.instruction_files)),
        left_out=(*inquiry.sources.refused, *inquiry.not_found()),
    )


class _Inquiry:
    def __init__(self, place: Place, sources: Sources, index: Index) -> None:
        self.sources = sources
        self._place = place
        self._index = index
        self._file = place.context.path
        self._found: dict[str, tuple[Defined, ...]] = {}
        self._near: dict[str, tuple[float, ...]] = {}
        sources.know(place.context.snapshot)

    def definitions(self) -> Iterator[Excerpt]:
        """What the names in use mean, best first."""
        place = self._place
        for choice in self._choices:
            one = choice.defined
            if one.file == self._file and place.has_line(one.first_line) and place.has_line(one.last_line):
                continue
            if choice.certainty < LIKELY:
                if self.sources.may_be_shown(one.file):
                    yield _excerpt(choice, one.head, None)
                continue
            body = self.sources.lines(one.file, one.first_line, one.last_line)
            if body is None or one.name not in body[: 8 * MAX_BODY]:
                continue  # refused, or the index is older than the file
            yield _excerpt(choice, own.whole_head(one.head, body), body if len(body) <= MAX_BODY else None)

    def mentions(self) -> tuple[tuple[Mention, ...], tuple[Mention, ...]]:
        """Who calls the symbol, and which tests name it."""
        symbol = self._place.context.symbol
        if symbol is None or not symbol.name:
            return (), ()
        language_id = self._scene.language_id
        used = [
            one for one in self._index.uses(symbol.name, FILES_ASKED) if one_family(one.file, language_id)
        ]
        defined = self._index.definitions([symbol.name]).get(symbol.name, ())
        if self._place.own and len({one.path for one in defined}) > 1:
            owner = self._place.own.rpartition(".")[2]
            used = list(restricted(used, self._index.uses(owner, FILES_ASKED), self._file))
        callers = self._lines_of(
            (one.file, one.lines) for one in used if not is_test(one.file) or one.file == self._file
        )
        tests = self._lines_of(
            (one.file, one.lines) for one in used if is_test(one.file) and one.file != self._file
        )
        return tuple(callers)[:MAX_CALLERS], tuple(tests)[:MAX_TESTS]

    def related(self) -> Iterator[Mention]:
        """The places that the problem is related to, with what stands there."""
        diagnostic = self._place.context.diagnostic
        for one in diagnostic.related[:MAX_RELATED] if diagnostic is not None else ():
            message = " ".join(one.message.split())[:LONGEST]
            if (text := self.sources.lines(one.path, one.line, one.line)) is not None:
                yield Mention(one.path, one.line, f"{shortened(text, '')}  <- {message}")
            elif self.sources.may_be_shown(one.path):
                yield Mention(one.path, one.line, message)

    def map(self) -> Iterator[Mapped]:
        """The files that matter most to this one, by their signatures."""
        count = 0
        for file, _ in ranked(self._file, self._links):
            if count == MAP_FILES:
                return
            tops = [one for one in self._index.defined_in(file) if "." not in one.path and one.name]
            tops.sort(key=lambda one: (one.kind in VALUES, one.first_line))
            if tops and self.sources.may_be_shown(file):
                count += 1
                yield Mapped(file, tuple(one.head or one.name for one in tops[:MAP_HEADS]))

    def rules(self, paths: Iterable[str]) -> Iterator[Rules]:
        """The files of instructions that the settings name."""
        for path in paths:
            if (snapshot := self.sources.read(path)) is None:
                self.sources.miss(path)
            elif snapshot.text.strip():
                yield Rules(snapshot.path, snapshot.text)

    def not_found(self) -> Iterator[LeftOut]:
        """The names that nothing in the workspace defines, but for modules of which something was found."""
        found = {choice.name.name for choice in self._choices}
        files = {choice.defined.file for choice in self._choices}
        missing = [name.name for name in self._place.names if name.name not in found]
        missing = [name for name in missing if not self._scene.names_module(name, files)]
        if missing:
            more = f", and {len(missing) - NAMES_TOLD} more" if len(missing) > NAMES_TOLD else ""
            told = ", ".join(missing[:NAMES_TOLD])
            yield LeftOut(f"{told}{more}", "not found in the workspace: of a library, built in, or local")

    def look_for_refused(self) -> None:
        """Ask for the files of imports of which no name was found: the policy may be why."""
        found = {choice.name.name for choice in self._choices}
        extension = splitext(self._file)[1]
        for one in self._scene.imports[:MAX_IMPORTS]:
            if found.isdisjoint(alias for _, alias in one.names):
                for stem in stems(one.module, self._file, self._scene.language_id)[:2]:
                    self.sources.read(f"{stem.path}{extension}")

    @cached_property
    def _links(self) -> tuple[Link, ...]:
        """Between files in the language at hand: across languages it is mostly names that happen to be the same."""
        language_id = language_of(self._file, self._place.context.snapshot.language_id)
        links = self._index.links(self._file, MAX_LINKS)
        files = {file for link in links for file in (link.source, link.target)}
        near = {file for file in files if one_family(file, language_id)}
        return tuple(link for link in links if link.source in near and link.target in near)

    @cached_property
    def _choices(self) -> tuple[Choice, ...]:
        """First what is sure; then the rest, for which the types that are at hand by then speak."""
        names, scene = self._place.names, self._scene
        found = self._of_names(wanted_names(names, scene), [name.name for name in names])
        sure = [one for one in chosen(names, found, scene) if one.certainty >= SURE]
        heads = frozenset().union(*(words(one.defined.head) for one in sure))
        types = self._types(scene, sure, heads)
        scene = replace(scene, types=frozenset((*scene.types, *heads, *(one.name for one in types))))
        found = dict(found)
        for one in self._members(types, frozenset(one.name.name for one in sure)):
            found[one.name] = (*found.get(one.name, ()), one)
        choices = (*chosen(names, found, scene), *self._constructors(scene, sure))
        return distinct(sorted(choices, key=lambda choice: -min(choice.certainty, SURE)))

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
        return self._scene.language_id in ("c", "cpp", "zig", "ocaml") or word != word.lower()

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
            if (text := self.sources.lines(one.file, one.first_line, one.last_line)) is not None:
                yield from own.members(text, one.first_line, one, wanted, language_of(one.file))

    @cached_property
    def _scene(self) -> Scene:
        place = self._place
        inherited = own.bases(place.own.rpartition(".")[2], self._types_called) if place.own else ()
        return replace(
            self._surroundings,
            own=place.own,
            bases=tuple(one.name for one in inherited),
            types=frozenset(name.name for name in place.names),
        )

    @cached_property
    def _surroundings(self) -> Scene:
        """The scene as far as it is known before anything was looked up."""
        place = self._place
        return Scene(
            file=self._file,
            language_id=language_of(self._file, place.context.snapshot.language_id),
            imports=imported(place.tree) if place.tree is not None else (),
            weights={link.target: link.weight for link in self._links if link.source == self._file},
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

    def _lines_of(self, places: Iterable[tuple[str, Sequence[int]]]) -> Iterator[Mention]:
        symbol = self._place.context.symbol
        name = symbol.name if symbol is not None else ""
        for file, lines in places:
            shown = 0
            around = self._place.context.definitions if file == self._file else self._index.defined_in(file)
            if file != self._file and any(one.name == name and "." not in one.path for one in around):
                continue  # it has one of its own
            for line in lines:
                text = self.sources.lines(file, line, line)
                if shown == PER_FILE or text is None:
                    break
                within = inside(line, around)
                is_other = within is not None and within.name == name
                if (
                    tells(text, name)
                    and not is_other
                    and not (file == self._file and self._place.has_line(line))
                ):
                    shown += 1
                    yield Mention(file, line, shortened(text, name), within.path if within else "")


def _excerpt(choice: Choice, head: str, body: str | None) -> Excerpt:
    one = choice.defined
    return Excerpt(
        file=one.file,
        first_line=one.first_line,
        last_line=one.last_line,
        path=one.path,
        head=head,
        why=choice.why,
        body=body,
        language_id=language_of(one.file),
    )
