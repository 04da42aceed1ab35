"""``python -m tests.session --minutes 10 [--seed N]``: a random session against an oracle document.

The user of ``e2e/random_user.py`` works in three encodings and three line endings, while the model of ``e2e/dice.py``
edits the same lines. At the end, and now and then, client, server and expectation are compared.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import logging
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from pygls.exceptions import JsonRpcException

from tests.e2e.dice import Dice
from tests.e2e.editor import Editor, editing
from tests.e2e.random_user import OPTIONS, Tally, User, Wrong

ENCODINGS = ("utf-8", "utf-16", "utf-32")
ROUND_S = 60.0


async def play(folder: Path, seed: int, seconds: float, encoding: str, tally: Tally) -> None:
    """One server, one user, for so long; ``tally`` has what came of it."""
    dice, texts = random.Random(f"{seed}/{encoding}"), dict[str, str]()
    editors: list[Editor] = []

    def text_of(path: str) -> str:
        found = editors[0].documents.get((editors[0].root / path).as_uri())
        if found is not None:
            texts[path] = found.text
        return texts.get(path, "")

    brain = Dice(random.Random(seed), text_of)
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "server.log"
    arguments = ("--log-file", str(log))
    async with editing(folder, brain, encoding=encoding, options=OPTIONS, arguments=arguments) as (
        editor,
        exchanges,
    ):
        editors.append(editor)
        user = User(editor, dice, tally, exchanges)
        user.begin()
        try:
            end = time.monotonic() + seconds
            while time.monotonic() < end and not tally.wrong:
                for _ in range(dice.randint(1, 120)):
                    await user.step()
                    await asyncio.sleep(dice.choice([0, 0, 0, 0.01, 0.1]))
                    if time.monotonic() > end or tally.wrong:
                        break
                await user.agree()
        except (Wrong, JsonRpcException) as error:
            tally.wrong.append(f"seed {seed}, {encoding}: {type(error).__name__}: {error}")
    text = log.read_text(encoding="utf-8") if log.exists() else ""
    if "Traceback" in text:
        tally.wrong.append(
            f"seed {seed}, {encoding}: the log has {text[text.index('Traceback') - 300 :][:2_000]}"
        )


def main(argv: Sequence[str]) -> int:
    """Play rounds of a minute until the time is over; each has its own server, encoding and seed."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.session", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(argv)
    logging.disable(logging.CRITICAL)
    tally, end = Tally(), time.monotonic() + 60 * chosen.minutes
    for number in itertools.count():
        left = end - time.monotonic()
        if left <= 0 or tally.wrong:
            break
        encoding, seed = ENCODINGS[number % len(ENCODINGS)], chosen.seed + number
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(play(Path(folder), seed, min(ROUND_S, left), encoding, tally))
        print(
            f"seed {seed}, {encoding}: {sum(tally.steps.values())} steps, {tally.checked} comparisons",
            flush=True,
        )
    print(", ".join(f"{count} {name}" for name, count in tally.steps.most_common()))
    for sentence in tally.wrong:
        print(f"WRONG: {sentence}")
    print(f"{tally.checked} comparisons of client, server and expectation: {len(tally.wrong)} wrong")
    return 1 if tally.wrong or not tally.checked else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
