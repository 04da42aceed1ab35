"""The languages whose wheels are in the extra ``languages``; each is skipped where its wheel is not installed."""

from __future__ import annotations

import pytest

from kimi_lsp.syntax.grammar import definitions_query
from kimi_lsp.syntax.languages import LANGUAGES
from kimi_lsp.syntax.outline import imports
from tests.syntax.tables import (
    check_enclosing,
    check_imports,
    check_outline,
    language,
    needs_the_wheel_of,
    tree,
)

MORE = [row.id for row in LANGUAGES[10:]]


@pytest.mark.parametrize("language_id", MORE)
def test_queries_fit_the_installed_grammar(language_id: str) -> None:
    needs_the_wheel_of(language_id)
    assert len(definitions_query(language(language_id))) > 0
    assert imports(tree(language_id, "")) == ()


ENCLOSING = [
    ("csharp", "class Lock { void Acq$0uire() {} }", "Lock.Acquire"),
    ("csharp", "namespace A.B { class Lock { public int N { get { retu$0rn 1; } } } }", "A.B.Lock.N"),
    (
        "csharp",
        "class Lock {\n  /// <summary>Fr$0ees.</summary>\n  [Obsolete]\n  void Free() {}\n}",
        "Lock.Free",
    ),
    ("csharp", "class Lock { int n = $01; }", "Lock"),
    ("ruby", "class Lock\n  def ac$0quire(a)\n    1\n  end\nend\n", "Lock.acquire"),
    (
        "ruby",
        "module Core\n  class A::Lock\n    def self.open\n      $01\n    end\n  end\nend\n",
        "Core.A.Lock.open",
    ),
    ("ruby", "class Lock\n  pri$0vate def free\n  end\nend\n", "Lock.free"),
    ("ruby", "# Fr$0ees.\ndef free; end\n", "free"),
    ("php", "<?php\nclass Lock { public function ac$0quire(): int { return 1; } }\n", "Lock.acquire"),
    ("php", "<?php\nnamespace A\\B { function free() { $0 } }\n", "A.B.free"),
    ("php", "<?php\n/** D$0oc. */\n#[Attr]\ntrait Gate {}\n", "Gate"),
    ("php", "<p>$0</p><?php\n$free = fn($x) => 1;\n", None),
    ("shellscript", "acquire() {\n  echo $0\n}\n", "acquire"),
    ("shellscript", "# Fr$0ees.\nfunction free {\n  :\n}\n", "free"),
    ("shellscript", "#!/bin/s$0h\nfree() { :; }\n", None),
    ("lua", "local function free(x) $0 end", "free"),
    ("lua", "function Lock:acquire() ret$0urn 1 end", "Lock.acquire"),
    ("lua", "local api = { get = function() $0 end }", "api.get"),
    ("lua", "Lock.free = function() $0 end", "Lock.free"),
    ("kotlin", "class Lock {\n  fun acquire(a: Int): Int { retu$0rn 1 }\n}\n", "Lock.acquire"),
    ("kotlin", "fun Lock.free() = $01\n", "Lock.free"),
    ("kotlin", "object Gate {\n  val n = $01\n}\n", "Gate"),
    ("kotlin", "/** D$0oc. */\nenum class Color { RED }\n", "Color"),
    ("swift", "class Lock { func acquire() { $0 } }", "Lock.acquire"),
    ("swift", "extension Lock: Gate { func free() { $0 } }", "Lock.free"),
    ("swift", "struct Lock { init(n: Int) { $0 } }", "Lock.init"),
    ("swift", "protocol Gate { func op$0en() }", "Gate.open"),
    ("scala", "class Lock(n: Int) { def acquire(): Int = { $01 } }", "Lock.acquire"),
    ("scala", "object Lock { val n = $01 }", "Lock"),
    ("scala", "/** D$0oc. */\ntrait Gate { def open(): Unit }", "Gate"),
    ("zig", "pub const Lock = struct {\n    pub fn acquire() void { $0 }\n};\n", "Lock.acquire"),
    ("zig", "/// D$0oc.\nfn free() void {}\n", "free"),
    ("zig", 'test "works" { $0 }\n', "works"),
    (
        "elixir",
        "defmodule A.Lock do\n  def acquire(a) when a > 1 do\n    $0a\n  end\nend\n",
        "A.Lock.acquire",
    ),
    ("elixir", 'defmodule A do\n  @doc "Fr$0ees."\n  def free, do: 1\nend\n', "A.free"),
    ("elixir", "defimpl Gate, for: Lock do\n  def open(x), do: $0x\nend\n", "Gate.open"),
    ("elixir", 'test "works" do\n  $01\nend\n', "works"),
    ("haskell", "module A where\n\nacquire :: Int -> Int\nacquire n = n +$0 1\n", "acquire"),
    ("haskell", "module A where\n\ndata Lock = Lo$0ck | Free\n", "Lock"),
    ("haskell", "module A where\n\ninstance Gate Lock where\n  open x = $01\n", "Gate.open"),
    ("ocaml", "module Lock = struct\n  let acquire x = $0x\nend\n", "Lock.acquire"),
    ("ocaml", "let rec loop = fun x -> $0x\n", "loop"),
    ("ocaml", "(** D$0oc. *)\ntype t = A | B\n", "t"),
    ("ocaml.interface", "val free : in$0t -> int\n", "free"),
    ("ocaml.interface", "module type S = sig\n  val f : in$0t\nend\n", "S.f"),
    ("ocaml.interface", "type t = in$0t\n", "t"),
    ("julia", "module A\nfunction acquire(x)\n  $0x\nend\nend\n", "A.acquire"),
    ("julia", "free(x) = $01\n", "free"),
    ("julia", '"D$0oc."\nstruct Lock{T} <: Base\n  n::T\nend\n', "Lock"),
    ("julia", "function Base.show(io) where T\n  $01\nend\n", "Base.show"),
    ("html", '<body><div id="main"><p>t$0</p></div></body>', "main"),
    ("html", '<div id="main"><script>f($0)</script></div>', "main.script"),
    ("html", "<p>$0</p>", None),
    ("dart", "class Lock {\n  /// D$0oc.\n  @override\n  void acquire() { }\n}\n", "Lock.acquire"),
    ("dart", "class Lock {\n  Lock.named() { $0 }\n}\n", "Lock.named"),
    ("dart", "extension E on Lock {\n  int free() => $01;\n}\n", "E.free"),
    ("dart", "Future<int> free() async {\n  $0\n}\n", "free"),
    ("vue", "<script setup lang='ts'>\nfunction free(x: Lock) { $0 }\n</script>\n", "free"),
    ("vue", "<template>\n  <Lo$0ck :free='x' />\n</template>\n", None),
    ("vue", "<script>\nexport default { methods: { free() { $0 } } }\n</script>\n", "default.free"),
    ("svelte", "<script>\n  let n = $01;\n</script>\n", "script"),
    ("svelte", "<script lang='ts'>\n  const free = (x: Lock) => $0x;\n</script>\n", "free"),
    ("svelte", "{#if x}<p id='a'>$0</p>{/if}", "a"),
    ("css", ".lock > a { color: r$0ed }", ".lock > a"),
    ("css", "@keyframes spin { from { left: 0$0 } }", "spin"),
    ("css", "@import 'a$0.css';", None),
    ("json", '{"scripts": {"test": "py$0test"}}', "scripts"),
    ("json", '{"a": {"b": [1$0]}}', "a.b"),
    ("json", '{"a": 1$0}', None),
    ("yaml", "jobs:\n  test:\n    runs-on: ub$0untu\n", "jobs.test"),
    ("yaml", "'on':\n  - pu$0sh\n", "on"),
    ("yaml", "name: C$0I\n", None),
    ("toml", "[tool.ruff]\nline-length = 1$010\n", "tool.ruff"),
    ("toml", "[[package]]\nname = '$0a'\n", "package"),
    ("toml", "a = 1$0\n[b]\n", None),
    ("markdown", "# One\n\ntext\n\n## Two\n\nte$0xt\n", "One.Two"),
    ("markdown", "# One\n\nte$0xt\n\n## Two\n", "One"),
    ("markdown", "te$0xt\n\n# One\n", None),
    ("sql", "CREATE TABLE s.lock (n I$0NT);", "s.lock"),
    ("sql", "CREATE VIEW v AS SELECT $0n FROM lock;", "v"),
    ("sql", "SELECT $0n FROM lock;", None),
    ("terraform", 'resource "aws" "main" {\n  nested { a = $01 }\n}\n', "resource.aws.main.nested"),
    ("terraform", 'variable "x" { default = $01 }\n', "variable.x"),
    ("terraform", "locals { y = $01 }\n", "locals"),
]


