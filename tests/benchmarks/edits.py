"""``python -m tests.benchmarks edits``: exact and damaged edits over a 1 MB file, beside other libraries.

All work is done in one process, and for each work the best of a few runs counts: read the ratios. ``aider-chat`` and
``diff-match-patch`` are measured where they can be imported, as with the interpreter of an environment that has them:

    PYTHONPATH=. OTHER_ENVIRONMENT/bin/python -m tests.benchmarks edits

An edit is found, checked for being the only one, and applied; guards are measured apart (``guards``).
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from textwrap import dedent
from time import perf_counter

from kimi_lsp.edits.edit import Edit
from kimi_lsp.edits.errors import EditError
from kimi_lsp.edits.resolve import locate
from kimi_lsp.edits.searchable import Searchable
from kimi_lsp.text.rebase import rebase
from kimi_lsp.text.replacement import Replacement, apply
from kimi_lsp.text.span import Span
from tests.damage.sources import Method, source

Apply = Callable[[str, str, str], "str | None"]
"""Text, old string, new string -> the text after it, None where it is refused."""


@dataclass(frozen=True, slots=True)
class Work:
    """``edits`` one after the other on ``text``, which should become ``wanted``."""

    name: str
    text: str
    edits: list[tuple[str, str]]
    wanted: str


def main(argv: Sequence[str]) -> int:
    """Print all ratios; 1 if one of our results is not the wanted one."""
    parser = ArgumentParser(prog="python -m tests.benchmarks edits")
    parser.add_argument("--edits", type=int, default=1_000, help="edits of our own run (1000)")
    parser.add_argument("--peer-edits", type=int, default=20, help="edits of the others' runs (20)")
    options = parser.parse_args(argv)
    text, methods = source("python", 1, 1_000_000)
    chosen = Random(7).sample(methods, options.edits)
    peers = dict(_peers())
    right = True
    print(f"{len(text) / 1e6:.2f} MB, milliseconds an edit; right of all\n")
    for name, damage in DAMAGES.items():
        work = _work(name, text, chosen, damage)
        ours, found = _measured(_ours, work)
        right = right and found == len(work.edits)
        print(f"{name:<24} ours {ours:7.2f}  {found} of {len(work.edits)}")
        few = _work(name, text, chosen[: options.peer_edits], damage)
        for peer, tool in peers.items():
            theirs, found = _measured(tool, few)
            print(
                f"{'':<24} {peer} {theirs:.2f}  {found} of {len(few.edits)}, {theirs / ours:.1f} times ours"
            )
    print("\nworst cases of 1 MB, milliseconds until found or refused")
    for name, worst, old in WORST_CASES:
        print(f"  {name:<30} {_refusal(worst, old):8.1f}")
    print(
        f"\nguards of one batch of {options.edits} edits: {_guards(_work('', text, chosen, DAMAGES['exact'])):.0f} ms"
    )
    print(f"rebase of 200 hunks over 500 typed changes: {_rebase(text):.1f} ms")
    return 0 if right else 1


def _ours(text: str, old: str, new: str) -> str | None:
    try:
        return apply(text, locate(Searchable(text), Edit(old, new)).replacements)
    except EditError:
        return None


def _trailed(text: str) -> str:
    return text.replace("\n", "  \n")


DAMAGES: dict[str, Callable[[str], str]] = {
    "exact": lambda block: block,
    "trailing white space": _trailed,
    "dedented": dedent,
    "blank lines missing": lambda block: block.replace("\n\n", "\n"),
    "doubly escaped": lambda block: block.replace('"', '\\"').replace("\n", "\\n"),
    "quotes made curly": lambda block: block.replace('"', "\u201d"),
}
MEGABYTE = 1_000_000
WORST_CASES = (
    ("exact: one letter", "a" * MEGABYTE, "aa"),
    ("exact: almost everywhere", "a" * MEGABYTE, "a" * 1_000 + "b"),
    ("line endings: mixed", "a\r\nb\n" * (MEGABYTE // 5), "a\nb\na\n"),
    ("trailing: one line everywhere", "x\n" * (MEGABYTE // 2), "x \n"),
    ("trailing: almost everywhere", "x\n" * (MEGABYTE // 2), "x \n" * 1_000 + "y\n"),
    ("indentation: everywhere", "  x\n    x\n" * (MEGABYTE // 10), "x\n  x\nx\n"),
    ("blank lines", "\n" * MEGABYTE, " \n  \n"),
    ("punctuation: everywhere", "“a”\n" * (MEGABYTE // 4), '"a"\n' * 50),
    ("escapes: everywhere", "x\\n" * (MEGABYTE // 3), "x\\\\n" * 50),
    ("similar everywhere", "alpha beta\n" * (MEGABYTE // 11), "alpha beta gamma\n" * 300),
)


def _work(name: str, text: str, methods: Sequence[Method], damage: Callable[[str], str]) -> Work:
    ordered = sorted(methods, key=lambda method: method.start)
    hunks = [Replacement(Span(m.start, m.start + len(m.body)), m.edited) for m in ordered]
    return Work(name, text, [(damage(m.body), damage(m.edited)) for m in methods], apply(text, hunks))


def _measured(tool: Apply, work: Work) -> tuple[float, int]:
    """Milliseconds an edit, and how many were right: all, or as many as the text shows."""
    text, applied = work.text, 0
    started = perf_counter()
    for old, new in work.edits:
        if (after := tool(text, old, new)) is not None:
            text, applied = after, applied + 1
    spent = 1e3 * (perf_counter() - started) / len(work.edits)
    if text == work.wanted:
        return spent, len(work.edits)
    return spent, min(applied, sum(new in text for _, new in work.edits) if work.name == "exact" else 0)


def _refusal(text: str, old: str) -> float:
    started = perf_counter()
    with suppress(EditError):
        locate(Searchable(text), Edit(old, "new\n" if old.endswith("\n") else "new"))
    return 1e3 * (perf_counter() - started)


def _guards(work: Work) -> float:
    """The whole library face over one batch, less the edits themselves."""
    from kimi_lsp.edits import apply_edits
    from kimi_lsp.edits.guards import Guards

    edits = [Edit(old, new) for old, new in work.edits]
    times = []
    for guards in (Guards(), Guards(syntax=False, omission=False, lost_symbol=False)):
        started = perf_counter()
        apply_edits(work.text, edits, path="depot.py", guards=guards)
        times.append(perf_counter() - started)
    return 1e3 * (times[0] - times[1])


def _rebase(text: str) -> float:
    random = Random(3)
    starts = sorted(random.sample(range(0, len(text) - 10, 10), 700))
    theirs = set(random.sample(starts, 500))
    typed = [Replacement(Span(start, start + 3), "typed") for start in starts if start in theirs]
    ours = [Replacement(Span(start, start + 3), "ours\n") for start in starts if start not in theirs]
    started = perf_counter()
    rebase(text, typed, ours)
    return 1e3 * (perf_counter() - started)


def _peers() -> list[tuple[str, Apply]]:
    """The other libraries that are here; says which are not."""
    found: list[tuple[str, Apply]] = []
    for name, make in (("aider-chat", _aider), ("diff-match-patch", _diff_match_patch)):
        try:
            found.append((name, make()))
        except ImportError as error:
            print(f"{name} is not measured: it cannot be imported here ({error})")
    return found


def _aider() -> Apply:
    """aider's search/replace: exact, then with leading white space adapted."""
    from aider.coders.editblock_coder import replace_most_similar_chunk  # type: ignore[import-not-found]  # optional

    def tool(text: str, old: str, new: str) -> str | None:
        result: str | None = replace_most_similar_chunk(text, old, new)
        return result

    return tool


def _diff_match_patch() -> Apply:
    """A patch from old to new, put where it fits best."""
    from diff_match_patch import diff_match_patch  # type: ignore[import-not-found]  # optional

    engine = diff_match_patch()
    engine.Match_Distance = 10_000_000

    def tool(text: str, old: str, new: str) -> str | None:
        result, done = engine.patch_apply(engine.patch_make(old, new), text)
        return str(result) if all(done) else None

    return tool


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
