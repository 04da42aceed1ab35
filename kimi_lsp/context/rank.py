"""Which files matter to one file: a page rank over the links between them that always starts again at that file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from kimi_lsp.workspace.index.values import Link

DAMPING = 0.85
ROUNDS = 15
"""After so many the order no longer changes: 0.85 to that power is 0.09 of the first step."""

BACK = 0.3
"""What a link counts the other way round: who uses a file matters to it, too, but less."""


def ranked(file: str, links: Iterable[Link]) -> tuple[tuple[str, float], ...]:
    """The other files with their rank, best first, ties by name. The ranks of all files together are 1 at most."""
    onward: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for link in links:
        if link.source != link.target and link.weight > 0:
            onward[link.source][link.target] += link.weight
            onward[link.target][link.source] += link.weight * BACK
    shares = {
        source: [(target, weight / sum(targets.values())) for target, weight in targets.items()]
        for source, targets in onward.items()
    }
    ranks = {file: 1.0}
    for _ in range(ROUNDS):
        following: defaultdict[str, float] = defaultdict(float)
        following[file] = 1 - DAMPING
        for source, rank in ranks.items():
            for target, share in shares.get(source, ()):
                following[target] += DAMPING * rank * share
        ranks = following
    found = ((other, rank) for other, rank in ranks.items() if other != file)
    return tuple(sorted(found, key=lambda one: (-round(one[1], 6), one[0])))
