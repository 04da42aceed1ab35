"""What the request is about is searched first, and moves along with the job's edits."""

from __future__ import annotations

import pytest

from kimi_lsp.edits.job import carried
from kimi_lsp.text.replacement import Replacement
from kimi_lsp.text.span import Span
from tests.edits.calls import Start, edit, run, texts

TWICE = "def f():\n    x = 1\n\n\ndef g():\n    x = 1\n"


def test_the_focus_is_searched_first_and_moves_along(start: Start) -> None:
    staging = start({"a.py": TWICE}, focus=("a.py", Span(TWICE.index("def g"), len(TWICE))))
    assert run(staging, edit("a.py", "def f():\n", "def f():\n    more = 1\n    more += 1\n"))[0].ok
    (result,) = run(staging, edit("a.py", "    x = 1\n", "    x = 2\n"))
    assert result.ok
    assert result.summary == "editing g +1 −1"
    refused = run(staging, edit("a.py", "    x = 2\n", "    x = 3\n"), edit("a.py", "zork", "x"))
    assert [result.ok for result in refused] == [False, False]
    assert run(staging, edit("a.py", "    x = 2\n", "    x = 4\n"))[0].ok
    assert texts(staging.changeset)["a.py"] == TWICE.replace(
        "def f():\n", "def f():\n    more = 1\n    more += 1\n"
    ).replace("g():\n    x = 1", "g():\n    x = 4")


def test_the_focus_is_of_one_file(start: Start) -> None:
    staging = start({"a.py": TWICE, "b.py": TWICE}, focus=("a.py", Span(TWICE.index("def g"), len(TWICE))))
    assert [r.ok for r in run(staging, edit("b.py", "    x = 1\n", "    x = 2\n"))] == [False]


def test_the_focus_tells_which_symbol(start: Start) -> None:
    twice = "class A:\n    def f(self):\n        pass\n\n\nclass B:\n    def f(self):\n        pass\n"
    staging = start({"a.py": twice}, focus=("a.py", Span(twice.index("class B"), len(twice))))
    (result,) = run(staging, ("read", {"path": "a.py", "symbol": "f"}))
    assert result.content.startswith("B.f in a.py, lines 7-8 of 8.")


def test_the_focus_goes_back_with_what_is_taken_back(start: Start) -> None:
    twice = TWICE + "\n\ndef h():\n    y = 1\n"
    staging = start({"a.py": twice}, focus=("a.py", Span(twice.index("def g"), twice.index("def h"))))
    longer = "def f():\n" + "    more = 1\n" * 20
    assert not run(staging, edit("a.py", "def f():\n", longer), edit("a.py", "zork", "x"))[0].ok
    (result,) = run(staging, edit("a.py", "    x = 1\n", "    x = 2\n"))
    assert result.summary == "editing g +1 −1"


@pytest.mark.parametrize(
    ("span", "replaced", "text", "after"),
    [
        pytest.param((5, 8), (0, 2), "xyz", (6, 9), id="before"),
        pytest.param((5, 8), (0, 5), "x", (1, 4), id="right-before"),
        pytest.param((5, 8), (9, 10), "x", (5, 8), id="behind"),
        pytest.param((5, 8), (8, 10), "xyz", (5, 8), id="at-its-end"),
        pytest.param((5, 8), (8, 8), "xy", (5, 10), id="inserted-at-its-end"),
        pytest.param((5, 8), (5, 5), "xy", (5, 10), id="inserted-at-its-start"),
        pytest.param((5, 8), (6, 7), "", (5, 7), id="inside"),
        pytest.param((5, 8), (4, 6), "xy", (4, 8), id="over-its-start"),
        pytest.param((5, 8), (7, 12), "x", (5, 8), id="over-its-end"),
        pytest.param((5, 8), (4, 12), "xyz", (4, 7), id="around-it"),
    ],
)
def test_carried(span: tuple[int, int], replaced: tuple[int, int], text: str, after: tuple[int, int]) -> None:
    assert carried(Span(*span), Replacement(Span(*replaced), text)) == Span(*after)
