"""The messages of one job: the constant beginning, the request, then turns and tool results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from kimi_lsp.actions.action import Task
from kimi_lsp.actions.verify import Verified
from kimi_lsp.context.budget import Budgeted, tokens_of
from kimi_lsp.context.gather import SymbolContext
from kimi_lsp.context.render import render
from kimi_lsp.model.estimate import IMAGE_TOKENS
from kimi_lsp.model.images import part

PROBLEMS_TOLD = 20
NO_TOOL_CALLED = (
    "You answered in words, but a change was asked for, and nothing has been changed. "
    "Make the change now with the tools. If it is wrong or impossible, say so again in one sentence."
)
PROBLEMS_LEFT = (
    "The checkers have looked at the files with your change, and say:\n{problems}\n"
    "Mend this now with the tools, and nothing else. If it is a false alarm or cannot be mended here, change "
    "nothing, and say why in one sentence."
)


def problems_left(verified: Verified) -> str:
    """What goes back to the model after its change was checked; the lines are those of the files as they are now."""
    still = [f"- still there: {each}" for each in verified.not_fixed[:PROBLEMS_TOLD]]
    fresh = [f"- new: {each}" for each in verified.new[: PROBLEMS_TOLD - len(still)]]
    more = len(verified.problems) - len(still) - len(fresh)
    return PROBLEMS_LEFT.format(
        problems="\n".join([*still, *fresh, *([f"- and {more} more"] if more else ())])
    )


@cache
def system_prompt() -> str:
    """The same bytes for every job: the provider caches by prefix (kimi.md)."""
    return (resources.files(__package__) / "prompts" / "system.md").read_text(encoding="utf-8").strip()


class Conversation:
    """Grows by whole turns; ``messages`` is what the next request carries."""

    def __init__(self, task: Task, context: SymbolContext, budgeted: Budgeted) -> None:
        request = f"{render(budgeted)}\n\n### request\n{task.action.ask(task, where(context))}"
        self.messages: tuple[Mapping[str, Any], ...] = (
            {"role": "system", "content": system_prompt()},
            {"role": "user", "content": _content(request, task.images)},
        )

    @property
    def tokens(self) -> int:
        """An estimate of what the history costs as input."""
        return sum(map(_tokens, self.messages))

    def add_turn(self, message: Mapping[str, Any]) -> None:
        """The model's own message, as the service wants it back."""
        self.messages += (message,)

    def add_results(self, results: Iterable[tuple[str, str]]) -> None:
        """What the tools said: pairs of call id and text."""
        self.messages += tuple(
            {"role": "tool", "tool_call_id": call_id, "content": content} for call_id, content in results
        )

    def add_request(self, text: str) -> None:
        """One more word from us."""
        self.messages += ({"role": "user", "content": text},)


def _content(text: str, images: tuple[str, ...]) -> str | list[dict[str, Any]]:
    """A plain text, or parts: the pictures come last, for the text begins as it does in other jobs."""
    return [{"type": "text", "text": text}, *map(part, images)] if images else text


def _tokens(message: Mapping[str, Any]) -> int:
    content = message.get("content")
    if not isinstance(content, list):
        return tokens_of(str(message))
    return sum(tokens_of(str(p["text"])) if p["type"] == "text" else IMAGE_TOKENS for p in content)


def where(context: SymbolContext) -> str:
    """The place that a request is about, in words."""
    if context.selected:
        return f"the selected lines {context.first_line}-{context.last_line} of {context.path}"
    if context.symbol is not None:
        return f"`{context.symbol.path}` in {context.path}"
    return context.path
