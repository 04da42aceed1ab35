"""Asks the index and the workspace what ``context/`` wants to know of a place. Reads files: not on the event loop.

What is done is bounded by counts, never by the clock: the same workspace gives the same knowledge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from posixpath import splitext

from kimi_lsp.actions.knowledge_meanings import Meanings
from kimi_lsp.actions.knowledge_sources import Sources
from kimi_lsp.context import own
from kimi_lsp.context.certainty import LIKELY
from kimi_lsp.context.choose import Choice
from kimi_lsp.context.knowledge import Excerpt, Knowledge, Mapped, Mention, Rules
from kimi_lsp.context.mentions import LONGEST, PER_FILE, inside, restricted, shortened, tells
from kimi_lsp.context.modules import stems
from kimi_lsp.context.parts import LeftOut, language_of
from kimi_lsp.context.place import Place
from kimi_lsp.context.rank import ranked
from kimi_lsp.context.scene import one_family
from kimi_lsp.edits.overlay import Workspace
from kimi_lsp.settings import ContextSettings
from kimi_lsp.syntax.outline import VALUES
from kimi_lsp.syntax.tests import is_test
from kimi_lsp.workspace.index.values import Defined, Index

MAX_BODY = 8_000
"""Code points of a definition that is shown as a whole."""

MAX_RELATED = 10
MAX_CALLERS = 8
MAX_TESTS = 6
FILES_ASKED = 40
"""Files that name the symbol, of which callers and tests are taken."""

MAP_FILES = 12
MAP_HEADS = 8
"""Signatures of each file of the map."""

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
        sources.know(place.context.snapshot)
        self._meanings = Meanings(place, sources, index)

    def definitions(self) -> Iterator[Excerpt]:
        """What the names in use mean, best first."""
        place = self._place
        for choice in self._meanings.choices:
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
        language_id = self._meanings.scene.language_id
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
        for file, _ in ranked(self._file, self._meanings.links):
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
        found = {choice.name.name for choice in self._meanings.choices}
        files = {choice.defined.file for choice in self._meanings.choices}
        missing = [name.name for name in self._place.names if name.name not in found]
        missing = [name for name in missing if not self._meanings.scene.names_module(name, files)]
        if missing and (trouble := self._index.trouble):
            yield LeftOut("definitions, callers and tests in other files", trouble)
        elif missing:
            more = f", and {len(missing) - NAMES_TOLD} more" if len(missing) > NAMES_TOLD else ""
            told = ", ".join(missing[:NAMES_TOLD])
            yield LeftOut(f"{told}{more}", "not found in the workspace: of a library, built in, or local")

    def look_for_refused(self) -> None:
        """Ask for the files of imports of which no name was found: the policy may be why."""
        found = {choice.name.name for choice in self._meanings.choices}
        extension = splitext(self._file)[1]
        for one in self._meanings.scene.imports[:MAX_IMPORTS]:
            if found.isdisjoint(alias for _, alias in one.names):
                for stem in stems(one.module, self._file, self._meanings.scene.language_id)[:2]:
                    self.sources.read(f"{stem.path}{extension}")

    def _lines_of(self, places: Iterable[tuple[str, Sequence[int]]]) -> Iterator[Mention]:
        symbol = self._place.context.symbol
        name = symbol.name if symbol is not None else ""
        for file, lines in places:
            around = self._place.context.definitions if file == self._file else self._index.defined_in(file)
            if file != self._file and any(one.name == name and "." not in one.path for one in around):
                continue  # it has one of its own
            yield from islice(self._lines_in(file, lines, name, around), PER_FILE)

    def _lines_in(
        self, file: str, lines: Sequence[int], name: str, around: Sequence[Defined]
    ) -> Iterator[Mention]:
        for line in lines:
            if (text := self.sources.lines(file, line, line)) is None:
                return
            within = inside(line, around)
            is_other = within is not None and within.name == name
            is_here = file == self._file and self._place.has_line(line)
            if tells(text, name) and not is_other and not is_here:
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
