from __future__ import annotations

import contextlib

import pytest

from kimi_lsp.model.errors import Disconnected, Empty, ModelError, NoCredit
from kimi_lsp.model.events import (
    Content,
    Event,
    Finished,
    Reasoning,
    ToolArgument,
    ToolCall,
    ToolCallStarted,
    Usage,
)
from kimi_lsp.model.port import Model, Request
from kimi_lsp.model.scripted import Scripted, ScriptEnded, Turn

REQUEST = Request(({"role": "user", "content": "x"},))


async def events_of(model: Model, request: Request = REQUEST) -> list[Event]:
    async with contextlib.aclosing(model.stream(request)) as events:
        return [event async for event in events]


async def test_turns_are_played_in_order_and_requests_remembered() -> None:
    model = Scripted(
        [Turn(reasoning="Hm.", calls=[("edit", {"path": "a.py"})]), Turn(content="Done.", usage=None)]
    )
    assert await events_of(model) == [
        Reasoning("Hm."),
        ToolCallStarted(0, "edit"),
        ToolArgument(0, "path", "a.py"),
        ToolCall(0, "edit:0", "edit", {"path": "a.py"}, '{"path": "a.py"}'),
        Usage(100, 20),
        Finished(
            "tool_calls",
            {
                "role": "assistant",
                "reasoning_content": "Hm.",
                "tool_calls": [
                    {
                        "id": "edit:0",
                        "type": "function",
                        "function": {"name": "edit", "arguments": '{"path": "a.py"}'},
                    }
                ],
            },
        ),
    ]
    events = await events_of(model, Request(()))
    assert events[0] == Content("Done.")
    assert events[-1] == Finished("stop", {"role": "assistant", "content": "Done."})
    assert model.requests == [REQUEST, Request(())]
    with pytest.raises(ScriptEnded, match="only 2 turns"):
        await events_of(model)


@pytest.mark.parametrize(
    ("turn", "error", "said"),
    [
        pytest.param(Turn(fails=NoCredit()), NoCredit, 0, id="at-once"),
        pytest.param(Turn(content="Yes", fails=NoCredit()), NoCredit, 1, id="after-some-text"),
        pytest.param(Turn(content="Yes", finish=""), Disconnected, 1, id="no-finish-reason"),
        pytest.param(Turn(reasoning="Hm."), Empty, 1, id="reasoning-alone"),
    ],
)
async def test_a_turn_may_fail(turn: Turn, error: type[ModelError], said: int) -> None:
    events: list[Event] = []

    async def play() -> None:
        async for event in Scripted([turn]).stream(REQUEST):
            events.append(event)

    with pytest.raises(error):
        await play()
    assert len(events) == said


async def test_arguments_may_be_nonsense() -> None:
    events = await events_of(Scripted([Turn(calls=[("edit", '{"path": "a')])]))
    (call,) = [event for event in events if isinstance(event, ToolCall)]
    assert call.error


async def test_a_turn_may_depend_on_the_request() -> None:
    model = Scripted([lambda request: Turn(content=f"{len(request.messages)} messages", piece=0)])
    assert (await events_of(model))[0] == Content("1 messages")


async def test_delays_are_slept() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    await events_of(Scripted([Turn(content="abcd", piece=2, delay_s=0.5)], sleep=sleep))
    assert slept == [0.5] * 6
