"""A change is checked before it is done: real ruff and mypy, a scripted model, files in a folder."""

import asyncio
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from kimi_lsp.actions import updates
from kimi_lsp.actions.action import Task
from kimi_lsp.actions.catalogue import by_id
from kimi_lsp.actions.conversation import problems_left
from kimi_lsp.actions.engine import Means, run
from kimi_lsp.actions.prepare import prepared
from kimi_lsp.actions.updates import Done, Update
from kimi_lsp.actions.verify import Verified
from kimi_lsp.model.scripted import Scripted, Turn
from kimi_lsp.settings import Checker, CheckerSettings, LimitSettings, Settings
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.checkers.bound import Bound
from kimi_lsp.workspace.checkers.checkers import Checkers
from kimi_lsp.workspace.checkers.report import Report
from kimi_lsp.workspace.checkers.table import rows
from kimi_lsp.workspace.diagnostic import Diagnostic
from tests.actions.playing import create, edit, files_in

TEXT = "def f():\n    x = 1\n    return 2\n"
GOOD = edit("a.py", "    x = 1\n", "")
WELL = Turn(content="Done.")
RUFF_ALONE = {"mypy": Checker(enabled=False)}
F841 = Diagnostic(
    "a.py", Span(13, 14), 2, 5, "Local variable `x` is assigned to but never used", "Ruff", "F841"
)


@dataclass
class Job:
    """What came of a run."""

    seen: list[Update]
    model: Scripted
    checked: list[Mapping[str, Snapshot | None]]

    @property
    def done(self) -> Done:
        last = self.seen[-1]
        assert isinstance(last, Done)
        return last

    @property
    def verified(self) -> Verified:
        assert self.done.verified is not None
        return self.done.verified

    @property
    def said(self) -> list[str]:
        """What the model was told beside its calls' answers."""
        return [
            str(each["content"]) for each in self.model.requests[-1].messages[2:] if each["role"] == "user"
        ]


async def play(
    folder: Path,
    turns: Iterable[Turn],
    *,
    asked: Diagnostic | None = F841,
    action: str = "fix",
    texts: Mapping[str, str] | None = None,
    table: Mapping[str, Checker] | None = None,
    limits: LimitSettings | None = None,
    **means: Any,
) -> Job:
    files = files_in(
        folder / "p", {"ruff.toml": "lint.select = ['E4', 'E7', 'E9', 'F']\n", "a.py": TEXT, **(texts or {})}
    )
    model = Scripted(list(turns))
    task = Task(by_id(action), "a.py", Span(9, 22), diagnostic=asked)
    context, staging = prepared(task, files, None, Settings())
    check = Bound(Checkers(rows(CheckerSettings(table=dict(table or RUFF_ALONE))), folder / "cache"), files)
    checked: list[Mapping[str, Snapshot | None]] = []

    async def watched(texts: Mapping[str, Snapshot | None]) -> Report:
        checked.append(texts)
        return await check(texts)

    chosen = Means(model, limits or LimitSettings(), 12_000, **{"check": watched, **means})
    return Job([update async for update in run(task, context, staging, chosen)], model, checked)


async def test_a_fix_that_fixes(tmp_path: Path) -> None:
    job = await play(tmp_path, [Turn(calls=[GOOD]), WELL])
    assert job.verified == Verified("fixed: F841, nothing new", True, ("ruff",))
    assert (job.done.complete, len(job.model.requests)) == (True, 2)
    assert [update for update in job.seen if isinstance(update, updates.Checking)] == [
        updates.Checking(("a.py",))
    ]
    assert (tmp_path / "p/a.py").read_text() == TEXT


async def test_what_is_new_goes_back_and_is_mended(tmp_path: Path) -> None:
    worse, mended = edit("a.py", "    x = 1\n", "    print(y)\n"), edit("a.py", "    print(y)\n", "")
    job = await play(tmp_path, [Turn(calls=[worse]), WELL, Turn(calls=[mended]), WELL])
    assert job.verified.text == "fixed: F841, nothing new"
    assert job.done.complete
    assert job.said == [
        problems_left(
            Verified(new=(Diagnostic("a.py", Span(19, 20), 2, 11, "Undefined name `y`", "ruff", "F821"),))
        )
    ]
    assert "- new: ruff F821 at a.py:2:11: Undefined name `y`\n" in job.said[0]
    told = [update.reason for update in job.seen if isinstance(update, updates.Rejected)]
    assert told == ["fixed: F841, new: F821 in line 2"]
    assert len(job.checked) == 3  # before, after, and after the repair: what was before is known
    first, last = job.model.requests[0].messages, job.model.requests[-1].messages
    assert last[: len(first)] == first


