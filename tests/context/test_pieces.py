"""The small pure pieces: ranks, members of a type, names in messages, rules, lines that tell something."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimi_lsp.context.mentions import LONGEST, shortened, tells
from kimi_lsp.context.own import bases, class_around, members, whole_head
from kimi_lsp.context.parts import LONGEST_PATH, on_one_line
from kimi_lsp.context.rank import ranked
from kimi_lsp.context.rules import cut_rules
from kimi_lsp.context.wanted import quoted
from kimi_lsp.workspace.index.values import HEAD, Defined, Link


def defined(path: str, kind: str = "class", head: str = "", file: str = "a.py") -> Defined:
    return Defined(path.rpartition(".")[2], path, kind, file, 1, 9, head)


def test_what_is_used_ranks_by_how_much() -> None:
    links = [Link("a", "b", 1.0), Link("a", "c", 4.0), Link("c", "d", 1.0), Link("z", "y", 9.0)]
    order = [file for file, _ in ranked("a", links)]
    assert order.index("c") < order.index("b")
    assert set(order) == {"b", "c", "d"}


def test_what_many_neighbours_use_comes_before_what_one_uses() -> None:
    links = (
        [Link("a", x, 1.0) for x in "bcd"] + [Link(x, "core", 1.0) for x in "bcd"] + [Link("b", "leaf", 1.0)]
    )
    order = [file for file, _ in ranked("a", links)]
    assert order.index("core") < order.index("leaf")


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef"), st.floats(0, 100)), max_size=40)
)
def test_ranks_do_not_depend_on_the_order_of_the_links(found: list[tuple[str, str, float]]) -> None:
    links = [Link(*one) for one in {(s, t): (s, t, round(w, 3)) for s, t, w in found}.values()]
    one, other = ranked("a", links), ranked("a", reversed(links))
    assert [file for file, _ in one] == [file for file, _ in other]
    assert sum(rank for _, rank in one) <= 1.000001


def test_a_circle_of_five_thousand_links_takes_no_time() -> None:
    links = [Link(f"f{n}", f"f{(n * 7 + 1) % 900}", 1.0 + n % 3) for n in range(5_000)]
    begin = time.process_time()
    assert ranked("f0", links)
    assert time.process_time() - begin < 1.0


@pytest.mark.parametrize(
    ("language", "text", "name", "line"),
    [
        pytest.param("python", "class A:\n    x: int = 3\n", "x", 2, id="python-class"),
        pytest.param("python", "class A:\n    x: int\n", "x", 2, id="python-annotated"),
        pytest.param("python", "class A:\n  def f(self, y):\n    if y:\n      self.x = y\n", "x", 4, id="self"),
        pytest.param("python", "class A:\n  def f(\n    self,\n    x: int,\n  ): ...\n", "x", None, id="parameter"),
        pytest.param("python", "class A:\n  def f(self):\n    self.x == 3\n", "x", None, id="compared"),
        pytest.param("go", "type A struct {\n\tx, y int\n}\n", "y", 2, id="go"),
        pytest.param("go", "type A struct {\n\tx *Lock `json:\"x\"`\n}\n", "x", 2, id="go-tag"),
        pytest.param("go", "type A struct {\n\tLock\n}\n", "Lock", 2, id="go-embedded"),
        pytest.param("rust", "struct A {\n    pub(crate) x: u32,\n}\n", "x", 2, id="rust"),
        pytest.param("rust", "enum A {\n    X(u32),\n    Y,\n}\n", "X", 2, id="rust-variant"),
        pytest.param("rust", "enum A {\n    X(u32),\n    Y,\n}\n", "Y", 3, id="rust-plain-variant"),
        pytest.param("c", "struct a {\n    int x;\n    char *y, z[3];\n};\n", "y", 3, id="c-pointer"),
        pytest.param("c", "struct a {\n    int x;\n    char *y, z[3];\n};\n", "z", 3, id="c-array"),
        pytest.param("c", "struct a {\n    unsigned x : 3;\n};\n", "x", 2, id="c-bits"),
        pytest.param("c", "struct a {\n    int (*go)(void);\n};\n", "go", 2, id="c-function-pointer"),
        pytest.param("cpp", "enum a {\n    X = 1,\n    Y\n};\n", "Y", 3, id="c-enumerator"),
        pytest.param("typescript", "class A {\n  private readonly x?: number;\n}\n", "x", 2, id="typescript"),
        pytest.param("typescript", "class A {\n  f() {\n    this.x = 3;\n  }\n}\n", "x", 3, id="typescript-this"),
        pytest.param("java", "class A {\n    private int x = 3;\n}\n", "x", 2, id="java"),
        pytest.param("java", "enum A {\n    X, Y;\n}\n", "X", 2, id="java-enum"),
        pytest.param("kotlin", "class A {\n    val x: Int = 3\n}\n", "x", 2, id="kotlin"),
        pytest.param("ruby", "class A\n  attr_reader :y, :x\nend\n", "x", 2, id="ruby"),
    ],
)  # fmt: skip
def test_a_member_of_a_type(language: str, text: str, name: str, line: int | None) -> None:
    found = [one.first_line for one in members(text, 1, defined("A"), [name], language)]
    assert found == ([] if line is None else [line])


@pytest.mark.parametrize("language", ["python", "go", "rust", "c", "typescript", "ruby"])
@pytest.mark.parametrize(
    "text", ["x " * 50_000, "x\n" * 50_000, "(" * 100_000, "x*" * 50_000, "x, " * 30_000, " " * 100_000]
)
def test_members_of_a_hostile_type_take_no_time(language: str, text: str) -> None:
    begin = time.process_time()
    list(members(text, 1, defined("A"), ["x", "y", "nothing"], language))
    assert time.process_time() - begin < 2.0


def test_bases_go_up_and_around_no_circle() -> None:
    known = {
        "A": defined("A", head="class A(B, Mixin):"),
        "B": defined("B", head="class B(C):"),
        "C": defined("C", head="class C(A):"),
        "Mixin": defined("Mixin", "function"),
    }
    found = bases("A", lambda names: [known[name] for name in names if name in known])
    assert [one.name for one in found] == ["B", "C"]


@pytest.mark.parametrize(
    ("path", "around"),
    [
        ("Lock.acquire", "Lock"),
        ("Lock", "Lock"),
        ("take", ""),
        ("Pool.Lock.acquire", "Pool.Lock"),
        ("Far.get", "Far"),
    ],
)
def test_the_class_around(path: str, around: str) -> None:
    assert class_around(path, [defined("Lock"), defined("Pool"), defined("Pool.Lock")]) == around


def test_a_signature_that_was_cut_is_whole_again() -> None:
    body = f"def f(\n    {', '.join(f'argument_{n}: int' for n in range(30))},\n) -> None:\n    return g(1)\n"
    head = " ".join(body.split())[:HEAD]
    assert whole_head(head, body).endswith("argument_29: int, )")
    assert whole_head("def f():", body) == "def f():"


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("`Lock` has no `acquire`", ["Lock", "acquire"]),
        ('Module "app.lock" is unknown', ["app", "lock"]),
        ("Argument missing for parameter “x”", ["x"]),
        ("nothing is quoted here", []),
        ("don't and can't", ["t", "and", "can"]),
    ],
)
def test_names_that_a_message_quotes(message: str, names: list[str]) -> None:
    assert [one.name for one in quoted(message, 1)] == names


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        pytest.param("# A\n\none\n\n# B\n\ntwo\n", 12, "# A\n\none\n", id="heading"),
        pytest.param("one\n\ntwo\n\nthree\n", 9, "one\n\ntwo\n", id="paragraph"),
        pytest.param("one\ntwo\nthree\n", 9, "one\ntwo\n", id="line"),
        pytest.param("one endless line", 9, "", id="nothing"),
        pytest.param("# A\n" + "x\n" * 50 + "# B\n", 9, "# A\nx\nx\n", id="a-long-first-section"),
    ],
)
def test_rules_are_cut_at_borders(text: str, limit: int, kept: str) -> None:
    assert cut_rules(text, lambda part: len(part) <= limit) == kept


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("    lock.acquire(3)", True),
        ("from app.lock import acquire", False),
        ("import { acquire } from './lock'", False),
        ("use crate::lock::acquire;", False),
        ("#include <acquire.h>", False),
        ("reacquire()", False),
        ("important = acquire()", True),
        ("used = acquire()", True),
    ],
)
def test_lines_that_tell_something(line: str, says: bool) -> None:
    assert tells(line, "acquire") == says


def test_of_a_long_line_the_part_with_the_name_is_shown() -> None:
    shown = shortened("x" * 9_000 + " acquire(3) " + "y" * 9_000, "acquire")
    assert "acquire" in shown
    assert len(shown) <= LONGEST + 2


@pytest.mark.parametrize("path", ["a\nb.py", "a\u2028b", "a\x1b[31m", "a\ud800", "x" * 5_000])
def test_a_path_is_one_line_of_bounded_length(path: str) -> None:
    shown = on_one_line(path)
    assert shown.isprintable()
    assert len(shown) <= LONGEST_PATH + 1
