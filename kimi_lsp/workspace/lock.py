"""A file that one holder has at a time, over all processes of this machine; it is let go when its process ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

POLL_S = 0.1


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file at ``path``, which is made where there is none; waits as long as another has it.

    Raises:
        OSError: there can be no such file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        while not taken(file):
            time.sleep(POLL_S)
        try:
            yield
        finally:
            let_go(file)


if sys.platform == "win32":
    import msvcrt

    def taken(file: IO[bytes]) -> bool:
        """Take the lock on ``file`` if it is free, until it is closed; whether it was."""
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def let_go(file: IO[bytes]) -> None:
        """Let go of what was taken."""
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import errno
    import fcntl

    def taken(file: IO[bytes]) -> bool:
        """Take the lock on ``file`` if it is free, until it is closed; whether it was."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES, errno.EINTR):
                return False
            raise
        return True

    def let_go(file: IO[bytes]) -> None:
        """Let go of what was taken."""
        fcntl.flock(file, fcntl.LOCK_UN)
