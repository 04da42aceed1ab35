"""One file for each action, with what the scripted model makes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kimi_lsp.simulator.answer import Answer, Call
from kimi_lsp.simulator.errors import Invalid
from kimi_lsp.simulator.request import ChatRequest
from tests.model.pictures import png

FIRST_BYTE_S = 0.15
"""So that the user types while the job runs."""

CUSTOM = {"shout": {"title": "Make it loud", "instruction": "Upper-case every string."}}
_FILE = re.compile(r"\b([a-zA-Z]+)_cell\.(?:py|html)\b")


@dataclass(frozen=True)
class Cell:
    """An action on a file of its own, ``ACTION_cell.py``.

    ``edits`` are (old, new) in that file, ``others`` the same in further files: those in ``opened`` are open, the
    rest is on the disk only. ``made`` are new files. ``problems`` are (place, message, code) of another server.
    """

    action: str
    text: str
    at: str
    edits: Sequence[tuple[str, str]] = ()
    others: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    opened: Sequence[str] = ()
    made: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[tuple[str, str, str]] = ()
    says: str = "Done."
    ending: str = "py"
    removes: str = ""

    @property
    def file(self) -> str:
        return f"{self.action}_cell.{self.ending}".replace("test_", "testing_")

    @property
    def command(self) -> str:
        return "kimi.custom" if self.action == "shout" else f"kimi.{self.action}"

    @property
    def after(self) -> str:
        """The file's text once everything is applied."""
        text = self.text.replace(self.removes, "") if self.removes else self.text
        for old, new in self.edits:
            text = text.replace(old, new)
        return text

    @property
    def reads(self) -> bool:
        """Whether nothing is changed by it."""
        return not (self.edits or self.others or self.made)

    def calls(self) -> tuple[Call, ...]:
        """What the model calls in its first turn."""
        edits = [(self.file, old, new) for old, new in self.edits]
        edits += [(path, old, new) for path, (_, old, new) in self.others.items()]
        called = [
            Call.of("edit", {"path": path, "old_string": old, "new_string": new}) for path, old, new in edits
        ]
        called += [
            Call.of("create_file", {"path": path, "content": text}) for path, text in self.made.items()
        ]
        return tuple(called)


FINDING = {"quote": "return review_me + 1", "line": 2, "severity": "warning", "message": "It may overflow."}

CELLS: tuple[Cell, ...] = (
    Cell(
        "fix",
        'def fixed():\n    said = "😀"; unused = 1\n    return said\n',
        "unused",
        [("; unused = 1", "")],
        problems=[("unused", "Local variable `unused` is assigned to but never used", "F841")],
    ),
    Cell(
        "fixAll",
        "def all_fixed():\n    first_unused = 1\n    return 2\n\n\ndef all_fixed_too():\n    other_unused = 3\n",
        "first_unused",
        [("    first_unused = 1\n", ""), ("    other_unused = 3\n", "    return 3\n")],
        problems=[
            ("first_unused", "Local variable `first_unused` is assigned to but never used", "F841"),
            ("other_unused", "Local variable `other_unused` is assigned to but never used", "F841"),
        ],
    ),
    Cell(
        "instruct",
        "# kimi: name it in English\ndef nombre():\n    return 'x'\n",
        "nombre",
        [("def nombre():", "def name():")],
        removes="# kimi: name it in English\n",
    ),
    Cell(
        "refactor",
        "def shared_total(first):\n    result = first + 1\n    return result\n",
        "result =",
        [("    result = first + 1\n    return result\n", "    return first + 1\n")],
        others={
            "refactor_open.py": ("VALUE = 'old open'\n", "old open", "new open"),
            "refactor_disk.py": ("VALUE = 'old disk'\n", "old disk", "new disk"),
        },
        opened=["refactor_open.py"],
    ),
    Cell(
        "simplify",
        "def simple(flag):\n    if flag:\n        return True\n    else:\n        return False\n",
        "if flag",
        [
            (
                "    if flag:\n        return True\n    else:\n        return False\n",
                "    return bool(flag)\n",
            )
        ],
    ),
    Cell(
        "addTypes",
        "def typed(count):\n    return count * 2\n",
        "return count",
        [("def typed(count):", "def typed(count: int) -> int:")],
    ),
    Cell(
        "implement",
        "def implemented(left, right):\n    raise NotImplementedError\n",
        "raise",
        [("    raise NotImplementedError\n", "    return left + right\n")],
    ),
    Cell(
        "document",
        "def documented(left):\n    return -left\n",
        "return -left",
        [
            (
                "def documented(left):\n",
                'def documented(left):\n    """The negative of ``left``, a number."""\n',
            )
        ],
    ),
    Cell(
        "test",
        "def tested(left):\n    return left * left\n",
        "return left",
        made={
            "test_testing_cell.py": "from testing_cell import tested\n\n\ndef test_it():\n    assert tested(2) == 4\n"
        },
    ),
    Cell(
        "explain",
        "def explained(left):\n    return left // 2\n",
        "return left",
        says="It **halves** a number.",
    ),
    Cell(
        "explainProblem",
        "def problematic():\n    puzzle_unused = 1\n    return 2\n",
        "puzzle_unused",
        problems=[("puzzle_unused", "Local variable `puzzle_unused` is assigned to but never used", "F841")],
        says="It is never read.",
    ),
    Cell(
        "review",
        "def reviewed(review_me):\n    return review_me + 1\n",
        "return review_me",
        says=json.dumps({"findings": [FINDING]}),
    ),
    Cell(
        "image",
        '<body>\n<p>😀</p><img src="hero.png">\n</body>\n',
        "hero.png",
        [('<img src="hero.png">', "<h1>Marina</h1>")],
        ending="html",
    ),
    Cell(
        "shout",
        "def shouted():\n    return 'hush'\n",
        "return 'hush'",
        [("'hush'", "'HUSH'")],
    ),
)
"""Every action of ``kimi_lsp/actions/ids.py``, and one of the user's own."""

ON_DISK: Mapping[str, bytes] = {"hero.png": png()}


class ByFile:
    """A brain that does what the cell of the file named last in the request says."""

    name = "by file"

    def __init__(self, cells: Sequence[Cell] = CELLS) -> None:
        self._cells = {cell.file.partition("_")[0]: cell for cell in cells}

    async def answer(self, request: ChatRequest) -> Answer:
        names = [name for name in _FILE.findall(request.last_user_text) if name in self._cells]
        if not names:
            raise Invalid(f"Simulator: no cell for {request.last_user_text[-200:]}")
        cell = self._cells[names[-1]]
        calls = cell.calls()
        if calls and not any(message.role == "tool" for message in request.messages):
            return Answer("a scripted answer.", calls=calls, first_byte_delay_s=FIRST_BYTE_S)
        return Answer(
            "a scripted answer.", content=cell.says, first_byte_delay_s=0 if calls else FIRST_BYTE_S
        )


def options() -> dict[str, Any]:
    """Initialization options with the custom action of the table."""
    return {"actions": {"custom": CUSTOM}}
