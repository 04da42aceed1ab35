from __future__ import annotations

import pytest

from tests.syntax.tables import check_enclosing, check_faults, check_imports, check_outline, check_parts


@pytest.mark.parametrize(
    ("marked", "path"),
    [
        pytest.param("class Lock { ac$0quire() {} }", "Lock.acquire", id="method"),
        pytest.param("const x$0 = 1;", None, id="variable"),
        pytest.param("class Lock { limit = $03; }", "Lock", id="field-belongs-to-its-class"),
        pytest.param("class Lock { free = () => { $0 }; }", "Lock.free", id="arrow-function-in-a-field"),
        pytest.param("const free = (lock) => {\n  return $0lock;\n};", "free", id="arrow-function"),
        pytest.param("const free = function () { $0 };", "free", id="function-expression"),
        pytest.param("exp$0ort default function free() {}", "free", id="export-default"),
        pytest.param("export default () => { $0 };", "default", id="nameless-default"),
        pytest.param("/**\n * Frees$0.\n */\nexport function free() {}", "free", id="doc-comment"),
        pytest.param("// not a $0doc comment\nfunction free() {}", None, id="plain-comment"),
        pytest.param("function* ids() { yield $01; }", "ids", id="generator"),
        pytest.param("exports.open = function () { $0 };", "exports.open", id="exported-property"),
        pytest.param("Lock.prototype.free = function () { $0 };", "Lock.free", id="prototype"),
        pytest.param("const api = { get() { $0 } };", "api.get", id="method-of-a-named-object"),
        pytest.param("const api = { get: () => { $0 } };", "api.get", id="arrow-function-of-a-named-object"),
        pytest.param("const api = { url$0: '/' };", "api", id="object"),
        pytest.param("function f() { const options = { a: $01 }; }", "f", id="local-object"),
        pytest.param("function f() { const g = () => { $0 }; }", "f.g", id="local-function"),
        pytest.param("function f() { list.map(x => x$0); }", "f", id="callback"),
        pytest.param("class A { static #count() { $0 } }", "A.#count", id="private"),
        pytest.param("class A {\n  $0  get x() {}\n}", "A.x", id="white-space-before"),
        pytest.param("class A {\n  x() {}  // wh$0y\n}", "A.x", id="comment-behind"),
        pytest.param("import $0x from 'y';", None, id="import"),
    ],
)
def test_enclosing_symbol(marked: str, path: str | None) -> None:
    check_enclosing("javascript", marked, path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            """\
                class A extends B {
                  #n = 1;
                  constructor() {}
                  get n() { return 1; }
                  set n(v) {}
                  static async run() {}
                }
                """,
            """\
                class A
                field A.#n
                method A.constructor
                method A.n
                method A.n
                method A.run""",
            id="class",
        ),
        pytest.param(
            "const A = class {\n  f() {}\n};\nlet b = 1, c = () => 1;\n",
            "class A\nmethod A.f\nvariable b\nfunction c",
            id="bound",
        ),
        pytest.param(
            "module.exports = {\n  run: async () => {},\n  'a-b': function () {},\n};\n",
            "object module.exports\nmethod module.exports.run\nmethod module.exports.a-b",
            id="exported-object",
        ),
        pytest.param(
            "export default {\n  data() {},\n  name: 'x',\n};\n",
            "object default\nmethod default.data",
            id="default-object",
        ),
        pytest.param(
            "const memoized = memo(() => 1);\nconst sum = list.reduce((a, b) => a + b);\n",
            "function memoized\nvariable sum",
            id="wrapped",
        ),
        pytest.param(
            "function f() {\n  return (1;\n}\nclass B { g() {} }\n",
            "function f\nclass B\nmethod B.g",
            id="broken",
        ),
        pytest.param("", "", id="empty"),
    ],
)
def test_outline(text: str, expected: str) -> None:
    check_outline("javascript", text, expected)


def test_span_has_export_doc_comment_and_semicolon() -> None:
    check_parts(
        "javascript",
        "/** Frees. */\nexport const free = (lock) => {\n  lock();\n};\n",
        "free",
        span="/** Frees. */\nexport const free = (lock) => {\n  lock();\n};",
        head="export const free = (lock) =>",
        body="\n  lock();\n",
    )


def test_one_of_two_declarators_is_only_itself() -> None:
    check_parts(
        "javascript", "let a = () => 1, b = () => 2;\n", "b", span="b = () => 2;", head="b = () =>", body="2"
    )


def test_imports() -> None:
    check_imports(
        "javascript",
        """\
            import a from 'a';
            import 'b';
            const c = require('c');
            export { d } from './d';
            export const e = 1;
            """,
        ["import a from 'a';", "import 'b';", "const c = require('c');", "export { d } from './d';"],
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("f();\n", [], id="clean"),
        pytest.param("f(1;\n", ["missing ) at 3"], id="bracket"),
        pytest.param("class {\n  f() {}\n", ["missing } at 16"], id="brace"),
        pytest.param("const = 1;\n", ["error const ="], id="name"),
    ],
)
def test_faults(text: str, expected: list[str]) -> None:
    check_faults("javascript", text, expected)
