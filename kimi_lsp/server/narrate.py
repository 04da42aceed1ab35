"""Engine updates -> the few words that a progress shows."""

from __future__ import annotations

from kimi_lsp.actions import updates
from kimi_lsp.edits.changeset import Changeset
from kimi_lsp.model.pricing import dollars

LINE_LENGTH = 80


class Narrator:
    """Remembers as much of a run as the next line needs."""

    def __init__(self) -> None:
        self._thought = ""

    def line(self, update: updates.Update) -> str | None:
        """What to show for ``update``; None where it is not worth a line."""
        match update:
            case updates.Asking(turn, tokens, cost):
                self._thought = ""
                priced = f", {dollars(cost)}" if cost is not None else ""
                return f"asking Kimi (turn {turn}, about {tokens:,} tokens{priced})"
            case updates.Thinking(text):
                return self._thinking(text)
            case updates.Answering():
                return "answering"
            case updates.Waiting(seconds, why):
                return f"{why.rstrip('.')}, retrying in {seconds:.0f} s" if seconds >= 1 else why
            case updates.Calling(tool, path, symbol, characters):
                name = symbol or path
                return f"writing {tool} {name} ({characters:,} characters)".replace("  ", " ")
            case updates.Called(summary):
                return summary
            case updates.Checking(paths):
                return cut(f"checking {', '.join(paths)}")
            case updates.Rejected(summary, reason):
                return cut(f"refused {summary}: {reason.removeprefix('error: ')}")
            case _:
                return None

    def _thinking(self, text: str) -> str:
        """The last whole line of thought, else what there is of the first."""
        if len(self._thought) < 2_000:
            self._thought += text
        else:
            self._thought = self._thought[-500:] + text
        lines = [line for line in self._thought.splitlines() if line.strip()]
        return cut(f"thinking: {lines[-1].strip()}") if lines else "thinking"


def cut(line: str) -> str:
    """One line that a status bar can show."""
    line = " ".join(line.split())
    return line if len(line) <= LINE_LENGTH else f"{line[: LINE_LENGTH - 1]}…"


def bill(spent: updates.Spent) -> str:
    """Tokens and cost: ``1,234 in (1,000 cached), 56 out, $0.0012``."""
    usage = spent.usage
    cached = f" ({usage.cached:,} cached)" if usage.cached else ""
    return (
        f"{usage.input:,} in{cached}, {usage.output:,} out, {dollars(spent.cost, estimated=usage.estimated)}"
    )


def verdict(done: updates.Done) -> str:
    """What the checkers say: ``fixed: F841, nothing new``; ``not verified`` where nobody said anything."""
    return done.verified.text if done.verified is not None else "not verified"


def summary(changeset: Changeset) -> str:
    """What a changeset does: ``a.py +3 −1`` or ``3 files +10 −4``."""
    added, removed = changeset.line_counts()
    names = [change.new_path or change.path for change in changeset.files]
    what = names[0] if len(names) == 1 else f"{len(names)} files"
    return f"{what} +{added} −{removed}"
