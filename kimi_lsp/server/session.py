"""Everything that belongs to one client: documents, settings, the model, running jobs, kept results."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections import ChainMap
from collections.abc import Collection, Coroutine, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from lsprotocol import types
from platformdirs import user_cache_path, user_state_path

from kimi_lsp.context.estimate import Estimate
from kimi_lsp.server.clean_log import hide
from kimi_lsp.server.client_log import ClientLog
from kimi_lsp.server.code_index import CodeIndex
from kimi_lsp.server.documents import Documents, location_of
from kimi_lsp.server.explanations import Explanations
from kimi_lsp.server.findings import Findings
from kimi_lsp.server.hover_jobs import HoverJobs
from kimi_lsp.server.jobs import Jobs
from kimi_lsp.server.layers import INITIALIZATION_OPTIONS, Layers
from kimi_lsp.server.problems import Problems
from kimi_lsp.server.report import message
from kimi_lsp.server.status import StatusTeller
from kimi_lsp.server.trees import Trees

if TYPE_CHECKING:
    from kimi_lsp.actions.engine import Means
    from kimi_lsp.edits.changeset import Changeset
    from kimi_lsp.model.circuit import Circuit
    from kimi_lsp.model.gateway import Gateway
    from kimi_lsp.model.pace import Pace
    from kimi_lsp.model.port import Model
    from kimi_lsp.server.app import KimiServer
    from kimi_lsp.server.purse import Promised, Purse
    from kimi_lsp.settings import Settings
    from kimi_lsp.text.snapshot import Snapshot
    from kimi_lsp.workspace.files import Files

logger = logging.getLogger(__name__)
WARM_UP_AFTER_S = 1.5
_NOTHING: Mapping[Path, Snapshot] = {}


@dataclass(frozen=True, eq=False)
class KeptResult:
    """A finished changeset that was not applied, and why; offered by the next code action of its documents."""

    title: str
    changeset: Changeset
    files: Files
    why: str


class Session:
    """One client's state. Created with the server, filled by ``initialize``."""

    def __init__(self, server: KimiServer) -> None:
        self.server = server
        self.log = ClientLog(server)
        self.documents = Documents()
        self.trees = Trees()
        self.jobs = Jobs()
        self.hovers = HoverJobs(self)
        self.index = CodeIndex(self)
        self.problems = Problems(self)
        self.status = StatusTeller(self)
        self.jobs.on_change = self.status.changed
        self.cache = user_cache_path("kimi-lsp", appauthor=False)
        self.state = user_state_path("kimi-lsp", appauthor=False)
        self.explanations = Explanations(self.cache / "explanations")
        self.findings = Findings(server, self.documents)
        self.estimate = Estimate()
        self.kept: dict[Path, KeptResult] = {}
        self.roots: list[Path] = []
        self._layers = Layers(os.environ)
        self.settings = self._layers.settings
        self._refused_languages: tuple[str, ...] = ()
        self._told: set[str] = set()
        self._model: Gateway | None = None
        self._services: dict[tuple[str, str, int], tuple[Pace, Circuit]] = {}
        self._promised: Promised | None = None
        self._spawned: set[asyncio.Task[None]] = set()

    def initialize(self, params: types.InitializeParams) -> None:
        """Take the roots and the first settings; nothing is sent to the client yet."""
        self.server.protocol.note_client(params.client_info)
        self.roots = [location_of(folder.uri) for folder in params.workspace_folders or ()]
        if not self.roots and params.root_uri:
            self.roots = [location_of(params.root_uri)]
        self._take(INITIALIZATION_OPTIONS, params.initialization_options)
        self._learn_languages()
        self.log.trace(params.trace or types.TraceValue.Off)

    def _learn_languages(self) -> None:
        """Know the languages that the user's settings name; one that cannot be is told, the others hold."""
        if not self.settings.languages:
            return
        from kimi_lsp.syntax.errors import LanguageRefused
        from kimi_lsp.syntax.language import described
        from kimi_lsp.syntax.registry import register

        rows = []
        for name, one in self.settings.languages.items():
            words = {"function": one.function, "line_comment": one.line_comment, "query": one.query}
            try:
                rows.append(described(name, one.module, one.extensions, **words))
            except LanguageRefused as error:
                self._refused_languages += (f"languages.{name}: {error}",)
        register(rows)

    def configure(self, source: str, sent: object) -> None:
        """Lay newly sent settings over the others and tell the user once what was refused."""
        self._take(source, sent)
        self.hovers.forgive()
        self.tell_problems()

    def tell_problems(self) -> None:
        """Show each refused setting once in the life of the session."""
        self._tell((*self._refused_languages, *self._layers.problems))

    def _tell(self, problems: Collection[str]) -> None:
        new = [problem for problem in problems if problem not in self._told]
        self._told.update(new)
        if new:
            more = f" (and {len(new) - 1} more, see the log)" if len(new) > 1 else ""
            message(self.server, f"Kimi: {new[0]}{more}", types.MessageType.Warning)
            for problem in new:
                logger.warning("settings: %s", problem)

    def _take(self, source: str, sent: object) -> None:
        self._layers.lay(source, sent)
        merged, before = self._layers.settings, self.settings
        self.settings = merged
        hide(merged.model.api_key.value)
        if merged.model != before.model and self._model is not None:
            gateway, self._model = self._model, None
            self.spawn(_close(gateway, [job.task for job in self.jobs if job.task is not None]))

    def root_of(self, location: Path) -> Path:
        """The innermost folder of the workspace around a document, else its own."""
        around = [root for root in self.roots if location.is_relative_to(root)]
        return max(around, key=lambda root: len(root.parts), default=location.parent)

    def settings_for(self, location: Path) -> Settings:
        """The settings in force for a document: its workspace may have lowered some; what it may not set is told."""
        from kimi_lsp.server.workspace_file import settings_of

        settings, problems = settings_of(self.settings, self.root_of(location))
        self._tell(problems)
        return settings

    def files(self, active: Path, as_of: Mapping[Path, Snapshot] = _NOTHING) -> Files:
        """The workspace as a job on ``active`` sees it; without roots its folder is the root.

        Open documents are looked at anew each time, but for those that ``as_of`` holds.
        """
        from kimi_lsp.workspace.files import Files
        from kimi_lsp.workspace.policy import Policy

        roots = self.roots or [active.parent]
        seen = ChainMap(
            dict(as_of), cast(MutableMapping[Path, "Snapshot"], self.documents)
        )  # writes to neither
        settings = self.settings_for(active)
        return Files(Policy.of(roots, settings.edits.max_file_kb * 1024, settings.context.ignore), seen)

    @property
    def log_file(self) -> str | None:
        """Where the log goes, if it goes to a file."""
        handlers = logging.getLogger().handlers
        return next((h.baseFilename for h in handlers if isinstance(h, logging.FileHandler)), None)

    def model(self) -> Gateway:
        """The model in force.

        Raises:
            BadKey: there is none; the sentence says how to set one.
        """
        if self._model is None:
            self._model = self._gateway()
        return self._model

    def _gateway(self) -> Gateway:
        """A gateway by the settings; what was learned of a service outlives a change of the others."""
        from kimi_lsp.model.circuit import Circuit
        from kimi_lsp.model.config import GatewayConfig
        from kimi_lsp.model.errors import BadKey
        from kimi_lsp.model.gateway import Gateway
        from kimi_lsp.model.pace import Pace

        config = GatewayConfig.of(self.settings.model)
        if self._layers.key_withheld:
            logger.warning(
                "your key is not for the address in the project's settings: set model.api_key beside it"
            )
        if config.needs_key and not config.key:
            raise BadKey(missing=True)
        service = (config.base_url, config.key, config.requests_per_minute)
        if service not in self._services:
            self._services[service] = (Pace(config.requests_per_minute), Circuit())
        pace, circuit = self._services[service]
        return Gateway(config, pace=pace, circuit=circuit)

    async def warm_up(self) -> None:
        """Import what the first job needs, once the client has been quiet for a moment (performance.md)."""
        while (quiet := time.monotonic() - self.server.protocol.last_message) < WARM_UP_AFTER_S:
            await asyncio.sleep(WARM_UP_AFTER_S - quiet)
        from kimi_lsp.model.errors import ModelError

        with contextlib.suppress(ModelError):
            await self.model().warm_up()
        await self.index.start()

    def means(self, model: Model, settings: Settings, purse: Purse) -> Means:
        """What the engine works with: the model, the limits of ``settings``, and the job's ``purse``."""
        from kimi_lsp.actions.engine import Means

        return Means(
            model=model,
            limits=settings.limits,
            budget_tokens=settings.context.budget_tokens,
            max_output_tokens=settings.model.max_tokens,
            tag=settings.model.tag,
            estimate=self.estimate,
            learn=self._learn,
            price=purse.price,
            may_spend=purse.may_spend,
        )

    def _learn(self, estimated: int, reported: int) -> None:
        """A turn's input was guessed to be so many tokens, and was so many: guess better from now on."""
        self.estimate = self.estimate.corrected(estimated, reported)

    def purse(self, settings: Settings, model: str) -> Purse:
        """Prices of ``model``, budgets and the ledger, by ``settings``; one for each job."""
        from kimi_lsp.server.purse import Promised, Purse

        if self._promised is None:
            self._promised = Promised()
        return Purse(settings, model, self.state, self._promised)

    async def end(self) -> None:
        """End every job and every background step, within about a second."""
        self.findings.end()
        self.status.end()
        self.hovers.end()
        for task in self._spawned:
            task.cancel()
        await asyncio.gather(self.jobs.cancel_all(), self.index.close())
        if self._model is not None:
            model, self._model = self._model, None
            await model.aclose()
        self.log.end()

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Run something small beside the loop; what goes wrong is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._spawned.add(task)
        task.add_done_callback(self._spawn_ended)

    def _spawn_ended(self, task: asyncio.Task[None]) -> None:
        self._spawned.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("a background step failed", exc_info=error)

    def command(self, name: str) -> str:
        """The name under which this instance offers a command."""
        return f"kimi.{name}{self.settings.commands.suffix}"


async def _close(gateway: Gateway, users: Collection[asyncio.Task[None]]) -> None:
    """Close the gateway of settings that were replaced, once the jobs that may use it have ended."""
    try:
        if users:
            await asyncio.wait(users)
    finally:
        await gateway.aclose()
