from __future__ import annotations

import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest

from kimi_lsp.syntax.errors import ParseBudgetExceeded
from kimi_lsp.syntax.outline import outline
from kimi_lsp.syntax.tree import parse
from kimi_lsp.text.replacement import Replacement, apply
from kimi_lsp.text.span import Span
from tests.syntax.tables import language, tree


def test_an_edited_tree_is_a_new_value() -> None:
    before = tree("python", "def f(): pass\n")
    after = before.edited([Replacement(Span(4, 5), "grün")], "def grün(): pass\n")
    assert [symbol.path for symbol in outline(before)] == ["f"]
    assert [symbol.path for symbol in outline(after)] == ["grün"]
    assert (before.text, after.text) == ("def f(): pass\n", "def grün(): pass\n")
    assert after.language is before.language


def test_several_replacements_in_any_order() -> None:
    text = "def é(): pass\n\n\ndef b(): pass\n"
    replacements = [
        Replacement(Span(20, 21), "bb"),
        Replacement(Span(4, 5), "a"),
        Replacement(Span(14, 16), ""),
    ]
    edited = tree("python", text).edited(replacements, apply(text, sorted(replacements)))
    assert [symbol.span.of(edited.text) for symbol in outline(edited)] == ["def a(): pass", "def bb(): pass"]


def test_faults_are_limited_but_counted() -> None:
    broken = tree("python", "x = $\n" * 50)
    assert len(broken.faults(limit=3)) == 3
    assert broken.faults(limit=3) == broken.faults()[:3]
    assert broken.fault_count == len(broken.faults()) == 50


def test_faults_are_where_they_are_in_code_points() -> None:
    text = "# 😀\n" * 1000 + "x = $\n"
    [fault] = tree("python", text).faults()
    assert fault.span == Span(text.index("x"), text.index("$") + 1)


BIG = "def f(a):\n    return [a, 'é', (1, 2)]\n\n" * 60_000


def test_a_parse_over_its_budget_is_given_up_in_time() -> None:
    start = monotonic()
    with pytest.raises(ParseBudgetExceeded, match=r"python text was not parsed within 0\.02 s"):
        parse(BIG, language("python"), budget_s=0.02)
    assert monotonic() - start < 1


def test_an_edit_over_its_budget_leaves_the_old_tree_as_it_was() -> None:
    text = BIG[: len(BIG) // 4]
    before = tree("python", text)
    replacement = Replacement(Span(0, 0), '"""')
    with pytest.raises(ParseBudgetExceeded):
        before.edited([replacement], '"""' + text, budget_s=0)
    assert before.fault_count == 0
    after = before.edited([Replacement(Span(4, 5), "g")], "def g" + text[5:], budget_s=60)
    assert after.fault_count == 0


def test_other_threads_run_while_a_big_text_is_parsed() -> None:
    ticks = 0
    done = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.wait(0.001):
            ticks += 1

    ticker = threading.Thread(target=tick)
    ticker.start()
    tree("python", BIG[: len(BIG) // 2])
    done.set()
    ticker.join()
    assert ticks >= 2


@pytest.mark.parametrize("border", range(16 * 1024 - 4, 16 * 1024 + 4))
def test_a_character_across_two_slices(border: int) -> None:
    text = "#" + "x" * (border - 1) + "😀é\ndef f(): return '😀'\n"
    [symbol] = outline(tree("python", text))
    assert symbol.span.of(text) == "def f(): return '😀'"
    assert tree("python", text).fault_count == 0


def test_nothing_is_left_behind_of_a_text_that_was_parsed() -> None:
    text = "def f(a):\n    return [a, 1]\n\n" * 2000
    before = tree("python", text)
    replacement = Replacement(Span(4, 5), "g")
    tracemalloc.start()
    try:
        for turn in range(60):
            if turn == 10:
                start, _ = tracemalloc.get_traced_memory()
            before.edited([replacement], apply(text, [replacement])).faults()
        end, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert end - start < 50 * 1024


def test_two_threads_parse_at_once() -> None:
    texts = ["def f(a):\n    return [a, 1]\n\n" * 800, "class A:\n    x = 'é'\n\n" * 800]
    with ThreadPoolExecutor(2) as pool:
        trees = list(pool.map(lambda text: tree("python", text), texts * 4))
    assert [parsed.fault_count for parsed in trees] == [0] * 8
    assert [len(outline(parsed)) for parsed in trees] == [800, 1600] * 4
