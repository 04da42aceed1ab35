"""What a prompt is made of, as tables: what each part costs and why it is there, what was left out and why."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kimi_lsp.actions.action import OFFERED_TOOLS
from kimi_lsp.actions.conversation import Conversation
from kimi_lsp.context.budget import Budgeted, cost, tokens_of
from kimi_lsp.context.estimate import Estimate
from kimi_lsp.context.parts import Part
from kimi_lsp.context.render import ordered, render
from kimi_lsp.edits.tools import schemas
from kimi_lsp.model.estimate import IMAGE_TOKENS


def print_costs(console: Console, conversation: Conversation, budgeted: Budgeted) -> None:
    """Both tables."""
    console.rule("costs")
    console.print(_sent(conversation, budgeted))
    if budgeted.left_out:
        console.print(_left_out(budgeted))


def _sent(conversation: Conversation, budgeted: Budgeted) -> Table:
    table = Table(title="what is sent, in this order", title_justify="left")
    table.add_column("part", overflow="fold")
    table.add_column("tokens, about", justify="right")
    table.add_column("why it is there", overflow="fold")
    tools = tokens_of(str(schemas(OFFERED_TOOLS)))
    system = tokens_of(str(conversation.messages[0]["content"]))
    request = _request(conversation, budgeted)
    table.add_row("tools", f"{tools:,}", "the same for every action")
    table.add_row("system prompt", f"{system:,}", "the same for every action")
    for part in ordered(budgeted.parts):
        table.add_row(escape(part.title), f"{cost(part, Estimate()):,}", escape(part.why))
        for what, why in _reasons(part):
            table.add_row(f"  [dim]{escape(what)}[/]", "", f"[dim]{escape(why)}[/]")
    table.add_row("request", f"{request:,}", "what you asked for")
    table.add_section()
    table.add_row("in all", f"{tools + system + budgeted.tokens + request:,}", "")
    return table


def _request(conversation: Conversation, budgeted: Budgeted) -> int:
    """What the user's message costs beyond the parts: the words behind them, and pictures."""
    content = conversation.messages[1]["content"]
    text, pictures = (content, 0) if isinstance(content, str) else (str(content[0]["text"]), len(content) - 1)
    return tokens_of(text.removeprefix(render(budgeted))) + pictures * IMAGE_TOKENS


def _reasons(part: Part) -> list[tuple[str, str]]:
    """Why each line of a list is there, where each has a reason of its own."""
    return [
        (f"{shown.file}:{shown.first_line} {shown.what}" if shown.what else shown.file, shown.why)
        for shown in part.shown
        if shown.why
    ]


def _left_out(budgeted: Budgeted) -> Table:
    table = Table(title="what is left out", title_justify="left")
    table.add_column("what", overflow="fold")
    table.add_column("why", overflow="fold")
    for one in budgeted.left_out:
        table.add_row(escape(one.what), escape(one.why))
    return table
