from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.workspace.index.service import IndexService
from kimi_lsp.workspace.index.values import EMPTY
from tests.workspace.index.trees import MAX_BYTES, all_said, built, write

NAMES = ["moor", "Berth", "typed"]
PARENT = """
import asyncio, sys
from pathlib import Path
from kimi_lsp.workspace.index.service import IndexService

async def main():
    service = IndexService([Path(sys.argv[1])], Path(sys.argv[2]), 65536, lambda done, total: None)
    await service.start()
    print(service._process.pid, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = (tmp_path / "root").resolve()
    write(root, {f"p/f{number}.py": f"def f{number}(): moor()\n" for number in range(100)})
    write(root, {"berths.py": "class Berth:\n    def moor(self): ...\n"})
    return root


def service(root: Path, cache: Path, told: list[tuple[int, int]] | None = None) -> IndexService:
    seen: list[tuple[int, int]] = [] if told is None else told
    return IndexService([root], cache, MAX_BYTES, lambda done, total: seen.append((done, total)))


async def until(true: Callable[[], bool], seconds: float = 90.0) -> None:
    """The process has the lowest priority: on a busy machine it may take its time."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        await asyncio.sleep(0.01)


@asynccontextmanager
async def ready(
    root: Path, cache: Path, told: list[tuple[int, int]] | None = None
) -> AsyncIterator[IndexService]:
    one = service(root, cache, told)
    await one.start()
    await until(lambda: one.state != "building")
    try:
        yield one
    finally:
        await one.close()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z" if sys.platform == "linux" else True


