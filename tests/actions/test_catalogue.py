from typing import get_args

import pytest

from kimi_lsp.actions.action import ActionContext, Kind, Task
from kimi_lsp.actions.catalogue import ACTIONS, by_id
from kimi_lsp.actions.ids import BUILT_IN
from kimi_lsp.syntax.outline import enclosing_at
from kimi_lsp.syntax.registry import by_path
from kimi_lsp.syntax.tree import parse
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.diagnostic import Diagnostic


def context(marked: str, *diagnostics: Diagnostic, name: str = "a.py") -> ActionContext:
    """The context of the ``$0`` in a text, or of what stands between two of them."""
    before, *rest = marked.split("$0")
    text = before + "".join(rest)
    selection = Span(len(before), len(before) + (len(rest[0]) if len(rest) > 1 else 0))
    language = by_path(name)
    tree = parse(text, language) if language is not None else None
    return ActionContext(
        Snapshot.of(name, text),
        selection,
        symbol=enclosing_at(tree, selection.start) if tree is not None else None,
        diagnostics=diagnostics,
        faults=tree.faults() if tree is not None else (),
        tree=tree,
    )


def problem(message: str, code: str = "F841", source: str = "ruff") -> Diagnostic:
    return Diagnostic("a.py", Span(0, 1), 1, 1, message, source, code)


def titles(found: ActionContext) -> list[str]:
    return [target.title.removeprefix("Kimi: ") for action in ACTIONS for target in action.applies(found)]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        pytest.param(
            "def f():\n    $0pass\n",
            ["Refactor `f`", "Add types to `f`", "Implement `f`", "Document `f`", "Write tests for `f`",
             "Explain `f`", "Review `f`"],
            id="cursor-in-a-stub",
        ),
        pytest.param(
            'class Lock:\n    def go(self) -> int:\n        """Go."""\n        here = 1\n        return 1$0\n',
            ["Refactor `Lock.go`", "Simplify `Lock.go`", "Write tests for `Lock.go`", "Explain `Lock.go`",
             "Review `Lock.go`"],
            id="method-with-types-and-docstring",
        ),
        pytest.param(
            "def f():\n    $0x = 1$0\n",
            ["Refactor selection", "Simplify selection", "Explain selection", "Review selection"],
            id="selection",
        ),
        pytest.param(
            "$0def f() -> None:\n    x = 1$0\n",
            ["Refactor `f`", "Document `f`", "Write tests for `f`", "Explain `f`", "Review `f`"],
            id="selects-the-whole-symbol",
        ),
        pytest.param(
            "$0def f() -> None:\n    x = 1\n\n\ndef g() -> None:\n    y = 1\n$0",
            ["Refactor selection", "Simplify selection", "Explain selection", "Review selection"],
            id="selects-two-symbols",
        ),
        pytest.param(
            "$0x = 1\n",
            ["Write tests for this file", "Explain this file", "Review this file"],
            id="no-symbol",
        ),
        pytest.param(
            'logo = "im$0g/a.png"\n',
            ["Write tests for this file", "Explain this file", "Review this file", "Build from image `a.png`"],
            id="image",
        ),
        pytest.param("$0", [], id="empty-file"),
        pytest.param(" \n$0\n", [], id="blank-file"),
    ],
)  # fmt: skip
def test_what_is_offered(marked: str, expected: list[str]) -> None:
    assert titles(context(marked)) == expected


def test_a_fault_that_nobody_reported() -> None:
    assert titles(context("def f(:\n    $0pass\n"))[0] == "Fix syntax error in line 1: ) is missing"


def test_a_fault_far_away_is_no_business_of_the_cursor() -> None:
    assert not any("Fix" in title for title in titles(context("def f(:\n    pass\n" + "x = 1\n" * 40 + "$0")))


def test_one_fix_for_each_diagnostic_and_none_for_faults_beside_them() -> None:
    found = context("def f(:\n    $0pass\n", problem("unused"), problem("broken", "E999"), problem("unused"))
    assert [t for t in titles(found) if "Fix" in t] == [
        "Fix unused (ruff F841)",
        "Fix broken (ruff E999)",
        "Fix all in this file",
    ]


@pytest.mark.parametrize(
    ("message", "title"),
    [
        pytest.param("two\n lines", "Kimi: Fix two lines (ruff F841)", id="one-line"),
        pytest.param("x" * 200, f"Kimi: Fix {'x' * 49}… (ruff F841)", id="short-enough-for-a-menu"),
    ],
)
def test_titles(message: str, title: str) -> None:
    (target,) = by_id("fix").applies(context("$0x", problem(message)))
    assert target.title == title
    assert len(target.title) <= 72


def test_requests_say_what_is_asked() -> None:
    fix, refactor, explain = by_id("fix"), by_id("refactor"), by_id("explain")
    asked = fix.ask(Task(fix, "a.py", Span(0, 1), problem("unused"), "keep the call"), "`f` in a.py")
    assert "Diagnostic: ruff F841 at a.py:1:1: unused\n" in asked
    assert "keep the call" in asked
    assert "as the engineer asks: in one line" in refactor.ask(
        Task(refactor, "a.py", Span(0, 1), None, "in one line"), "a.py"
    )
    assert "Change nothing." in explain.ask(Task(explain, "a.py", Span(0, 1)), "a.py")


def test_ids_and_kinds() -> None:
    assert [(action.id, action.kind, action.edits) for action in ACTIONS] == [
        ("fix", "quickfix", True),
        ("fixAll", "quickfix", True),
        ("instruct", "refactor.rewrite", True),
        ("refactor", "refactor.rewrite", True),
        ("simplify", "refactor.rewrite", True),
        ("addTypes", "refactor.rewrite", True),
        ("implement", "refactor.rewrite", True),
        ("document", "refactor.rewrite", True),
        ("test", "kimi.test", True),
        ("explain", "kimi.explain", False),
        ("explainProblem", "kimi.explain", False),
        ("review", "kimi.review", False),
        ("image", "refactor.rewrite", True),
    ]
    assert tuple(action.id for action in ACTIONS) == BUILT_IN
    assert all(action.verb[0].isupper() and action.verb == action.verb.strip() for action in ACTIONS)
    assert {action.kind for action in ACTIONS} == set(get_args(Kind))
    with pytest.raises(
        KeyError, match="no action 'dance'; there are: fix, fixAll, instruct, refactor, simplify"
    ):
        by_id("dance")
