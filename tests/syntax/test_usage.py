"""Names that a piece of code uses: ``name:kind``, with the receiver before its dot."""

from __future__ import annotations

from textwrap import dedent

import pytest

from kimi_lsp.syntax.usage import uses
from kimi_lsp.text.span import Span
from tests.syntax.tables import names_used, needs_the_wheel_of, tree

CASES = [
    ("python", "f(a, key=b)", "f:call a:plain b:plain"),
    ("python", "def f(a, *b, c=d, **e): return a + b + c + e + g", "d:plain g:plain"),
    ("python", "x = y; z: T = x", "y:plain T:type"),
    ("python", "for i, (j, k) in m: n(i, j, k)", "m:plain n:call"),
    ("python", "def f(self): return self.a.b(c)", "self.a:attribute self.a.b:attribute c:plain"),
    ("python", "def f():\n    return [u for u in v if u], (lambda w: w)(x)", "v:plain x:plain"),
    ("python", "with o as p: p\ntry: pass\nexcept E as e: e", "o:plain E:plain"),
    ("python", "match v:\n    case P(a, k=b): a, b", "v:plain P:call"),
    ("python", "class A(B):\n    def parse(self): return parse(self)", "B:type parse:call"),
    ("python", "def f():\n    import a.b\n    from c import d", "a:plain a.b:attribute c:plain d:plain"),
    ("python", "def f(x): x\ndef g(): x", "x:plain"),
    ("python", "# a\n'b'\nf'{c} d'", "c:plain"),
    ("javascript", "const { a, b: c, d = e } = f; a(c, d)", "e:plain f:plain"),
    ("javascript", "(x, ...y) => z(x, y)", "z:call"),
    ("javascript", "const o = { k: v, s, m() {} }", "v:plain s:plain"),
    ("javascript", "new A(b).c()", "A:type b:plain .c:attribute"),
    ("javascript", "for (const i of k) { i.j }", "k:plain i.j:attribute"),
    ("javascriptreact", "<Lock key={a}><div>{b}</div></Lock>", "Lock:plain a:plain b:plain"),
    ("typescript", "function f<T>(a: A<T>, b?: B): C { return a as D }", "A:type B:type C:type D:type"),
    (
        "typescript",
        "class A extends B implements C { d: D; e(x: E) { return this.d } }",
        "B:type C:type D:type E:type this.d:attribute",
    ),
    ("typescriptreact", "const F: FC<P> = ({ a }) => <G b={a}>{c}</G>", "FC:type P:type G:plain c:plain"),
    (
        "rust",
        "fn f(a: &A) -> R { let Some(b) = c else { return }; b.d() }",
        "A:type R:type Some:type c:plain b.d:attribute",
    ),
    (
        "rust",
        "impl A for B { fn f(&self) { g!(self.h); x::y() } }",
        "A:type B:type g:call self.h:attribute x:plain x.y:attribute",
    ),
    (
        "rust",
        "fn f(n: u8) { match n { E::V(k) => k, other => S { a: other } }; }",
        "E:plain E.V:attribute S:type .a:attribute",
    ),
    (
        "go",
        "package p\nfunc (r *R) F(a, b A) B { c, err := d(a); return e.G{H: b} }",
        "R:type A:type B:type d:call e:plain e.G:attribute .H:attribute",
    ),
    ("go", "package p\nfunc f() { for i, v := range k { g(i, v) } }", "k:plain g:call"),
    (
        "java",
        "class A extends B { C c; D f(E e) { F x = g(e); return x.h(c); } }",
        "B:type C:type D:type E:type F:type g:call x.h:attribute",
    ),
    ("java", "class A { void f() { for (B b : c) { d(b); } k(x -> x); } }", "B:type c:plain d:call k:call"),
    (
        "c",
        "static R f(A *a, int n) { B b = { .c = a }; for (int i = 0; i < n; i++) g(a->d, b); return M; }",
        "R:type A:type B:type .c:attribute g:call a.d:attribute M:plain",
    ),
    (
        "cpp",
        "auto A::f(const B& b) -> C { auto [x, y] = d<E>(b); for (auto& i : g) i->h(x, y); return {}; }",
        "A:plain B:type C:type d:call E:type g:plain i.h:attribute",
    ),
    (
        "csharp",
        "class A : B { C c; D F(E e) { var x = G(e); foreach (var i in x) i.H(c); return new I { J = e }; } }",
        "B:type C:type D:type E:type G:call i.H:attribute I:type",
    ),
    (
        "ruby",
        "def f(a, b: c)\n  x = d(a)\n  x.each { |i| g(i, b) }\n  E::F.new(@h)\nend",
        "c:plain d:call x.each:attribute g:call E:plain E.F:attribute E::F.new:attribute",
    ),
    (
        "php",
        "<?php function f(A $a): B { $x = g($a); return $x->h(C::D, new E()); }",
        "A:type B:type g:call $x.h:attribute C:plain C.D:attribute E:type",
    ),
    ("shellscript", 'f() { local x=$1; g "$x" word; echo $HOME; }', "g:call HOME:plain"),
    ("lua", "local function f(a) local b = g(a); return b.c, h end", "g:call b.c:attribute h:plain"),
    (
        "kotlin",
        "fun f(a: A): B { val x = g(a, key = c); return x.d { i -> i } }",
        "A:type B:type g:call c:plain x.d:attribute",
    ),
    (
        "swift",
        "func f(to a: A) -> B { let x = g(with: a); guard let y = h else { }; return x.c(y) }",
        "A:type B:type g:call h:plain x.c:attribute",
    ),
    (
        "scala",
        "def f(a: A): B = { val x = g(a); for (i <- h) yield x.c(i) }",
        "A:type B:type g:call h:plain x.c:attribute",
    ),
    ("elixir", "def f(a) do\n  x = g(a)\n  M.h(x)\nend", "f:call g:call M:plain M.h:attribute"),
    ("haskell", "f :: A -> B\nf a = g a h where i = j\n", "A:plain B:plain g:plain h:plain j:plain"),
    ("ocaml", "let f a = let x = g a in M.h x", "g:call M:plain M.h:attribute"),
    ("julia", "function f(a::A; k=d)\n  x = g(a)\n  x.h\nend", "A:plain d:plain g:call x.h:attribute"),
    ("dart", "B f(A a) { var x = g(a, key: c); return x.h; }", "B:type A:type g:call c:plain x.h:attribute"),
    ("zig", "fn f(a: A) B { const x = g(a); return x.h; }", "A:type B:type g:call x.h:attribute"),
    ("css", ".lock { color: red }", ""),
]


