"""``python -m tests.benchmarks code``: knowing the code, beside others, in one run. Read the ratios.

``index``: the index of this interpreter's whole site-packages, cold and warm, beside universal-ctags and beside
aider's repository map of the same files. All of them run at the lowest priority, as our index always does. ``ctags``
is measured where it is on the path, aider where ``--aider`` names an interpreter that has ``aider-chat``, or where
``KIMI_LSP_PEERS=1`` allows to install it into a folder of its own. ``many``: 100,000 small files. ``keystrokes``:
keys and the menu behind them, in a file of 120 KB and one of 5 MB, beside tabby-agent.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import shutil
import subprocess
import sys
import sysconfig
import time
from argparse import ArgumentParser
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.workspace.index.service import IndexService
from tests.benchmarks.keystrokes import keystrokes

MAX_BYTES = 2_048 * 1024
COLD_TO_AIDER, WARM_TO_COLD, LOOP_HELD_S = 1 / 5, 1 / 20, 0.050
LOWEST = ("nice", "-n", "19") if shutil.which("nice") else ()
TICK_S = 0.005

AIDER = """
import json, os, sys, time
from pathlib import Path
files = json.loads(sys.stdin.read())
from aider.io import InputOutput
from aider.repomap import RepoMap
class Model:
    def token_count(self, text): return len(text) / 4
root = os.path.commonpath(files)
repository = RepoMap(map_tokens=1024, root=os.getcwd(), main_model=Model(), io=InputOutput(pretty=False, yes=True))
begin, cpu = time.perf_counter(), time.process_time()
for file in files:
    repository.get_tags(file, os.path.relpath(file, root))
tags = time.perf_counter() - begin
repository.get_ranked_tags_map([], files)
whole, spent = time.perf_counter() - begin, time.process_time() - cpu
print(json.dumps({"tags": tags, "map": whole, "cpu": spent}))
"""


@dataclass(slots=True)
class Held:
    """How long a loop was held: the worst tick's lateness, and the most CPU that went by between two ticks."""

    late_s: float = 0.0
    cpu_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """Our own figures: seconds, and resident bytes of this process and of the largest of the index's."""

    files: list[str]
    cold_s: float
    cold_cpu_s: float
    look_s: float
    restart_s: float
    held: Held
    grown_bytes: int
    largest_bytes: int
    on_disk_bytes: int


def main(argv: Sequence[str]) -> int:
    """Run the parts; 1 where something is not as wanted."""
    parser = ArgumentParser(prog="python -m tests.benchmarks code")
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help=f"of {', '.join(PARTS)}; all of them")
    parser.add_argument("--folder", type=Path, default=Path(sysconfig.get_paths()["purelib"]))
    parser.add_argument("--aider", default="", help="the interpreter of an environment with aider-chat")
    options = parser.parse_args(argv)
    parts = options.parts or list(PARTS)
    if len(parts) == 1:
        return 0 if PARTS[parts[0]](options.folder, options.aider) else 1
    # Each in a process of its own: the most that was ever resident is told of all children that a process has had.
    command = [sys.executable, "-m", "tests.benchmarks", "code"]
    rest = ["--folder", str(options.folder), "--aider", options.aider]
    return max(subprocess.run([*command, part, *rest], check=False).returncode for part in parts)


def index(folder: Path, aider: str) -> bool:
    """The index of ``folder``, beside others; whether all is as wanted."""
    with TemporaryDirectory() as scratch:
        ours = asyncio.run(_ours(folder, Path(scratch)))
        size = sum((folder / name).stat().st_size for name in ours.files)
        print(f"index of {folder.name}: {len(ours.files)} files, {size / 1e6:.0f} MB")
        print(f"  kimi-lsp cold {ours.cold_s:.2f} s ({ours.cold_cpu_s:.1f} s of CPU, {os.cpu_count()} cores)")
        print(f"  resident: server +{ours.grown_bytes / 1e6:.0f} MB, largest process of the index", end=" ")
        print(f"{ours.largest_bytes / 1e6:.0f} MB; on disk {ours.on_disk_bytes / 1e6:.0f} MB")
        good = _told("warm, nothing changed: a look", ours.look_s, ours.cold_s, WARM_TO_COLD, "of cold")
        good &= _told(
            "warm, nothing changed: a new server", ours.restart_s, ours.cold_s, WARM_TO_COLD, "of cold"
        )
        print(f"  the loop: held {ours.held.cpu_s * 1e3:.1f} ms of CPU at most", end=" ")
        print(f"(wanted: {LOOP_HELD_S * 1e3:.0f}); its worst tick was {ours.held.late_s * 1e3:.1f} ms late")
        _beside_ctags(folder, Path(scratch), ours)
        return _beside_aider(folder, Path(scratch), ours, aider) and good and ours.held.cpu_s <= LOOP_HELD_S


def many(folder: Path, aider: str) -> bool:
    """100,000 small files, which need memory and time of their own: made here, whatever ``folder`` is."""
    with TemporaryDirectory() as scratch:
        root = Path(scratch, "many")
        for number in range(1_000):
            (root / str(number)).mkdir(parents=True)
            for file in range(100):
                (root / str(number) / f"f{file}.py").write_text(
                    f"def f{number}_{file}():\n    return f{number}_0()\n"
                )
        ours = asyncio.run(_ours(root, Path(scratch)))
        print(
            f"{len(ours.files)} small files: cold {ours.cold_s:.2f} s ({ours.cold_cpu_s:.1f} s of CPU)",
            end=", ",
        )
        print(f"a look {ours.look_s:.2f} s, a new server {ours.restart_s:.2f} s; resident: server", end=" ")
        print(f"+{ours.grown_bytes / 1e6:.0f} MB, index {ours.largest_bytes / 1e6:.0f} MB", end="; ")
        print(f"the loop held {ours.held.cpu_s * 1e3:.1f} ms of CPU at most", end=" ")
        print(f"(wanted: {LOOP_HELD_S * 1e3:.0f})")
        return len(ours.files) == 100_000 and ours.held.cpu_s <= LOOP_HELD_S


