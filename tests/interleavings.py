"""Random interleavings of typing and job edits: ``python -m tests.interleavings --runs 10000 --seed 1``.

A user types, deletes, undoes and redoes in a file while a job stages edits of the file as it was at its start; then
the job's edits are rebased and applied, and both go on. What must hold is read off the texts alone, for every
character that the user types and that the job writes is a code point of its own, which occurs nowhere else.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from kimi_lsp.text.line_index import Encoding
from kimi_lsp.text.net import net
from kimi_lsp.text.rebase import Rebased, rebase, rebase_texts
from kimi_lsp.text.replacement import Replacement, apply, compose, minimal
from kimi_lsp.text.snapshot import Change, Snapshot
from kimi_lsp.text.span import Span

TYPED = range(0xF0000, 0xFFFFE)
WRITTEN = range(0x100000, 0x10FFFE)
UNIQUE = range(0x20000, 0x2A6DF)  # what files of the second kind are made of
ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
WORDS = ("self", "value", "=", "return", "lock", "(", ")", "items", "for", "in", "naïve", "😀", "None", "x")


class Lost(AssertionError):
    """A character is gone that should be there, or there that should not."""


@dataclass
class Tally:
    """What happened in all runs."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


class User:
    """An editor with an undo stack, whose changes go to the server as LSP changes and are kept as a log."""

    def __init__(self, random: Random, text: str, tally: Tally) -> None:
        self.random, self.tally = random, tally
        self.text = text
        self.snapshot = Snapshot.of("file", text, 0)
        self.encoding: Encoding = random.choice(ENCODINGS)
        self.log: list[Replacement] = []
        self.done: list[tuple[Replacement, Replacement]] = []
        self.undone: list[tuple[Replacement, Replacement]] = []
        self.cursor = 0
        self.next_typed = TYPED.start
        self.has_copied = False  # from then on a character can be in two places

    def act(self, job: Job) -> None:
        """Do one thing that users do."""
        acts = (self.type, self.type, self.type, self.jump, self.delete, self.undo, self.redo, self.overwrite)
        chance = self.random.random()
        if chance < 0.03:
            self.copy(job)
        elif chance < 0.15 and job.ours:
            self.meet(self.random.choice(job.ours))
        else:
            self.random.choice(acts)()

    def type(self) -> None:
        """Some characters one by one, now and then a new line."""
        for _ in range(self.random.randint(1, 8)):
            self.edit(self.cursor, self.cursor, "\n    " if self.random.random() < 0.1 else self.fresh())

    def jump(self) -> None:
        """Elsewhere, but often not far: into the same line, where the job works too."""
        near = self.random.random() < 0.7
        target = (
            self.cursor + self.random.randint(-60, 60) if near else self.random.randint(0, len(self.text))
        )
        self.cursor = border(self.text, min(max(target, 0), len(self.text)))

    def meet(self, hunk: Replacement) -> None:
        """Right to where the job works, at the border of what it replaces."""
        place = self.random.choice((hunk.span.start, hunk.span.end))
        for each in self.log:
            if each.span.end <= place:
                place += each.growth
            elif each.span.start < place:
                place = each.span.start
        self.cursor = border(self.text, place)
        self.random.choice((self.type, self.delete, self.overwrite))()

    def delete(self) -> None:
        """A few characters, or some lines, before the cursor or behind it."""
        size = self.random.choice((1, 1, 2, 5, 20, 120))
        if self.random.random() < 0.7:
            self.edit(border(self.text, max(0, self.cursor - size)), self.cursor, "")
        else:
            self.edit(self.cursor, border(self.text, min(len(self.text), self.cursor + size)), "")

    def overwrite(self) -> None:
        """A selection."""
        end = border(self.text, min(len(self.text), self.cursor + self.random.randint(0, 12)))
        self.edit(self.cursor, end, "".join(self.fresh() for _ in range(self.random.randint(1, 4))))

    def copy(self, job: Job) -> None:
        """The same change that the job makes, as far as it has come."""
        if not self.log and job.ours:
            for each in reversed(self.random.sample(job.ours, min(2, len(job.ours)))):
                if not any(other.span.start < each.span.start for other in self.log):
                    self.has_copied = True
                    self.edit(each.span.start, each.span.end, each.text)

    def undo(self) -> None:
        """Some steps back."""
        for _ in range(self.random.randint(1, 6)):
            if self.done:
                step = self.done.pop()
                self.undone.append(step)
                self.change(step[1])

    def redo(self) -> None:
        """Some steps forward again."""
        for _ in range(self.random.randint(1, 6)):
            if self.undone:
                step = self.undone.pop()
                self.done.append(step)
                self.change(step[0])

    def fresh(self) -> str:
        """A character that is nowhere else."""
        self.next_typed += 1
        return chr(self.next_typed)

    def edit(self, start: int, end: int, text: str) -> None:
        """A change that can be undone."""
        replacement = Replacement(Span(start, end), text)
        inverse = Replacement(Span(start, start + len(text)), self.text[start:end])
        self.done.append((replacement, inverse))
        self.undone.clear()
        self.change(replacement)

    def change(self, replacement: Replacement) -> None:
        """Tell the server, in positions of the client's encoding, and compare what it understood."""
        start, end = replacement.span.start, replacement.span.end
        lines = self.snapshot.lines
        change = Change(
            lines.position(start, self.encoding), lines.position(end, self.encoding), replacement.text
        )
        self.snapshot, understood = self.snapshot.changed(change, self.encoding, len(self.log))
        self.text = self.text[:start] + replacement.text + self.text[end:]
        self.cursor = border(self.text, start + len(replacement.text))
        self.log.append(understood)
        self.tally.counts["changes typed"] += 1

    def receive(self, result: str) -> None:
        """The job's edit has been applied: one step more to undo, and a new file for the next job."""
        for each in reversed(minimal(self.text, result)):
            self.edit(each.span.start, each.span.end, each.text)
        self.log = []
        if self.snapshot.text != self.text or self.text != result:
            raise Lost("the server's copy is not what the editor has")


