from __future__ import annotations

import pytest

from tests.syntax.tables import check_enclosing, check_faults, check_imports, check_outline, check_parts


@pytest.mark.parametrize(
    ("marked", "path"),
    [
        pytest.param("class Lock { void ac$0quire() {} }", "Lock.acquire", id="method"),
        pytest.param("class Lock { Lock(int n) { $0 } }", "Lock.Lock", id="constructor"),
        pytest.param("class Lock { private final int n = $01; }", "Lock", id="field-belongs-to-its-class"),
        pytest.param(
            "class Lock {\n    @Over$0ride\n    public void free() {}\n}\n", "Lock.free", id="annotation"
        ),
        pytest.param(
            "class Lock {\n    /** Fr$0ees. */\n    public void free() {}\n}\n", "Lock.free", id="doc-comment"
        ),
        pytest.param(
            "class Lock {\n    // not a $0doc comment\n    public void free() {}\n}\n",
            "Lock",
            id="plain-comment",
        ),
        pytest.param("interface Gate { void op$0en(); }", "Gate.open", id="method-of-an-interface"),
        pytest.param("record Pair(int a, int b) { Pair { $0 } }", "Pair.Pair", id="compact-constructor"),
        pytest.param("record Pair(int a$0, int b) {}", "Pair", id="record"),
        pytest.param("enum Color { RED { void f() { $0 } }; }", "Color.f", id="method-of-a-constant"),
        pytest.param("class A { class B { void f() { $0 } } }", "A.B.f", id="inner-class"),
        pytest.param("class A { void f() { run(() -> { $0 }); } }", "A.f", id="lambda"),
        pytest.param("class A { static { $0 } }", "A", id="initializer"),
        pytest.param(
            "class A { void f() { Runnable r = new Runnable() { public void run() { $0 } }; } }",
            "A.f.run",
            id="anonymous-class",
        ),
        pytest.param("@interface Marker { int value() def$0ault 1; }", "Marker.value", id="annotation-type"),
        pytest.param("import java.ut$0il.List;\nclass A {}", None, id="import"),
        pytest.param("class A {\n    void f() {} // wh$0y\n}", "A.f", id="comment-behind"),
    ],
)
def test_enclosing_symbol(marked: str, path: str | None) -> None:
    check_enclosing("java", marked, path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            """\
                public class A<T> extends B {
                  private int x = 1, y;
                  public A() {}
                  abstract void f();
                  void g() {}
                  void g(int a) {}
                }
                """,
            """\
                class A
                field A.x
                field A.y
                constructor A.A
                method A.f
                method A.g
                method A.g""",
            id="class",
        ),
        pytest.param(
            """\
                interface I {
                  int C = 1;
                  void f();
                }
                record R(int a) {}
                enum E { A, B; void g() {} }
                """,
            "interface I\nfield I.C\nmethod I.f\nrecord R\nenum E\nmethod E.g",
            id="types",
        ),
        pytest.param(
            "class A {\n  class B { void f() {} }\n  void g() { int x = 1; }\n}\n",
            "class A\nclass A.B\nmethod A.B.f\nmethod A.g",
            id="nested",
        ),
        pytest.param(
            "class A {\n  void f() { x( }\n  void g() {}\n}\n", "class A\nmethod A.f\nmethod A.g", id="broken"
        ),
        pytest.param("", "", id="empty"),
    ],
)
def test_outline(text: str, expected: str) -> None:
    check_outline("java", text, expected)


def test_span_has_doc_comment_and_annotations() -> None:
    check_parts(
        "java",
        """\
            class A {
              /**
               * Doc.
               */
              @Override
              public <T> void f(T a)
                  throws E {
                run();
              }
            }
            """,
        "A.f",
        span="""\
            /**
               * Doc.
               */
              @Override
              public <T> void f(T a)
                  throws E {
                run();
              }""",
        head="@Override\n  public <T> void f(T a)\n      throws E",
        body="\n    run();\n  ",
    )


def test_an_abstract_method_has_no_body() -> None:
    check_parts(
        "java",
        "class A {\n  abstract void f();\n}\n",
        "A.f",
        span="abstract void f();",
        head="abstract void f();",
        body=None,
    )


def test_imports() -> None:
    check_imports(
        "java",
        "package p;\n\nimport java.util.*;\nimport static a.B.c;\n",
        ["import java.util.*;", "import static a.B.c;"],
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("class A {}\n", [], id="clean"),
        pytest.param("class A { void f() { int x = ; } }\n", ["error ="], id="expression"),
        pytest.param("class A { void f() { g() } }\n", ["error g()"], id="semicolon"),
        pytest.param("class A {\n", ["missing } at 9"], id="brace"),
    ],
)
def test_faults(text: str, expected: list[str]) -> None:
    check_faults("java", text, expected)
