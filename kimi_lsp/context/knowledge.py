"""What is known of a place beyond its own file, as values."""

from __future__ import annotations

from dataclasses import dataclass

from kimi_lsp.context.parts import LeftOut


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A definition that may be shown by its signature or as a whole.

    Lines count from 1, both inclusive; ``head`` is the signature on one line. ``body`` are all its lines, None where
    they are not to be had. ``why`` it is worth showing, in words for the user.
    """

    file: str
    first_line: int
    last_line: int
    path: str
    head: str
    why: str
    body: str | None = None
    language_id: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """A line that is worth showing; ``inside`` is the path of the symbol that the line is in, empty if in none."""

    file: str
    line: int
    text: str
    inside: str = ""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A file of the repository map, and the signatures that it is known by."""

    file: str
    heads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """A file that says how things are done in a project, as CONTRIBUTING does."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All of it, each best first. ``left_out`` says what was looked for in vain or must not be shown, and why."""

    related: tuple[Mention, ...] = ()
    definitions: tuple[Excerpt, ...] = ()
    callers: tuple[Mention, ...] = ()
    tests: tuple[Mention, ...] = ()
    map: tuple[Mapped, ...] = ()
    rules: tuple[Rules, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.definitions or self.callers or self.tests or self.map)


NOTHING = Knowledge()
