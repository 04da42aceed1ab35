"""For each action: where it is offered, language by language. One row, one cursor."""

from dataclasses import replace
from time import process_time

import pytest

from kimi_lsp.actions.action import TITLE_LENGTH
from kimi_lsp.actions.catalogue import ACTIONS, by_id
from kimi_lsp.syntax.outline import enclosing_at
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.diagnostic import Diagnostic
from tests.actions.test_catalogue import context, problem


def title_of(action: str, name: str, marked: str, *diagnostics: Diagnostic) -> str | None:
    """What the menu says, without the product's name; None where it says nothing."""
    targets = by_id(action).applies(context(marked, *diagnostics, name=name))
    assert len(targets) < 2
    return targets[0].title.removeprefix("Kimi: ") if targets else None


@pytest.mark.parametrize(
    ("name", "marked", "offered"),
    [
        pytest.param("a.py", "def f():\n    $0pass\n", True, id="pass"),
        pytest.param("a.py", "def f():\n    $0...\n", True, id="ellipsis"),
        pytest.param("a.py", 'def f():\n    """Do$0 it."""  # so\n', True, id="docstring-only"),
        pytest.param("a.py", 'def f():\n    $0raise NotImplementedError("f")\n', True, id="raise"),
        pytest.param("a.py", "def f():\n    x = 1  $0# TODO: the rest\n    return x\n", True, id="todo"),
        pytest.param("a.py", "class A:\n    x = 1$0\n    def f(self):\n        raise NotImplementedError\n", True,
            id="in-a-class"),
        pytest.param("a.py", "class A:$0\n    def f(self):\n        pass\n", True, id="class-with-an-empty-one"),
        pytest.param("a.py", "class A:$0\n    def f(self): ...  # so\n", True, id="class-with-an-empty-line"),
        pytest.param("a.py", "class A(Protocol):$0\n    def f(self): ...\n", False, id="class-of-a-protocol"),
        pytest.param("a.py", "class A:$0\n    x = ...\n    def f(self):\n        return 1\n", False, id="class-done"),
        pytest.param("a.py", "def f():\n    $0return 1\n", False, id="done"),
        pytest.param("a.py",
            "def f():\n    try:\n        g()$0\n    except NotImplementedError:\n        h()\n", False,
            id="except"),
        pytest.param("a.py", "@overload\ndef f(x: int) -> int:\n    $0...\n", False, id="overload"),
        pytest.param("a.py", "class A(ABC):\n    @abstractmethod\n    def f(self):\n        $0...\n", False,
            id="abstract"),
        pytest.param("a.py", "class A(Protocol):\n    def f(self):\n        $0...\n", False, id="protocol"),
        pytest.param(
            "a.py",
            "class AB(Protocol):\n    x: int\n\nclass A:\n    def f(self):\n        $0...\n",
            True,
            id="beside-a-protocol",
        ),
        pytest.param(
            "a.py",
            "class A:\n    class AB(Protocol):\n        x: int\n    def f(self):\n        $0...\n",
            True,
            id="around-a-protocol",
        ),
        pytest.param("a.py", "class A:\n    todo = 1\n    def f(self):\n        return self.todo$0()\n", False,
            id="a-name"),
        pytest.param("a.py", "$0def f():\n    pass$0\n", True, id="selects-it"),
        pytest.param("a.py", "def f():\n    $0pass$0\n", False, id="selection"),
        pytest.param("a.py", "$0x = 1\n", False, id="no-symbol"),
        pytest.param("a.rs", "fn f() -> u8 {\n    $0todo!()\n}\n", True, id="rust-todo"),
        pytest.param("a.rs", 'fn f() -> u8 {\n    $0unimplemented!("later")\n}\n', True, id="rust-unimplemented"),
        pytest.param("a.rs", "fn f() {$0}\n", True, id="rust-empty"),
        pytest.param("a.rs", "trait T {\n    fn f(&self);$0\n}\n", False, id="rust-declaration"),
        pytest.param("a.go", 'package a\nfunc f() {\n\t$0panic("not implemented")\n}\n', True, id="go"),
        pytest.param("a.go", 'package a\nfunc f() {\n\t$0panic("no such user")\n}\n', False, id="go-real-panic"),
        pytest.param("a.ts", "function f() {\n  $0throw new Error('Not implemented yet');\n}\n", True, id="ts-error"),
        pytest.param("a.ts", "class A {\n  constructor(private x: X) {$0}\n}\n", False, id="ts-constructor"),
        pytest.param("a.ts", "interface A {\n  f(): void$0\n}\n", False, id="ts-interface"),
        pytest.param("a.js", "function f() { /* later */ $0}\n", True, id="js-empty"),
        pytest.param("A.cs", "class A { int F() { $0throw new NotImplementedException(); } }\n", True, id="csharp"),
        pytest.param("A.java", 'class A { int f() { $0throw new UnsupportedOperationException("TODO"); } }\n', True,
            id="java"),
        pytest.param("A.java", "class A { A() {$0} }\n", False, id="java-constructor"),
        pytest.param("a.kt", 'fun f(): Int = TODO("later")$0\n', True, id="kotlin"),
        pytest.param("a.scala", "object A { def f: Int = ???$0 }\n", True, id="scala"),
        pytest.param("a.swift", 'func f() -> Int { $0fatalError("not implemented") }\n', True, id="swift"),
        pytest.param("a.rb", "def f\n  $0raise NotImplementedError\nend\n", True, id="ruby"),
        pytest.param("a.rb", "def f\n$0end\n", False, id="ruby-without-a-body"),
        pytest.param("a.php", "<?php\nfunction f() { $0throw new \\Exception('not implemented'); }\n", True,
            id="php"),
        pytest.param("a.hs", "f :: Int -> Int\nf x = undefined$0\n", True, id="haskell"),
        pytest.param("a.ml", 'let f x = failwith "TODO"$0\n', True, id="ocaml"),
        pytest.param("a.c", "int f(void) {\n  // TODO: write$0\n  return 0;\n}\n", True, id="c-todo"),
        pytest.param("a.css", "a { color: red; /* TODO: nicer */$0 }\n", False, id="css-is-no-code"),
        pytest.param("a.json", '{"a": {"todo": $01}}\n', False, id="json"),
    ],
)  # fmt: skip
def test_implement(name: str, marked: str, offered: bool) -> None:
    assert (title_of("implement", name, marked) is not None) is offered


