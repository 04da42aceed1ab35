"""What an index is made of: facts of files, from the disk's database or from memory, one laid over the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from kimi_lsp.workspace.index.extract import Extracted
from kimi_lsp.workspace.index.values import Defined
from kimi_lsp.workspace.index.words import Mentions


class Store(Protocol):
    """The facts that ``answers.py`` works with."""

    def files(self) -> frozenset[str]:
        """All files that are not left out."""
        ...

    def defined_in(self, file: str) -> list[Defined]:
        """What a file defines, in its order."""
        ...

    def definitions(self, name: str) -> list[Defined]:
        """The definitions called ``name``, in any order."""
        ...

    def mentions_of(self, file: str) -> Mentions:
        """What a file mentions."""
        ...

    def defining(self, name: str, limit: int) -> set[str]:
        """The files that define ``name``, at most ``limit`` of them."""
        ...

    def mentioning(self, name: str, limit: int | None = None) -> Mapping[str, int]:
        """How often each file mentions ``name``; at most ``limit`` files."""
        ...


class Memory:
    """A few files with what is in them."""

    def __init__(self, extracted: Mapping[str, Extracted]) -> None:
        self.extracted = extracted

    def files(self) -> frozenset[str]:
        """All files that are not left out."""
        return frozenset(name for name, one in self.extracted.items() if not one.why)

    def defined_in(self, file: str) -> list[Defined]:
        """What a file defines, in its order."""
        return [
            Defined(one.name, one.path, one.kind, file, one.first_line, one.last_line, one.head)
            for one in self.extracted[file].definitions
        ]

    def definitions(self, name: str) -> list[Defined]:
        """The definitions called ``name``."""
        return [one for file in self.extracted for one in self.defined_in(file) if one.name == name]

    def mentions_of(self, file: str) -> Mentions:
        """What a file mentions."""
        return self.extracted[file].mentions

    def defining(self, name: str, limit: int) -> set[str]:
        """The files that define ``name``."""
        found = (file for file, one in self.extracted.items() if any(d.name == name for d in one.definitions))
        return set(found)

    def mentioning(self, name: str, limit: int | None = None) -> dict[str, int]:
        """How often each file mentions ``name``."""
        return {file: one.mentions[name][0] for file, one in self.extracted.items() if name in one.mentions}


class Layered:
    """``over`` says what is in its files, ``under`` what is in all others."""

    def __init__(self, over: Memory, under: Store) -> None:
        self._over = over
        self._under = under

    def files(self) -> frozenset[str]:
        """All files that are not left out."""
        return self._over.files() | (self._under.files() - self._over.extracted.keys())

    def defined_in(self, file: str) -> list[Defined]:
        """What a file defines, in its order."""
        return self._at(file).defined_in(file)

    def definitions(self, name: str) -> list[Defined]:
        """The definitions called ``name``."""
        below = [one for one in self._under.definitions(name) if one.file not in self._over.extracted]
        return [*self._over.definitions(name), *below]

    def mentions_of(self, file: str) -> Mentions:
        """What a file mentions."""
        return self._at(file).mentions_of(file)

    def defining(self, name: str, limit: int) -> set[str]:
        """The files that define ``name``."""
        below = self._under.defining(name, limit + len(self._over.extracted)) - self._over.extracted.keys()
        return self._over.defining(name, limit) | below

    def mentioning(self, name: str, limit: int | None = None) -> dict[str, int]:
        """How often each file mentions ``name``."""
        wider = None if limit is None else limit + len(self._over.extracted)
        below = self._under.mentioning(name, wider)
        rest = {file: count for file, count in below.items() if file not in self._over.extracted}
        return rest | self._over.mentioning(name)

    def _at(self, file: str) -> Store:
        return self._over if file in self._over.extracted else self._under
