"""Facts of files -> answers about the workspace (``values.Index``). The same facts give the same answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from heapq import nsmallest
from math import sqrt

from kimi_lsp.workspace.index.store import Choose, Store
from kimi_lsp.workspace.index.values import MOST, MOST_NEAR, Defined, Link, Near, Used
from kimi_lsp.workspace.index.words import mention_of

COMMON = 10
"""A name that more files define says nothing of which file is meant."""

EVERYWHERE = 200
"""A name that more files mention says nothing of who is close to whom."""

NEIGHBOURS = 20
"""So many of a file's neighbours are asked for theirs."""

_Weights = dict[tuple[str, str], float]


class Answers:
    """An index over the facts of ``store``, with the ``trouble`` that is known of it already."""

    def __init__(self, store: Store, trouble: str = "") -> None:
        self._store = store
        self._trouble = trouble
        self._defining: dict[str, set[str]] = {}

    @property
    def trouble(self) -> str:
        """Why it may not know all; empty where nothing is amiss."""
        return self._trouble or self._store.trouble

    def definitions(
        self, names: Collection[str], near: Near | None = None
    ) -> Mapping[str, tuple[Defined, ...]]:
        """The definitions of each of ``names`` that has any, by file and place."""
        choose = _first if near is None else _nearest(near)
        found = ((name, self._definitions_of(name, choose)) for name in sorted(set(names)))
        return {name: ones for name, ones in found if ones}

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

    def _definitions_of(self, name: str, choose: Choose) -> tuple[Defined, ...]:
        found = self._store.definitions(name, choose)
        files = choose({one.file for one in found})
        return tuple(sorted((one for one in found if one.file in files), key=_place))

    def _links_of(self, file: str) -> _Weights:
        """From ``file`` to what it mentions, and to it from what mentions it."""
        weights: defaultdict[tuple[str, str], float] = defaultdict(float)
        mentions = self._store.mentions_of(file)
        for name, targets in self._files_defining(mentions):
            weight = sqrt(mentions[name][0]) / len(targets)
            for target in () if file in targets else targets:
                weights[file, target] += weight
        own = dict(self._files_defining({one.name for one in self._store.defined_in(file)}))
        words = {name: word for name in own if (word := mention_of(name)) is not None}
        mentioned = self._store.mentioned(set(words.values()), EVERYWHERE)
        for name, word in words.items():
            targets, size = own[name], len(own[name])
            for source, count in (mentioned.get(word) or {}).items():
                if source not in targets:
                    weights[source, file] += sqrt(count) / size
        return dict(weights)

    def _files_defining(self, names: Collection[str]) -> Iterator[tuple[str, set[str]]]:
        """The files that define each of ``names``, by name, but for too common ones."""
        unknown = [name for name in names if name not in self._defining and not _is_dunder(name)]
        found = self._store.defining(unknown, COMMON)
        self._defining.update((name, found.get(name) or set()) for name in unknown)
        return ((name, files) for name in sorted(names) if (files := self._defining.get(name)))


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _first(files: Collection[str]) -> Collection[str]:
    return files if len(files) <= MOST else frozenset(nsmallest(MOST, files))


def _nearest(near: Near) -> Choose:
    def choose(files: Collection[str]) -> Collection[str]:
        if len(files) <= MOST_NEAR:
            return files
        return frozenset(sorted(sorted(files), key=near, reverse=True)[:MOST_NEAR])

    return choose


def _place(one: Defined) -> tuple[str, int, int, str, str]:
    return one.file, one.first_line, -one.last_line, one.path, one.head
