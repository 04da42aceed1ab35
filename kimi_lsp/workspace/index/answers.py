"""Facts of files -> answers about the workspace (``values.Index``). The same facts give the same answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from math import sqrt

from kimi_lsp.workspace.index.store import Store
from kimi_lsp.workspace.index.values import Defined, Link, Used
from kimi_lsp.workspace.index.words import mention_of

COMMON = 10
"""A name that more files define says nothing of which file is meant."""

EVERYWHERE = 200
"""A name that more files mention says nothing of who is close to whom."""

NEIGHBOURS = 20
"""So many of a file's neighbours are asked for theirs."""

_Weights = dict[tuple[str, str], float]


class Answers:
    """An index over the facts of ``store``."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._defining: dict[str, set[str]] = {}

    def definitions(self, names: Collection[str]) -> Mapping[str, tuple[Defined, ...]]:
        """The definitions of each of ``names`` that has any, by file and place."""
        found = ((name, self._store.definitions(name)) for name in sorted(set(names)))
        return {name: tuple(sorted(ones, key=_place)) for name, ones in found if ones}

    def defined_in(self, file: str) -> tuple[Defined, ...]:
        """What ``file`` defines, in its order."""
        return tuple(self._store.defined_in(file))

    def uses(self, name: str, limit: int = 50) -> tuple[Used, ...]:
        """The files that mention ``name``: most mentions first, then by file name."""
        if (word := mention_of(name)) is None:
            return ()
        counted = sorted(self._store.mentioning(word).items(), key=lambda item: (-item[1], item[0]))
        used = ((file, self._store.mentions_of(file).get(word)) for file, _ in counted[:limit])
        return tuple(Used(name, file, tuple(said[1]), said[0]) for file, said in used if said)

    def links(self, file: str, limit: int = 5_000) -> tuple[Link, ...]:
        """The links of ``file`` and of its closest neighbours, heaviest first."""
        weights = self._links_of(file)
        near: defaultdict[str, float] = defaultdict(float)
        for (source, target), weight in weights.items():
            near[target if source == file else source] += weight
        for neighbour in sorted(near, key=lambda name: (-near[name], name))[:NEIGHBOURS]:
            for pair, weight in self._links_of(neighbour).items():
                weights[pair] = max(weight, weights.get(pair, 0.0))
        heaviest = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:limit]
        return tuple(Link(source, target, weight) for (source, target), weight in heaviest)

    def files(self) -> tuple[str, ...]:
        """All files that are known, by name."""
        return tuple(sorted(self._store.files()))

    def _links_of(self, file: str) -> _Weights:
        """From ``file`` to what it mentions, and to it from what mentions it."""
        weights: defaultdict[tuple[str, str], float] = defaultdict(float)
        for name, (count, _) in sorted(self._store.mentions_of(file).items()):
            targets = self._files_defining(name)
            for target in () if file in targets else targets:
                weights[file, target] += _weight(count, targets)
        for name in sorted({one.name for one in self._store.defined_in(file)}):
            if (targets := self._files_defining(name)) and (word := mention_of(name)) is not None:
                sources = self._store.mentioning(word, EVERYWHERE + 1)
                for source, count in sources.items() if len(sources) <= EVERYWHERE else ():
                    if source not in targets:
                        weights[source, file] += _weight(count, targets)
        return dict(weights)

    def _files_defining(self, name: str) -> set[str]:
        """The files that define ``name``; none where it is too common a name."""
        if name not in self._defining:
            found = set() if _is_dunder(name) else self._store.defining(name, COMMON + 1)
            self._defining[name] = found if len(found) <= COMMON else set()
        return self._defining[name]


def _weight(count: int, targets: Collection[str]) -> float:
    return sqrt(count) / len(targets)


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _place(one: Defined) -> tuple[str, int, int, str, str]:
    return one.file, one.first_line, -one.last_line, one.path, one.head
