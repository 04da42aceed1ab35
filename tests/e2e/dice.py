"""A brain that throws dice over a text that somebody is typing in; it never takes away what was typed."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable

from kimi_lsp.simulator.answer import Answer, Call, Fault
from kimi_lsp.simulator.errors import refusal_of
from kimi_lsp.simulator.request import ChatRequest

TOKEN = re.compile(r"<u\d+(?:😀|é|\u2028)?>")
"""What the user types: each is unique. U+2028 is no end of a line in LSP."""
THINKING = "a scripted answer."
ECHO = "ECHO THE FILE"


class Dice:
    """Edits some lines of the file that is asked about, explains, reviews, or fails.

    ``text_of`` gives the newest text of a file, which may be newer than what the job knows: then an edit is refused
    or carried over, as it comes. ``edits`` counts the calls.
    """

    name = "dice"

    def __init__(self, dice: random.Random, text_of: Callable[[str], str]) -> None:
        self.edits = 0
        self._dice = dice
        self._text_of = text_of

    async def answer(self, request: ChatRequest) -> Answer:
        """One turn.

        Raises:
            Refusal: now and then.
        """
        asked, dice = request.last_user_text, self._dice
        delay = dice.choice([0.0, 0.0, 0.1, 0.4])
        path = _path(asked)
        answered = any(message.role == "tool" for message in request.messages)
        if ECHO in asked:
            if answered:
                return Answer(THINKING, content="Read.")
            return Answer(THINKING, calls=(Call.of("read", {"path": path}),))
        if dice.random() < 0.03:
            raise refusal_of(503, "busy", retry_after_s=1)
        if dice.random() < 0.04:
            return Answer(THINKING, content="It ends", fault=Fault("disconnect", 1), first_byte_delay_s=delay)
        if request.json_mode:
            return Answer(THINKING, content=self._review(path), first_byte_delay_s=delay)
        if "Explain" in asked or (answered and dice.random() < 0.7):
            return Answer(THINKING, content="It is **so**. " * dice.randint(1, 40), first_byte_delay_s=delay)
        calls = tuple(call for call in (self._edit(path) for _ in range(dice.randint(1, 3))) if call)
        if not calls:
            return Answer(THINKING, content="Nothing is to be done.")
        return Answer(THINKING, calls=calls, first_byte_delay_s=delay)

    def _lines(self, path: str) -> list[str]:
        text = self._text_of(path)
        lines = re.split(r"\r\n|\r|\n", text)
        return [line for line in lines if line.strip() and text.count(line) == 1]

    def _edit(self, path: str) -> Call | None:
        """Change, remove or add a line; what the user typed in it stays."""
        lines = self._lines(path)
        if not lines:
            return None
        self.edits += 1
        old, mark = self._dice.choice(lines), f"<k{self.edits}>"
        kind = self._dice.random()
        if kind < 0.3 and not TOKEN.search(old):
            new = mark
        elif kind < 0.6:
            new = f"{old}\n{mark} added below"
        else:
            at = self._dice.choice([0, len(old)])
            new = f"{old[:at]}{mark}{old[at:]}"
        return Call.of("edit", {"path": path, "old_string": old, "new_string": new})

    def _review(self, path: str) -> str:
        lines = self._lines(path)
        quotes = self._dice.sample(lines, min(2, len(lines)))
        findings = [
            {"quote": quote.strip(), "line": 1, "severity": "hint", "message": "Look."} for quote in quotes
        ]
        return json.dumps({"findings": findings})


def _path(asked: str) -> str:
    """The file that the request names last."""
    names = re.findall(r"\b(?:one|two|three)\.(?:md|py|txt)\b", asked)
    return names[-1] if names else "one.md"
