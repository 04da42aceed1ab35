"""From spawn to the ``initialize`` answer, ours and a bare pygls server in turn, in one run."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence

from tests.benchmarks.client import BARE, OURS, Client

WANTED = 1.15


def started_in(command: Sequence[str]) -> float:
    """Seconds from spawn to the answer."""
    begin = time.perf_counter()
    client = Client(command)
    client.initialize()
    taken = time.perf_counter() - begin
    client.close()
    return taken


def main(argv: list[str]) -> int:
    """Print the ratio of the medians; exit 1 where it is above what is wanted."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args(argv).rounds
    started_in(BARE), started_in(OURS)  # byte code and disk cache
    pairs = [(started_in(OURS), started_in(BARE)) for _ in range(rounds)]
    ours, bare = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(
        f"spawn to initialize, median of {rounds}: kimi-lsp {ours * 1000:.0f} ms, bare pygls {bare * 1000:.0f} ms"
    )
    print(f"ratio {ours / bare:.2f} (wanted: at most {WANTED})")
    return 0 if ours / bare <= WANTED else 1
