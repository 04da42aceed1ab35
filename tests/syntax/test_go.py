from __future__ import annotations

import pytest

from tests.syntax.tables import check_enclosing, check_faults, check_imports, check_outline, check_parts


@pytest.mark.parametrize(
    ("marked", "path"),
    [
        pytest.param("package a\n\nfunc (l *Lock) Ac$0quire() {}\n", "Lock.Acquire", id="method"),
        pytest.param(
            "package a\n\nfunc (Lock) Acquire() { $0 }\n", "Lock.Acquire", id="receiver-without-name"
        ),
        pytest.param(
            "package a\n\nfunc (l *Lock[K, V]) Acquire() { $0 }\n", "Lock.Acquire", id="generic-receiver"
        ),
        pytest.param("package a\n\nfunc Free[T any](x T) { $0 }\n", "Free", id="generic-function"),
        pytest.param("package a\n\n// Free fr$0ees.\nfunc Free() {}\n", "Free", id="doc-comment"),
        pytest.param("package a\n\n// not a $0doc comment\n\nfunc Free() {}\n", None, id="comment-apart"),
        pytest.param("package a\n\ntype Lock struct {\n\tn$0 int\n}\n", "Lock", id="struct"),
        pytest.param(
            "package a\n\ntype Gate interface {\n\tOpen(a int) er$0ror\n}\n",
            "Gate.Open",
            id="method-of-an-interface",
        ),
        pytest.param("package a\n\ntype Gate interface {\n\tio.Re$0ader\n}\n", "Gate", id="interface"),
        pytest.param("package a\n\ntype (\n\tA int\n\tB struct{ $0 }\n)\n", "B", id="one-of-a-group"),
        pytest.param("package a\n\ntype (\n\tA int\n$0\n\tB struct{}\n)\n", None, id="between-a-group"),
        pytest.param("package a\n\nvar n = $01\n", None, id="variable"),
        pytest.param("package a\n\nfunc f() {\n\tg := func() { $0 }\n}\n", "f", id="closure"),
        pytest.param("pack$0age a\n", None, id="package"),
        pytest.param("package a\n\nfunc f() {} // wh$0y\n", "f", id="comment-behind"),
    ],
)
def test_enclosing_symbol(marked: str, path: str | None) -> None:
    check_enclosing("go", marked, path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            """\
                package a

                type Lock struct{ n int }

                func (l *Lock) F() {}

                func G() {}
                """,
            "struct Lock\nmethod Lock.F\nfunction G",
            id="methods",
        ),
        pytest.param(
            """\
                package a

                const A = 1

                const (
                \tB = iota
                \tC
                )

                var x, y = 1, 2

                var (
                \tz int
                )
                """,
            "constant A\nconstant B\nconstant C\nvariable x\nvariable y\nvariable z",
            id="values",
        ),
        pytest.param(
            "package a\n\ntype (\n\tA = int\n\tB func()\n\tC interface{ F() }\n)\n",
            "type A\ntype B\ninterface C\nmethod C.F",
            id="types",
        ),
        pytest.param(
            "package a\n\nfunc f() {\n\tconst n = 1\n\ttype T struct{}\n}\n",
            "function f\nstruct f.T",
            id="locals",
        ),
        pytest.param(
            "package a\n\nfunc f() {\n\tx := (1\n}\n\nfunc g() {}\n", "function f\nfunction g", id="broken"
        ),
    ],
)
def test_outline(text: str, expected: str) -> None:
    check_outline("go", text, expected)


def test_span_has_the_doc_comment() -> None:
    check_parts(
        "go",
        """\
            package a

            // F does.
            // More.
            func (l *Lock) F(a int) (err error) {
            \treturn nil
            }
            """,
        "Lock.F",
        span="""\
            // F does.
            // More.
            func (l *Lock) F(a int) (err error) {
            \treturn nil
            }""",
        head="func (l *Lock) F(a int) (err error)",
        body="\n\treturn nil\n",
    )


def test_body_of_an_interface() -> None:
    check_parts(
        "go",
        "package a\n\ntype Gate interface {\n\tOpen()\n}\n",
        "Gate",
        span="type Gate interface {\n\tOpen()\n}",
        head="type Gate interface",
        body="\n\tOpen()\n",
    )


def test_a_comment_behind_another_value_stays_there() -> None:
    check_parts(
        "go", "package a\n\nconst (\n\tA = 1 // one\n\tB = 2\n)\n", "B", span="B = 2", head="B = 2", body=None
    )


def test_imports() -> None:
    check_imports(
        "go",
        'package a\n\nimport "fmt"\n\nimport (\n\tx "a/b"\n)\n',
        ['import "fmt"', 'import (\n\tx "a/b"\n)'],
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("package a\n", [], id="clean"),
        pytest.param("package a\n\nfunc f( {\n}\n", ["missing ) at 18"], id="bracket"),
        pytest.param("package a\n\nvar x = \n", ["error var x ="], id="value"),
        pytest.param("package a\n\nfunc f() {\n", ["error {"], id="brace"),
    ],
)
def test_faults(text: str, expected: list[str]) -> None:
    check_faults("go", text, expected)
