from __future__ import annotations

import pytest

from tests.syntax.tables import check_enclosing, check_faults, check_imports, check_outline, check_parts


@pytest.mark.parametrize(
    ("marked", "path"),
    [
        pytest.param("class Lock { void ac$0quire() {} };", "Lock.acquire", id="method"),
        pytest.param("class Lock { void ac$0quire(); };", "Lock.acquire", id="declared-method"),
        pytest.param("void Lock::ac$0quire() {}", "Lock.acquire", id="outside-of-its-class"),
        pytest.param(
            "int core::sync::Lock<T>::count() { return $01; }",
            "core.sync.Lock.count",
            id="outside-of-its-namespace",
        ),
        pytest.param(
            "namespace core::sync { class Lock { int n$0; }; }", "core.sync.Lock", id="nested-namespace"
        ),
        pytest.param("namespace { void f() { $0 } }", "f", id="nameless-namespace"),
        pytest.param("template <class T>$0\nclass Lock {};", "Lock", id="template"),
        pytest.param(
            "/// Fr$0ees.\ntemplate <class T> void release(T x) {}", "release", id="doc-comment-of-a-template"
        ),
        pytest.param("Lock::Lock() : n(1) { $0 }", "Lock.Lock", id="constructor"),
        pytest.param("Lock::~Lock() { $0 }", "Lock.~Lock", id="destructor"),
        pytest.param("bool Lock::operator<(const Lock& o) const { $0 }", "Lock.operator<", id="operator"),
        pytest.param("T& Lock::get() { $0 }", "Lock.get", id="returns-a-reference"),
        pytest.param(
            "template <> struct hash<Lock> { int operator()(Lock l) { $0 } };",
            "hash.operator()",
            id="specialization",
        ),
        pytest.param("enum class Color { Red$0 };", "Color", id="enum-class"),
        pytest.param("using Id = unsig$0ned;", "Id", id="alias"),
        pytest.param("void f() { auto g = [&] { $0 }; }", "f", id="lambda"),
        pytest.param("int n = $03;", None, id="variable"),
        pytest.param('extern "C" { int f() { $0 } }', "f", id="linkage"),
        pytest.param("class A { A() = def$0ault; };", "A.A", id="defaulted"),
        pytest.param("class A {\npublic:\n  $0  int* f() { return 0; }\n};", "A.f", id="white-space-before"),
    ],
)
def test_enclosing_symbol(marked: str, path: str | None) -> None:
    check_enclosing("cpp", marked, path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            """\
                namespace a::b {
                class L {
                 public:
                  L() : x(1) {}
                  ~L();
                  int operator()(int) const;
                  int x;
                };
                }
                int a::b::L::operator()(int) const { return 1; }
                """,
            """\
                namespace a.b
                class a.b.L
                method a.b.L.L
                declaration a.b.L.~L
                declaration a.b.L.operator()
                method a.b.L.operator()""",
            id="class",
        ),
        pytest.param(
            """\
                template <class T> struct S { struct In {}; };
                template <class T> using V = S<T>;
                union U { int a; };
                """,
            "struct S\nstruct S.In\ntype V\nunion U",
            id="templates",
        ),
        pytest.param(
            """\
                int f();
                int f() { return 0; }
                T& g() { return t; }
                void h() { Foo x(y); }
                """,
            "declaration f\nfunction f\nfunction g\nfunction h",
            id="functions",
        ),
        pytest.param(
            "#define N 1\nclass A;\nclass A { int f(std::string s = N); };\n",
            "macro N\nclass A\ndeclaration A.f",
            id="forward",
        ),
        pytest.param(
            "class A { void f( {} };\nclass B { void g() {} };\n",
            "class A\nmethod A.f\nclass B\nmethod B.g",
            id="broken",
        ),
    ],
)
def test_outline(text: str, expected: str) -> None:
    check_outline("cpp", text, expected)


def test_span_has_template_and_comment() -> None:
    check_parts(
        "cpp",
        "// Doc.\ntemplate <class T>\nT A<T>::f(T x) const {\n  return x;\n}\n",
        "A.f",
        span="// Doc.\ntemplate <class T>\nT A<T>::f(T x) const {\n  return x;\n}",
        head="template <class T>\nT A<T>::f(T x) const",
        body="\n  return x;\n",
    )


def test_span_of_a_class_has_its_semicolon() -> None:
    check_parts(
        "cpp",
        "class A final : public B {\n};\n",
        "A",
        span="class A final : public B {\n};",
        head="class A final : public B",
        body="\n",
    )


def test_imports() -> None:
    check_imports(
        "cpp",
        "#include <a>\nusing namespace std;\nusing a::b;\n",
        ["#include <a>", "using namespace std;", "using a::b;"],
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("class A {};\n", [], id="clean"),
        pytest.param("class A { void f() { g() } };\n", ["missing ; at 26"], id="semicolon"),
        pytest.param("int f( { }\n", ["error int f( { }"], id="bracket"),
        pytest.param("class A {\n", ["error class A {"], id="brace"),
    ],
)
def test_faults(text: str, expected: list[str]) -> None:
    check_faults("cpp", text, expected)