@pytest.mark.parametrize(
    ("name", "marked", "title"),
    [
        pytest.param("a.py", "def f():\n    $0return 1\n", "Document `f`", id="python"),
        pytest.param("a.py", 'def f():\n    """It is."""\n    $0return 1\n', None, id="python-docstring"),
        pytest.param("a.py", "def f():\n    # so\n    r'It is.'\n    $0return 1\n", None,
            id="python-docstring-below"),
        pytest.param("a.py", "# so\ndef f():\n    $0return 1\n", "Document `f`", id="python-comment-is-none"),
        pytest.param("a.py", "class A:\n    x = 1$0\n", "Document `A`", id="class"),
        pytest.param("tests/test_a.py", "def test_f():\n    $0pass\n", None, id="not-in-tests"),
        pytest.param("a.ts", "/** It is. */\nexport function f() { $0return 1 }\n", None, id="jsdoc"),
        pytest.param("a.ts", "// so\nexport function f() { $0return 1 }\n", "Document `f`", id="ts-comment-is-none"),
        pytest.param("a.rs", "/// It is.\n#[inline]\nfn f() {$0}\n", None, id="rust"),
        pytest.param("a.rs", "// so\nfn f() {$0}\n", "Document `f`", id="rust-comment-is-none"),
        pytest.param("a.go", "package a\n\n// f is.\nfunc f() {$0}\n", None, id="go"),
        pytest.param("a.go", "package a\n\nfunc f() {$0}\n", "Document `f`", id="go-without"),
        pytest.param("A.java", "class A {\n  /** It is. */\n  void f() {$0}\n}\n", None, id="java"),
        pytest.param("a.ex", 'defmodule A do\n  @doc """\n  x\n  """\n  def f(a), do: a$0\nend\n', None, id="elixir"),
        pytest.param("a.ex", "defmodule A do\n  def f(a), do: a$0\nend\n", "Document `A.f`", id="elixir-without"),
        pytest.param("a.rb", "# It is.\ndef f\n  1$0\nend\n", None, id="ruby"),
        pytest.param("a.json", '{"a": {"b": $01}}\n', None, id="json"),
        pytest.param("a.md", "# T\n\ntext$0\n", None, id="markdown"),
        pytest.param("a.py", "$0x = 1\n", None, id="no-symbol"),
    ],
)  # fmt: skip
def test_document(name: str, marked: str, title: str | None) -> None:
    assert title_of("document", name, marked) == title