@pytest.mark.parametrize(("language_id", "marked", "path"), ENCLOSING)
def test_enclosing_symbol(language_id: str, marked: str, path: str | None) -> None:
    needs_the_wheel_of(language_id)
    check_enclosing(language_id, marked, path)


OUTLINES = [
    (
        "csharp",
        "class A { int n, m; A() {} ~A() {} static A operator +(A a, A b) => a; } record R(int N); enum E { X }",
        "class A\nfield A.n\nfield A.m\nconstructor A.A\nmethod A.~\nmethod A.+\nrecord R\nenum E",
    ),
    (
        "ruby",
        "class A < B\n  N = 1\n  class << self\n    def q; end\n  end\nend\n",
        "class A\nconstant A.N\nmethod A.q",
    ),
    (
        "php",
        "<?php\nconst K = 1;\nclass A { const N = 1; private $n; function f() {} }\nenum E { case X; }\n",
        "constant K\nclass A\nconstant A.N\nfield A.n\nmethod A.f\nenum E",
    ),
    ("shellscript", "X=1\nf() { local y=2; }\n", "variable X\nfunction f"),
    ("lua", "local M = {}\nfunction M.f() end\nn = 1\n", "object M\nmethod M.f\nvariable n"),
    (
        "kotlin",
        "class A {\n  val n = 1\n  constructor(a: Int) { }\n}\ninterface I\ntypealias T = Int\nconst val K = 1\n",
        "class A\nfield A.n\nconstructor A.constructor\ninterface I\ntype T\nvariable K",
    ),
    (
        "swift",
        "struct S { let n = 1; var p: Int { return 1 } }\nenum E { case a }\nactor A {}\ntypealias T = I\nlet k = 1",
        "struct S\nfield S.n\nproperty S.p\nenum E\nclass A\ntype T\nvariable k",
    ),
    (
        "scala",
        "object O { val n = 1; def f = 1 }\nenum E { case A }\ndef g(x: Int) = 1\n",
        "object O\nfield O.n\nmethod O.f\nenum E\nfunction g",
    ),
    (
        "zig",
        "const E = enum { a };\nconst n = 1;\nfn f() void {}\n",
        "enum E\nvariable n\nfunction f",
    ),
    (
        "elixir",
        "defmodule A do\n  use B\n  defp f(x), do: x\n  defmacro m(x) do x end\nend\n",
        "module A\nfunction A.f\nfunction A.m",
    ),
    (
        "haskell",
        "module A where\n\nclass Gate a where\n  open :: a -> Int\n\nf :: Int\nf = 1\n",
        "class Gate\ndeclaration Gate.open\ndeclaration f\nvariable f",
    ),
    (
        "ocaml",
        "let n = 1\nlet f x = x\nexception E\nclass c = object method m = 1 end\n",
        "variable n\nfunction f\ntype E\nclass c\nmethod c.m",
    ),
    ("ocaml.interface", "val f : int\nmodule M : S\n", "declaration f\nmodule M"),
    (
        "julia",
        "const K = 1\nabstract type T end\nmacro m(x) end\n",
        "constant K\ntype T\nmacro m",
    ),
    (
        "html",
        '<div id="a"><p id="b"></p></div><style>p {}</style>',
        "element a\nelement a.b\nelement style\nrule p",
    ),
    (
        "css",
        "a, b { x: y }\n@media print { p { x: y } }\n",
        "rule a, b\nrule @media print\nrule @media print.p",
    ),
    ("json", '{"a": {"b": []}, "c": 1}', "object a\nobject a.b"),
    ("yaml", 'a:\n  b: {c: 1}\n"d e":\n- 1\n', "object a\nobject a.b\nobject d e"),
    ("toml", "x = 1\n[a.b]\ny = 1\n[[c]]\n", "object a.b\nobject c"),
    ("markdown", "# A\n## B\n### C\n## D\n", "section A\nsection A.B\nsection A.B.C\nsection A.D"),
    (
        "sql",
        "CREATE TABLE t (n INT);\nCREATE VIEW s.v AS SELECT 1;\nCREATE INDEX i ON t (n);\n",
        "table t\nview s.v\ntype i",
    ),
    (
        "dart",
        "class A {\n  final int n = 1;\n  A(this.n);\n  int get p => 1;\n}\nmixin M {}\nenum E { a }\n"
        "typedef F = void Function();\nint f(x) => x;\nconst k = 1;\n",
        "class A\nfield A.n\nconstructor A.A\nproperty A.p\ntrait M\nenum E\ntype F\nfunction f\nvariable k",
    ),
    (
        "vue",
        "<script>\nconst n = 1;\nfunction f() {}\n</script>\n<style>p {}</style>\n",
        "element script\nvariable n\nfunction f\nelement style\nrule p",
    ),
    ("svelte", "<script>\nclass A { f() {} }\n</script>\n", "element script\nclass A\nmethod A.f"),
    ("terraform", 'module "m" {}\nlocals {}\n', "object module.m\nobject locals"),
]


