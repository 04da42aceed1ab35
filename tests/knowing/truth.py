"""What a symbol uses and where the project defines it, as jedi or universal-ctags say; nothing of ours decides.

Python: jedi resolves every identifier in the symbol (``goto`` through imports). A name counts if one of its
definitions is a line of a file of the project. Not counted: names whose definition lies in the symbol itself
(parameters, local variables, the symbol's own name), and modules, which are files and no lines.

Others: pygments finds the identifiers in the symbol's lines (not in comments, nor in strings), and a name counts if
universal-ctags lists a definition of it in the project, in a language that can be used from there. ctags cannot say
which definition is meant, so any of them will do; names with just one are counted beside, too. Not counted:

* names that have a definition inside the symbol's lines, and definitions inside of functions (by ctags' scopes):
  nobody else can use these
* names that the symbol itself binds as parameters or local variables, for which ctags has no kind in most languages:
  those that ``kimi_lsp.syntax.usage`` never finds used unbound. So with those that the function binds in which the
  symbol is nested, as ctags knows these as little. How many that are is told
* packages and modules, as above: ``package cobra``, and what a file imports as a whole (``import * as util from``)
* keywords and what pygments says is built in (``int``, ``len``)
"""

from __future__ import annotations

import json
import re
import subprocess
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path

from kimi_lsp.syntax.outline import FUNCTIONS, outline
from kimi_lsp.syntax.tree import SyntaxTree
from kimi_lsp.text.span import Span
from tests.knowing.projects import Project, Unavailable
from tests.syntax.tables import names_used


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file of the project, from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A symbol that was drawn; lines from 1, both inclusive."""

    file: str
    path: str
    span: Span
    first_line: int
    last_line: int
    tree: SyntaxTree


@dataclass(frozen=True, slots=True)
class Truth:
    """The names that count, with the places that define them; ``bound`` is how many are local ones."""

    names: Mapping[str, frozenset[Place]]
    bound: int = 0


class Jedi:
    """What jedi says of a Python project."""

    def __init__(self, project: Project, root: Path) -> None:
        try:
            jedi = import_module("jedi")
        except ImportError as error:
            raise Unavailable("jedi is not installed") from error
        self._jedi = jedi
        self._root = root
        self._project = jedi.Project(root, added_sys_path=[str(root)])

    def of(self, drawn: Drawn) -> Truth:
        """The names that ``drawn`` uses."""
        script = self._jedi.Script(path=self._root / drawn.file, project=self._project)
        found: dict[str, set[Place]] = defaultdict(set)
        for name in script.get_names(all_scopes=True, definitions=True, references=True):
            if drawn.first_line <= name.line <= drawn.last_line:
                for one in name.goto(follow_imports=True):
                    if (place := self._place(one)) is not None and not _is_inside(place, drawn):
                        found[name.name].add(place)
        return Truth({name: frozenset(places) for name, places in found.items()})

    def _place(self, one: object) -> Place | None:
        path, line, kind = (getattr(one, field) for field in ("module_path", "line", "type"))
        if path is None or not line or kind == "module" or not Path(path).is_relative_to(self._root):
            return None
        return Place(Path(path).relative_to(self._root).as_posix(), line)


class Ctags:
    """What universal-ctags and pygments say of a project."""

    def __init__(self, project: Project, root: Path) -> None:
        self._root = root
        self._project = project
        try:
            lexers = import_module("pygments.lexers")
        except ImportError as error:
            raise Unavailable("pygments is not installed") from error
        self._lexer = lexers.get_lexer_by_name(project.language)

    def of(self, drawn: Drawn) -> Truth:
        """The names that ``drawn`` uses."""
        free = frozenset(names_used(drawn.tree, drawn.span)) & frozenset(
            names_used(drawn.tree, _around(drawn))
        )
        modules = frozenset(_MODULE.findall(drawn.tree.text))
        found: dict[str, frozenset[Place]] = {}
        bound = 0
        for name in self._identifiers(drawn.span.of(drawn.tree.text)):
            places = self._definitions.get(name, frozenset())
            if not places or name in modules or any(_is_inside(place, drawn) for place in places):
                continue
            if name in free:
                found[name] = places
            else:
                bound += 1
        return Truth(found, bound)

    def _identifiers(self, text: str) -> Collection[str]:
        names = import_module("pygments.token").Name
        tokens = self._lexer.get_tokens(text)
        return dict.fromkeys(
            value for kind, value in tokens if kind in names and kind not in names.Builtin and value.strip()
        )

    @cached_property
    def _definitions(self) -> Mapping[str, frozenset[Place]]:
        found: dict[str, set[Place]] = defaultdict(set)
        for tag in self._tags():
            is_local = tag.get("scopeKind") in ("function", "method", "func", "constructor")
            if not is_local and tag.get("kind") not in ("package", "packageName"):
                found[tag["name"]].add(Place(tag["path"].removeprefix("./"), tag["line"]))
        return {name: frozenset(places) for name, places in found.items()}

    def _tags(self) -> Iterator[dict]:  # type: ignore[type-arg]  # what JSON holds
        languages = "C,C++" if self._project.ctags == "C" else self._project.ctags
        command = (
            "ctags",
            "-R",
            "-f",
            "-",
            "--output-format=json",
            "--fields=+nKZ",
            f"--languages={languages}",
            ".",
        )
        try:
            done = subprocess.run(
                command,
                cwd=self._root,
                check=True,
                capture_output=True,
                text=True,
                timeout=120,
                errors="replace",
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise Unavailable(f"universal-ctags cannot be run: {error}") from error
        for line in done.stdout.splitlines():
            if (tag := json.loads(line)).get("_type") == "tag":
                yield tag


_MODULE = re.compile(r"\bimport (?:type )?\* as (\w+)")


def _around(drawn: Drawn) -> Span:
    """The outermost function that a symbol is part of; its own span where there is none."""
    functions = (one.span for one in outline(drawn.tree) if one.kind in FUNCTIONS)
    holding = (span for span in functions if span.start <= drawn.span.start and drawn.span.end <= span.end)
    return next(holding, drawn.span)


def _is_inside(place: Place, drawn: Drawn) -> bool:
    return place.file == drawn.file and drawn.first_line <= place.line <= drawn.last_line
