"""Which file an import names, by the two paths alone: nothing is looked up, so it holds for any index.

A module's name becomes a stem, a path without its extension: anchored where the import is relative, else the end of
a path, for nobody says here where the roots of a project's sources are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from posixpath import basename, dirname, join, normpath, splitext

from kimi_lsp.syntax.languages import ECMASCRIPT

EXACT = 2
"""The import names this very file."""

INSIDE = 1
"""The file lies in the package or folder that the import names, which may export what is in it."""


@dataclass(frozen=True, slots=True)
class Stem:
    """Where a module is: at ``path`` itself if ``anchored``, else at any path that ends in it.

    ``folder`` where the module is a folder whose files all belong to it (a Go package).
    """

    path: str
    anchored: bool
    folder: bool = False


def match(module: str, importer: str, language_id: str, file: str) -> int:
    """``EXACT``, ``INSIDE``, or 0 where ``file`` has nothing to do with the import of ``module`` in ``importer``."""
    return max((_match(stem, file) for stem in stems(module, importer, language_id)), default=0)


@lru_cache(4_096)
def stems(module: str, importer: str, language_id: str) -> tuple[Stem, ...]:
    """Where the module may be, best first; empty for a name that is none."""
    module = module.strip().strip("\"'`<>;")
    if not module or len(module) > 500:
        return ()
    found = _BY_LANGUAGE.get(language_id, _plain)(module, importer)
    return tuple(stem for stem in found if stem.path or stem.folder)


def within(module: str, name: str, language_id: str) -> str:
    """The name of the module ``name`` in the package ``module``."""
    if language_id == "rust":
        return f"{module}::{name}"
    if language_id == "python":
        return f"{module}{'' if module.endswith('.') else '.'}{name}"
    return f"{module}/{name}"


def _match(stem: Stem, file: str) -> int:
    own = stem_of(file)
    if stem.folder:
        return EXACT if _ends(stem, dirname(file)) else 0
    if _ends(stem, own) or (own != (whole := splitext(file)[0]) and _ends(stem, whole)):
        return EXACT
    if stem.anchored:
        return INSIDE if file.startswith(f"{stem.path}/") else 0
    return INSIDE if f"/{stem.path}/" in f"/{file}" else 0


def _ends(stem: Stem, path: str) -> bool:
    return path == stem.path or (not stem.anchored and path.endswith(f"/{stem.path}"))


@lru_cache(4_096)
def stem_of(file: str) -> str:
    """A path without its extension; without the name, too, of a file that stands for its folder."""
    stem = splitext(file)[0]
    if stem.endswith(".d"):
        stem = stem[:-2]
    return dirname(stem) if basename(stem) in FOR_THE_FOLDER else stem


FOR_THE_FOLDER = frozenset({"__init__", "index", "mod"})
"""What a file is called that stands for its folder, without its extension."""


def _python(module: str, importer: str) -> list[Stem]:
    dots = len(module) - len(module.lstrip("."))
    path = module[dots:].replace(".", "/")
    if not dots:
        return [Stem(path, False)]
    base = importer
    for _ in range(dots):
        base = dirname(base)
    return [Stem(join(base, path).rstrip("/"), True)]


_SCRIPT = re.compile(r"\.(?:d\.)?[cm]?[jt]sx?$|\.(?:vue|svelte)$")


def _script(module: str, importer: str) -> list[Stem]:
    path = _SCRIPT.sub("", module)
    if path.startswith("."):
        return [Stem(_for_folder(_normal(join(dirname(importer), path))), True)]
    if path.startswith(("@/", "~/", "#/", "/", "$lib/", "src/")):
        return [Stem(_for_folder(path.partition("/")[2]), False)]
    return [Stem(path.removeprefix("@").rpartition("/")[2], False)]


def _for_folder(path: str) -> str:
    return dirname(path) if basename(path) in FOR_THE_FOLDER else path


def _rust(module: str, importer: str) -> list[Stem]:
    parts = [part.strip() for part in module.split("::") if part.strip()]
    own = stem_of(importer)
    if basename(own) in ("lib", "main"):
        own = dirname(own)
    if parts and parts[0] == "crate":
        root, base = _crate_root(importer), parts[1:]
    elif parts and parts[0] in ("self", "super"):
        root, base = own, parts
        while base and base[0] in ("self", "super"):
            root, base = (dirname(root) if base[0] == "super" else root), base[1:]
    else:
        below = "/".join(parts)
        return [
            Stem(join(own, below), True),
            Stem(join(_crate_root(importer), below), True),
            *([Stem("/".join((parts[0].replace("_", "-"), "src", *parts[1:])), False)] if parts else ()),
        ]
    return [Stem(join(root, *base), True), *_library(root, base)]


def _library(root: str, base: list[str]) -> list[Stem]:
    return [] if base else [Stem(join(root, "lib"), True), Stem(join(root, "main"), True)]


def _crate_root(importer: str) -> str:
    before, found, _ = f"/{importer}".rpartition("/src/")
    return f"{before}/src".lstrip("/") if found else dirname(importer)


def _go(module: str, importer: str) -> list[Stem]:
    """The leading parts are the repository; a name with a few parts may be its top folder."""
    parts = module.split("/")
    found = [Stem("/".join(parts[at:]), True, folder=True) for at in range(min(len(parts), 8))]
    if "." in parts[0]:  # the module may begin in any folder around, as in a repository of several
        tails = ["/".join(parts[at:]) for at in range(1, min(len(parts), 8)) if at > 2 or len(parts) - at > 1]
        found += [
            Stem(join(around, tail), True, folder=True) for around in _around(importer) for tail in tails
        ]
    return [*found, Stem("", True, folder=True)] if "." in parts[0] and len(parts) <= 4 else found


def _around(file: str) -> list[str]:
    """The folders that a file is in, the innermost first; not the top."""
    parts = dirname(file).split("/")
    return ["/".join(parts[:end]) for end in range(len(parts), 0, -1) if parts[0]]


def _java(module: str, importer: str) -> list[Stem]:
    parts = module.removesuffix(".*").removesuffix("._").split(".")
    whole = Stem("/".join(parts), False)
    types = [at for at, part in enumerate(parts) if part[:1].isupper()]
    if types and types[0] + 1 < len(parts):  # a nested type, or a static member
        return [whole, Stem("/".join(parts[: types[0] + 1]), False)]
    return [whole]


def _c(module: str, importer: str) -> list[Stem]:
    path = _normal(splitext(module)[0])
    here = _normal(join(dirname(importer), path))
    return [Stem(here, True), Stem(path.lstrip("./"), False)]


def _ruby(module: str, importer: str) -> list[Stem]:
    path = module.removesuffix(".rb")
    if path.startswith("."):
        return [Stem(_normal(join(dirname(importer), path)), True)]
    return [Stem(_normal(join(dirname(importer), path)), True), Stem(path, False)]


def _namespace(module: str, importer: str) -> list[Stem]:
    """C# and PHP: the leading parts of a namespace are often no folders."""
    parts = [part for part in re.split(r"[\\.]", module) if part]
    found = [Stem("/".join(parts[at:]), False) for at in range(min(len(parts), 4))]
    return [*found, *(Stem(stem.path, False, folder=True) for stem in found)]


def _plain(module: str, importer: str) -> list[Stem]:
    if "/" in module or module.startswith("."):
        here = _normal(join(dirname(importer), module))
        return [Stem(splitext(here)[0], True), Stem(splitext(module)[0].lstrip("./"), False)]
    return [Stem(re.sub(r"::|\.", "/", module), False)]


def _normal(path: str) -> str:
    clean = normpath(path)
    return "" if clean == "." else clean


_BY_LANGUAGE: dict[str, Callable[[str, str], list[Stem]]] = {
    "python": _python,
    **dict.fromkeys(ECMASCRIPT, _script),
    "rust": _rust,
    "go": _go,
    **dict.fromkeys(("java", "kotlin", "scala"), _java),
    "c": _c,
    "cpp": _c,
    "ruby": _ruby,
    "csharp": _namespace,
    "php": _namespace,
}