class Job:
    """Stages edits of ``base``, one after the other, as the model sends them."""

    def __init__(self, random: Random, base: str, next_written: int, tally: Tally) -> None:
        self.random, self.tally = random, tally
        self.base = self.text = base
        self.ours: tuple[Replacement, ...] = ()
        self.next_written = next_written

    def act(self) -> None:
        """Stage one more edit: a word, a new line, a line gone, or a passage written anew with changes in it."""
        start = border(self.text, self.random.randint(0, len(self.text)))
        line = self.text.rfind("\n", 0, start) + 1
        kind = self.random.randrange(4)
        if kind == 0:
            self.stage(start, self.within(start, 8), self.word())
        elif kind == 1:
            self.stage(line, line, f"    {self.word()} {self.word()}\n")
        elif kind == 2:
            self.stage(line, self.text.find("\n", start) + 1 or len(self.text), "")
        else:
            end = self.within(line, 400)
            words = re.split(r"(\s+)", self.text[line:end])
            for _ in range(3):
                words[self.random.randrange(0, len(words), 2)] = self.word()
            self.stage(line, end, "".join(words))

    def within(self, start: int, size: int) -> int:
        """An end for what begins at ``start``."""
        return max(start, border(self.text, min(len(self.text), start + self.random.randint(0, size))))

    def word(self) -> str:
        """One to four characters that are nowhere else."""
        first = self.next_written + 1
        self.next_written += self.random.randint(1, 4)
        return "".join(map(chr, range(first, self.next_written + 1)))

    def stage(self, start: int, end: int, text: str) -> None:
        """One edit over those before."""
        edit = Replacement(Span(start, end), text)
        self.text = self.text[:start] + text + self.text[end:]
        self.ours = compose(self.ours, (edit,))
        self.tally.counts["edits staged"] += 1


def run(seed: str, tally: Tally) -> None:
    """One file, up to three jobs."""
    random = Random(seed)
    user = User(random, made_up(random), tally)
    written = WRITTEN.start
    for _ in range(random.randint(1, 3)):
        job = Job(random, user.text, written, tally)
        user.cursor = border(user.text, random.randint(0, len(user.text)))
        for _ in range(random.randint(0, 40)):
            job.act() if random.random() < 0.3 else user.act(job)
        written = job.next_written
        if random.random() < 0.3:
            job.ours = minimal(job.base, job.text)
        deliver(random, user, job, tally)


def deliver(random: Random, user: User, job: Job, tally: Tally) -> None:
    """Rebase, apply, check, and leave the result to the user."""
    now = user.text
    reopened = random.random() < 0.1
    if reopened:
        rebased = rebase_texts(job.base, now, job.ours)
    else:
        rebased = rebase(job.base, net(job.base, user.log), job.ours)
    result = apply(now, rebased.replacements)
    check(job, now, result, rebased)
    # What both wrote is there whatever became of the job's, and a diff may see a character deleted here and
    # inserted there that the user never touched.
    if not user.has_copied and not reopened:
        check_file(job, now, result, rebased)
    tally.counts["hunks applied"] += len(rebased.replacements)
    tally.counts["conflicts"] += len(rebased.conflicts)
    tally.counts["characters kept"] += len(only(TYPED, now))
    tally.counts["jobs delivered"] += 1
    if result != now and random.random() < 0.8:
        user.receive(result)
    else:
        user.log = []


