"""The budget with all that may be known: it is never exceeded, whatever there is and whatever it is like."""

from __future__ import annotations

import time
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.context.budget import SHARES, cost, fit
from kimi_lsp.context.estimate import Estimate
from kimi_lsp.context.gather import SymbolContext, gather
from kimi_lsp.context.knowledge import Excerpt, Knowledge, Mapped, Mention, Rules
from kimi_lsp.context.parts import Priority
from kimi_lsp.context.render import block, render
from kimi_lsp.context.window import size
from kimi_lsp.syntax.registry import by_path
from kimi_lsp.syntax.tree import parse
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span

LINES = st.lists(st.sampled_from(["x = 1", "```", "# é", "漢字" * 9, "", "\t`a`"]), max_size=60).map(
    "\n".join
)
NAMES = st.sampled_from(["a.py", "b/c.py", "odd\nname.py", "x" * 900 + ".py", "``.py"])
EXCERPTS = st.builds(
    lambda file, first, text, path: Excerpt(
        file, first, first + text.count("\n"), path, text[:200], "why", text
    ),
    NAMES,
    st.integers(1, 500),
    LINES,
    st.sampled_from(["f", "A.f", "A"]),
)
MENTIONS = st.builds(Mention, NAMES, st.integers(1, 500), st.sampled_from(["f()", "x" * 160, "漢" * 100]))
KNOWLEDGE = st.builds(
    Knowledge,
    related=st.lists(MENTIONS, max_size=4).map(tuple),
    definitions=st.lists(EXCERPTS, max_size=12).map(tuple),
    callers=st.lists(MENTIONS, max_size=8).map(tuple),
    tests=st.lists(MENTIONS, max_size=8).map(tuple),
    map=st.lists(
        st.builds(Mapped, NAMES, st.lists(st.text(max_size=150), max_size=8).map(tuple)), max_size=12
    ).map(tuple),
    rules=st.lists(st.builds(Rules, NAMES, LINES), max_size=3).map(tuple),
)


def context(text: str, at: int, knowledge: Knowledge) -> SymbolContext:
    language = by_path("a.py")
    assert language is not None
    at = min(at, len(text))
    made = gather(Snapshot.of("a.py", text), parse(text, language), Span(at, at), instructions="Use tabs.\n")
    return replace(made, knowledge=knowledge)


@settings(deadline=None, max_examples=150)
@given(
    text=st.one_of(LINES, LINES.map(lambda lines: "def f():\n    pass\n\n\n" + lines)),
    at=st.integers(0, 400),
    knowledge=KNOWLEDGE,
    limit=st.integers(500, 4_000),
    factor=st.sampled_from([0.6, 1.0, 1.3, 1.8]),
)
def test_the_budget_is_never_exceeded(
    text: str, at: int, knowledge: Knowledge, limit: int, factor: float
) -> None:
    estimate = Estimate(factor)
    budgeted = fit(context(text, at, knowledge), limit, estimate)
    assert budgeted.tokens == sum(cost(part, estimate) for part in budgeted.parts) <= limit
    assert size(render(budgeted)) <= sum(size(block(part)) + 2 for part in budgeted.parts)
    assert {Priority.FILE, Priority.FOCUS} & {part.priority for part in budgeted.parts}
    again = fit(context(text, at, knowledge), limit, estimate)
    assert render(again) == render(budgeted)


@settings(deadline=None, max_examples=60)
@given(knowledge=KNOWLEDGE, limit=st.integers(500, 4_000))
def test_nothing_is_cut_in_the_middle_of_a_line(knowledge: Knowledge, limit: int) -> None:
    bodies = {one.body for one in knowledge.definitions}
    budgeted = fit(context("x = 1\n", 0, knowledge), limit)
    for part in budgeted.parts:
        if part.priority is Priority.BODIES:
            assert part.text in bodies
        if part.priority is Priority.INSTRUCTIONS and "(cut)" in part.title:
            whole = [one.text for one in knowledge.rules if one.text.startswith(part.text.rstrip())]
            assert any(one[len(part.text.rstrip()) :].startswith(("\n", "")) for one in whole)


def test_each_kind_has_its_share() -> None:
    many = tuple(
        Excerpt(f"f{number}.py", 1, 9, f"f{number}", f"def f{number}(a, b, c):", "why", "x = 1\n" * 9)
        for number in range(500)
    )
    lines = tuple(Mention(f"f{number}.py", 3, "f(1, 2, 3)") for number in range(500))
    heads = tuple(Mapped(f"f{number}.py", ("def f():",) * 8) for number in range(500))
    budgeted = fit(context("x = 1\n", 0, Knowledge((), many, lines, lines, heads)), 10_000)
    for part in budgeted.parts:
        if part.priority in SHARES:
            assert cost(part, Estimate()) <= SHARES[part.priority] * 10_000
    kinds = {part.priority for part in budgeted.parts}
    assert kinds >= {Priority.CALLERS, Priority.TESTS, Priority.MAP, Priority.BODIES}


def test_what_the_whole_file_shows_is_not_shown_again() -> None:
    own = Excerpt("a.py", 1, 2, "f", "def f():", "why", "def f():\n    pass\n")
    budgeted = fit(context("def f():\n    pass\n", 0, Knowledge(definitions=(own,))), 2_000)
    assert {part.priority for part in budgeted.parts} == {Priority.FILE, Priority.INSTRUCTIONS}


def test_what_is_in_a_body_is_not_listed_beside_it() -> None:
    text = "class A:\n    def f(self):\n        pass\n"
    whole = Excerpt("b.py", 1, 3, "A", "class A:", "why", text)
    inner = Excerpt("b.py", 2, 3, "A.f", "def f(self):", "why", "    def f(self):\n        pass\n")
    budgeted = fit(context("x = 1\n", 0, Knowledge(definitions=(whole, inner))), 2_000)
    assert [part.title for part in budgeted.parts if part.stability == 3] == ["b.py lines 1-3: `A`"]


def test_a_definition_of_a_megabyte_is_a_signature() -> None:
    large = Excerpt("b.py", 1, 90_000, "A", "class A:", "why", "x = 1\n" * 170_000)
    begin = time.process_time()
    budgeted = fit(context("x = 1\n", 0, Knowledge(definitions=(large,))), 12_000)
    assert [part.text for part in budgeted.parts if part.priority is Priority.DEFINITIONS] == [
        "b.py\n  1: class A:\n"
    ]
    assert time.process_time() - begin < 1.0


def test_many_files_of_instructions_leave_room_for_the_code() -> None:
    text = "def f(x):\n" + "".join(f"    x = x + {number}\n" for number in range(400))
    language = by_path("a.py")
    assert language is not None
    made = gather(Snapshot.of("a.py", text), parse(text, language), Span(0, 0))
    found = tuple(Rules(f"R{number}.md", "- Do it well.\n" * 60) for number in range(6))
    for limit in (500, 1_000, 3_000):
        parts = fit(replace(made, knowledge=Knowledge(rules=found)), limit).parts
        rules = [part for part in parts if part.priority is Priority.INSTRUCTIONS]
        (focus,) = (part for part in parts if part.priority in (Priority.FOCUS, Priority.FILE))
        assert sum(cost(part, Estimate()) for part in rules) <= limit / 4
        assert cost(focus, Estimate()) >= limit / 2