async def test_a_new_error_that_stays_is_offered_not_applied(tmp_path: Path) -> None:
    worse = edit("a.py", "    x = 1\n", "    print(y)\n")
    job = await play(tmp_path, [Turn(calls=[worse]), WELL, Turn(content="y comes from elsewhere.")])
    assert job.verified.text == "fixed: F841, new: F821 in line 2"
    assert (job.done.complete, job.done.reason) == (False, "ruff now says F821 in line 2")
    assert job.done.answer == "y comes from elsewhere."
    assert not job.done.changeset.empty
    assert len(job.checked) == 2  # the same change is not checked again


async def test_a_new_warning_that_stays_is_applied_and_told(tmp_path: Path) -> None:
    worse = edit("a.py", "    x = 1\n", "    import os\n")
    job = await play(tmp_path, [Turn(calls=[worse]), WELL, Turn(content="It is wanted.")])
    assert job.done.complete
    assert (job.verified.text, job.verified.ok) == ("fixed: F841, new: F401 in line 2", False)


async def test_a_fix_that_does_not_fix(tmp_path: Path) -> None:
    useless = edit("a.py", "    x = 1\n", "    x = 2\n")
    job = await play(tmp_path, [Turn(calls=[useless]), WELL, Turn(content="I cannot.")])
    assert job.verified.text == "not fixed: F841, nothing new"
    assert (job.done.complete, job.done.reason) == (False, "ruff still says F841")
    assert "- still there: ruff F841 at a.py:2:5: " in job.said[0]


async def test_repairs_are_counted(tmp_path: Path) -> None:
    tries = [edit("a.py", f"x = {n}\n", f"x = {n + 1}\n") for n in (1, 2, 3)]
    turns = [turn for call in tries for turn in (Turn(calls=[call]), WELL)]
    job = await play(tmp_path, turns, limits=LimitSettings(repairs=2))
    assert (len(job.model.requests), job.done.reason) == (6, "ruff still says F841")
    job = await play(tmp_path, turns, limits=LimitSettings(repairs=0))
    assert (len(job.model.requests), job.done.reason) == (2, "ruff still says F841")


async def test_a_limit_that_is_reached_asks_no_more(tmp_path: Path) -> None:
    useless = edit("a.py", "    x = 1\n", "    x = 2\n")
    job = await play(tmp_path, [Turn(calls=[useless]), WELL], limits=LimitSettings(turns=2))
    assert (len(job.model.requests), job.done.reason) == (2, "ruff still says F841")


async def test_nobody_to_ask(tmp_path: Path) -> None:
    job = await play(tmp_path, [Turn(calls=[GOOD]), WELL], check=None)
    assert (job.verified, job.done.complete) == (Verified("not verified"), True)
    job = await play(tmp_path, [Turn(calls=[GOOD]), WELL], verifies=False)
    assert (job.verified, job.checked) == (Verified("not verified"), [])
    off = {"ruff": Checker(enabled=False), **RUFF_ALONE}
    job = await play(tmp_path, [Turn(calls=[GOOD]), WELL], table=off)
    assert (job.verified, job.done.complete) == (Verified("not verified"), True)


async def test_a_checker_that_takes_too_long(tmp_path: Path) -> None:
    sleeps = Checker(
        command=(sys.executable, "-c", "import time; time.sleep(60)"), languages=("python",),
        pattern="(?P<line>x)(?P<message>y)", timeout_s=0.2,
    )  # fmt: skip
    alone = {**RUFF_ALONE, "ruff": Checker(enabled=False), "slow": sleeps}
    job = await play(tmp_path, [Turn(calls=[GOOD]), WELL], table=alone)
    assert job.verified.text == "not verified: slow took longer than 0.2 s"
    assert job.done.complete
    job = await play(tmp_path, [Turn(calls=[GOOD]), WELL], table={**RUFF_ALONE, "slow": sleeps})
    assert job.verified.text == "fixed: F841, nothing new; slow took longer than 0.2 s"


