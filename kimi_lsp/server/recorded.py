"""One job's recording, where ``recording.folder`` asks for one. What cannot be written costs a log line only."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import secrets
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from kimi_lsp.actions import recorded
from kimi_lsp.actions.action import Task
from kimi_lsp.actions.engine import Means
from kimi_lsp.actions.recorded import KNOWN
from kimi_lsp.actions.recorded_checks import WatchedChecks
from kimi_lsp.actions.updates import Done, Update
from kimi_lsp.context.estimate import Estimate
from kimi_lsp.context.gather import SymbolContext
from kimi_lsp.edits.overlay import Workspace
from kimi_lsp.model.errors import ModelError
from kimi_lsp.model.pricing import PriceList
from kimi_lsp.model.recording import Recorded, Recorder

if TYPE_CHECKING:
    from kimi_lsp.model.gateway import Gateway
    from kimi_lsp.server.session import Session
    from kimi_lsp.settings import Settings

logger = logging.getLogger(__name__)


class Record:
    """Sees all that a job asks and is told, and writes it down; without a recorder it does nothing."""

    def __init__(self, recorder: Recorder | None) -> None:
        self._recorder = recorder
        self._outcome: dict[str, Any] = {}

    @classmethod
    def of(cls, session: Session, task: Task, gateway: Gateway, settings: Settings) -> Record:
        """As ``settings`` say. The folder may begin with ``~``; a relative one is in the user's state folder."""
        if not settings.recording.folder.strip():
            return cls(None)
        model = gateway.config.model
        said = recorded.about(task, settings, model, _price(PriceList(settings.prices), model))
        path = session.state / Path(settings.recording.folder).expanduser() / _file_name(task)
        try:
            return cls(Recorder(path, said, hide=(gateway.config.key,)))
        except (OSError, RuntimeError) as error:
            logger.warning("%s cannot be written, the job is not recorded: %s", path, error)
            return cls(None)

    def workspace(self, workspace: Workspace) -> Workspace:
        """The workspace that the job is to see."""
        return recorded.Watched(workspace, self._recorder.write) if self._recorder else workspace

    def means(self, means: Means, gateway: Gateway) -> Means:
        """What the engine is to work with."""
        if self._recorder is None:
            return means
        model = Recorded(gateway, self._recorder)
        check = means.check and WatchedChecks(means.check, self._recorder.write)
        return dataclasses.replace(means, model=model, on_result=self._recorder.result, check=check)

    def knows(self, context: SymbolContext, estimate: Estimate) -> None:
        """What the index and the workspace told of the place, and how tokens are guessed."""
        if self._recorder is not None:
            known = dataclasses.asdict(context.knowledge)
            self._recorder.write(KNOWN, **known, tokens_factor=estimate.exact)

    def see(self, update: Update) -> None:
        """Take in one update of the engine."""
        if self._recorder is not None and isinstance(update, Done):
            self._outcome = recorded.outcome_of(update)

    def __enter__(self) -> Record:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._recorder is None:
            return
        self._recorder.outcome(**(self._outcome or _failure(error)))
        self._recorder.close()
        if self._recorder.error is not None:
            logger.warning("the recording is not complete: %s", self._recorder.error)


def _failure(error: BaseException | None) -> dict[str, str]:
    if isinstance(error, asyncio.CancelledError):
        return {"name": "cancelled"}
    if isinstance(error, ModelError):
        return {"name": error.name, "sentence": str(error)}
    return {"name": "failed", "sentence": type(error).__name__}


def _file_name(task: Task) -> str:
    now = datetime.now()
    return f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03}-{task.action.id}-{secrets.token_hex(3)}.jsonl"


def _price(prices: PriceList, model: str) -> dict[str, float] | None:
    price = prices.of(model)
    if price is None:
        return None
    return {field.name: float(getattr(price, field.name)) for field in dataclasses.fields(price)}
