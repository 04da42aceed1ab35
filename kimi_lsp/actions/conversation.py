"""The messages of one job: the constant beginning, the request, then turns and tool results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from kimi_lsp.actions.action import Task
from kimi_lsp.context.budget import Budgeted, tokens_of
from kimi_lsp.context.gather import SymbolContext
from kimi_lsp.context.render import render
from kimi_lsp.model.estimate import IMAGE_TOKENS
from kimi_lsp.model.images import part

NO_TOOL_CALLED = (
    "You answered in words, but a change was asked for, and nothing has been changed. "
    "Make the change now with the tools. If it is wrong or impossible, say so again in one sentence."
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
