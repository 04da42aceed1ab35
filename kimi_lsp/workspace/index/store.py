"""What an index is made of: facts of files, from the disk's database or from memory, one laid over the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from kimi_lsp.workspace.index.extract import Extracted
from kimi_lsp.workspace.index.values import Defined
from kimi_lsp.workspace.index.words import Mentions

Choose = Callable[[Collection[str]], Collection[str]]
"""Files -> those of them that count."""


class Store(Protocol):
    """The facts that ``answers.py`` works with."""

    @property
    def trouble(self) -> str:
        """What kept it from answering one of the questions so far; empty where nothing did."""
        ...

    def files(self) -> frozenset[str]:
        """All files that are not left out."""
        ...

    def defined_in(self, file: str) -> list[Defined]:
        """What a file defines, in its order."""
        ...

    def definitions(self, name: str, choose: Choose) -> list[Defined]:
        """The definitions called ``name``, in any order, of those files that ``choose`` leaves over."""
        ...

    def mentions_of(self, file: str) -> Mentions:
        """What a file mentions."""
        ...

    def defining(self, names: Collection[str], most: int) -> Mapping[str, set[str] | None]:
        """The files that define each of ``names`` that any do; None where they are more than ``most``."""
        ...

    def mentioned(self, names: Collection[str], most: int) -> Mapping[str, Mapping[str, int] | None]:
        """How often each file mentions each of ``names`` that any do; None where they are more than ``most``."""
        ...

    def mentioning(self, name: str) -> Mapping[str, int]:
        """How often each file mentions ``name``."""
        ...


class Memory:
    """A few files with what is in them."""

    trouble = ""

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

    def definitions(self, name: str, choose: Choose) -> list[Defined]:
        """The definitions called ``name``."""
        found = [one for file in self.extracted for one in self.defined_in(file) if one.name == name]
        files = choose({one.file for one in found})
        return [one for one in found if one.file in files]

    def mentions_of(self, file: str) -> Mentions:
        """What a file mentions."""
        return self.extracted[file].mentions

    def defining(self, names: Collection[str], most: int) -> dict[str, set[str] | None]:
        """The files that define each of ``names``."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for file, one in self.extracted.items():
            for name in {definition.name for definition in one.definitions}.intersection(names):
                found[name].add(file)
        return {name: files if len(files) <= most else None for name, files in found.items()}

    def mentioned(self, names: Collection[str], most: int) -> dict[str, dict[str, int] | None]:
        """How often each file mentions each of ``names``."""
        found = ((name, self.mentioning(name)) for name in names)
        return {name: counts if len(counts) <= most else None for name, counts in found if counts}

    def mentioning(self, name: str) -> dict[str, int]:
        """How often each file mentions ``name``."""
        return {file: one.mentions[name][0] for file, one in self.extracted.items() if name in one.mentions}


class Layered:
    """``over`` says what is in its files, ``under`` what is in all others."""

    def __init__(self, over: Memory, under: Store) -> None:
        self._over = over
        self._under = under

    @property
    def trouble(self) -> str:
        """What kept the lower one from answering."""
        return self._under.trouble

    def files(self) -> frozenset[str]:
        """All files that are not left out."""
        return self._over.files() | (self._under.files() - self._over.extracted.keys())

    def defined_in(self, file: str) -> list[Defined]:
        """What a file defines, in its order."""
        return self._at(file).defined_in(file)

    def definitions(self, name: str, choose: Choose) -> list[Defined]:
        """The definitions called ``name``."""
        over = self._over.extracted.keys()
        below = self._under.definitions(name, lambda files: choose(frozenset(files) - over))
        return [*self._over.definitions(name, choose), *below]

    def mentions_of(self, file: str) -> Mentions:
        """What a file mentions."""
        return self._at(file).mentions_of(file)

    def defining(self, names: Collection[str], most: int) -> dict[str, set[str] | None]:
        """The files that define each of ``names``."""
        over = self._over.extracted
        above, below = self._over.defining(names, len(over)), self._under.defining(names, most + len(over))
        found: dict[str, set[str] | None] = {}
        for name in above.keys() | below.keys():
            under = below.get(name, set())
            files = None if under is None else (above.get(name) or set()) | (under - over.keys())
            if files is None or files:
                found[name] = files if files is not None and len(files) <= most else None
        return found

    def mentioned(self, names: Collection[str], most: int) -> dict[str, dict[str, int] | None]:
        """How often each file mentions each of ``names``."""
        over = self._over.extracted
        above, below = self._over.mentioned(names, len(over)), self._under.mentioned(names, most + len(over))
        found: dict[str, dict[str, int] | None] = {}
        for name in above.keys() | below.keys():
            under = below.get(name, {})
            counts = None if under is None else self._rest(under) | (above.get(name) or {})
            if counts is None or counts:
                found[name] = counts if counts is not None and len(counts) <= most else None
        return found

    def mentioning(self, name: str) -> dict[str, int]:
        """How often each file mentions ``name``."""
        return self._rest(self._under.mentioning(name)) | self._over.mentioning(name)

    def _rest(self, counts: Mapping[str, int]) -> dict[str, int]:
        return {file: count for file, count in counts.items() if file not in self._over.extracted}

    def _at(self, file: str) -> Store:
        return self._over if file in self._over.extracted else self._under
