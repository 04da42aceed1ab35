from __future__ import annotations

import pytest

from tests.syntax.tables import check_enclosing, check_faults, check_imports, check_outline, check_parts


@pytest.mark.parametrize(
    ("marked", "path"),
    [
        pytest.param(
            "struct Lock;\nimpl Lock {\n    pub fn ac$0quire(&self) {}\n}\n", "Lock.acquire", id="method"
        ),
        pytest.param("impl<T: Copy> Lock<T> { fn acquire(&self) { $0 } }", "Lock.acquire", id="generic-impl"),
        pytest.param(
            "impl<'a> Drop for &'a Lock { fn drop(&mut self) { $0 } }", "Lock.drop", id="impl-for-a-reference"
        ),
        pytest.param("impl core::Lock<u8> { fn f() { $0 } }", "Lock.f", id="impl-of-a-qualified-type"),
        pytest.param(
            "impl Drop for Lock {\n    // $0\n    fn drop(&mut self) {}\n}\n",
            "impl Drop for Lock",
            id="between-methods",
        ),
        pytest.param("/// A lo$0ck.\n#[derive(Debug)]\npub struct Lock { n: u8 }", "Lock", id="doc-comment"),
        pytest.param("/// A lock.\n\n#[der$0ive(Debug)]\npub struct Lock { n: u8 }", "Lock", id="attribute"),
        pytest.param("// a pl$0ain comment\nfn f() {}", None, id="plain-comment"),
        pytest.param("trait Gate { fn open(&se$0lf); }", "Gate.open", id="method-of-a-trait"),
        pytest.param("mod core { pub fn f() { $0 } }", "core.f", id="module"),
        pytest.param("macro_rules! lock { ($0) => {}; }", "lock", id="macro"),
        pytest.param("enum Color { Re$0d, Green }", "Color", id="enum"),
        pytest.param("const N: u8 = $01;", None, id="constant"),
        pytest.param("fn f() { let g = |x| { $0 }; fn h() {} }", "f", id="closure"),
        pytest.param("fn f() { fn h() { $0 } }", "f.h", id="nested-function"),
        pytest.param(
            "mod tests {\n    #[test]\n  $0  fn works() {}\n}", "tests.works", id="white-space-before"
        ),
        pytest.param("struct A { n: u8 }$0\nstruct B;", "A", id="end"),
        pytest.param('unsafe extern "C" fn f() { $0 }', "f", id="extern"),
        pytest.param("pub(crate) union U { $0a: u8 }", "U", id="union"),
    ],
)
def test_enclosing_symbol(marked: str, path: str | None) -> None:
    check_enclosing("rust", marked, path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            """\
                pub struct Lock<T> { n: T }
                impl<T> Lock<T> {
                    const N: u8 = 1;
                    pub fn f(&self) {}
                }
                impl<T> Drop for Lock<T> {
                    fn drop(&mut self) {}
                }
                """,
            """\
                struct Lock
                impl impl<T> Lock<T>
                constant Lock.N
                method Lock.f
                impl impl<T> Drop for Lock<T>
                method Lock.drop""",
            id="impl",
        ),
        pytest.param(
            """\
                trait A {
                    type X;
                    const N: u8;
                    fn f(&self);
                    fn g(&self) {}
                }
                """,
            "trait A\ntype A.X\nconstant A.N\nmethod A.f\nmethod A.g",
            id="trait",
        ),
        pytest.param(
            """\
                mod a;
                mod b { static S: u8 = 1; pub enum E { X } }
                type T = u8;
                macro_rules! m { () => {}; }
                """,
            "module a\nmodule b\nconstant b.S\nenum b.E\ntype T\nmacro m",
            id="items",
        ),
        pytest.param(
            "fn f() {\n    const N: u8 = 1;\n    struct S;\n}\n", "function f\nstruct f.S", id="locals"
        ),
        pytest.param(
            "fn f() { x( }\nstruct A { n: u8 }\nfn g() {}\n", "function f\nstruct A\nfunction g", id="broken"
        ),
    ],
)
def test_outline(text: str, expected: str) -> None:
    check_outline("rust", text, expected)


def test_span_has_doc_comment_and_attributes() -> None:
    check_parts(
        "rust",
        """\
            /// One.
            /// Two.
            #[inline]
            #[must_use]
            pub fn f<T>(x: T) -> T
            where
                T: Copy,
            {
                x
            }
            """,
        "f",
        span="""\
            /// One.
            /// Two.
            #[inline]
            #[must_use]
            pub fn f<T>(x: T) -> T
            where
                T: Copy,
            {
                x
            }""",
        head="#[inline]\n#[must_use]\npub fn f<T>(x: T) -> T\nwhere\n    T: Copy,",
        body="\n    x\n",
    )


def test_a_comment_behind_another_item_stays_there() -> None:
    check_parts("rust", "fn f() {} /// odd\nfn g() {}\n", "g", span="fn g() {}", head="fn g()", body="")


def test_imports() -> None:
    check_imports(
        "rust",
        "use std::io;\nuse a::{b, c};\nextern crate d;\n",
        ["use std::io;", "use a::{b, c};", "extern crate d;"],
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("fn f() {}\n", [], id="clean"),
        pytest.param("fn f( {}\n", ["missing ) at 5"], id="bracket"),
        pytest.param("let x = ;\n", ["error ="], id="expression"),
        pytest.param("struct A { n u8 }\n", ["error n u8"], id="colon"),
    ],
)
def test_faults(text: str, expected: list[str]) -> None:
    check_faults("rust", text, expected)