async def test_an_index_from_start_to_end(root: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    async with ready(root, tmp_path / "cache", told) as one:
        assert (one.state, one.files) == ("ready", 101)
        assert told[-1] == (101, 101)
        assert all_said(one.reader({}), NAMES) == all_said(built(root, tmp_path / "other"), NAMES)
    assert one.state == "off"
    assert one.reader({}) is EMPTY


async def test_what_changes_on_disk_is_seen_by_a_look_and_by_a_note(root: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    async with ready(root, tmp_path / "cache", told) as one:
        told.clear()
        write(root, {"new.py": "def typed(): ...\n"})
        await one.refresh({}, 60.0)
        assert [found.file for found in one.reader({}).definitions(["typed"])["typed"]] == ["new.py"]
        (root / "new.py").unlink()
        one.note_changed([root / "new.py"])
        await until(lambda: not one.reader({}).definitions(["typed"]))
        assert not told, "progress is for the first time only"


async def test_open_documents_stand_over_the_disk(root: Path, tmp_path: Path) -> None:
    berths, new, secret = root / "berths.py", root / "new.py", root / "secret.py"
    documents = {
        berths: Snapshot.of("berths.py", "class Booth:\n    def leave(self): moor()\n", 1),
        new: Snapshot.of("new.py", "def typed(): moor(); moor()\n", 1),
        secret: Snapshot.of("secret.py", "KEY = 'AKIA" + "ABCDEFGHIJKLMNOP'\ndef typed(): ...\n", 1),
        tmp_path / "outside.py": Snapshot.of("outside.py", "def typed(): ...\n", 1),
    }
    async with ready(root, tmp_path / "cache") as one:
        await one.refresh(documents, 60.0)
        index = one.reader(documents)
        assert {name: [one.file for one in found] for name, found in index.definitions(NAMES).items()} == {
            "typed": ["new.py"]
        }
        assert index.uses("moor", limit=2)[0].file == "new.py"
        write(root, {"berths.py": documents[berths].text, "new.py": documents[new].text})
        assert all_said(index, NAMES) == all_said(built(root, tmp_path / "other"), NAMES)
        changed = {berths: Snapshot.of("berths.py", "def typed(): ...\n", 2)}
        await one.refresh(changed, 60.0)
        assert [found.file for found in one.reader(changed).definitions(["typed"])["typed"]] == [
            "berths.py",
            "new.py",
        ]


async def test_two_servers_at_once_on_one_cache(root: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    async with ready(root, cache) as first, ready(root, cache) as second:
        write(root, {"new.py": "def typed(): moor()\n"})
        await asyncio.gather(*(one.refresh({}, 60.0) for one in (first, second, first, second)))
        fresh = all_said(built(root, tmp_path / "other"), NAMES)
        assert all_said(first.reader({}), NAMES) == fresh
        assert all_said(second.reader({}), NAMES) == fresh
        assert (first.state, second.state) == ("ready", "ready")
    one, two = service(root, tmp_path / "third"), service(root, tmp_path / "third")
    await asyncio.gather(one.start(), two.start())
    await until(lambda: one.state == two.state == "ready")
    assert all_said(one.reader({}), NAMES) == all_said(two.reader({}), NAMES) == fresh
    await asyncio.gather(one.close(), two.close())


async def test_a_process_that_is_killed_is_started_again_but_not_for_ever(
    root: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        async with ready(root, tmp_path / "cache") as one:
            for _ in range(3):
                pid = process_of(one)
                os.kill(pid, signal.SIGKILL)
                await until(lambda pid=pid: one._process is not None and one._process.pid != pid)  # type: ignore[misc]  # the default binds it
            write(root, {"new.py": "def typed(): ...\n"})
            await one.refresh({}, 60.0)
            assert list(one.reader({}).definitions(["typed"])) == ["typed"]
            os.kill(process_of(one), signal.SIGKILL)
            await until(lambda: one.state == "failed")
            await one.refresh({}, 5.0)
            assert list(one.reader({}).definitions(["typed"])) == ["typed"], "what is on disk is still read"
    assert [record.message for record in caplog.records if "no index" in record.message] == [
        "no index of the workspace: its process ended 4 times, last with -9"
    ]


def process_of(one: IndexService) -> int:
    assert one._process is not None
    return one._process.pid


async def test_a_cache_that_cannot_be_written_is_logged_once(
    root: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING):
        async with ready(root, tmp_path / "cache") as one:
            assert one.state == "failed"
            await one.refresh({}, 60.0)
            assert one.reader({}).files() == ()
            assert one.reader({}).links("berths.py") == ()
    assert len(caplog.records) == 1


async def test_closing_takes_no_second_even_while_it_builds(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(root, {f"p/f{number}.py": "def f(): moor()\n" * 300 for number in range(400)})
    one = service(root, tmp_path / "cache")
    await one.start()
    await until((tmp_path / "cache").exists)
    pid = process_of(one)
    started = time.monotonic()
    await one.close()
    assert time.monotonic() - started < 1.0
    await until(lambda: not alive(pid), 60.0)
    assert len(built(root, tmp_path / "cache").files()) == 400


async def test_the_process_ends_when_its_parent_is_killed(root: Path, tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(root), str(tmp_path / "cache"), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    assert alive(pid)
    parent.kill()
    await parent.wait()
    await until(lambda: not alive(pid), 60.0)


async def test_the_users_folder_is_no_place_to_import_from(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        root, {name: "raise SystemExit(7)\n" for name in ("sqlite3.py", "msgspec.py", "kimi_lsp/__init__.py")}
    )
    monkeypatch.chdir(root)
    async with ready(root, tmp_path / "cache") as one:
        assert one.state == "ready"


async def test_the_loop_is_not_held(root: Path, tmp_path: Path) -> None:
    held = 0.0

    async def tick() -> None:
        nonlocal held
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.002)
            held = max(held, time.thread_time() - before)

    large = "def some_function(argument):\n    return argument.attribute\n\n\n" * 1_000
    ticker = asyncio.create_task(tick())
    one = IndexService([root], tmp_path / "cache", 1_000_000, lambda done, total: None)
    await one.start()
    await until(lambda: one.state == "ready")
    documents = {root / f"typed{number}.py": Snapshot.of("t.py", large, 1) for number in range(20)}
    await one.refresh(documents, 60.0)
    assert len(one.reader(documents).files()) == 121
    ticker.cancel()
    await one.close()
    assert held < 0.05