def check(job: Job, now: str, result: str, rebased: Rebased) -> None:
    """Compare base, the user's text, the job's text and the result, character by character."""
    known = set(job.base)  # what was typed before the job began is the job's to change
    if without(known, only(TYPED, result)) != without(known, only(TYPED, now)):
        raise Lost("a character that the user typed")
    if now == job.base and result != job.text:
        raise Lost("nobody typed, but the result is not the job's")
    if any(conflict.theirs.span.of(now) != conflict.theirs.text for conflict in rebased.conflicts):
        raise Lost("a conflict does not lie where it says")
    refused = "".join(conflict.ours.text for conflict in rebased.conflicts)
    written = set(without(known, only(WRITTEN, job.text)))
    if not written <= set(result) | set(refused):
        raise Lost("a character that the job wrote, outside of any conflict")


def check_file(job: Job, now: str, result: str, rebased: Rebased) -> None:
    """That nothing of a conflict is applied; in a file of unique characters, what is gone, and the order."""
    refused = "".join(conflict.ours.text for conflict in rebased.conflicts)
    if set(only(WRITTEN, refused)) & set(result) - set(job.base):
        raise Lost("a conflict that was applied all the same")
    if not only(UNIQUE, job.base):
        return
    disputed = "".join(conflict.ours.span.of(job.base) for conflict in rebased.conflicts)
    deleted = set(job.base) - set(job.text) - set(disputed)
    if only(UNIQUE, result) != without(deleted, only(UNIQUE, now)):
        raise Lost("a character of the file that nobody deleted, or the job did and it is there")
    strange = {each for each in {*job.text, *result} if ord(each) < UNIQUE.start}
    if without(strange | (set(result) - set(job.text)), result) != without(
        strange | (set(job.text) - set(result)), job.text
    ):
        raise Lost("the order of what the job wrote and of what was there")


def without(characters: set[str], text: str) -> str:
    """``text`` but for these ``characters``."""
    return "".join(each for each in text if each not in characters)


def only(characters: range, text: str) -> str:
    """The ``characters`` that are in ``text``, in order."""
    return "".join(re.findall(f"[{chr(characters.start)}-{chr(characters.stop - 1)}]+", text))


def border(text: str, offset: int) -> int:
    """``offset``, or the one before if no cursor can be there."""
    return offset - 1 if text[max(offset - 1, 0) : offset + 1] == "\r\n" else offset


def made_up(random: Random) -> str:
    """A file of 10 to 2,000 lines: of words, many lines twice, or of characters each of which occurs once."""
    count = int(10 * 200 ** random.random())
    eol = random.choice(("\n", "\n", "\r\n"))
    if random.random() < 0.4:
        fresh = iter(UNIQUE)
        lines = ["".join(chr(next(fresh)) for _ in range(random.randint(0, 20))) for _ in range(count)]
    else:
        lines = ["    " + " ".join(random.choices(WORDS, k=random.randint(0, 7))) for _ in range(count)]
    return eol.join(lines) + random.choice(("", eol))


def run_all(runs: int, seed: int) -> Tally:
    """Run them; a run that fails is noted with what makes it happen again."""
    tally = Tally()
    for number in range(runs):
        try:
            run(f"{seed}/{number}", tally)
        except Lost as lost:
            tally.counts["lost"] += 1
            tally.failures.append(f"run {number} of seed {seed}: lost: {lost}")
        except Exception:
            tally.counts["crashes"] += 1
            tally.failures.append(f"run {number} of seed {seed}: {traceback.format_exc()}")
        tally.counts["runs"] += 1
    return tally


def main() -> int:
    """Print a table; 0 only if nothing was lost and nothing crashed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    began = time.perf_counter()
    tally = run_all(arguments.runs, arguments.seed)
    for failure in tally.failures[:10]:
        print(failure)
    rows = ("runs", "jobs delivered", "changes typed", "characters kept", "edits staged", "hunks applied")
    for row in (*rows, "conflicts", "lost", "crashes"):
        print(f"{row:<16} {tally.counts[row]:>10,}")
    print(f"{'seconds':<16} {time.perf_counter() - began:>10.1f}")
    return int(bool(tally.failures))


if __name__ == "__main__":
    sys.exit(main())
