"""What the index of the workspace answers, as values; no I/O."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

HEAD = 300
"""Code points of a head that are kept."""

LINES = 50
"""Lines of one file that are kept of one name's mentions."""

MOST = 1_000
"""Files of which the definitions of one name are told."""

MOST_NEAR = 60
"""The same where it is said which files are near."""

Near = Callable[[str], tuple[float, ...]]
"""How near a file is, the greater, the nearer."""


@dataclass(frozen=True, slots=True)
class Defined:
    """One definition somewhere in the workspace.

    ``path`` is ``syntax.outline.Symbol.path`` (``Lock.acquire``), ``file`` as ``Policy.shown`` names it. Lines count
    from 1, both ends belong to it, decorators and attributes as well. ``head`` is the signature, white space joined,
    cut at ``HEAD``.
    """

    name: str
    path: str
    kind: str
    file: str
    first_line: int
    last_line: int
    head: str


@dataclass(frozen=True, slots=True)
class Used:
    """The lines of one file in which a name occurs: from 1, rising, at most ``LINES`` of them; ``count`` in all."""

    name: str
    file: str
    lines: tuple[int, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Link:
    """The file ``source`` mentions names that the file ``target`` defines; the heavier, the more and the rarer."""

    source: str
    target: str
    weight: float


class Index(Protocol):
    """What is known of the workspace. All answers are deterministic; open documents stand over the disk."""

    @property
    def trouble(self) -> str:
        """Why it knows nothing, or may not know all of what was asked so far; empty where all is well."""
        ...

    def definitions(
        self, names: Collection[str], near: Near | None = None
    ) -> Mapping[str, tuple[Defined, ...]]:
        """The definitions of each of ``names`` that has any, in a stable order.

        Of a name that many files define, those of ``MOST`` files are told, the first by name; or those of the
        ``MOST_NEAR`` files for which ``near`` is greatest.
        """
        ...

    def defined_in(self, file: str) -> tuple[Defined, ...]:
        """What ``file`` defines, in its order."""
        ...

    def uses(self, name: str, limit: int = 50) -> tuple[Used, ...]:
        """The files that mention ``name``: most mentions first, then by file name."""
        ...

    def links(self, file: str, limit: int = 5_000) -> tuple[Link, ...]:
        """The neighbourhood of ``file``, two steps wide, heaviest first: what a personalised page rank needs."""
        ...

    def files(self) -> tuple[str, ...]:
        """All files that are known, by name."""
        ...


class _Empty:
    """An index that knows nothing, and why."""

    def __init__(self, trouble: str) -> None:
        self.trouble = trouble

    def definitions(
        self, names: Collection[str], near: Near | None = None
    ) -> Mapping[str, tuple[Defined, ...]]:
        return {}

    def defined_in(self, file: str) -> tuple[Defined, ...]:
        return ()

    def uses(self, name: str, limit: int = 50) -> tuple[Used, ...]:
        return ()

    def links(self, file: str, limit: int = 5_000) -> tuple[Link, ...]:
        return ()

    def files(self) -> tuple[str, ...]:
        return ()


def empty(trouble: str) -> Index:
    """An index that knows nothing, because of ``trouble``."""
    return _Empty(trouble)


EMPTY: Index = _Empty("there is no index of the workspace")
"""Where none is wanted, or there is no workspace."""
