"""Which files matter to one file: a page rank over the links between them that always starts again at that file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from kimi_lsp.workspace.index.values import Link

DAMPING = 0.85
ROUNDS = 10
"""Steps that are walked: 0.85 to that power, a fifth, is what is left to walk."""

TOO_LITTLE = 1e-5
"""What is left of a walk that is no longer followed."""

BACK = 0.3
"""What a link counts the other way round: who uses a file matters to it, too, but less."""


def ranked(file: str, links: Iterable[Link]) -> tuple[tuple[str, float], ...]:
    """The other files with their rank, best first, ties by name. The ranks of all files together are 1 at most."""
    onward: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for link in links:
        if link.source != link.target and link.weight > 0:
            onward[link.source][link.target] += link.weight
            onward[link.target][link.source] += link.weight * BACK
    shares = {source: _shares(targets) for source, targets in onward.items()}
    ranks: defaultdict[str, float] = defaultdict(float)
    walking = {file: 1.0}
    for _ in range(ROUNDS):
        arrived: defaultdict[str, float] = defaultdict(float)
        for source, part in walking.items():
            ranks[source] += part * (1 - DAMPING)
            if part > TOO_LITTLE:
                for target, share in shares.get(source, ()):
                    arrived[target] += DAMPING * part * share
        walking = arrived
    found = ((other, rank) for other, rank in ranks.items() if other != file)
    return tuple(sorted(found, key=lambda one: (-round(one[1], 6), one[0])))


def _shares(targets: Mapping[str, float]) -> list[tuple[str, float]]:
    whole = sum(targets.values())
    return [(target, weight / whole) for target, weight in targets.items()]
