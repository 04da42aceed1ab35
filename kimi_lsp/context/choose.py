"""Which of the definitions of a name are shown: the likeliest ones, and few where many would do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kimi_lsp.context.certainty import STRICT, SURE, Certainty, as_bare, as_member
from kimi_lsp.context.scene import Scene
from kimi_lsp.context.wanted import Name
from kimi_lsp.syntax.tests import is_test
from kimi_lsp.workspace.index.values import Defined

PER_NAME = 3
"""Definitions that are shown of one name."""

PER_COMMON_NAME = 2
"""The same for a name that is defined ``COMMON`` times or more and of which nothing is sure."""

COMMON = 12

MAX_CHOSEN = 300


@dataclass(frozen=True, slots=True)
class Choice:
    """A definition that is probably meant by ``name``."""

    name: Name
    defined: Defined
    certainty: Certainty
    of: int

    @property
    def why(self) -> str:
        """In words, for the user."""
        others = f", one of {self.of} of that name" if self.certainty < SURE and self.of > 1 else ""
        how = "named by the problem" if self.name.quoted else f"used in line {self.name.line}"
        return f"{how}, {_WORDS[self.certainty]}{others}"


_WORDS = {
    Certainty.NO: "not meant",
    Certainty.SAME_NAME: "by its name alone",
    Certainty.IMPORTED_FILE: "in a file that is imported",
    Certainty.NEARBY: "in the same file",
    Certainty.SAME_FOLDER: "in the same folder",
    Certainty.TYPE_AT_HAND: "of a type that is used here",
    Certainty.LIKE_RECEIVER: "of a type called like the variable",
    Certainty.RE_EXPORTED: "imported from its package",
    Certainty.INHERITED: "inherited",
    Certainty.SAME_FILE: "in the same file",
    Certainty.IMPORTED: "imported",
    Certainty.OWN: "of the same class",
}


def chosen(names: Iterable[Name], found: Mapping[str, Sequence[Defined]], scene: Scene) -> tuple[Choice, ...]:
    """The definitions that are probably meant, the most certain first, then in the order of ``names``."""
    choices = (choice for name in names for choice in _of_name(name, found, scene))
    return distinct(sorted(choices, key=lambda choice: -min(choice.certainty, SURE)))[:MAX_CHOSEN]


def distinct(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    """The choices, each definition once: as it came first."""
    found: dict[tuple[str, int, str], Choice] = {}
    for choice in choices:
        one = choice.defined
        found.setdefault((one.file, one.first_line, one.path), choice)
    return tuple(found.values())


def _of_name(name: Name, found: Mapping[str, Sequence[Defined]], scene: Scene) -> Iterator[Choice]:
    """Each way of using the name has its own best definitions."""
    candidates = [one for one in found.get(origin(name.name, scene), ()) if scene.in_family(one.file)]
    ways = [[(as_member(receiver, one, scene), one) for one in candidates] for receiver in name.receivers]
    if name.bare:
        ways.insert(0, [(as_bare(name.name, one, scene), one) for one in candidates])
    if name.quoted:
        ways = [[(max(sure, Certainty.SAME_NAME), one) for sure, one in judged] for judged in ways]
    for judged in ways:
        for sure, one in _best(judged, scene):
            yield Choice(name, one, sure, len(candidates))


def _best(judged: list[tuple[Certainty, Defined]], scene: Scene) -> list[tuple[Certainty, Defined]]:
    judged = [(sure, one) for sure, one in judged if sure > Certainty.NO]
    best = max((sure for sure, _ in judged), default=Certainty.NO)
    if best >= Certainty.LIKE_RECEIVER:
        judged = [(sure, one) for sure, one in judged if sure == best]
    judged.sort(key=lambda one: _rank(one[0], one[1], scene), reverse=True)
    return judged[: PER_COMMON_NAME if best < SURE and len(judged) >= COMMON else PER_NAME]


def origin(name: str, scene: Scene) -> str:
    """What a name is called where it comes from."""
    for one in scene.imports:
        for original, alias in one.names:
            if alias == name and original not in (name, "", "*", "default"):
                return original
    return name


def wanted_names(names: Iterable[Name], scene: Scene) -> tuple[str, ...]:
    """What to ask an index for: the names as they are called where they come from.

    Not those that mean nothing elsewhere, such as ``len``: bare ones that are not imported, where a language
    wants that, and what nearly every class has, which is found by the class.
    """
    wanted = [name for name in names if not is_everywhere(name.name)]
    if scene.language_id in STRICT:
        here = {alias for one in scene.imports for _, alias in one.names}
        wanted = [name for name in wanted if name.receivers or name.name in here or "*" in here]
    return tuple(dict.fromkeys(origin(name.name, scene) for name in wanted))


def is_everywhere(name: str) -> bool:
    """Whether nearly every module or class has one of that name."""
    return name.startswith("__") and name.endswith("__")


def _rank(sure: Certainty, one: Defined, scene: Scene) -> tuple[float, ...]:
    """The greater, the likelier; ties stay in the index's order."""
    return (
        sure,
        is_test(one.file) == scene.in_test or one.file == scene.file,
        one.kind != "declaration",
        *scene.nearness(one.file),
    )
