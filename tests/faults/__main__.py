"""``python -m tests.faults``: every fault at every position, and random runs of them.

python -m tests.faults                           the table; status 0 only if all outcomes are as decided
python -m tests.faults --random 1000 --seed 7    random faults, cuts, delays and cancels
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Callable

from tests.faults.run import Ran, nothing_left, run
from tests.faults.script import FAULTS, POSITIONS
from tests.faults.table import TABLE, healed

AT_ONCE = 6


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__.splitlines()[0])
    parser.add_argument("--random", type=int, metavar="N", help="so many random runs instead of the table")
    parser.add_argument("--seed", type=int, default=0, help="of the random runs")
    options = parser.parse_args(argv)
    return asyncio.run(_random(options.random, options.seed) if options.random else _table())


async def _table() -> int:
    """Print the outcome of each fault at each position; wrong ones are marked."""
    print(f"{'':20} " + " ".join(f"{position:>22}" for position in POSITIONS))
    bad = 0
    async with nothing_left() as left:
        for fault in FAULTS:
            rans = await asyncio.gather(*(run(fault, position) for position in POSITIONS))
            cells = []
            for position, ran in zip(POSITIONS, rans, strict=True):
                right = ran.outcome == TABLE[fault, position] and not ran.wrong
                bad += not right
                cells.append(ran.outcome if right else f"WRONG {ran.outcome}")
                for sentence in ran.wrong:
                    print(f"  {fault}, {position}: {sentence}")
            print(f"{fault:20} " + " ".join(f"{cell:>22}" for cell in cells))
    print(f"{len(TABLE) - bad} of {len(TABLE)} outcomes as decided; left behind: {left or 'nothing'}")
    return 1 if bad or left else 0


async def _random(runs: int, seed: int) -> int:
    """Random runs, a few at a time; each has its own seed, so that it can be told which one went wrong."""
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []
    gate = asyncio.Semaphore(AT_ONCE)
    begun = time.perf_counter()

    async def one(number: int) -> None:
        async with gate:
            name, ran = await _random_run(random.Random(f"{seed}/{number}"))
        outcomes[ran.outcome] += 1
        wrong.extend(f"run {number} ({name}): {sentence}" for sentence in ran.wrong)

    async with nothing_left() as left:
        await asyncio.gather(*map(one, range(runs)))
    for sentence in [*wrong, *left]:
        print(sentence)
    print(", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common()))
    print(
        f"{runs} runs with seed {seed} in {time.perf_counter() - begun:.0f} s: {len(wrong) + len(left)} wrong"
    )
    return 1 if wrong or left else 0


async def _random_run(dice: random.Random) -> tuple[str, Ran]:
    fault, position = dice.choice(list(FAULTS)), dice.choice(POSITIONS)
    once = dice.random() < 0.3
    cancel_after_s = dice.uniform(0, 0.4) if dice.random() < 0.25 else None
    ran = await run(fault, position, once=once, cut=_cutter(dice), cancel_after_s=cancel_after_s)
    name = f"{fault}, {position}, {'once' if once else 'always'}, cancel {cancel_after_s}"
    decided = {"cancelled", healed(fault, position) if once else TABLE[fault, position]}
    if cancel_after_s is None and ran.outcome not in decided:
        ran.wrong.append(f"{ran.outcome}, not {decided}")
    return name, ran


def _cutter(dice: random.Random) -> Callable[[bytes], list[bytes]]:
    """Cuts what is sent into pieces, seldom very small ones."""
    mean = dice.choice([3, 20, 200, 10_000])

    def cut(data: bytes) -> list[bytes]:
        pieces, at = [], 0
        while at < len(data):
            size = dice.randint(1, 2 * mean)
            pieces.append(data[at : at + size])
            at += size
        return pieces

    return cut


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