PARTS: dict[str, Callable[[Path, str], bool]] = {
    "index": index,
    "many": many,
    "keystrokes": lambda folder, aider: keystrokes(),
}


async def _ours(folder: Path, scratch: Path) -> Measured:
    before = _resident(resource.RUSAGE_SELF)
    cache = scratch / "cache"
    async with _ticking() as held:
        cpu = _children_cpu()
        cold_s, service = await _started(folder, cache)
        looks = [await _timed(service, {}) for _ in range(5)]
        document = folder / "typed.py"
        typed = "def brand_new_name(x):\n    return x.mentioned_name\n\n\n" * (MAX_BYTES // 60)
        await _timed(service, {document: Snapshot.of("typed.py", typed, 1)})
        files = await asyncio.to_thread(service.reader({}).files)
        await service.close()
        cold_cpu = _children_cpu() - cpu
        restart_s, service = await _started(folder, cache)
        await service.close()
    return Measured(
        files=list(files),
        cold_s=cold_s,
        cold_cpu_s=cold_cpu,
        look_s=median(looks),
        restart_s=restart_s,
        held=held,
        grown_bytes=_resident(resource.RUSAGE_SELF) - before,
        largest_bytes=_resident(resource.RUSAGE_CHILDREN),
        on_disk_bytes=sum(file.stat().st_size for file in cache.rglob("*") if file.is_file()),
    )


async def _started(folder: Path, cache: Path) -> tuple[float, IndexService]:
    """Seconds from the start until all is known."""
    service = IndexService([folder], cache, MAX_BYTES, lambda done, total: None)
    begin = time.perf_counter()
    await service.start()
    while service.state == "building":
        await asyncio.sleep(TICK_S)
    if service.state != "ready":
        raise SystemExit("there is no index; the log says why")
    return time.perf_counter() - begin, service


async def _timed(service: IndexService, documents: dict[Path, Snapshot]) -> float:
    begin = time.perf_counter()
    await service.refresh(documents, 60.0)
    return time.perf_counter() - begin


@asynccontextmanager
async def _ticking() -> AsyncIterator[Held]:
    held = Held()

    async def tick() -> None:
        while True:
            wall, cpu = time.perf_counter(), time.thread_time()
            await asyncio.sleep(TICK_S)
            held.late_s = max(held.late_s, time.perf_counter() - wall - TICK_S)
            held.cpu_s = max(held.cpu_s, time.thread_time() - cpu)

    ticker = asyncio.create_task(tick())
    try:
        yield held
    finally:
        ticker.cancel()


def _told(what: str, ours: float, theirs: float, wanted: float, of_whom: str) -> bool:
    ratio = ours / theirs
    print(f"  {what}: {ours:.2f} s, {ratio:.3f} {of_whom} (wanted: at most {wanted:.3f})")
    return ratio <= wanted


def _beside_ctags(folder: Path, scratch: Path, ours: Measured) -> None:
    program = shutil.which("ctags")
    said = (
        subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        if program
        else None
    )
    if program is None or said is None or "Universal Ctags" not in said.stdout:
        print("  universal-ctags is not here")
        return
    begin, cpu = time.perf_counter(), _children_cpu()
    command = [*LOWEST, program, "-R", "-f", str(scratch / "tags"), str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    taken, spent = time.perf_counter() - begin, _children_cpu() - cpu
    print(
        f"  universal-ctags {taken:.2f} s ({spent:.1f} s of CPU; definitions only); kimi-lsp cold takes",
        end=" ",
    )
    print(f"{ours.cold_s / taken:.1f} times as long, a look {ours.look_s / taken:.2f} times")


def _beside_aider(folder: Path, scratch: Path, ours: Measured, interpreter: str) -> bool:
    """Whether we are as quick as wanted beside aider; true where it is not here."""
    if not interpreter and os.environ.get("KIMI_LSP_PEERS") != "1":
        print("  aider is not measured: neither --aider PYTHON nor KIMI_LSP_PEERS=1")
        return True
    python = interpreter or _installed(scratch / "peer")
    files = json.dumps([str(folder / name) for name in ours.files])
    (scratch / "empty").mkdir()
    done = subprocess.run(
        [*LOWEST, python, "-c", AIDER],
        input=files,
        cwd=scratch / "empty",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(f"  aider is not measured: {done.stderr.strip()[-300:]}")
        return True
    took = json.loads(done.stdout.splitlines()[-1])
    print(f"  aider's repository map {took['map']:.1f} s (its tags alone {took['tags']:.1f} s", end="; ")
    print(f"{took['cpu']:.1f} s of CPU)")
    return _told("kimi-lsp cold", ours.cold_s, took["map"], COLD_TO_AIDER, "of aider's map")


def _installed(folder: Path) -> str:
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", "aider-chat"], check=True)
    return python


def _resident(whose: int) -> int:
    """The most bytes that were ever resident; of children, in the largest of them."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(whose).ru_maxrss * unit


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