async def test_other_actions_are_checked_for_what_is_new(tmp_path: Path) -> None:
    job = await play(tmp_path, [Turn(calls=[GOOD]), WELL], action="refactor", asked=None)
    assert job.verified.text == "nothing new"
    job = await play(tmp_path, [WELL], action="explain", asked=None)
    assert (job.done.verified, job.checked) == (None, [])
    job = await play(tmp_path, [WELL, WELL], action="refactor", asked=None)
    assert (job.done.verified, job.checked) == (None, [])


async def test_a_problem_whose_cure_lies_in_another_file(tmp_path: Path) -> None:
    texts = {"a.py": "from b import g\n\nx: int = g()\n", "b.py": "def g() -> str:\n    return 'a'\n"}
    asked = Diagnostic("a.py", Span(26, 29), 3, 10, "Incompatible types in assignment", "mypy", "assignment")
    cure = edit("b.py", "-> str:\n    return 'a'", "-> int:\n    return 1")
    only_mypy = {"ruff": Checker(enabled=False), "mypy": Checker()}
    job = await play(tmp_path, [Turn(calls=[cure]), WELL], asked=asked, texts=texts, table=only_mypy)
    assert job.verified == Verified("fixed: assignment, nothing new", True, ("mypy",))


async def test_new_files_are_part_of_it(tmp_path: Path) -> None:
    calls = [
        create("c.py", "Y = 3\n"),
        edit("a.py", "    x = 1\n    return 2", "    from c import Y\n\n    return Y"),
    ]
    job = await play(tmp_path, [Turn(calls=calls), WELL], table={"mypy": Checker()})
    assert job.verified == Verified("fixed: F841, nothing new", True, ("ruff", "mypy"))


async def test_problems_are_those_of_now(tmp_path: Path) -> None:
    ask = ("problems", {"path": "a.py"})
    worse, better = (
        edit("a.py", "return 2", "return y"),
        edit("a.py", "    x = 1\n    return y", "    return 2"),
    )
    turns = [Turn(calls=calls) for calls in ([ask], [worse, ask], [ask], [better])]
    job = await play(tmp_path, [*turns, WELL])
    results = [str(m["content"]) for m in job.model.requests[-1].messages if m["role"] == "tool"]
    known = "ruff F841 at a.py:2:5: Local variable `x` is assigned to but never used"
    assert results[0] == known
    assert results[2] == f"{known} They were reported before your edits."
    assert results[3] == f"{known}\nruff F821 at a.py:3:12: Undefined name `y`"
    assert job.verified.ok


async def test_problems_without_checkers_are_what_was_known_before(tmp_path: Path) -> None:
    ask = ("problems", {"path": "a.py"})
    job = await play(tmp_path, [Turn(calls=[ask]), Turn(calls=[GOOD]), WELL], check=None)
    results = [str(m["content"]) for m in job.model.requests[-1].messages if m["role"] == "tool"]
    assert results[0] == str(F841)


async def test_a_cancel_ends_the_checkers(tmp_path: Path) -> None:
    started = asyncio.Event()

    async def never(texts: Mapping[str, Snapshot | None]) -> Report:
        started.set()
        await asyncio.Event().wait()
        raise AssertionError

    task = asyncio.ensure_future(play(tmp_path, [Turn(calls=[GOOD]), WELL], check=never))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_tokens_are_learned_from_each_turn(tmp_path: Path) -> None:
    learned: list[tuple[int, int]] = []
    await play(tmp_path, [Turn(calls=[GOOD]), WELL], learn=lambda *counts: learned.append(counts))
    assert [reported for _, reported in learned] == [100, 100]
    assert learned[1][0] > learned[0][0] > 500


def test_very_many_problems_are_cut() -> None:
    many = tuple(replace(F841, line=line) for line in range(1, 51))
    told = problems_left(Verified(not_fixed=many[:5], new=many[5:]))
    assert told.count("\n- ") == 21
    assert "\n- and 30 more\n" in told