@pytest.mark.parametrize(("language_id", "text", "expected"), CASES)
def test_uses(language_id: str, text: str, expected: str) -> None:
    check(language_id, dedent(text), expected)


def check(language_id: str, text: str, expected: str) -> None:
    needs_the_wheel_of(language_id)
    parsed = tree(language_id, text)
    found = uses(parsed, Span(0, len(parsed.text)))
    said = [f"{use.receiver + '.' if use.kind == 'attribute' else ''}{use.name}:{use.kind}" for use in found]
    assert said == expected.split()
    assert all(use.span.of(parsed.text) == use.name for use in found)


PROSE = [
    ("python", "# We wait.\ng(x())", "g:call x:call"),
    ("python", "y = 1.\ng(x)", "g:call x:plain"),
    ("javascript", "// We wait.\ng(x())", "g:call x:call"),
    ("javascript", "a // We wait.\n  .b()", "a:plain .b:attribute"),
    ("javascript", "a. // We wait.\n  b()", "a:plain a.b:attribute"),
    ("javascript", "a.\n  b()", "a:plain a.b:attribute"),
    ("typescript", "const y = 1.\ng(x)", "g:call x:plain"),
    ("rust", "fn f() {\n    // We wait.\n    g(x())\n}", "g:call x:call"),
    ("rust", "fn f() {\n    /// We wait.\n    g(x())\n}", "g:call x:call"),
    ("go", "package p\nfunc f() {\n\t// We wait.\n\tg(x())\n}", "g:call x:call"),
    ("java", "class A { void f() {\n// We wait.\ng(x()); } }", "g:call x:call"),
    ("c", "void f() {\n// a->\ng(x()); }", "g:call x:call"),
    ("cpp", "void f() {\n// See a::\ng(x()); }", "g:call x:call"),
    ("csharp", "class A { void F() {\n// We wait.\nG(x()); } }", "G:call x:call"),
    ("ruby", "# We wait.\ng(x)", "g:call x:plain"),
    ("php", "<?php\n# see a->\ng(x());", "g:call x:call"),
    ("kotlin", "fun f() {\n// We wait.\ng(x())\n}", "g:call x:call"),
    ("swift", "func f() {\n// We wait.\ng(x())\n}", "g:call x:call"),
    ("lua", "-- We wait.\ng(x())", "g:call x:call"),
    ("scala", "def f() = {\n// We wait.\ng(x())\n}", "g:call x:call"),
    ("elixir", "# We wait.\ng(x())", "g:call x:call"),
    ("haskell", "h = g\n-- | We wait.\nf = g", "g:plain"),
    ("julia", "# We wait.\ng(x())", "g:call x:call"),
    ("dart", "f() {\n// We wait.\ng(x());\n}", "g:call x:call"),
    ("zig", "fn f() void {\n// We wait.\ng(x());\n}", "g:call x:call"),
]


@pytest.mark.parametrize(("language_id", "text", "expected"), PROSE)
def test_what_stands_before_a_full_stop_of_a_comment_is_no_receiver(
    language_id: str, text: str, expected: str
) -> None:
    check(language_id, text, expected)


def test_only_the_span_counts_but_what_is_bound_around_it_is_used() -> None:
    text = "def f(a):\n    b = a\n    return a, b\n"
    parsed = tree("python", text)
    at = text.index("return")
    assert names_used(parsed, Span(at, len(text))) == ("a", "b")
    assert names_used(parsed, Span(0, len(text))) == ()
