"""Which files of a workspace an import names, where that is sure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import takewhile
from posixpath import basename, dirname, join

from kimi_lsp.context.modules import EXACT, FOR_THE_FOLDER, match, stem_of, stems
from kimi_lsp.context.scene import one_family
from kimi_lsp.syntax.languages import ECMASCRIPT

_ENTRIES = {"rust": ("src/lib",), **dict.fromkeys(ECMASCRIPT, ("src", ""))}
"""Where the outermost module of a package is, as a stem in its folder."""

_OF_THE_PROJECT = re.compile(r"\.|/|[@~#]/|\$lib/|src/")
"""How a module begins in ECMAScript that can be no package."""


class ModuleFiles:
    """The files that imports of one language may name."""

    def __init__(self, files: Iterable[str], language_id: str) -> None:
        self._language_id = language_id
        self._by_tail: defaultdict[str, list[str]] = defaultdict(list)
        for file in files:
            self._by_tail[_tail(file)].append(file)

    def named(self, module: str, importer: str) -> tuple[str, ...]:
        """The files that the import of ``module`` names; several where they stand for one module.

        None where two modules may be meant that are as near, and for what may be a package of others.
        """
        if self._language_id in ECMASCRIPT and not _OF_THE_PROJECT.match(module):
            return ()
        found = {
            file
            for stem in stems(module, importer, self._language_id)
            for file in self._called(basename(stem.path))
            if match(module, importer, self._language_id, file) == EXACT
        }
        return _nearest(found, importer)

    def packaged(self, module: str, importer: str) -> Iterator[tuple[str, str]]:
        """Packages of the workspace that may be called ``module``: the manifest that must say so, and the module.

        Their folder is called by the last word of it, or is around ``importer``.
        """
        folded = module.replace("_", "-")
        for entry in _ENTRIES.get(self._language_id, ()):
            for file in self._called(basename(entry) or basename(module)):
                folder = _folder(file, entry)
                if folder is None or not (_fits(folder, folded) or _is_inside(importer, folder)):
                    continue
                yield join(folder, "Cargo.toml" if self._language_id == "rust" else "package.json"), file

    def _called(self, tail: str) -> list[str]:
        files = self._by_tail.get(tail.partition(".")[0], ())
        return [file for file in files if one_family(file, self._language_id)]


def says_name(manifest: str, package: str) -> bool:
    """Whether the text of a manifest gives its package this name; in Rust code ``-`` is written ``_``."""
    name = re.escape(package).replace("_", "[-_]")
    return re.search(rf"""\bname"?\s*[:=]\s*["']{name}["']""", manifest) is not None


def _tail(file: str) -> str:
    folder, _, name = file.rpartition("/")
    word = name.partition(".")[0]
    return basename(folder).partition(".")[0] if word in FOR_THE_FOLDER else word


def _folder(file: str, entry: str) -> str | None:
    """The folder of the package whose outermost module is ``file``."""
    stem = stem_of(file)
    if basename(file).partition(".")[0] not in ("index", "lib"):
        return None
    if not entry:
        return stem
    return stem[: -len(entry)].rstrip("/") if f"/{stem}".endswith(f"/{entry}") else None


def _fits(folder: str, package: str) -> bool:
    word = basename(folder).replace("_", "-")
    return bool(word) and f"-{package.replace('/', '-')}".endswith(f"-{word}")


def _is_inside(file: str, folder: str) -> bool:
    return not folder or file.startswith(f"{folder}/")


def _nearest(files: Iterable[str], importer: str) -> tuple[str, ...]:
    """Those of one place: with the fewest folders that are not around the importer, then with the most that are."""
    places: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for file in files:
        places[_distance(stem_of(file), importer)].append(file)
    nearest = sorted(places[min(places)]) if places else []
    return tuple(nearest) if len({stem_of(file) for file in nearest}) == 1 else ()


def _distance(place: str, importer: str) -> tuple[int, int]:
    folders, around = (list(filter(None, dirname(path).split("/"))) for path in (place, importer))
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(folders, around, strict=False)))
    return len(folders) - shared, -shared