@pytest.mark.parametrize(
    ("name", "marked", "offered"),
    [
        pytest.param("a.py", "def f(a): return a$0\n", True, id="python"),
        pytest.param("a.py", "def f(a: int): return a$0\n", True, id="python-result"),
        pytest.param("a.py", "def f(a: int) -> int: return a$0\n", False, id="python-typed"),
        pytest.param("a.py", "def f(a: dict[str, int], *, b=lambda x: x) -> int: return a$0\n", True,
            id="python-default"),
        pytest.param("a.py",
            "def f(a: Callable[[int], str] = g(1, 2), /, *b: int, **c: int) -> int: return a$0\n", False,
            id="python-nested"),
        pytest.param("a.py", "def f(a: int, *b) -> int: return a$0\n", True, id="python-star"),
        pytest.param("a.py", "def f[T](a: T) -> T: return a$0\n", False, id="python-generic"),
        pytest.param("a.py", 'def f(a: str = "),b",  # (so\n      b: int = 1) -> int: return a$0\n', False,
            id="python-strings-and-comments"),
        pytest.param("a.py", "class A:\n    def f(self) -> None: return$0\n", False, id="self"),
        pytest.param("a.py", "class A:\n    x = 1$0\n    def f(self, a) -> None: return\n", True, id="class"),
        pytest.param("a.py", "class A:\n    x = 1$0\n", False, id="class-without-methods"),
        pytest.param("a.ts", "function f(a) { return a$0 }\n", True, id="ts"),
        pytest.param("a.ts", "function f(a: Map<string, number>, b = 1) { return a$0 }\n", False,
            id="ts-generic-and-default"),
        pytest.param("a.ts", "function f({a, b}: Props) { return a$0 }\n", False, id="ts-pattern"),
        pytest.param("a.ts", "function f({a, b}) { return a$0 }\n", True, id="ts-pattern-untyped"),
        pytest.param("a.ts", "const f = x => x + 1$0\n", True, id="ts-bare-arrow"),
        pytest.param("a.ts", "const f = (x: number) => x + 1$0\n", False, id="ts-arrow"),
        pytest.param("a.js", "function f(a) { return a$0 }\n", False, id="js-without-types"),
        pytest.param("a.js", "// @ts-check\n\nfunction f(a) { return a$0 }\n", True, id="js-checked"),
        pytest.param("a.js", "// @ts-check\n\n/** @param {number} a */\nfunction f(a) { return a$0 }\n", False,
            id="jsdoc"),
        pytest.param("a.php", "<?php\nfunction f($a): int { return 1;$0 }\n", True, id="php"),
        pytest.param("a.php", "<?php\nfunction f(int $a, ?A &...$b): int { return 1;$0 }\n", False, id="php-typed"),
        pytest.param("a.php", "<?php\nfunction f(int $a) { return 1;$0 }\n", True, id="php-result"),
        pytest.param("a.php", "<?php\nclass A { function __construct(private int $a) {$0} }\n", False,
            id="php-constructor"),
        pytest.param("a.php", "<?php\nfunction f(#[Secret] string $a): int { return 1;$0 }\n", False,
            id="php-attribute"),
        pytest.param("a.go", "package a\nfunc f(a int) {$0}\n", False, id="go"),
        pytest.param("a.rb", "def f(a)\n  a$0\nend\n", False, id="ruby"),
        pytest.param("a.py", "$0x = 1\n", False, id="no-symbol"),
    ],
)  # fmt: skip
def test_add_types(name: str, marked: str, offered: bool) -> None:
    assert (title_of("addTypes", name, marked) is not None) is offered


@pytest.mark.parametrize(
    ("name", "marked", "title"),
    [
        pytest.param("a.py", "def f():\n    x = 1\n    return x$0\n", "Simplify `f`", id="function"),
        pytest.param("a.py", "def f():\n    return 1$0\n", None, id="one-line"),
        pytest.param("a.py", 'def f():\n    """It is."""\n    return 1$0\n', None, id="one-line-and-a-docstring"),
        pytest.param("a.py", "class A:\n    x = 1\n    y = 2$0\n", None, id="class"),
        pytest.param("a.py", "x = 1\n$0y = 2$0\n", "Simplify selection", id="selection"),
        pytest.param("a.c", "int f() {\n  // so\n  return 1;$0\n}\n", None, id="one-line-and-a-comment"),
        pytest.param("a.py", "def f():$0\n" + "    return 1\n" * 2_000, "Simplify `f`", id="long"),
    ],
)  # fmt: skip
def test_simplify(name: str, marked: str, title: str | None) -> None:
    assert title_of("simplify", name, marked) == title


@pytest.mark.parametrize(
    ("name", "marked", "title"),
    [
        pytest.param("a.py", "def f(): return 1$0\n", "Refactor `f`", id="function"),
        pytest.param("a.css", "a { color: $0red }\n", "Refactor `a`", id="rule"),
        pytest.param("a.txt", "$0word$0 word\n", "Refactor selection", id="no-language"),
        pytest.param("a.txt", "word$0\n", None, id="nothing"),
        pytest.param("a.json", '{"a": {"b": $01}}\n', None, id="json"),
        pytest.param("a.md", "# T\n\n$0text$0\n", None, id="markdown"),
    ],
)
def test_refactor(name: str, marked: str, title: str | None) -> None:
    assert title_of("refactor", name, marked) == title


