"""What the index of a language was made with: where that changes, its files are looked into again."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib import metadata
from importlib.resources import files

from kimi_lsp.syntax.language import Language

_OWN = ("extract.py", "words.py")


def fingerprint(language: Language) -> str:
    """The same as long as the language's wheel, the parser, the queries and our own reading of them are the same."""
    row = repr((language.id, language.module, language.function, language.queries))
    versions = f"{_version(language.package)} {_version('tree-sitter')} {_sources()}"
    return blake2b(f"{row} {versions}".encode(), digest_size=16).hexdigest()


@cache
def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "absent"


@cache
def _sources() -> str:
    """A digest of the code and the queries that say what a definition and a mention is."""
    digest = blake2b(digest_size=16)
    own = files("kimi_lsp.workspace.index")
    read = [own.joinpath(name) for name in _OWN]
    for package in ("kimi_lsp.syntax", "kimi_lsp.workspace"):
        read += [file for file in files(package).iterdir() if _counts(file.name)]
    read += [file for file in files("kimi_lsp.syntax").joinpath("queries").iterdir() if _counts(file.name)]
    for file in sorted(read, key=str):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _counts(name: str) -> bool:
    return name.endswith((".py", ".scm"))
