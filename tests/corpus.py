"""``python -m tests.corpus FILE.jsonl``: real edits of real models against the library face.

A line of the file is a case: ``path``, ``edits`` (``old_string``, ``new_string`` in order), ``before`` and ``after``
(the file at the commit before and after), ``reproduces_commit``, ``classes`` (one for each edit).
Each edit is applied on its own to the text that the ones before it left; a refused one leaves the text as it is.

What is wanted:

* a case with ``reproduces_commit`` ends in ``after``, byte for byte, and no guard refuses an edit of it
* an edit of class ``whitespace`` lands as the commit has it
* one of class ``nomatch`` is refused, or lands as the commit has it
* one of class ``empty-search`` is refused, unless the file is empty
* one of class ``exact`` lands, or is refused for a reason other than that it was not found

Prints a line for each edit and case that is not as wanted, and a table. The exit status is 0 if all is as wanted.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kimi_lsp.edits import Edit, EditError, apply_edits
from kimi_lsp.edits.errors import GuardRefused, NotFound
from kimi_lsp.text.replacement import minimal


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one edit; ``landed`` where it was applied, ``as_commit`` where that is what the commit has."""

    case: str
    number: int
    kind: str
    error: EditError | None
    as_commit: bool
    reproduces: bool

    @property
    def label(self) -> str:
        """One word for the table."""
        if self.error is not None:
            return type(self.error).__name__
        return "as the commit" if self.as_commit else "applied"

    @property
    def wanted(self) -> bool:
        """Whether it is what the page above wants."""
        if self.reproduces and isinstance(self.error, GuardRefused):
            return False
        if self.kind == "whitespace":
            return self.as_commit
        if self.kind in ("nomatch", "empty-search"):
            return self.error is not None or self.as_commit
        return not isinstance(self.error, NotFound)


def main(argv: Sequence[str]) -> int:
    """Try all cases of the files in ``argv``; 0 if all is as wanted, 2 without a file."""
    if not argv:
        print("usage: python -m tests.corpus FILE.jsonl [FILE.jsonl ...]", file=sys.stderr)
        return 2
    cases = [case for name in argv for case in read(Path(name))]
    results = [tried(case) for case in cases]
    outcomes = [outcome for edits, _ in results for outcome in edits]
    unwanted = [describe(outcome) for outcome in outcomes if not outcome.wanted]
    promised = [
        (case, same) for case, (_, same) in zip(cases, results, strict=True) if case["reproduces_commit"]
    ]
    unwanted += [
        f"{case['id']} {case['path']}: does not reproduce the commit" for case, same in promised if not same
    ]
    print(*unwanted, *table(outcomes), sep="\n")
    print(
        f"\n{sum(same for _, same in promised)} of {len(promised)} cases reproduce their commit byte for byte"
    )
    print(
        f"{len(outcomes) - sum(not outcome.wanted for outcome in outcomes)} of {len(outcomes)} edits as wanted"
    )
    return 1 if unwanted else 0


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The cases of a file."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield {"id": str(number), "reproduces_commit": False, "classes": [], **json.loads(line)}


def tried(case: dict[str, Any]) -> tuple[list[Outcome], bool]:
    """What became of each edit of a case, and whether the text in the end is the commit's."""
    text, outcomes = case["before"], []
    classes = [*case["classes"], *[""] * len(case["edits"])]
    for number, (sent, kind) in enumerate(zip(case["edits"], classes, strict=False), start=1):
        before, error = text, None
        try:
            edit = Edit(sent["old_string"], sent["new_string"], sent.get("replace_all", False))
            text = apply_edits(before, [edit], path=case["path"])
        except EditError as refusal:
            error = refusal
        landed = error is None and is_as_commit(before, text, case["after"])
        outcomes.append(Outcome(case["id"], number, kind, error, landed, case["reproduces_commit"]))
    return outcomes, text == case["after"]


def is_as_commit(before: str, text: str, after: str) -> bool:
    """Whether each change from ``before`` to ``text`` stands in ``after``, with the lines around it."""
    if text == after:
        return True
    grown = 0
    for hunk in minimal(before, text):
        start = text.rfind("\n", 0, max(text.rfind("\n", 0, hunk.span.start + grown), 0)) + 1
        grown += len(hunk.text) - len(hunk.span)
        end = text.find("\n", text.find("\n", hunk.span.end + grown) + 1)
        if text[start : end if end > 0 else len(text)] not in after:
            return False
    return True


def describe(outcome: Outcome) -> str:
    """One line for an edit that is not as wanted."""
    why = f": {str(outcome.error).splitlines()[0]}" if outcome.error else ""
    return f"{outcome.case} edit {outcome.number} ({outcome.kind}): {outcome.label}{why}"


def table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """How many edits of each class had which outcome."""
    kinds = sorted({outcome.kind for outcome in outcomes})
    labels = sorted({outcome.label for outcome in outcomes})
    counts = Counter((outcome.kind, outcome.label) for outcome in outcomes)
    yield "\n" + "class".ljust(14) + "".join(label.rjust(len(label) + 3) for label in labels)
    for kind in kinds:
        cells = (str(counts[kind, label] or "").rjust(len(label) + 3) for label in labels)
        yield (kind or "?").ljust(14) + "".join(cells)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