@pytest.mark.parametrize(("language_id", "text", "expected"), OUTLINES)
def test_outline(language_id: str, text: str, expected: str) -> None:
    needs_the_wheel_of(language_id)
    check_outline(language_id, text, expected)


@pytest.mark.parametrize(
    ("language_id", "text", "expected"),
    [
        ("csharp", "using System;\nclass A {}\n", ["using System;"]),
        ("ruby", "require 'a'\nputs 1\n", ["require 'a'"]),
        ("php", "<?php\nuse A\\B;\nrequire 'x.php';\n", ["use A\\B;", "require 'x.php';"]),
        ("shellscript", ". ./a.sh\nsource b\nls\n", [". ./a.sh", "source b"]),
        ("lua", "local a = require('a')\nlocal b = 1\n", ["local a = require('a')"]),
        ("kotlin", "import a.b\n", ["import a.b"]),
        ("swift", "import A\n", ["import A"]),
        ("scala", "import a.b\n", ["import a.b"]),
        ("zig", 'const std = @import("std");\nconst n = 1;\n', ['const std = @import("std");']),
        ("elixir", "defmodule A do\n  alias B.C\n  use D\nend\n", ["alias B.C", "use D"]),
        ("haskell", "module A where\nimport B (x)\n", ["import B (x)"]),
        ("ocaml", "open A\nlet x = 1\n", ["open A"]),
        ("julia", "using A\nimport B: c\n", ["using A", "import B: c"]),
        ("dart", "import 'a.dart';\nexport 'b.dart';\n", ["import 'a.dart';", "export 'b.dart';"]),
        ("vue", "<script>\nimport a from './a'\n</script>", ["import a from './a'"]),
        ("svelte", "<script>\nimport a from './a'\n</script>", ["import a from './a'"]),
        ("css", "@import 'a.css';\n", ["@import 'a.css';"]),
    ],
)
def test_imports(language_id: str, text: str, expected: list[str]) -> None:
    needs_the_wheel_of(language_id)
    check_imports(language_id, text, expected)


@pytest.mark.parametrize("language_id", MORE)
@pytest.mark.parametrize("text", ["", "\0\0", "{" * 2000, "(" * 2000, "é\r\n<a b='"])
def test_any_text_has_a_tree(language_id: str, text: str) -> None:
    needs_the_wheel_of(language_id)
    check_enclosing(language_id, f"{text}$0", None)
    assert all(fault.span.end <= len(text) for fault in tree(language_id, text).faults())
