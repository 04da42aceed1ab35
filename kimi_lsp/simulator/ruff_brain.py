"""Really fixes what ruff can fix, in any Python file, and says so plainly when it cannot.

A fix goes as with the real model: it reads the file with the ``read`` tool, sends the edit, and ends with a
sentence. A refused edit is tried once more, after another look at the file and with more of it quoted.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kimi_lsp.simulator.answer import Answer, Call
from kimi_lsp.simulator.errors import PageError, RuffFailed
from kimi_lsp.simulator.request import ChatRequest
from kimi_lsp.simulator.solver import facts
from kimi_lsp.simulator.solver.pages import parse_page, source_of
from kimi_lsp.simulator.solver.proposals import fix, refactoring
from kimi_lsp.simulator.solver.quote import quotes
from kimi_lsp.simulator.solver.ruff import BYTE_ORDER_MARK
from kimi_lsp.simulator.solver.wish import Block, Step, Wish, read_wish

NEEDS_KEY = "For the real model set a key, such as AIGATEWAY_API_KEY=sk-aig-..."
ABILITIES = (
    "This is the simulator, not Kimi. It can fix what ruff has an autofix for, tidy Python code by ruff's "
    "rules when asked to refactor, and state plain facts of Python code when asked to explain. " + NEEDS_KEY
)
TRIES = 2
EXTRA_LINES = 4


class RuffBrain:
    """Keeps nothing between requests: all it knows stands in the history."""

    name = "ruff"

    async def answer(self, request: ChatRequest) -> Answer:
        """One turn; it never refuses."""
        try:
            answer = await _answer(request, read_wish(request))
        except (PageError, RuffFailed) as error:
            answer = _words("that went wrong.", f"The simulator cannot go on: {error}.")
        if request.json_mode:
            content = json.dumps({"simulator": True, "answer": answer.content}, ensure_ascii=False)
            answer = replace(answer, content=content, calls=())
        return answer


@dataclass(frozen=True, slots=True)
class _Progress:
    """What was tried so far: turns with edits, the first refusal in the last of them, reads since then."""

    tries: int
    refused: Step | None
    reads: tuple[Step, ...]

    @classmethod
    def of(cls, steps: Sequence[Step]) -> _Progress:
        turns = sorted({step.turn for step in steps if step.name == "edit"})
        last = turns[-1] if turns else -1
        refused = next((s for s in steps if s.turn == last and s.name == "edit" and not s.ok), None)
        reads = tuple(step for step in steps if step.turn > last and step.name == "read")
        return cls(len(turns), refused, reads)


async def _answer(request: ChatRequest, wish: Wish) -> Answer:
    if request.offered == {"ready"}:  # kimi-lsp doctor asks whether tools can be called
        return Answer("Simulator: I am asked for one call.", calls=(Call.of("ready", {"word": "ready"}),))
    if wish.kind == "explain":
        return _explained(wish)
    if wish.kind == "other":
        return _words("this is none of the few things I can do.", ABILITIES)
    if "edit" not in request.offered:
        return _words("a change is asked for, but I was given no edit tool.", ABILITIES)
    return await _changed(request, wish, _Progress.of(wish.steps))


async def _changed(request: ChatRequest, wish: Wish, progress: _Progress) -> Answer:
    if progress.tries and progress.refused is None:
        done = f"The simulator changed {wish.path} by ruff's own fix."
        return _words("the edit was accepted, so I am done.", done)
    if progress.refused is not None and progress.tries >= TRIES:
        sentence = f"The simulator gave up, its edit was refused twice: {progress.refused.result}"
        return _words("refused again, so I give up.", sentence)
    source = _source(request, wish, progress.reads)
    if isinstance(source, Answer):
        return source
    change = await (fix if wish.kind == "fix" else refactoring)(wish, source)
    if not change.edits:
        return _words(
            "there is nothing I can do here.", f"The simulator changed nothing. {change.why} {NEEDS_KEY}"
        )
    made = quotes(source, change.edits, extra_lines=EXTRA_LINES * progress.tries)
    calls = (Call.of("edit", {"path": wish.path, "old_string": q.old, "new_string": q.new}) for q in made)
    thought = f"Simulator: ruff says how: {change.why}. I quote the place so that it is unique."
    return Answer(thought, calls=tuple(calls))


def _source(request: ChatRequest, wish: Wish, reads: Sequence[Step]) -> str | Answer:
    """The whole file, or the answer that asks for it, or for its next page."""
    if "read" not in request.offered:
        block = _block(wish)
        return block.text if block else _words("I see no source.", "The simulator was shown no source.")
    if failed := next((step for step in reads if not step.ok), None):
        return _words("I cannot read it.", f"The simulator cannot read {wish.path}: {failed.result}")
    pages = [parse_page(step.result) for step in reads]
    if not pages:
        return Answer("Simulator: first I read the file.", calls=(Call.of("read", {"path": wish.path}),))
    if (next_line := pages[-1].next_line) is not None and next_line > pages[-1].first:
        more = Call.of("read", {"path": wish.path, "start_line": next_line})
        return Answer("Simulator: there is more of it.", calls=(more,))
    return source_of(pages).removeprefix(BYTE_ORDER_MARK)


def _explained(wish: Wish) -> Answer:
    block = _block(wish)
    tree = facts.parsed(block.text) if block else None
    name = wish.symbol or wish.path or "this"
    if block is None:
        said = f"No source of {name} came with the request."
    elif tree is None:
        said = f"{block.path}, {len(block.text.splitlines())} lines; it is not Python that can be parsed."
    else:
        node = facts.definition(tree, wish.symbol) if wish.symbol else None
        said = facts.describe(node or tree, block.text)
    note = "These are computed facts from the simulator, not an explanation by Kimi."
    return _words("I count what can be counted.", f"{said}\n\n*{note} {NEEDS_KEY}*")


def _block(wish: Wish) -> Block | None:
    """The longest piece of the file that the prompt shows."""
    shown = [block for block in wish.blocks if block.path == wish.path] or list(wish.blocks)
    return max(shown, key=lambda block: len(block.text), default=None)


def _words(thought: str, content: str) -> Answer:
    return Answer(f"Simulator: {thought}", content)
