"""The engine's loop, with a scripted model and files in memory."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest

from kimi_lsp.actions import updates
from kimi_lsp.actions.action import Task
from kimi_lsp.actions.catalogue import by_id
from kimi_lsp.actions.conversation import NO_TOOL_CALLED, system_prompt
from kimi_lsp.actions.engine import Means, run
from kimi_lsp.actions.updates import Done, Update
from kimi_lsp.context.gather import gather
from kimi_lsp.edits.staging import Staging
from kimi_lsp.model.errors import BadKey, Disconnected, Empty, ModelError, OverBudget
from kimi_lsp.model.events import Usage
from kimi_lsp.model.pricing import PRICES
from kimi_lsp.model.scripted import Scripted, Turn
from kimi_lsp.settings import LimitSettings
from kimi_lsp.text.snapshot import Snapshot
from kimi_lsp.text.span import Span
from kimi_lsp.workspace.errors import Missing

TEXT = "def f():\n    x = 1\n    return x\n"
FIX = ("edit", {"path": "a.py", "old_string": "    x = 1\n    return x", "new_string": "    return 1"})
WRONG = ("edit", {"path": "a.py", "old_string": "nowhere", "new_string": "x"})
READ = ("read", {"path": "a.py"})
DONE = Turn(content="Simplified.")
KIMI = PRICES["moonshot/kimi-k2.7-code"]


class Memory:
    """A workspace of texts."""

    def __init__(self, **files: str) -> None:
        self._files = {name.replace("_", "."): text for name, text in files.items()}

    def snapshot(self, path: str) -> Snapshot:
        if path not in self._files:
            raise Missing(path)
        return Snapshot.of(path, self._files[path], language_id="python")

    def exists(self, path: str) -> bool:
        return path in self._files

    def may_create(self, path: str) -> None:
        return None

    def files(self, glob: str = "") -> Iterable[str]:
        return self._files


async def play(
    turns: Iterable[Turn], *, action: str = "refactor", limits: LimitSettings | None = None, **means: Any
) -> tuple[list[Update], Scripted]:
    """All updates of one run, and the model with the requests that it got."""
    model, memory = Scripted(list(turns)), Memory(a_py=TEXT)
    task = Task(by_id(action), "a.py", Span(0, len(TEXT)))
    context = gather(memory.snapshot("a.py"), None, task.span)
    staging = Staging(memory, allowed=task.action.tools, focus=("a.py", context.focus))
    chosen = Means(model, limits or LimitSettings(), 12_000, **means)
    return [update async for update in run(task, context, staging, chosen)], model


def done_of(seen: list[Update]) -> Done:
    """The one and last ``Done``."""
    (done,) = (update for update in seen if isinstance(update, Done))
    assert seen[-1] is done
    return done


async def test_a_change_and_its_story() -> None:
    seen, model = await play([Turn(reasoning="Hm.", calls=[FIX]), DONE])
    done = done_of(seen)
    assert done.changeset.change("a.py") is not None
    assert (done.answer, done.reasoning, done.turns, done.complete) == ("Simplified.", "Hm.", 2, True)
    assert any(isinstance(update, updates.Called) and update.summary == "editing f +1 −2" for update in seen)
    assert [m["role"] for m in model.requests[1].messages] == ["system", "user", "assistant", "tool"]
    assert model.requests[1].messages[2]["reasoning_content"] == "Hm."
    assert "content" not in model.requests[1].messages[2]


async def test_the_beginning_is_the_same_for_every_turn_and_action() -> None:
    _, refactor = await play([Turn(calls=[FIX]), DONE])
    _, explain = await play([DONE], action="explain")
    first, second = refactor.requests
    assert second.messages[: len(first.messages)] == first.messages
    assert first.tools == second.tools == explain.requests[0].tools
    assert (
        first.messages[0] == explain.requests[0].messages[0] == {"role": "system", "content": system_prompt()}
    )


async def test_words_instead_of_tools_are_reprompted_once() -> None:
    seen, model = await play([Turn(content="I would write..."), Turn(calls=[FIX]), DONE])
    assert model.requests[1].messages[-1] == {"role": "user", "content": NO_TOOL_CALLED}
    assert not done_of(seen).changeset.empty
    seen, model = await play([Turn(content="It is fine."), Turn(content="It really is.")])
    done = done_of(seen)
    assert (len(model.requests), done.changeset.empty, done.complete) == (2, True, True)
    assert done.answer == "It really is."


async def test_an_answer_in_words_is_what_explain_wants() -> None:
    seen, model = await play([Turn(content="It returns 1.")], action="explain")
    assert (done_of(seen).answer, len(model.requests)) == ("It returns 1.", 1)


async def test_explain_cannot_edit() -> None:
    seen, model = await play([Turn(calls=[FIX]), DONE], action="explain")
    assert done_of(seen).changeset.empty
    assert "error: There is no tool `edit`" in model.requests[1].messages[-1]["content"]


@pytest.mark.parametrize(
    ("turns", "limits", "reason", "asked"),
    [
        pytest.param([Turn(calls=[FIX]), Turn(calls=[WRONG])], {"repairs": 0}, "refused once", 2, id="repairs"),
        pytest.param([Turn(calls=[READ])] * 9, {}, "the same call three times", 3, id="same"),
        pytest.param(
            [Turn(calls=[("read", {"path": "a.py", "start_line": n})]) for n in (1, 2, 3)],
            {"turns": 2}, "it took 2 turns", 2, id="turns",
        ),
        pytest.param([Turn(calls=[FIX]), DONE], {"tokens": 100}, "it used 120 tokens", 1, id="tokens"),
    ],
)  # fmt: skip
async def test_ceilings_keep_what_was_good(
    turns: list[Turn], limits: dict[str, int], reason: str, asked: int
) -> None:
    seen, model = await play(turns, limits=LimitSettings(**limits))
    done = done_of(seen)
    assert reason in done.reason
    assert (done.complete, len(model.requests)) == (False, asked)
    assert done.changeset.empty is (turns[0].calls[0] != FIX)


async def test_seconds_and_dollars_are_ceilings_too() -> None:
    clock = iter(range(0, 10_000, 700)).__next__
    seen, _ = await play([Turn(calls=[FIX]), DONE], clock=clock)
    assert "it took 600 s" in done_of(seen).reason
    seen, _ = await play([Turn(calls=[FIX]), DONE], price=KIMI.cost, limits=LimitSettings(cost_usd=0.002))
    assert "its next turn would make it cost" in done_of(seen).reason


async def test_every_turn_is_asked_for_before_it_is_sent() -> None:
    async def never(cost: Decimal | None) -> None:
        assert cost is not None
        assert cost > 0
        raise OverBudget("day", "1", "1", "budget.per_day_usd")

    model_turns = [Turn(calls=[FIX])]
    with pytest.raises(OverBudget):
        await play(model_turns, price=KIMI.cost, may_spend=never)


async def test_costs_add_up_once() -> None:
    turns = [Turn(calls=[FIX], usage=Usage(500, 300, cached=100)), Turn(content="ok", usage=Usage(700, 20))]
    seen, _ = await play(turns, price=KIMI.cost)
    spent = done_of(seen).spent
    assert spent.usage == Usage(1200, 320, cached=100)
    assert spent.cost == (Decimal("0.95") * 1100 + Decimal("0.475") * 100 + 4 * 320) / 1_000_000 * Decimal(
        "1.05"
    )


@pytest.mark.parametrize("error", [Disconnected("gone"), Empty()])
async def test_a_broken_turn_is_asked_for_again(error: ModelError) -> None:
    seen, model = await play([Turn(reasoning="Hm", fails=error), Turn(calls=[FIX]), DONE])
    assert not done_of(seen).changeset.empty
    assert model.requests[0] == model.requests[1]
    assert done_of(seen).reasoning == ""


async def test_what_cannot_be_mended_is_raised() -> None:
    with pytest.raises(BadKey):
        await play([Turn(fails=BadKey())])
    with pytest.raises(Disconnected):
        await play([Turn(fails=Disconnected("gone"))] * 3)


async def test_bad_arguments_get_an_answer_beside_good_ones() -> None:
    seen, model = await play(
        [Turn(calls=[("edit", '{"path": "a.py"'), ("read", {"path": "a.py"})]), Turn(calls=[FIX]), DONE]
    )
    results = [m["content"] for m in model.requests[1].messages if m["role"] == "tool"]
    assert results[0].startswith("error: ")
    assert results[1].startswith("a.py, lines 1-3 of 3.")
    assert not done_of(seen).changeset.empty


async def test_what_was_good_before_a_failure_is_offered() -> None:
    seen, _ = await play([Turn(calls=[FIX]), Turn(fails=BadKey())])
    done = done_of(seen)
    assert (done.complete, done.changeset.empty, done.turns) == (False, False, 2)
    assert "refuses the API key" in done.reason
