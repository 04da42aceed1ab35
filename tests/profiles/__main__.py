"""``python -m tests.profiles``: every action in every client, through the real server and the simulator.

Each cell is *applied* (``workspace/applyEdit``), *offered* (the finished result waits in the menu, and was taken from
there), *shown* (explanations and reviews), or *not offered, because ...*. Exit 1 where one is silence, a crash or a
lost character.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.profiles.cells import CELLS
from tests.profiles.profile import PROFILES
from tests.profiles.run import Outcome, outcomes

WIDTH = 12


def main(argv: Sequence[str]) -> int:
    """Print the table; each client has a server of its own."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.profiles", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--profile", action="append", default=[], help="only this one; may be given again")
    parser.add_argument("--action", action="append", default=[], help="only this one; may be given again")
    chosen = parser.parse_args(argv)
    profiles = [one for one in PROFILES if not chosen.profile or one.name in chosen.profile]
    cells = [one for one in CELLS if not chosen.action or one.action in chosen.action]
    logging.disable(logging.CRITICAL)  # of the client: it refuses edits as real ones do, and pygls shows how
    print(_row("", [cell.action for cell in cells]))
    table = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, profile in enumerate(profiles):
            found = table[profile.name] = asyncio.run(outcomes(profile, Path(folder, str(number)), cells))
            print(_row(profile.name, [found[cell.action].kind for cell in cells]), flush=True)
    _explain(table)
    bad = sum(one.bad for found in table.values() for one in found.values())
    cells_count = sum(map(len, table.values()))
    print(f"{cells_count} cells, {bad} of them silence, a crash or a lost character")
    return 1 if bad else 0


def _row(name: str, entries: Sequence[str]) -> str:
    return f"{name:{WIDTH}}" + "".join(f"{entry:>{max(WIDTH, 14) + 1}}" for entry in entries)


def _explain(table: Mapping[str, Mapping[str, Outcome]]) -> None:
    for name, found in table.items():
        for action, one in found.items():
            if one.why:
                print(f"  {name}, {action}: {one if not one.bad else f'{one.kind}: {one.why}'}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
