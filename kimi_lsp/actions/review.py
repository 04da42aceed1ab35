"""Review the enclosing symbol, the selection or the file: findings, each with its place in the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal

from msgspec import Meta, Struct

from kimi_lsp.actions.action import READING, Action, Task, adding
from kimi_lsp.actions.explain import anything
from kimi_lsp.actions.fix import SUGGESTION
from kimi_lsp.text.lines import Lines
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span

MOST_FINDINGS = 50
LONGEST_QUOTE = 1_000
LONGEST_TEXT = 500
LINES_NEARBY = 2
"""How far off the model's line may be, where only that tells which of several places a quote names."""


class Finding(Struct, frozen=True):
    """One thing that is wrong. ``line`` counts from 1 and is often off: models count badly."""

    quote: Annotated[
        str, Meta(description="the code concerned: part of one line, copied exactly, occurring once")
    ]
    line: Annotated[int, Meta(description="its line in the file, from 1")]
    severity: Literal["error", "warning", "information", "hint"]
    message: Annotated[str, Meta(description="what is wrong and why it matters, one or two sentences")]
    suggestion: Annotated[str | None, Meta(description="what to do instead, in words")] = None

    @property
    def text(self) -> str:
        """Message and suggestion, each on a line of its own."""
        lines = (_line(self.message), _line(self.suggestion or "", SUGGESTION))
        return "\n".join(line for line in lines if line)


class Review(Struct, frozen=True):
    """What a review is answered with."""

    findings: Annotated[list[Finding], Meta(description="the most important first")]


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding and the code points that it is about."""

    span: Span
    finding: Finding


@dataclass(frozen=True, slots=True)
class Placement:
    """All findings of a review: those with a place, in its order; those without; and how many were too many."""

    placed: tuple[Placed, ...]
    unplaced: tuple[Finding, ...]
    left_out: int = 0


def ask(task: Task, where: str) -> str:
    """The request for findings, with their shape."""
    from kimi_lsp.model.structured import describe

    asked = (
        f"Review {where} as a careful colleague would. Look for bugs, mishandled errors and edge cases, races, "
        "leaks, security holes, and comments or names that say what is not so. Read what else you need. Report what "
        "is wrong, not what is a matter of taste: at most 20 findings, and none where there is nothing. "
        "Change nothing.\n"
    )
    return f"{asked}{adding(task)}Answer with one JSON object and nothing else, in this shape:\n{describe(Review)}\n"


def place(review: Review, snapshot: Snapshot, span: Span) -> Placement:
    """Find each finding's quote in ``snapshot``: in the lines of ``span``, else in the whole text.

    A quote that occurs more than once is placed only where the finding's line leaves one of the places.
    """
    regions = _whole_lines(snapshot.lines, span), Span(0, snapshot.lines.length)
    said = [finding for finding in review.findings if finding.text]
    placed: dict[tuple[Span, str], Placed] = {}
    unplaced: dict[tuple[str, str], Finding] = {}
    for finding in said[:MOST_FINDINGS]:
        found = _span_of(finding, snapshot, regions)
        if found is not None:
            placed.setdefault((found, finding.text), Placed(found, finding))
        else:
            unplaced.setdefault((finding.quote, finding.text), finding)
    left_out = max(0, len(said) - MOST_FINDINGS)
    in_order = sorted(placed.values(), key=lambda one: one.span)
    return Placement(tuple(in_order), tuple(unplaced.values()), left_out)


def _span_of(finding: Finding, snapshot: Snapshot, regions: Iterable[Span]) -> Span | None:
    from kimi_lsp.edits.endings import restyled

    quote = restyled(finding.quote.strip(), snapshot.eol)
    if not 0 < len(quote) <= LONGEST_QUOTE:
        return None
    text = snapshot.text
    for region in regions:
        match list(_first_two(text, quote, region)):
            case []:
                continue
            case [start]:
                return Span(start, start + len(quote))
        nearby = list(_first_two(text, quote, _nearby(snapshot.lines, finding.line, region, len(quote))))
        return Span(nearby[0], nearby[0] + len(quote)) if len(nearby) == 1 else None
    return None


def _first_two(text: str, quote: str, region: Span) -> Iterator[int]:
    at = text.find(quote, region.start, region.end)
    if at >= 0:
        yield at
        if (again := text.find(quote, at + 1, region.end)) >= 0:
            yield again


def _nearby(lines: Lines, line: int, region: Span, length: int) -> Span:
    """What begins on the lines around ``line``, which counts from 1, inside of ``region``."""
    if not 1 <= line <= len(lines):
        return Span(region.start, region.start)
    first, behind = line - 1 - LINES_NEARBY, line + LINES_NEARBY
    start = max(region.start, _start(lines, first))
    return Span(start, max(start, min(region.end, _start(lines, behind) + length - 1)))


def _whole_lines(lines: Lines, span: Span) -> Span:
    first = lines.position(span.start, "utf-32").line
    last = lines.position(max(span.start, span.end - 1), "utf-32").line
    return Span(lines.start(first), max(span.end, _start(lines, last + 1)))


def _start(lines: Lines, line: int) -> int:
    """Where a line begins; one that does not exist, where the text begins or ends."""
    return lines.length if line >= len(lines) else lines.start(max(0, line))


def _line(text: str, before: str = "") -> str:
    """``text`` on one line of a bearable length; empty where there is none."""
    line = " ".join(text.split())
    line = line if len(line) <= LONGEST_TEXT else f"{line[: LONGEST_TEXT - 1]}…"
    return f"{before}{line}" if line else ""


REVIEW = Action(
    id="review",
    verb="Review",
    kind="kimi.review",
    applies=partial(anything, verb="Review"),
    ask=ask,
    tools=READING,
    shape=Review,
)
