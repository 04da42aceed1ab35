"""One program: bounded, and gone when we are done."""

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from kimi_lsp.workspace.checkers import process
from kimi_lsp.workspace.checkers.errors import CheckerError, Failed, TookTooLong
from kimi_lsp.workspace.checkers.process import Output

posix = pytest.mark.skipif(sys.platform == "win32", reason="process groups are POSIX")
FORKS = """
import os, sys, time
if os.fork():
    time.sleep(60)
print("x", flush=True)
open(sys.argv[1], "w").write(str(os.getpid()))
time.sleep(60)
"""


async def run(code: str, *arguments: str, text: bytes | None = None, timeout_s: float = 20.0) -> Output:
    command = [sys.executable, "-c", code, *arguments]
    return await process.run(
        command, folder=Path("/"), environment={"PATH": "/bin"}, text=text, timeout_s=timeout_s
    )


async def test_input_output_and_code() -> None:
    echo = "import sys; sys.stdout.write(sys.stdin.read().upper()); sys.stderr.write('e'); sys.exit(3)"
    assert await run(echo, text=b"x" * 200_000) == Output(3, "X" * 200_000, "e")


async def test_arguments_are_no_shell() -> None:
    printed = await run("import sys; print(sys.argv[1])", "$(id); `id` && id")
    assert printed.stdout == "$(id); `id` && id\n"


async def test_a_program_that_does_not_listen() -> None:
    assert (await run("print('done')", text=b"x" * 5_000_000)).stdout == "done\n"


async def test_bytes_that_are_no_utf_8() -> None:
    assert (await run("import sys; sys.stdout.buffer.write(b'a\\xff')")).stdout == "a\ufffd"


@posix
async def test_ended_by_a_signal() -> None:
    assert (await run("import os; os.kill(os.getpid(), 11)")).code == -11


@pytest.mark.parametrize(
    ("code", "error"),
    [
        pytest.param("import time; time.sleep(60)", "took longer than 0.5 s", id="sleeps"),
        pytest.param("while True: print('x' * 10_000)", "wrote more than 4 MB", id="prints-for-ever"),
        pytest.param(
            "import sys\nwhile True: sys.stderr.write('x' * 10_000)",
            "longer than 0.5 s",
            id="complains-for-ever",
        ),
    ],
)
async def test_bounds(code: str, error: str) -> None:
    started = time.monotonic()
    with pytest.raises(CheckerError, match=error):
        await run(code, timeout_s=0.5 if "0.5" in error else 20.0)
    assert time.monotonic() - started < 15


@posix
@pytest.mark.parametrize("end", ["timeout", "cancel"])
async def test_children_go_too(tmp_path: Path, end: str) -> None:
    pid_file = tmp_path / "pid"
    task = asyncio.ensure_future(run(FORKS, str(pid_file), timeout_s=2.0 if end == "timeout" else 20.0))
    while not pid_file.exists() or not pid_file.read_text():
        await asyncio.sleep(0.02)
    if end == "cancel":
        task.cancel()
    with pytest.raises(TookTooLong if end == "timeout" else asyncio.CancelledError):
        await task
    assert await _gone(int(pid_file.read_text()))


async def _gone(pid: int) -> bool:
    """An orphan may be a zombie for as long as nobody reaps it."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat")
            if state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        await asyncio.sleep(0.02)
    return False


@pytest.mark.parametrize("command", [["/nowhere/checker"], ["/"], ["a\0b"]])
async def test_a_program_that_cannot_be_started(command: list[str]) -> None:
    with pytest.raises(Failed, match="cannot be started"):
        await process.run(command, folder=Path("/"), environment={}, timeout_s=5)
