"""Workers that end in the middle of their work, and tasks that are given up."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kimi_lsp.workspace.index.crew import TASK_FILES, Crew, tasks
from tests.workspace.index.trees import MAX_BYTES, write

DYING = """
import os
from kimi_lsp.workspace.index import worker

work = worker.done

def done(task):
    if any(name.startswith("bad") for name, location in task.files):
        os._exit(1)
    return work(task)

worker.done = done
worker.main()
"""


@pytest.mark.parametrize("bad", [(), (0,), (7,), (0, 1, 2), (199,), (5, 40, 120, 199)])
def test_what_kills_a_worker_is_left_out_alone(tmp_path: Path, bad: tuple[int, ...]) -> None:
    names = [f"{'bad' if number in bad else 'good'}{number}.py" for number in range(200)]
    write(tmp_path, {name: "def moor(): ...\n" for name in names})
    waiting = tasks([(name, str(tmp_path / name), 16) for name in names], MAX_BYTES)
    assert len(waiting) > 200 // TASK_FILES
    rows = [row for part in Crew(waiting, (sys.executable, "-c", DYING)).rows() for row in part]
    assert sorted(row.name for row in rows) == sorted(names)
    assert {row.name: row.why for row in rows if row.why} == {
        name: "the parser failed" for name in names if name.startswith("bad")
    }


def test_who_looks_no_further_ends_the_workers(tmp_path: Path) -> None:
    write(tmp_path, {f"{number}.py": "def moor(): ...\n" for number in range(500)})
    crew = Crew(tasks([(file.name, str(file), 16) for file in sorted(tmp_path.iterdir())], MAX_BYTES))
    rows = crew.rows()
    assert next(rows)
    workers = list(crew._workers)
    rows.close()
    assert [worker.process.wait(10) for worker in workers]
