"""``python -m tests.damage [--size N] [--seeds N]``: tries every damaged edit; 0 if none is silently wrong.

``--size`` is the length of the files (200,000), ``--seeds`` how many files there are of each language (1).
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Sequence
from time import perf_counter

from kimi_lsp.edits import Edit, EditError, apply_edits
from tests.damage.kinds import Case, cases
from tests.damage.sources import DIALECTS, target

LEAST_RIGHT = 0.7


def main(argv: Sequence[str]) -> int:
    """Try all; 1 if any is silently wrong, or too few are right."""
    parser = ArgumentParser(prog="python -m tests.damage", description=__doc__)
    parser.add_argument("--size", type=int, default=200_000)
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args(argv)
    counts: Counter[tuple[str, str]] = Counter()
    started = perf_counter()
    for case in all_cases(options.size, options.seeds):
        verdict, why = judged(case)
        counts[case.kind, verdict] += 1
        if verdict != "right":
            print(f"{verdict}: {case.kind}, {case.name}: {why}")
    print(f"\n{'kind':<20}{'right':>8}{'refused':>9}{'wrong':>7}")
    for kind in dict.fromkeys(kind for kind, _ in counts):
        right, refused, wrong = (counts[kind, verdict] for verdict in ("right", "refused", "wrong"))
        print(f"{kind:<20}{right:>8}{refused:>9}{wrong:>7}")
    totals = Counter(
        {verdict: sum(n for (_, v), n in counts.items() if v == verdict) for _, verdict in counts}
    )
    print(f"{'all':<20}{totals['right']:>8}{totals['refused']:>9}{totals['wrong']:>7}")
    print(f"{perf_counter() - started:.1f} s")
    return 0 if not totals["wrong"] and totals["right"] >= LEAST_RIGHT * totals.total() else 1


def all_cases(size: int, seeds: int = 1) -> Iterator[Case]:
    """Every kind of damage in every language, for ``seeds`` files each."""
    for language in DIALECTS:
        for seed in range(seeds):
            yield from cases(target(language, seed, size))


def judged(case: Case) -> tuple[str, str]:
    """``right``, ``refused`` where there is a right result, or ``wrong``; and why."""
    try:
        result = apply_edits(case.text, [Edit(case.old, case.new)], path=case.path)
    except EditError as error:
        return (
            ("right", "")
            if case.wanted is None
            else ("refused", f"{type(error).__name__}: {error}".splitlines()[0])
        )
    if result == case.wanted:
        return "right", ""
    return "wrong", "it should have been refused" if case.wanted is None else "the result is another one"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
