"""What the ruff brain is made of: pages, quotes, ruff's findings, wishes, facts."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kimi_lsp.simulator.errors import PageError, RuffFailed
from kimi_lsp.simulator.request import parse
from kimi_lsp.simulator.solver import facts
from kimi_lsp.simulator.solver.pages import parse_page, source_of
from kimi_lsp.simulator.solver.quote import quotes, unique
from kimi_lsp.simulator.solver.ruff import Edit, findings
from kimi_lsp.simulator.solver.wish import Wish, read_wish
from tests.simulator.asking import body


def page(first: int, *lines: str, total: int = 9, more: str = "") -> str:
    head = f"a b.py, lines {first}-{first + len(lines) - 1} of {total}.{more}"
    return "\n".join([head, *lines])


def test_pages_make_a_source() -> None:
    first = parse_page(page(1, "x\t= 1", "", "\x0c y", more=" Ask for the rest by start_line 4.") + "\n")
    second = parse_page(page(4, "12\tis text", "z") + "\n")
    assert (first.path, first.next_line, second.next_line) == ("a b.py", 4, None)
    assert source_of([second, first]) == "x\t= 1\n\n\x0c y\n12\tis text\nz\n"


def test_an_overlap_is_read_once_and_a_last_line_needs_no_end() -> None:
    pages = [parse_page(page(1, "a", "b") + "\n"), parse_page(page(2, "b", "c"))]
    assert source_of(pages) == "a\nb\nc"


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        ("", "first line is not"),
        ("a.py\nx", "first line is not 'PATH, lines A-B of N.': 'a.py'"),
        ("a.py, lines 1-2 of 2.\nx", "announced 2 lines and gave 1"),
        ("a.py, lines 1-1 of 2.\nx\ny", "announced 1 lines and gave 2"),
        ("a.py is empty.", "first line is not"),
    ],
)
def test_other_formats_are_refused(result: str, sentence: str) -> None:
    with pytest.raises(PageError) as refused:
        parse_page(result)
    assert sentence in str(refused.value)


def test_a_gap_between_pages_is_refused() -> None:
    with pytest.raises(PageError, match="left out lines 2-3"):
        source_of([parse_page(page(1, "a")), parse_page(page(4, "d"))])


SOURCE = st.lists(st.sampled_from(["x = 1\n", "    x = 1\n", "y\n", "\n", "x = 10\n"]), max_size=30).map(
    "".join
)


@settings(deadline=None, max_examples=150)
@given(data=st.data(), text=SOURCE, extra=st.integers(0, 3))
def test_quotes_do_what_the_edits_say_and_are_unique(data: Any, text: str, extra: int) -> None:
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    bounds = list(zip(places[::2], places[1::2], strict=False))
    edits = [Edit(start, end, data.draw(st.sampled_from(["", "z", "x = 1\n"]))) for start, end in bounds]
    wanted = text
    for edit in reversed(edits):
        wanted = wanted[: edit.start] + edit.text + wanted[edit.end :]
    for quote in quotes(text, edits, extra_lines=extra):
        if text.strip():
            assert unique(text, quote.old)
        text = text.replace(quote.old, quote.new, 1)
    assert text == wanted


def test_an_insertion_quotes_its_line() -> None:
    (quote,) = quotes("a\nb\nc\n", [Edit(2, 2, "new\n")])
    assert (quote.old, quote.new) == ("b", "new\nb")
    (quote,) = quotes("a\nb\n", [Edit(4, 4, "c\n")])
    assert (quote.old, quote.new) == ("b", "b\nc")


async def test_offsets_are_code_points() -> None:
    source = '"\U0001f600é"; x = 1 == None\r\ny = x == None\r\n'
    for finding in await findings(source, "a.py", "--select", "E711"):
        for edit in finding.edits:
            source_part = source[edit.start : edit.end]
            assert source_part in ("1 == None", "x == None")
            assert edit.text == source_part.replace("==", "is")


async def test_what_ruff_cannot_do() -> None:
    assert await findings("", "a.py", "--select", "F401") == ()
    with pytest.raises(RuffFailed, match="XYZ1"):
        await findings("", "a.py", "--select", "XYZ1")
    (broken, *_) = await findings("def f(:\n", "a.py", "--select", "F401")
    assert broken.edits == ()


def wish(text: str, *more: dict[str, Any]) -> Wish:
    return read_wish(parse(body(messages=[{"role": "user", "content": text}, *more])))


BLOCK = (
    "### src/a.py lines 3-4 of 9: the code in question\n```\ndef f(): ...\n# Explain it\n```\n\n### request\n"
)


@pytest.mark.parametrize(
    ("request_text", "kind", "path", "symbol", "lines"),
    [
        (
            "Fix this.\nDiagnostic: ruff F401 at my dir/a.py:3:8: `os` unused\n",
            "fix",
            "my dir/a.py",
            "",
            None,
        ),
        ("Explain `Lock.acquire` in src/a.py to an engineer.", "explain", "src/a.py", "Lock.acquire", None),
        ("Refactor `f` in src/a.py: make it simpler.", "refactor", "src/a.py", "f", None),
        ("Refactor the selected lines 3-9 of a.b.py as asked: x.y", "refactor", "a.b.py", "", (3, 9)),
        ("Explain src/a.py to an engineer.", "explain", "src/a.py", "", None),
        ("Explain this.", "explain", "src/a.py", "", None),
        ("Write a poem about Refactor.", "other", "", "", None),
    ],
)
def test_wishes(request_text: str, kind: str, path: str, symbol: str, lines: Any) -> None:
    found = wish(BLOCK + request_text)
    assert (found.kind, found.path, found.symbol, found.lines) == (kind, path, symbol, lines)
    if kind != "other":
        assert [(block.path, block.first, block.text) for block in found.blocks] == [
            ("src/a.py", 3, "def f(): ...\n# Explain it\n")
        ]


def test_a_diagnostic_without_source_or_code() -> None:
    found = wish("Diagnostic: problem at a.py:1:2: bad: very bad")
    assert found.diagnostic is not None
    assert (found.diagnostic.source, found.diagnostic.code, found.diagnostic.message) == (
        "problem",
        "",
        "bad: very bad",
    )


def test_the_wish_survives_a_later_word_and_keeps_its_steps() -> None:
    call = {"id": "1", "function": {"name": "read", "arguments": '{"path": "a.py"}'}}
    found = wish(
        "Diagnostic: ruff F401 at a.py:1:8: x",
        {"role": "assistant", "reasoning_content": "", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "1", "content": "error: no such file"},
        {"role": "user", "content": "You answered in words, but a change was asked for."},
    )
    assert found.kind == "fix"
    assert [(step.name, step.arguments, step.ok) for step in found.steps] == [
        ("read", {"path": "a.py"}, False)
    ]


CODE = '''
class Lock:
    """One holder at a time."""

    @property
    def held(self) -> bool:
        """Whether somebody holds it."""
        if not self.checked:
            raise LockError("x")
        return any(map(self.ask, self.peers))
'''


def test_facts() -> None:
    tree = facts.parsed(CODE)
    assert tree is not None
    held = facts.definition(tree, "Lock.held")
    assert isinstance(held, ast.FunctionDef)
    assert facts.definition(tree, "held") is held
    assert facts.definition(tree, "missing") is None
    told = facts.describe(held, CODE)
    for fact in (
        "`held` is a function of 6 lines",
        "`held(self) -> bool`",
        "calls: `any`",
        "LockError",
        "1 branches",
    ):
        assert fact in told
    assert "Whether somebody holds it." in told
    assert "defines: `held`" in facts.describe(facts.definition(tree, "Lock") or tree, CODE)
    assert "module of 10 lines" in facts.describe(tree, CODE)


def test_facts_of_a_piece_and_of_no_python() -> None:
    assert facts.parsed("    def f():\n        '\\d'\n") is not None
    assert facts.parsed("fn main() {}") is None
    assert facts.parsed("\0") is None
