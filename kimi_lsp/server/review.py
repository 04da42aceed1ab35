"""What becomes of a review: findings as diagnostics, what has no place as a text, and one line for the user."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from kimi_lsp.actions.review import Finding, Placement, Review, place
from kimi_lsp.actions.updates import Done
from kimi_lsp.context.gather import SymbolContext
from kimi_lsp.server import narrate
from kimi_lsp.server.present import show_file
from kimi_lsp.server.progress import Progress
from kimi_lsp.server.report import message

if TYPE_CHECKING:
    from kimi_lsp.server.work import Work


async def finish(work: Work, shown: Progress, context: SymbolContext, done: Done) -> None:
    """The end of a review; one that ended early has found nothing that could be trusted."""
    session, title = work.session, work.job.title
    bill = narrate.bill(done.spent)
    if not isinstance(done.value, Review):
        shown.final = f"no findings; {bill}"
        message(session.server, f"{title}: the job ended early: {done.reason}")
        return
    placement = place(done.value, context.snapshot, work.task.span)
    count = session.findings.show(work.document, context.snapshot, placement.placed)
    summary = _summary(count, placement)
    shown.final = f"{summary}; {bill}"
    message(session.server, f"{title}: {summary}; {bill}")
    if placement.unplaced:
        path = session.explanations.keep(*_text(title, context.path, placement.unplaced))
        await show_file(session, path, f"{title}: {_plural(len(placement.unplaced))} without a place.")


def _summary(count: int, placement: Placement) -> str:
    """``3 findings, 1 more without a place``, or ``nothing found``."""
    gone = len(placement.placed) - count
    more = (
        (len(placement.unplaced), "more without a place"),
        (gone, "in code that was changed or closed meanwhile"),
        (placement.left_out, "left out"),
    )
    parts = [f"{number} {what}" for number, what in more if number]
    if not count and not parts:
        return "nothing found"
    return ", ".join([_plural(count), *parts])


def _text(title: str, path: str, findings: tuple[Finding, ...]) -> tuple[str, str]:
    """A key and the Markdown of what could not be shown in the text itself."""
    listed = "\n".join(
        f"- **{finding.severity}**, near line {finding.line}: {' '.join(finding.text.splitlines())}"
        for finding in findings
    )
    markdown = (
        f"# {title.removeprefix('Kimi: ')}\n\n"
        f"What these findings quote is not in {path}, or stands there more than once:\n\n{listed}\n"
    )
    return f"review-{hashlib.sha256(markdown.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}", markdown


def _plural(count: int) -> str:
    return "1 finding" if count == 1 else f"{count} findings"
