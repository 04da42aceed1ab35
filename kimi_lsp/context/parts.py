"""The pieces of a prompt, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from kimi_lsp.syntax.registry import of_document

LONGEST_PATH = 300
"""Code points of a path that are shown."""


class Priority(IntEnum):
    """What is kept first when not all fits. In a prompt the most important stands last, next to the request."""

    FOCUS = 0
    FILE = 1
    RELATED = 2
    CLASS = 3
    IMPORTS = 4
    DEFINITIONS = 5
    CALLERS = 6
    TESTS = 7
    OUTLINE = 8
    MAP = 9
    BODIES = 10
    INSTRUCTIONS = 11


class Stability(IntEnum):
    """What changes least comes first in a prompt, for the provider's cache (kimi.md, Prompt caching).

    ``SURROUNDINGS`` depend on which file it is, ``FILE`` on its text as well.
    """

    WORKSPACE = 0
    SURROUNDINGS = 1
    FILE = 2
    CURSOR = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """Lines of a file that a part shows, from 1, both inclusive; ``whole`` unless it is a signature alone.

    ``what`` they are (``Lock.acquire``) and ``why`` just these are there, where the part does not say it.
    """

    file: str
    first_line: int
    last_line: int
    whole: bool = True
    what: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of the prompt: a text, how dear it is to us, and ``why`` it is there, in words for the user.

    ``language_id`` is that of the text, empty where it is a list of our own making.
    """

    title: str
    text: str
    priority: Priority
    stability: Stability
    why: str = ""
    language_id: str = ""
    shown: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that is not in the prompt, and why."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"


def on_one_line(path: str) -> str:
    """``path`` for a heading: what would end the line is escaped, and the middle of a very long one left out."""
    if not path.isprintable():
        path = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in path)
    if len(path) > LONGEST_PATH:
        path = f"{path[: LONGEST_PATH // 2]}…{path[-LONGEST_PATH // 2 :]}"
    return path


def language_of(path: str, told: str = "") -> str:
    """The id of a file's language: what a client ``told``, else by its name; empty for one that is not known."""
    language = of_document(told, path)
    return language.id if language is not None else ""
