"""Which files are tests, and which of them is, or would be, the one of a source file: by name alone.

Paths are POSIX and relative to the workspace root. What the habits of each language are says ``conventions.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from posixpath import basename, dirname, splitext

from kimi_lsp.syntax.conventions import CONVENTIONS, Convention, Habit
from kimi_lsp.syntax.languages import LANGUAGES
from kimi_lsp.syntax.registry import by_path

MAX_CANDIDATES = 10

MAX_PAIRS = 300
"""How many sources with a test are looked at to learn the project's habit."""

MAX_DEPTH = 12
"""Folders of a path below which no source folder is looked for."""

_MANIFESTS = frozenset(
    {
        "pyproject.toml",
        "setup.py",
        "setup.cfg",
        "package.json",
        "Cargo.toml",
        "go.mod",
        "pom.xml",
        "build.gradle",
        "build.gradle.kts",
        "CMakeLists.txt",
        "Gemfile",
        "composer.json",
        "mix.exs",
        "pubspec.yaml",
        "Package.swift",
        "Project.toml",
    }
)

_HEADERS = frozenset({".h", ".hpp", ".hh", ".hxx", ".h++", ".ipp", ".inl"})
_MARKUP = frozenset({".vue", ".svelte"})


def is_test(path: str) -> bool:
    """Whether a file is a test, or only tests use it: by its name, or by a folder that it is in.

    A file of a language without a convention (Markdown, JSON) is none, wherever it stands.
    """
    return (convention := _convention(path)) is not None and _is_test(path, convention)


def test_candidates(path: str, existing: Collection[str]) -> tuple[str, ...]:
    """Where the tests of the source ``path`` are, or would be, best first; at most ``MAX_CANDIDATES``.

    ``existing`` are the project's files. Those candidates that exist come first; then those that follow the habit
    which most of the project's tests follow, then by the language's own custom. The path itself is among them
    where a language's tests stand in the source (Rust, Zig), and it is the only one if it is a test. Empty for a
    language without a convention.
    """
    if (convention := _convention(path)) is None:
        return ()
    if _is_test(path, convention):
        return (path,)
    files = existing if isinstance(existing, (set, frozenset, dict)) else frozenset(existing)
    project = _Project(convention, files)
    ranked: dict[str, tuple[int, ...]] = {}
    for order, (habit, before, candidate) in enumerate(_possible(path, convention)):
        rank = project.rank(habit, before, candidate, order)
        ranked[candidate] = max(rank, ranked.get(candidate, rank))
    best = sorted(ranked, key=ranked.__getitem__, reverse=True)
    return tuple(best[:MAX_CANDIDATES])


class _Project:
    """What the files of a project say of its habits."""

    def __init__(self, convention: Convention, files: Collection[str]) -> None:
        self.files = files
        tests = [path for path in files if _is_of(path, convention) and _is_test(path, convention)]
        self._names = Counter(_shape(path, convention) for path in tests)
        self._folders = {folder for path in tests for folder in _folders(path)}
        self._roots = {dirname(path) for path in files if basename(path) in _MANIFESTS}
        self._votes = _votes(convention, files, tests)

    def rank(self, habit: Habit, before: str, candidate: str, order: int) -> tuple[int, ...]:
        """How well a candidate fits; the greater, the better."""
        literal = habit.test.partition("{rest}")[0].replace("{before}", before)
        folder = dirname(candidate) if "{" in literal else literal.rstrip("/")
        return (
            candidate in self.files,
            self._votes[habit],
            folder in self._folders,
            self._names[_template(habit)],
            before.rstrip("/") in self._roots,
            -order,
        )


def _votes(convention: Convention, files: Collection[str], tests: Collection[str]) -> Mapping[Habit, int]:
    """How many test files are what a habit makes of one of the project's sources."""
    stems = {stem for path in tests for stem in _stems(basename(path), convention)}
    sources = (
        path
        for path in sorted(files)
        if splitext(basename(path))[0] in stems
        and _is_of(path, convention)
        and not _is_test(path, convention)
    )
    known, hits = frozenset(tests), set[tuple[Habit, str]]()
    for source in islice(sources, MAX_PAIRS):
        hits.update((habit, path) for habit, _, path in _possible(source, convention) if path in known)
    return Counter(habit for habit, _ in hits)


def _possible(path: str, convention: Convention) -> Iterator[tuple[Habit, str, str]]:
    """Each habit, what is before the source folder, and the test that it makes of ``path``; best first."""
    stem, ext = splitext(basename(path))
    parts = tuple(part for part in dirname(path).split("/") if part)
    fields = {"dir": _folder(parts), "stem": stem, "ext": _extension(ext)}
    for habit in convention.habits:
        for at in _places(habit, parts):
            before, after = parts[:at], parts[at + len(habit.source) :]
            folder = parts[at + len(habit.source) - 1] if habit.source else ""
            test = habit.test.format(before=_folder(before), rest=_folder(after), folder=folder, **fields)
            yield habit, _folder(before), test


def _places(habit: Habit, parts: tuple[str, ...]) -> Iterator[int]:
    """Where in ``parts`` the habit's source folder is."""
    if "{dir}" in habit.test:
        yield 0
        return
    for at in range(min(len(parts) - len(habit.source), MAX_DEPTH) + 1):
        here = parts[at : at + len(habit.source)]
        if all(wanted in ("*", part) for wanted, part in zip(habit.source, here, strict=True)):
            yield at


def _extension(ext: str) -> str:
    """The extension of the test: not that of a header, nor of a component."""
    if ext.lower() in _HEADERS:
        return ".cpp"
    return ".ts" if ext.lower() in _MARKUP else ext


def _is_test(path: str, convention: Convention) -> bool:
    if convention.names.fullmatch(basename(path)):
        return True
    return not convention.folders.isdisjoint(dirname(path).split("/"))


def _stems(name: str, convention: Convention) -> Iterator[str]:
    """What a test file of this name may be the test of."""
    if match := convention.names.fullmatch(name):
        yield from (stem for stem in match.groups() if stem)
    yield splitext(name)[0]


def _shape(path: str, convention: Convention) -> str:
    """The name of a test file with the stem left out: ``test_.py``."""
    name = basename(path)
    if (match := convention.names.fullmatch(name)) and (stems := [stem for stem in match.groups() if stem]):
        name = name.replace(stems[0], "", 1)
    return splitext(name)[0]


def _template(habit: Habit) -> str:
    name = habit.test.rpartition("/")[2].rpartition("{rest}")[2].replace("{dir}", "")
    return splitext(name.replace("{stem}", "").replace("{ext}", ".x"))[0]


def _folder(parts: Iterable[str]) -> str:
    return "".join(f"{part}/" for part in parts)


def _folders(path: str) -> Iterator[str]:
    while path := dirname(path):
        yield path


def _convention(path: str) -> Convention | None:
    language = by_path(path)
    return None if language is None else _BY_LANGUAGE.get(language.id)


def _is_of(path: str, convention: Convention) -> bool:
    return path.lower().endswith(_EXTENSIONS[convention.languages])


_BY_LANGUAGE = {language: convention for convention in CONVENTIONS for language in convention.languages}
_EXTENSIONS = {
    convention.languages: tuple(
        extension for row in LANGUAGES if row.id in convention.languages for extension in row.extensions
    )
    for convention in CONVENTIONS
}
