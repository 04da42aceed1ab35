"""``kimi-lsp cache FILE...``: what of each recorded prompt the provider could have cached, and where it parts.

The provider caches by prefix in blocks of some 256 tokens (kimi.md). Tokens are the simulator's estimate, over tools
first and then messages (``simulator/prefix.py``). Give the recordings in the order in which the jobs ran.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kimi_lsp.model.port import Request
from kimi_lsp.model.recording import BadRecording, read
from kimi_lsp.simulator.prefix import PrefixCache, canonical, tokens
from kimi_lsp.text.diff import common_prefix

NO_RECORDING = 2
SHOWN_BEFORE, SHOWN_AFTER = 60, 40


@dataclass(frozen=True, slots=True)
class Stable:
    """One prompt: its tokens, and how many of them an earlier one shares, in whole blocks.

    ``part`` says in which tool or message it parts from the most similar earlier one, counted from 1, and
    ``before``, ``was``, ``now`` are the text there; all are empty where nothing came before, or nothing parts.
    """

    tokens: int
    stable: int
    part: str = ""
    before: str = ""
    was: str = ""
    now: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The recordings."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="recordings, the oldest first")


def run(arguments: argparse.Namespace) -> int:
    """Print it; 2 if a file is no recording."""
    try:
        jobs = [(path.name, [turn.request for turn in read(path).turns]) for path in arguments.files]
    except (BadRecording, OSError) as error:
        print(f"kimi-lsp cache: {error}", file=sys.stderr)
        return NO_RECORDING
    found = compared(request for _, requests in jobs for request in requests)
    every: list[Stable] = []
    for name, requests in jobs:
        print(name)
        for number, _ in enumerate(requests, 1):
            every.append(prompt := next(found))
            print(f"  turn {number}: {_share(prompt.tokens, prompt.stable)}")
            if prompt.part:
                print(f"    parts in {prompt.part}, after {prompt.before!r}")
                print(f"    was {prompt.was!r}\n    is  {prompt.now!r}")
    print(f"all: {_share(sum(p.tokens for p in every), sum(p.stable for p in every))}")
    return 0


def compared(requests: Iterable[Request]) -> Iterator[Stable]:
    """Each prompt against all that came before it."""
    cache = PrefixCache(clock=lambda: 0.0)
    earlier: list[bytes] = []
    for request in requests:
        prompt = canonical({"tools": list(request.tools), "messages": list(request.messages)})
        stable = cache.cached(prompt, "")
        common = [common_prefix(prompt, other) for other in earlier]
        if not common or max(common) == len(prompt):
            yield Stable(tokens(len(prompt)), stable)
        else:
            at = max(common)
            yield _parted(prompt, earlier[common.index(at)], at, stable, len(request.tools))
        earlier.append(prompt)


def _parted(prompt: bytes, other: bytes, at: int, stable: int, tools: int) -> Stable:
    line = prompt.count(b"\n", 0, at) + 1
    if at == len(other):
        return Stable(tokens(len(prompt)), stable)
    return Stable(
        tokens=tokens(len(prompt)),
        stable=stable,
        part=f"tool {line}" if line <= tools else f"message {line - tools}",
        before=_text(prompt[max(0, at - SHOWN_BEFORE) : at]),
        was=_text(other[at : at + SHOWN_AFTER]),
        now=_text(prompt[at : at + SHOWN_AFTER]),
    )


def _text(piece: bytes) -> str:
    """A piece of JSON as people read it: its line ends are those of the prompt."""
    return piece.decode("utf-8", "ignore").replace("\\n", "\n").replace('\\"', '"')


def _share(whole: int, stable: int) -> str:
    return f"{whole:,} tokens, {stable:,} stable ({stable / whole:.0%})" if whole else "no tokens"
