"""What is a comment in each language, and what only looks like one."""

import pytest

from kimi_lsp.syntax.comments import comment_at, is_opaque
from kimi_lsp.syntax.registry import by_path
from kimi_lsp.syntax.tree import parse


@pytest.mark.parametrize(
    ("name", "marked", "comment"),
    [
        ("a.py", "x = 1  # no$0te\ny = 2\n", "# note"),
        ("a.py", "x = '# no$0te'\n", None),
        ("a.py", 'x = """\n# no$0te\n"""\n', None),
        ("a.py", "$0x = 1\n", None),
        ("a.py", "😀 = 1  # no$0te\n", "# note"),
        ("a.py", "", None),
        ("a.ts", "const a = `// no$0te`;\n", None),
        ("a.ts", "f(/* no$0te */ 1);\n", "/* note */"),
        ("a.tsx", "const a = <p>{/* no$0te */}</p>;\n", "{/* note */}"),
        ("a.tsx", "const a = <p>{x /* no$0te */}</p>;\n", "/* note */"),
        ("a.jsx", "const a = <p>// no$0te</p>;\n", None),
        ("a.rs", "/// no$0te\nfn f() {}\n", "/// note\n"),
        ("a.rs", 'let a = "// no$0te";\n', None),
        ("a.go", "package a // no$0te\n", "// note"),
        ("a.lua", "--[[ no$0te ]]\n", "--[[ note ]]"),
        ("a.html", "<p>a</p><!-- no$0te -->\n", "<!-- note -->"),
        ("a.css", "/* no$0te */\n", "/* note */"),
        ("a.sql", "select 1; /* no$0te */\n", "/* note */"),
        ("a.yaml", "a: 1  # no$0te\n", "# note"),
    ],
)  # fmt: skip
def test_comments(name: str, marked: str, comment: str | None) -> None:
    at = max(0, marked.find("$0"))
    text = marked.replace("$0", "")
    language = by_path(name)
    assert language is not None
    span = comment_at(parse(text, language), at)
    assert (None if span is None else span.of(text)) == comment


@pytest.mark.parametrize(
    ("name", "marked", "opaque"),
    [
        ("a.html", "<script>// no$0te</script>\n", True),
        ("a.html", "<p>$0a</p>\n", True),
        ("a.html", "<p cl$0ass='a'></p>\n", False),
        ("a.md", "# T\n\n<!-- no$0te -->\n", True),
        ("a.md", "```\n# no$0te\n```\n", False),
        ("a.py", "x = '# no$0te'\n", False),
    ],
)
def test_what_a_grammar_does_not_look_into(name: str, marked: str, opaque: bool) -> None:
    text, language = marked.replace("$0", ""), by_path(name)
    assert language is not None
    assert is_opaque(parse(text, language), marked.index("$0")) is opaque
