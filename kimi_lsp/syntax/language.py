"""File name or LSP language id -> language: a table, one row a language.

Knows which grammar wheel and which query file belong to a language, but imports neither; see ``grammar.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from posixpath import basename


class DocPlacement(Enum):
    """Where a definition's documentation stands."""

    INSIDE = "inside"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Language:
    """One row of the table.

    ``lsp_ids`` are other language ids that clients send (LSP 3.18, TextDocumentItem). ``function`` of
    ``module`` gives the grammar. ``identifiers`` are types of nodes that name things, beside those called
    ``...identifier``. ``separator`` stands between the parts of a qualified name, where that is not a dot.
    """

    id: str
    module: str
    queries: tuple[str, ...]
    extensions: tuple[str, ...]
    lsp_ids: tuple[str, ...] = ()
    filenames: tuple[str, ...] = ()
    function: str = "language"
    line_comment: str | None = None
    block_comment: tuple[str, str] | None = None
    docs: DocPlacement = DocPlacement.ABOVE
    identifiers: tuple[str, ...] = ()
    separator: str | None = None

    @property
    def package(self) -> str:
        """The wheel to install, by its name on PyPI."""
        return self.module.replace("_", "-")


C_COMMENT = ("/*", "*/")

LANGUAGES = (
    Language(
        id="python",
        module="tree_sitter_python",
        queries=("python.scm",),
        extensions=(".py", ".pyi", ".pyw"),
        filenames=("SConstruct", "SConscript"),
        line_comment="#",
        docs=DocPlacement.INSIDE,
    ),
    Language(
        id="javascript",
        module="tree_sitter_javascript",
        queries=("ecmascript.scm", "javascript.scm"),
        extensions=(".js", ".mjs", ".cjs"),
        line_comment="//",
        block_comment=C_COMMENT,
    ),
    Language(
        id="javascriptreact",
        module="tree_sitter_javascript",
        queries=("ecmascript.scm", "javascript.scm"),
        extensions=(".jsx",),
        line_comment="//",
        block_comment=C_COMMENT,
    ),
    Language(
        id="typescript",
        module="tree_sitter_typescript",
        function="language_typescript",
        queries=("ecmascript.scm", "typescript.scm"),
        extensions=(".ts", ".mts", ".cts"),
        line_comment="//",
        block_comment=C_COMMENT,
    ),
    Language(
        id="typescriptreact",
        module="tree_sitter_typescript",
        function="language_tsx",
        queries=("ecmascript.scm", "typescript.scm"),
        extensions=(".tsx",),
        line_comment="//",
        block_comment=C_COMMENT,
    ),
    Language(
        id="rust",
        module="tree_sitter_rust",
        queries=("rust.scm",),
        extensions=(".rs",),
        line_comment="//",
        block_comment=C_COMMENT,
    ),
    Language(
        id="go",
        module="tree_sitter_go",
        queries=("go.scm",),
        extensions=(".go",),
        line_comment="//",
        block_comment=C_COMMENT,
    ),
    Language(
        id="java",
        module="tree_sitter_java",
        queries=("java.scm",),
        extensions=(".java",),
        line_comment="//",
        block_comment=C_COMMENT,
    ),
    Language(
        id="c",
        module="tree_sitter_c",
        queries=("c.scm",),
        extensions=(".c",),
        line_comment="//",
        block_comment=C_COMMENT,
    ),
    # A header is read as C++: that grammar reads C as well, and the other one does not read classes.
    Language(
        id="cpp",
        module="tree_sitter_cpp",
        queries=("c.scm", "cpp.scm"),
        extensions=(".cpp", ".cc", ".cxx", ".c++", ".h", ".hpp", ".hh", ".hxx", ".h++", ".ipp", ".inl"),
        line_comment="//",
        block_comment=C_COMMENT,
        separator="::",
    ),
)


def by_path(path: str) -> Language | None:
    """The language of a file by its name, or else by its extension, case ignored in the latter."""
    name = basename(path.replace("\\", "/"))
    if language := _BY_FILENAME.get(name):
        return language
    _, dot, extension = name.rpartition(".")
    return _BY_EXTENSION.get(f".{extension.lower()}") if dot else None


def by_id(language_id: str) -> Language | None:
    """The language with this LSP language id."""
    return _BY_ID.get(language_id)


_BY_FILENAME = {name: row for row in LANGUAGES for name in row.filenames}
_BY_EXTENSION = {extension: row for row in LANGUAGES for extension in row.extensions}
_BY_ID = {language_id: row for row in LANGUAGES for language_id in (row.id, *row.lsp_ids)}
