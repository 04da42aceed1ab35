"""What the checkers said before and after a change, compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimi_lsp.actions.verify import Comparison, compare, judge
from kimi_lsp.edits.changeset import FileChange
from kimi_lsp.text.replacement import minimal
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.checkers.report import Report
from kimi_lsp.workspace.checkers.sources import checker_of, plain_code
from kimi_lsp.workspace.diagnostic import Diagnostic, Severity

BEFORE = "import os\n\n\ndef f():\n    x = 1\n    return y\n"


def found(
    text: str,
    line: int,
    code: str = "F841",
    message: str = "",
    source: str = "ruff",
    severity: Severity = "warning",
    path: str = "a.py",
) -> Diagnostic:
    """A diagnostic over a whole line, counted from 1."""
    lines = text.splitlines(keepends=True)
    start = sum(map(len, lines[: line - 1]))
    span = Span(start, start + len(lines[line - 1]) - 1 if line <= len(lines) else start)
    return Diagnostic(path, span, line, 1, message or f"{code} is wrong", source, code, severity)


def compared(before: str, old: list[Diagnostic], after: str, new: list[Diagnostic]) -> Comparison:
    return compare(old, new, minimal(before, after), Snapshot.of("a.py", before))


def test_what_moves_with_its_line_is_not_new() -> None:
    after = '"""Doc."""\n\n' + BEFORE
    old, new = found(BEFORE, 6, "F821"), found(after, 8, "F821")
    assert compared(BEFORE, [old], after, [new]) == Comparison(stay=((old, new),))


def test_a_function_that_moves_takes_its_problems_along() -> None:
    before = "def f():\n    x = 1\n\n\ndef g():\n    pass\n"
    after = "def g():\n    pass\n\n\ndef f():\n    x = 1\n"
    assert compared(before, [found(before, 2)], after, [found(after, 6)]).new == ()


def test_of_two_alike_the_one_whose_line_was_changed_is_mended() -> None:
    before = "def f():\n    x = 1\n\n\ndef g():\n    x = 1\n"
    for mended, left in ((2, 6), (6, 2)):
        lines = before.splitlines(keepends=True)
        lines[mended - 1] = "    pass\n"
        after = "".join(lines)
        comparison = compared(before, [found(before, 2), found(before, 6)], after, [found(after, left)])
        assert [each.line for each in comparison.gone] == [mended]
        assert comparison.new == ()


def test_a_deleted_line_takes_its_problem_with_it_though_the_next_one_moves_up() -> None:
    before, after = "x = a\nx = b\n", "x = b\n"
    comparison = compared(before, [found(before, 1), found(before, 2)], after, [found(after, 1)])
    assert [each.line for each in comparison.gone] == [1]


def test_numbers_in_a_message_are_not_what_it_says() -> None:
    old = found(BEFORE, 5, "F811", "Redefinition of unused `x` from line 1")
    new = found("\n" + BEFORE, 6, "F811", "Redefinition of unused `x` from line 2")
    assert compared(BEFORE, [old], "\n" + BEFORE, [new]).new == ()


LINES = st.lists(st.sampled_from(["x = 1\n", "y = 2\n", "\n", "z = é😀\n", "w\r\n"]), max_size=12)
PROBLEMS = st.lists(st.tuples(st.integers(0, 11), st.sampled_from("AB")), max_size=8)


@given(lines=LINES, problems=PROBLEMS)
def test_nothing_changed_is_nothing_new(lines: list[str], problems: list[tuple[int, str]]) -> None:
    text = "".join(lines)
    some = [found(text, line + 1, code) for line, code in problems if line < len(lines)]
    comparison = compared(text, some, text, some)
    assert (comparison.gone, comparison.new) == ((), ())
    assert all(one == other for one, other in comparison.stay)


@given(lines=LINES, problems=PROBLEMS, at=st.integers(0, 12), extra=LINES)  # what is inserted has no problems
def test_lines_that_move_have_no_new_problems(
    lines: list[str], problems: list[tuple[int, str]], at: int, extra: list[str]
) -> None:
    at = min(at, len(lines))
    before, after = "".join(lines), "".join([*lines[:at], *extra, *lines[at:]])
    known = [(line, code) for line, code in problems if line < len(lines)]
    old = [found(before, line + 1, code) for line, code in known]
    new = [found(after, line + 1 + (len(extra) if line >= at else 0), code) for line, code in known]
    comparison = compared(before, old, after, new)
    assert (comparison.gone, comparison.new) == ((), ())


@given(before=LINES, after=LINES, old=PROBLEMS, new=PROBLEMS)
def test_every_problem_is_in_one_place(
    before: list[str], after: list[str], old: list[tuple[int, str]], new: list[tuple[int, str]]
) -> None:
    texts = "".join(before), "".join(after)
    was = [found(texts[0], line + 1, code) for line, code in old if line < len(before)]
    now = [found(texts[1], line + 1, code) for line, code in new if line < len(after)]
    comparison = compared(texts[0], was, texts[1], now)
    assert sorted(map(str, [*comparison.gone, *(one for one, _ in comparison.stay)])) == sorted(map(str, was))
    assert sorted(map(str, [*comparison.new, *(one for _, one in comparison.stay)])) == sorted(map(str, now))
    for code in "AB":  # as many went or came as there are fewer or more
        count = [
            sum(each.code == code for each in some) for some in (was, now, comparison.gone, comparison.new)
        ]
        assert min(count[2:]) == 0
        assert count[1] - count[0] == count[3] - count[2]


def test_what_a_syntax_error_hid_is_not_new() -> None:
    before = "import os\n\n\ndef f(:\n    return 1\n"
    after = "import os\n\n\ndef f():\n    return y\n"
    change = FileChange("edit", "a.py", Snapshot.of("a.py", before), after)
    asked = found(before, 4, "invalid-syntax", severity="error")
    hidden, caused = found(after, 1, "F401", severity="error"), found(after, 5, "F821", severity="error")
    was = Report({"a.py": (asked,)}, ("ruff",))
    judged = judge([asked], was, Report({"a.py": (hidden,)}, ("ruff",)), [change])
    assert (judged.text, judged.ok) == ("fixed: invalid-syntax, nothing new", True)
    judged = judge([asked], was, Report({"a.py": (hidden, caused)}, ("ruff",)), [change])
    assert (judged.new, judged.fails) == ((caused,), True)


def test_very_many_alike() -> None:
    before, after = "x\n" * 5_000, "y\n" + "x\n" * 5_000
    some = [found("x\n" * 3, 1, "A")] * 5_000
    many = [found("x\n" * 3, 3, "A")] * 5_000
    assert compared(before, some, after, many).new == ()


AFTER = "def f():\n    return y\n"
UNUSED, UNDEFINED = found(BEFORE, 5), found(BEFORE, 6, "F821", severity="error")
LONG = found(AFTER, 2, "E501")
BROKEN = found(AFTER, 1, "", "Syntax error: a bracket that was opened is never closed", severity="error")


@pytest.mark.parametrize(
    ("asked", "after", "text", "ok", "fails"),
    [
        pytest.param([UNUSED], [], "fixed: F841, nothing new", True, False, id="fixed"),
        pytest.param([], [], "nothing new", True, False, id="no-fix"),
        pytest.param([UNUSED], [found(AFTER, 2)], "not fixed: F841, nothing new", False, True, id="not-fixed"),
        pytest.param([UNUSED], [LONG], "fixed: F841, new: E501 in line 2", False, False, id="a-new-warning"),
        pytest.param([UNUSED], [BROKEN], "fixed: F841, new: Syntax error: a bracket that was opened… in line 1",
                     False, True, id="a-new-error"),
        pytest.param([UNUSED, UNDEFINED], [found(AFTER, 2, "F821")], "fixed: F841, not fixed: F821, nothing new",
                     False, False, id="some-fixed"),
        pytest.param([found(BEFORE, 5, "reportX", source="Pyright")], [], "not checked: reportX, nothing new",
                     None, False, id="another-checker"),
        pytest.param([found(BEFORE, 5, source="Ruff")], [], "fixed: F841, nothing new", True, False, id="its-server"),
        pytest.param([found(BEFORE, 4)], [], "not checked: F841, nothing new", None, False, id="not-there-before"),
        pytest.param([], [LONG, LONG, LONG, LONG, LONG],
                     "new: E501 in line 2, E501 in line 2, E501 in line 2 and 2 more", False, False, id="many"),
    ],
)  # fmt: skip
def test_what_is_told(
    asked: list[Diagnostic], after: list[Diagnostic], text: str, ok: bool | None, fails: bool
) -> None:
    change = FileChange("edit", "a.py", Snapshot.of("a.py", BEFORE), AFTER)
    before = Report({"a.py": (UNUSED, UNDEFINED)}, ("ruff",))
    verified = judge(asked, before, Report({"a.py": tuple(after)}, ("ruff",)), [change])
    assert (verified.text, verified.ok, verified.fails) == (text, ok, fails)
    assert verified.checkers == ("ruff",)


def test_who_did_not_run_both_times_says_nothing() -> None:
    change = FileChange("edit", "a.py", Snapshot.of("a.py", BEFORE), AFTER)
    slow = Report({"a.py": ()}, (), {"ruff": "took longer than 30 s"})
    ran = Report({"a.py": (UNUSED,)}, ("ruff",))
    for before, after in ((slow, ran), (ran, slow)):
        verified = judge([UNUSED], before, after, [change])
        assert (verified.text, verified.ok) == ("not verified: ruff took longer than 30 s", None)
    assert judge([], Report(), Report(), [change]).text == "not verified"
    both = Report({"a.py": ()}, ("ruff",), {"mypy": "ended with 2"})
    assert judge([], both, both, [change]).text == "nothing new; mypy ended with 2"


def test_files_that_come_and_go_and_get_another_name() -> None:
    old = Snapshot.of("a.py", BEFORE)
    ran = Report({"a.py": (UNUSED,)}, ("ruff",))
    moved = FileChange("rename", "a.py", old, BEFORE, "b.py")
    there = Report({"b.py": (found(BEFORE, 5, path="b.py"),)}, ("ruff",))
    assert judge([], ran, there, [moved]).text == "nothing new"
    assert judge([UNUSED], ran, there, [moved]).not_fixed[0].path == "b.py"
    deleted = FileChange("delete", "a.py", old, None)
    assert judge([UNUSED], ran, Report({}, ("ruff",)), [deleted]).text == "fixed: F841, nothing new"
    created = FileChange("create", "c.py", None, AFTER)
    fresh = Report({"c.py": (found(AFTER, 1, "D100", path="c.py"),)}, ("ruff",))
    assert judge([], Report({}, ("ruff",)), fresh, [created]).text == "new: D100 in line 1"


@pytest.mark.parametrize(
    ("source", "code", "ours", "plain"),
    [
        ("Ruff", "F841", "ruff", "f841"),
        ("ts", "2322", "tsc", "2322"),
        ("typescript", "TS2322", "tsc", "2322"),
        ("rustc", "E0308", "clippy", "e0308"),
        ("clippy", "clippy::needless_return", "clippy", "needless_return"),
        ("shellcheck", "SC2086", "shellcheck", "2086"),
        ("compiler", "UndeclaredName", "go vet", "undeclaredname"),
        ("", "ts", "", "ts"),
    ],
)
def test_other_names(source: str, code: str, ours: str, plain: str) -> None:
    assert (checker_of(source), plain_code(code)) == (ours, plain)
