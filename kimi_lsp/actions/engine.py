"""Runs an action: prompt, stream, tools, guards, repair, done. Nobody else talks to the model."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import msgspec

from kimi_lsp.actions import updates
from kimi_lsp.actions.action import OFFERED_TOOLS, Task
from kimi_lsp.actions.checking import Check, Checking
from kimi_lsp.actions.conversation import NO_TOOL_CALLED, Conversation, problems_left
from kimi_lsp.actions.tally import Tally
from kimi_lsp.actions.updates import Done, Update
from kimi_lsp.actions.verify import Verified
from kimi_lsp.actions.writing import Writing
from kimi_lsp.context.budget import fit, tokens_of
from kimi_lsp.context.estimate import Estimate
from kimi_lsp.context.gather import SymbolContext
from kimi_lsp.edits.staging import Result, Staging
from kimi_lsp.edits.tools import Call, schemas
from kimi_lsp.model import events, structured
from kimi_lsp.model.errors import ModelError
from kimi_lsp.model.port import Model, Request
from kimi_lsp.settings import LimitSettings

RETRIES_OF_A_TURN = 2


def _free(usage: events.Usage) -> Decimal | None:
    return None


async def _always(cost: Decimal | None) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Means:
    """What a run works with.

    ``price`` gives the cost of a turn in US dollars, None where the model's price is unknown. ``may_spend`` is asked
    before each turn with what the job will then have cost at least, and raises to forbid it. ``on_result`` is told
    of each call's id, tool and answer. ``check`` asks the checkers, where there are any, and ``verifies`` says
    whether a change is checked before it is done. ``estimate`` guesses tokens, ``learn`` is told of each turn's input
    as it was guessed and as it was reported.
    """

    model: Model
    limits: LimitSettings
    budget_tokens: int
    price: Callable[[events.Usage], Decimal | None] = _free
    may_spend: Callable[[Decimal | None], Awaitable[None]] = _always
    on_result: Callable[[str, str, str], None] = lambda call_id, name, content: None
    check: Check | None = None
    verifies: bool = True
    estimate: Estimate = field(default_factory=Estimate)
    learn: Callable[[int, int], None] = lambda estimated, reported: None
    clock: Callable[[], float] = time.monotonic
    max_output_tokens: int = 16_384
    tag: str = ""


async def run(
    task: Task, context: SymbolContext, staging: Staging, means: Means
) -> AsyncGenerator[Update, None]:
    """Ask until the model is done, carry out its calls, and end with exactly one ``Done``.

    Raises:
        ModelError: no turn could be had, or no answer in the action's shape; nothing was staged that is not lost
            with it.
    """
    loop = _Loop(task, context, staging, means)
    async with contextlib.aclosing(loop.run()) as seen:
        async for update in seen:
            yield update


@dataclass(slots=True)
class _Turn:
    """What one turn of the model brought."""

    calls: list[events.ToolCall] = field(default_factory=list)
    content: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    message: dict[str, object] = field(default_factory=dict)


class _Loop:
    def __init__(self, task: Task, context: SymbolContext, staging: Staging, means: Means) -> None:
        self._task = task
        self._staging = staging
        self._means = means
        self._conversation = Conversation(task, context, fit(context, means.budget_tokens, means.estimate))
        self._checking = (
            Checking(means.check, context.snapshot, task.diagnostics) if means.check is not None else None
        )
        self._tools = schemas(OFFERED_TOOLS)
        self._tool_tokens = tokens_of(str(self._tools))
        self._tally = Tally(means.limits, means.price, means.clock)
        self._reprompted = False
        self._answer = ""
        self._value: msgspec.Struct | None = None
        self._reasoning = ""
        self._verified = Verified()
        self._after_checks: str | None = ""

    async def run(self) -> AsyncGenerator[Update, None]:
        reason: str | None = None
        while reason is None:
            self._tally.turns += 1
            turn = _Turn()
            try:
                async for update in self._ask(turn):
                    yield update
            except ModelError as error:
                if self._staging.changeset.empty:
                    raise
                reason = str(error).rstrip(".")  # what was good so far is offered
                break
            self._answer = "".join(turn.content) or self._answer
            self._reasoning += "".join(turn.reasoning)
            await self._look_for_problems(turn)
            for update in self._carry_out(turn):
                yield update
            reason = self._why_end(turn)
            if reason == "" and self._to_verify:
                async for update in self._verify():
                    yield update
                reason = self._after_checks
        yield self._done(reason)

    def _done(self, reason: str) -> Done:
        changed = not self._staging.changeset.empty
        return Done(
            answer=self._answer.strip(),
            value=self._value,
            reasoning=self._reasoning,
            changeset=self._staging.changeset,
            spent=self._tally.spent,
            turns=self._tally.turns,
            complete=not reason,
            reason=reason,
            verified=self._verified if self._task.action.edits and changed else None,
        )

    async def _ask(self, turn: _Turn) -> AsyncGenerator[Update, None]:
        """One turn of the model; one that failed and may be tried again is asked for again."""
        for attempt in range(RETRIES_OF_A_TURN + 1):
            tokens = self._next_tokens
            await self._means.may_spend(self._tally.cost_with(tokens))
            yield updates.Asking(self._tally.turns, tokens, self._tally.input_cost(tokens))
            turn.calls, turn.content, turn.reasoning = [], [], []
            try:
                async for update in self._stream(turn):
                    yield update
            except ModelError as error:
                if error.usage is not None:
                    self._tally.spend(error.usage)
                    yield self._tally.spent
                if not error.retryable or attempt == RETRIES_OF_A_TURN:
                    raise
                yield updates.Waiting(0.0, f"{error} Asking again.")
            else:
                self._conversation.add_turn(turn.message)
                return

    async def _stream(self, turn: _Turn) -> AsyncGenerator[Update, None]:
        request = Request(
            messages=self._conversation.messages,
            tools=self._tools,
            max_tokens=self._means.max_output_tokens,
            json_object=self._task.action.shape is not None,
            tag=self._means.tag,
        )
        writing = Writing()
        async with contextlib.aclosing(self._means.model.stream(request)) as stream:
            async for event in stream:
                if (update := self._seen(turn, writing, event)) is not None:
                    yield update

    def _seen(self, turn: _Turn, writing: Writing, event: events.Event) -> Update | None:
        """Take in one event; what a watcher should know of it."""
        match event:
            case events.Reasoning(text):
                turn.reasoning.append(text)
                return updates.Thinking(text)
            case events.Content(text):
                turn.content.append(text)
                return updates.Answering(text)
            case events.Waiting(seconds, why):
                return updates.Waiting(seconds, why)
            case events.ToolCallStarted() | events.ToolArgument():
                return writing.seen(event)
            case events.ToolCall():
                turn.calls.append(event)
            case events.Usage():
                self._tally.spend(event)
                if not event.estimated:
                    self._means.learn(int(self._next_tokens * self._means.estimate.factor), event.input)
                return self._tally.spent
            case events.Finished(_, message):
                turn.message = dict(message)
        return None

    @property
    def _next_tokens(self) -> int:
        """What the input of the next turn comes to."""
        return self._conversation.tokens + self._tool_tokens

    async def _look_for_problems(self, turn: _Turn) -> None:
        """Ask the checkers about the files whose problems the turn wants to know, as they are before it."""
        named = [
            call.arguments.get("path") for call in turn.calls if call.name == "problems" and not call.error
        ]
        found = (self._staging.snapshot(path) for path in named if isinstance(path, str))
        snapshots = [snapshot for snapshot in found if snapshot is not None]
        if self._checking is not None and snapshots:
            report = await self._checking.problems(self._staging.changeset, snapshots)
            self._staging.report((each, report.diagnostics.get(each.path, ())) for each in snapshots)

    @property
    def _to_verify(self) -> bool:
        wanted = self._means.verifies and self._task.action.edits
        return wanted and self._checking is not None and not self._staging.changeset.empty

    async def _verify(self) -> AsyncGenerator[Update, None]:
        """Have the change checked; what speaks against it goes back to the model once for each change.

        ``_after_checks`` is then as ``_why_end`` says.
        """
        assert self._checking is not None
        changeset = self._staging.changeset
        answered = self._checking.knows(changeset)  # it was told, and changed nothing
        if not answered:
            yield updates.Checking(changeset.paths)
        self._verified = await self._checking.verified(changeset)
        self._after_checks = self._verified.reason if self._verified.fails else ""
        may_repair = self._tally.repairs < self._means.limits.repairs and self._limit_reached() is None
        if self._verified.problems and may_repair and not answered:
            self._tally.repairs += 1
            self._conversation.add_request(problems_left(self._verified))
            self._after_checks = None
            yield updates.Rejected("the change", self._verified.text)

    def _carry_out(self, turn: _Turn) -> Sequence[Update]:
        """Run the calls of a whole turn and put the results into the history."""
        if not turn.calls:
            return ()
        runnable = [Call(c.id, c.name, c.arguments) for c in turn.calls if c.error is None]
        done = iter(self._staging.run(runnable))
        results = [next(done) if call.error is None else _unusable(call) for call in turn.calls]
        self._conversation.add_results((result.id, result.content) for result in results)
        for call, result in zip(turn.calls, results, strict=True):
            self._means.on_result(call.id, call.name, result.content)
        if any(not result.ok for result in results):
            self._tally.repairs += 1
        self._tally.called(turn.calls)
        told: list[Update] = [
            updates.Called(r.summary) if r.ok else updates.Rejected(r.summary, r.content) for r in results
        ]
        return [*told, updates.Staged(self._staging.changeset)]

    def _why_end(self, turn: _Turn) -> str | None:
        """None to go on, ``""`` when all is done, else the sentence that says why the job ended early."""
        return self._limit_reached() if turn.calls else self._after_words()

    def _limit_reached(self) -> str | None:
        return self._tally.limit_reached(self._next_tokens)

    def _after_words(self) -> str | None:
        if (shape := self._task.action.shape) is not None:
            return self._after_json(shape)
        if not self._task.action.edits or not self._staging.changeset.empty or self._reprompted:
            return ""
        self._reprompted = True
        self._conversation.add_request(NO_TOOL_CALLED)
        return None

    def _after_json(self, shape: type[msgspec.Struct]) -> str | None:
        """The answer in the action's shape; one that does not fit goes back once, with the reason."""
        try:
            self._value = structured.parse(shape, self._answer)
        except structured.Unfit as error:
            if self._reprompted:
                raise structured.BadAnswer(str(error)) from error
            self._reprompted = True
            self._conversation.add_request(structured.correction(error))
            return None
        return ""


def _unusable(call: events.ToolCall) -> Result:
    return Result(call.id, False, f"error: {call.error}", f"{call.name or 'a call'} that cannot be read")
