from __future__ import annotations

import pytest

from tests.syntax.tables import check_enclosing, check_faults, check_imports, check_outline, check_parts


@pytest.mark.parametrize(
    ("marked", "path"),
    [
        pytest.param(
            "class Lock { private async ac$0quire(): Promise<void> {} }", "Lock.acquire", id="method"
        ),
        pytest.param(
            "class Lock { constructor(private $0n: number) {} }", "Lock.constructor", id="constructor"
        ),
        pytest.param("class Lock { readonly limit$0: number = 3; }", "Lock", id="field-belongs-to-its-class"),
        pytest.param(
            "class Lock { free = (): void => { $0 }; }", "Lock.free", id="arrow-function-in-a-field"
        ),
        pytest.param(
            "class Lock {\n  @Get('/$0')\n  acquire() {}\n}", "Lock.acquire", id="decorator-of-a-method"
        ),
        pytest.param("@Comp$0onent({})\nexport class Lock {}", "Lock", id="decorator-of-an-exported-class"),
        pytest.param("interface Lock { acquire(): vo$0id; }", "Lock.acquire", id="method-of-an-interface"),
        pytest.param("interface Lock { limit: num$0ber; }", "Lock", id="property-of-an-interface"),
        pytest.param("export type Id = string | nu$0mber;", "Id", id="type-alias"),
        pytest.param("export const enum Color { Red$0 }", "Color", id="enum"),
        pytest.param("namespace core { export function free() { $0 } }", "core.free", id="namespace"),
        pytest.param("declare module 'core' { function free(): vo$0id; }", "core.free", id="ambient-module"),
        pytest.param("abstract class A { abstract f(): vo$0id; }", "A.f", id="abstract-method"),
        pytest.param(
            "export const free = <T,>(x: T): T => { return $0x; };", "free", id="generic-arrow-function"
        ),
        pytest.param("const x: num$0ber = 1;", None, id="variable"),
        pytest.param("type A = {\n  a: 1\n}\n$0", None, id="next-line"),
    ],
)
def test_enclosing_symbol(marked: str, path: str | None) -> None:
    check_enclosing("typescript", marked, path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            """\
                class A<T> extends B implements C {
                  static n?: number;
                  f(a: string): void;
                  f(a: any) {}
                }
                """,
            "class A\nfield A.n\ndeclaration A.f\nmethod A.f",
            id="class-with-an-overload",
        ),
        pytest.param(
            "function f(a: string): void;\nfunction f(a: any) {}\n",
            "declaration f\nfunction f",
            id="overload",
        ),
        pytest.param(
            "export default interface A {\n  n: number;\n  f(): void;\n  new (): A;\n}\n",
            "interface A\nfield A.n\nmethod A.f",
            id="interface",
        ),
        pytest.param(
            "namespace a.b {\n  export type T = 1;\n}\nenum E { A }\n",
            "namespace a.b\ntype a.b.T\nenum E",
            id="namespace",
        ),
        pytest.param(
            """\
                declare function f(): void;
                declare const x: number;
                export abstract class A {}
                """,
            "declaration f\nvariable x\nclass A",
            id="ambient",
        ),
        pytest.param(
            "interface A {\n  f(: void;\n}\nclass B {}\n", "interface A\nfield A.f\nclass B", id="broken"
        ),
    ],
)
def test_outline(text: str, expected: str) -> None:
    check_outline("typescript", text, expected)


def test_span_has_the_decorators_above() -> None:
    check_parts(
        "typescript",
        "class A {\n  /** Doc. */\n  @a()\n  @b public f(): void {}\n}\n",
        "A.f",
        span="/** Doc. */\n  @a()\n  @b public f(): void {}",
        head="@a()\n  @b public f(): void",
        body="",
    )


def test_a_declaration_has_no_body() -> None:
    check_parts(
        "typescript",
        "declare function f(): void;\n",
        "f",
        span="declare function f(): void;",
        head="declare function f(): void;",
        body=None,
    )


def test_imports() -> None:
    check_imports(
        "typescript",
        """\
            import type { A } from 'a';
            import b = require('b');
            export * from './c';
            """,
        ["import type { A } from 'a';", "import b = require('b');", "export * from './c';"],
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("let x: number = 1;\n", [], id="clean"),
        pytest.param("let x: = 1;\n", ["error :"], id="type"),
        pytest.param("function f(a: string {}\n", ["missing ) at 20"], id="bracket"),
        pytest.param("interface A { x: }\n", ["error :"], id="property"),
    ],
)
def test_faults(text: str, expected: list[str]) -> None:
    check_faults("typescript", text, expected)
