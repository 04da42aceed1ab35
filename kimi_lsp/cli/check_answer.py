"""The one small request that ``kimi-lsp doctor`` sends: does the service stream, think, call a tool, count tokens."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kimi_lsp.cli.check import Check
from kimi_lsp.model import events
from kimi_lsp.model.errors import ModelError
from kimi_lsp.model.estimate import input_tokens
from kimi_lsp.model.port import Request
from kimi_lsp.model.pricing import PriceList, dollars

if TYPE_CHECKING:
    from kimi_lsp.model.config import GatewayConfig
    from kimi_lsp.model.describe import Inquiry

TRIAL = Request(
    messages=(
        {"role": "user", "content": "Call the tool `ready` with the word `ready`, and do nothing else."},
    ),
    tools=(
        {
            "type": "function",
            "function": {
                "name": "ready",
                "description": "Says that you are ready.",
                "parameters": {
                    "type": "object",
                    "properties": {"word": {"type": "string", "description": "The word `ready`."}},
                    "required": ["word"],
                },
            },
        },
    ),
    max_tokens=1_024,
    tag="kimi-lsp-doctor",
)
"""The one request that ``--live`` sends: it shows streaming, thinking, a tool call and the latency at once."""


@dataclass(slots=True)
class _Trial:
    """What came of the one request; times in seconds since it was sent."""

    first_s: float = 0.0
    total_s: float = 0.0
    kinds: set[str] = field(default_factory=set)
    calls: list[events.ToolCall] = field(default_factory=list)
    usage: events.Usage | None = None


async def tried(inquiry: Inquiry) -> list[Check]:
    """Send the request, and judge what came."""
    trial, begun = _Trial(), time.monotonic()
    try:
        async with contextlib.aclosing(inquiry.stream(TRIAL)) as stream:
            async for event in stream:
                trial.first_s = trial.first_s or time.monotonic() - begun
                trial.kinds.add(type(event).__name__)
                if isinstance(event, events.ToolCall):
                    trial.calls.append(event)
                elif isinstance(event, events.Usage):
                    trial.usage = event
    except ModelError as error:
        return [Check("streaming", "fail", *parts_of(error))]
    trial.total_s = time.monotonic() - begun
    return list(_judged(trial, inquiry.config))


def _judged(trial: _Trial, config: GatewayConfig) -> Iterator[Check]:
    yield _usage(trial.usage, config)
    call = next((call for call in trial.calls if call.name == "ready" and call.error is None), None)
    if call is not None:
        yield Check("tool calling", "ok", f"{call.name}({', '.join(call.arguments)})")
    else:
        mend = (
            "try again; without tools kimi-lsp explains, but edits nothing (vLLM: --enable-auto-tool-choice)"
        )
        yield Check("tool calling", "warn", "the model was asked to call a tool, and did not", mend)
    if "Reasoning" in trial.kinds:
        yield Check("reasoning", "ok", "the model's thinking is shown")
    else:
        mend = "nothing, if it is a model that does not think (vLLM: --reasoning-parser)"
        yield Check("reasoning", "warn", "no thinking came", mend)
    yield Check("latency", "ok", f"first byte after {trial.first_s:.2f} s, whole after {trial.total_s:.2f} s")


def _usage(usage: events.Usage | None, config: GatewayConfig) -> Check:
    if usage is None or usage.estimated:
        mend = "have the service answer stream_options.include_usage"
        return Check("streaming", "warn", "a whole answer without usage: costs will be estimated", mend)
    cost = dollars(PriceList().cost(config.model, usage))
    return Check("streaming", "ok", f"{usage.input} tokens in, {usage.output} out, {cost}")


def price(config: GatewayConfig) -> str:
    """What the request costs at most."""
    price = PriceList().of(config.model)
    return dollars(price.estimate(input_tokens(TRIAL), TRIAL.max_tokens) if price is not None else None)


def parts_of(error: ModelError) -> tuple[str, str]:
    """An error's sentence as what was found and how to mend it: the two parts that every one has."""
    found, colon, mend = str(error).partition(": ")
    return (found, mend) if colon else (str(error), "")
