"""The languages: a table, one row a language."""

from __future__ import annotations

from kimi_lsp.syntax.language import DocPlacement, Language

_OCAML_NAMES = (
    "value_name",
    "value_pattern",
    "type_constructor",
    "module_name",
    "module_type_name",
    "constructor_name",
    "field_name",
    "class_name",
    "method_name",
)

_C = ("/*", "*/")

SCRIPTS = ("javascript", "javascriptreact", "typescript", "typescriptreact")
"""The ids of JavaScript and TypeScript."""

ECMASCRIPT = (*SCRIPTS, "vue", "svelte")
"""The same, and those of markup whose code is one of them."""

LANGUAGES = (
    Language(
        "python",
        "tree_sitter_python",
        ("python.scm",),
        (".py", ".pyi", ".pyw"),
        filenames=("SConstruct", "SConscript"),
        line_comment="#",
        docs=DocPlacement.INSIDE,
    ),
    Language(
        "javascript",
        "tree_sitter_javascript",
        ("ecmascript.scm", "javascript.scm"),
        (".js", ".mjs", ".cjs"),
        line_comment="//",
        block_comment=_C,
    ),
    Language(
        "javascriptreact",
        "tree_sitter_javascript",
        ("ecmascript.scm", "javascript.scm"),
        (".jsx",),
        line_comment="//",
        block_comment=_C,
    ),
    Language(
        "typescript",
        "tree_sitter_typescript",
        ("ecmascript.scm", "typescript.scm"),
        (".ts", ".mts", ".cts"),
        function="language_typescript",
        line_comment="//",
        block_comment=_C,
    ),
    Language(
        "typescriptreact",
        "tree_sitter_typescript",
        ("ecmascript.scm", "typescript.scm"),
        (".tsx",),
        function="language_tsx",
        line_comment="//",
        block_comment=_C,
    ),
    Language("rust", "tree_sitter_rust", ("rust.scm",), (".rs",), line_comment="//", block_comment=_C),
    Language("go", "tree_sitter_go", ("go.scm",), (".go",), line_comment="//", block_comment=_C),
    Language("java", "tree_sitter_java", ("java.scm",), (".java",), line_comment="//", block_comment=_C),
    Language("c", "tree_sitter_c", ("c.scm",), (".c",), line_comment="//", block_comment=_C),
    # A header is read as C++: that grammar reads C as well, and the other one does not read classes.
    Language(
        "cpp",
        "tree_sitter_cpp",
        ("c.scm", "cpp.scm"),
        (".cpp", ".cc", ".cxx", ".c++", ".h", ".hpp", ".hh", ".hxx", ".h++", ".ipp", ".inl"),
        line_comment="//",
        block_comment=_C,
        separator="::",
    ),
    # The wheels of those below are in the extra `languages`.
    Language(
        "csharp", "tree_sitter_c_sharp", ("csharp.scm",), (".cs", ".csx"), line_comment="//", block_comment=_C
    ),
    Language(
        "ruby",
        "tree_sitter_ruby",
        ("ruby.scm",),
        (".rb", ".rake", ".gemspec", ".ru"),
        filenames=("Rakefile", "Gemfile", "Guardfile", "Vagrantfile"),
        line_comment="#",
        separator="::",
        identifiers=("constant", "instance_variable", "class_variable", "global_variable"),
    ),
    Language(
        "php",
        "tree_sitter_php",
        ("php.scm",),
        (".php", ".phtml"),
        function="language_php",
        line_comment="//",
        block_comment=_C,
        separator="\\",
        identifiers=("name",),
    ),
    Language(
        "shellscript",
        "tree_sitter_bash",
        ("bash.scm",),
        (".sh", ".bash", ".bats"),
        lsp_ids=("sh", "bash"),
        filenames=(".bashrc", ".bash_profile", ".profile", "PKGBUILD"),
        line_comment="#",
        identifiers=("variable_name", "word"),
    ),
    Language(
        "lua", "tree_sitter_lua", ("lua.scm",), (".lua",), line_comment="--", block_comment=("--[[", "]]")
    ),
    Language(
        "kotlin", "tree_sitter_kotlin", ("kotlin.scm",), (".kt", ".kts"), line_comment="//", block_comment=_C
    ),
    Language("swift", "tree_sitter_swift", ("swift.scm",), (".swift",), line_comment="//", block_comment=_C),
    Language(
        "scala",
        "tree_sitter_scala",
        ("scala.scm",),
        (".scala", ".sc", ".sbt"),
        line_comment="//",
        block_comment=_C,
    ),
    Language("zig", "tree_sitter_zig", ("zig.scm",), (".zig",), line_comment="//"),
    Language(
        "elixir",
        "tree_sitter_elixir",
        ("elixir.scm",),
        (".ex", ".exs"),
        line_comment="#",
        identifiers=("alias",),
    ),
    Language(
        "haskell",
        "tree_sitter_haskell",
        ("haskell.scm",),
        (".hs",),
        line_comment="--",
        block_comment=("{-", "-}"),
        identifiers=("variable", "constructor", "name", "module_id"),
    ),
    Language(
        "ocaml",
        "tree_sitter_ocaml",
        ("ocaml.scm",),
        (".ml",),
        function="language_ocaml",
        block_comment=("(*", "*)"),
        identifiers=_OCAML_NAMES,
    ),
    Language(
        "ocaml.interface",
        "tree_sitter_ocaml",
        ("ocaml.scm",),
        (".mli",),
        function="language_ocaml_interface",
        block_comment=("(*", "*)"),
        identifiers=_OCAML_NAMES,
    ),
    Language(
        "julia", "tree_sitter_julia", ("julia.scm",), (".jl",), line_comment="#", block_comment=("#=", "=#")
    ),
    Language(
        "html",
        "tree_sitter_html",
        ("html.scm",),
        (".html", ".htm", ".xhtml"),
        block_comment=("<!--", "-->"),
        identifiers=("tag_name", "attribute_name", "attribute_value"),
    ),
    # There is no wheel for Vue; the grammar of HTML reads its components: what they add are attributes and tags.
    Language(
        "vue",
        "tree_sitter_html",
        ("html.scm", "vue.scm"),
        (".vue",),
        block_comment=("<!--", "-->"),
        identifiers=("tag_name", "attribute_name", "attribute_value"),
    ),
    Language(
        "svelte",
        "tree_sitter_svelte",
        ("html.scm", "svelte.scm"),
        (".svelte",),
        block_comment=("<!--", "-->"),
        identifiers=("tag_name", "attribute_name", "attribute_value"),
    ),
    Language(
        "dart",
        "tree_sitter_dart",
        ("dart.scm",),
        (".dart",),
        line_comment="//",
        block_comment=_C,
    ),
    Language(
        "css",
        "tree_sitter_css",
        ("css.scm",),
        (".css",),
        block_comment=_C,
        identifiers=("id_name", "tag_name", "property_name", "keyframes_name", "plain_value"),
    ),
    Language(
        "json", "tree_sitter_json", ("json.scm",), (".json", ".jsonc", ".webmanifest"), lsp_ids=("jsonc",)
    ),
    Language(
        "yaml",
        "tree_sitter_yaml",
        ("yaml.scm",),
        (".yaml", ".yml"),
        line_comment="#",
        lsp_ids=("dockercompose",),
        identifiers=("string_scalar", "anchor_name", "alias_name"),
    ),
    Language(
        "toml",
        "tree_sitter_toml",
        ("toml.scm",),
        (".toml",),
        filenames=("Cargo.lock", "Pipfile"),
        line_comment="#",
        identifiers=("bare_key",),
    ),
    Language(
        "markdown",
        "tree_sitter_markdown",
        ("markdown.scm",),
        (".md", ".markdown"),
        block_comment=("<!--", "-->"),
    ),
    Language("sql", "tree_sitter_sql", ("sql.scm",), (".sql",), line_comment="--", block_comment=_C),
    Language(
        "terraform",
        "tree_sitter_hcl",
        ("hcl.scm",),
        (".tf", ".hcl", ".tfvars"),
        lsp_ids=("hcl", "terraform-vars"),
        line_comment="#",
        block_comment=_C,
    ),
)