@pytest.mark.parametrize(
    ("name", "marked", "title"),
    [
        pytest.param("a.py", "def f(): return 1$0\n", "Write tests for `f`", id="function"),
        pytest.param("a.go", "package a\nfunc f() {$0}\n", "Write tests for `f`", id="go"),
        pytest.param("a.py", "x = 1$0\n", "Write tests for this file", id="file"),
        pytest.param("a.py", "$0x = 1$0\ny = 2\n", None, id="selection"),
        pytest.param("tests/test_a.py", "def test_f(): pass$0\n", None, id="a-test"),
        pytest.param("src/a.test.ts", "function f() {$0}\n", None, id="a-test-by-name"),
        pytest.param("a.md", "# T$0\n", None, id="markdown"),
        pytest.param("a.txt", "x$0\n", None, id="no-language"),
        pytest.param("a.py", "$0", None, id="empty"),
    ],
)
def test_write_tests(name: str, marked: str, title: str | None) -> None:
    assert title_of("test", name, marked) == title


def at(start: int, end: int, message: str) -> Diagnostic:
    return Diagnostic("a.py", Span(start, end), 1, start + 1, message, "ruff", "F841")


def test_the_problem_that_is_explained_is_the_narrowest_at_the_cursor() -> None:
    wide, narrow, beside = at(0, 9, "wide"), at(4, 5, "narrow"), at(7, 8, "beside")
    assert title_of("explainProblem", "a.py", "abcd$0efghi", wide, beside, narrow) == (
        "Explain this problem: narrow (ruff F841)"
    )
    assert title_of("explainProblem", "a.py", "abcdefghijkl$0", beside, narrow) == (
        "Explain this problem: beside (ruff F841)"
    )
    assert title_of("explainProblem", "a.py", "def f(:\n    pass$0\n") == (
        "Explain this problem: syntax error in line 1: ) is missing"
    )
    assert title_of("explainProblem", "a.py", "x = 1$0\n") is None


def test_fix_all_needs_a_problem_here_or_two_anywhere() -> None:
    assert title_of("fixAll", "a.py", "x = 1$0\n") is None
    assert title_of("fixAll", "a.py", "x = 1$0\n", problem("unused")) == "Fix all in this file"
    far = "def f(:\n" + "x = 1\n" * 40
    assert title_of("fixAll", "a.py", f"{far}$0") is None
    assert title_of("fixAll", "a.py", f"{far}def g(:\n{far}$0") == "Fix all in this file"
    (target,) = by_id("fixAll").applies(context("x = 1$0\n", problem("a"), problem("b"), problem("a")))
    assert (target.diagnostic, target.others, target.span) == (None, (problem("a"), problem("b")), Span(0, 6))


def test_a_finding_is_fixed_by_its_suggestion_and_titled_without_it() -> None:
    finding = Diagnostic("a.py", Span(0, 1), 1, 1, "It leaks.\nSuggestion: Close it.", "kimi", "review")
    assert title_of("fix", "a.py", "x$0 = 1\n", finding) == "Fix It leaks. (kimi review)"


UNIT = '''class Lock{n}:
    """Doc."""
    # kimi: faster {n}
    def go(self, a, b=1):
        # note {n}
        if a:
            return b  # note
        x = "kimi: {n}"
        return a + {n}

'''


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("".join(UNIT.format(n=n) for n in range(200)), id="2000-lines"),
        pytest.param("class A:\n" + "    def f(self, a: int) -> int: return a\n" * 2_000, id="one-class"),
        pytest.param("def f():\n" + "    # kimi: a /* raise todo\n" * 2_000 + "    pass\n", id="comments"),
        pytest.param("int f() {" + "/* kimi: a */ /*" * 3_000 + "}", id="one-line"),
        pytest.param("def f(" * 3_000, id="hostile"),
    ],
)
def test_the_menu_takes_no_time_with_200_diagnostics(text: str) -> None:
    diagnostics = [
        Diagnostic("a.py", Span(n, n + 1), 1, n + 1, f"problem {n}", "ruff", "F841") for n in range(200)
    ]
    found = context(text, *diagnostics, name="a.c" if text.startswith("int") else "a.py")
    assert found.tree is not None
    contexts = [
        replace(found, selection=Span(place, place), symbol=enclosing_at(found.tree, place))
        for place in range(0, len(text), max(1, len(text) // 100))
    ]
    times = []
    for one in contexts:
        started = process_time()
        for action in ACTIONS:
            assert all(len(target.title) <= TITLE_LENGTH for target in action.applies(one))
        times.append(process_time() - started)
    assert sorted(times)[len(times) * 9 // 10] < 0.01
