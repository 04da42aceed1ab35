"""``python -m tests.knowing [--seed N]``: of the names that a symbol uses, how many are defined in its prompt?

Of each of some real projects, symbols are drawn at random: functions, methods and types in source files that are no
tests, at least one of whose names counts (``truth.py`` says which do). For each the prompt is made as ``kimi-lsp
context`` makes it, with the default budget and the index of the whole project. A name is known if a line that defines
it is in the prompt: as it stands in its file, or as the signature of just that definition, with the name in it (the
repository map does not count). The share is that of all names of all symbols; wanted are 85 %.

The exit status is 1 where a project stays below it, or fewer than five could be measured.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path
from rich.console import Console
from rich.table import Table

from kimi_lsp.actions.action import Task
from kimi_lsp.actions.catalogue import by_id
from kimi_lsp.actions.prepare import prepared
from kimi_lsp.context.budget import Budgeted, fit
from kimi_lsp.context.parts import Priority
from kimi_lsp.settings import Settings
from kimi_lsp.syntax.outline import FUNCTIONS, TYPES, outline
from kimi_lsp.syntax.registry import by_path
from kimi_lsp.syntax.tests import is_test
from kimi_lsp.syntax.tree import parse
from kimi_lsp.workspace.files import Files
from kimi_lsp.workspace.index.now import build_now
from kimi_lsp.workspace.index.values import Index
from kimi_lsp.workspace.policy import Policy
from tests.knowing.projects import PROJECTS, Project, Unavailable, fetched
from tests.knowing.truth import Ctags, Drawn, Jedi, Place, Truth

WANTED = 0.85
FEWEST = 5


@dataclass(slots=True)
class Score:
    """What came of one project."""

    symbols: int = 0
    names: int = 0
    known: int = 0
    single: int = 0
    single_known: int = 0
    bound: int = 0
    tokens: int = 0
    shares: float = 0.0

    @property
    def share(self) -> float:
        """Known names of all names."""
        return self.known / max(self.names, 1)


def measured(project: Project, root: Path, cache: Path, seed: int, count: int, tell: Console | None) -> Score:
    """Draw ``count`` symbols and look at their prompts."""
    settings = Settings()
    max_bytes = settings.edits.max_file_kb * 1024
    index = build_now([root], cache / "index", max_bytes)
    files = Files(Policy.of([root], max_bytes), {})
    truth = Jedi(project, root) if project.language == "python" else Ctags(project, root)
    score = Score()
    for drawn in _drawn(project, files, random.Random(seed)):
        if score.symbols == count:
            break
        if (said := truth.of(drawn)).names:
            _add(score, drawn, said, _prompt(drawn, files, index, settings), tell)
    return score


def _prompt(drawn: Drawn, files: Files, index: Index, settings: Settings) -> Budgeted:
    task = Task(by_id("refactor", settings.actions), drawn.file, drawn.span)
    context, _ = prepared(task, files, drawn.tree, settings, index)
    return fit(context, settings.context.budget_tokens)


def _add(score: Score, drawn: Drawn, said: Truth, prompt: Budgeted, tell: Console | None) -> None:
    known = {
        name for name, places in said.names.items() if any(_shown(prompt, name, place) for place in places)
    }
    single = {name for name, places in said.names.items() if len(places) == 1}
    score.symbols += 1
    score.names += len(said.names)
    score.known += len(known)
    score.single += len(single)
    score.single_known += len(single & known)
    score.bound += said.bound
    score.tokens += prompt.tokens
    score.shares += len(known) / len(said.names)
    if tell is not None:
        missing = {
            name: sorted(f"{p.file}:{p.line}" for p in said.names[name])[:3]
            for name in said.names.keys() - known
        }
        tell.print(
            f"{drawn.file}:{drawn.first_line} {drawn.path} {len(known)}/{len(said.names)}",
            sorted(missing.items()),
        )


def _shown(prompt: Budgeted, name: str, place: Place) -> bool:
    """Whether a line that defines a name is there, verbatim or as a signature that has the name."""
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    for part in prompt.parts:
        heads = [line for line in part.text.splitlines() if line.startswith("  ")]
        for number, shown in enumerate(part.shown):
            there = shown.file == place.file and shown.first_line <= place.line <= shown.last_line
            if part.priority is not Priority.MAP and there and (shown.whole or word.search(heads[number])):
                return True
    return False


def _drawn(project: Project, files: Files, chance: random.Random) -> Iterator[Drawn]:
    """The symbols of a project in a random order; what cannot be sent is not drawn."""
    places = []
    for file in files.files():
        wanted = any(file.startswith(folder) for folder in project.sources)
        if wanted and file.endswith(project.extensions) and not is_test(file):
            text = files.snapshot(file).text
            language = by_path(file)
            assert language is not None
            places += [(file, one) for one in outline(parse(text, language)) if one.kind in FUNCTIONS | TYPES]
    chance.shuffle(places)
    for file, symbol in places:
        snapshot, language = files.snapshot(file), by_path(file)
        assert language is not None
        line_of = snapshot.lines.position
        first = line_of(symbol.span.start, "utf-32").line + 1
        last = line_of(max(symbol.span.start, symbol.span.end - 1), "utf-32").line + 1
        yield Drawn(file, symbol.path, symbol.span, first, last, parse(snapshot.text, language))


def main(argv: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--symbols", type=int, default=20)
    parser.add_argument("--cache", type=Path, default=user_cache_path("kimi-lsp-tests") / "knowing")
    parser.add_argument("--only", choices=[project.name for project in PROJECTS])
    parser.add_argument(
        "--missing", action="store_true", help="tell of each symbol what is not in its prompt"
    )
    arguments = parser.parse_args(argv)
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    table = Table(
        "project", "symbols", "names", "known", "mean of symbols", "of one definition", "bound", "tokens"
    )
    scores = []
    for project in PROJECTS:
        if arguments.only in (None, project.name):
            try:
                root = fetched(project, arguments.cache)
                tell = console if arguments.missing else None
                scores.append(
                    score := measured(project, root, arguments.cache, arguments.seed, arguments.symbols, tell)
                )
            except Unavailable as reason:
                table.add_row(f"{project.name} ({project.language})", "skipped", str(reason))
                continue
            table.add_row(*_row(project, score))
    console.print(table)
    fewest = 1 if arguments.only else FEWEST
    return 0 if len(scores) >= fewest and all(score.share >= WANTED for score in scores) else 1


def _row(project: Project, score: Score) -> tuple[str, ...]:
    count = max(score.symbols, 1)
    return (
        f"{project.name} ({project.language})",
        str(score.symbols),
        str(score.names),
        f"{score.share:.1%}",
        f"{score.shares / count:.1%}",
        f"{score.single_known} of {score.single}",
        str(score.bound),
        f"{score.tokens // count:,}",
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
