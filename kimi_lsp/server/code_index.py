"""The session's index of its workspace: started when the client is quiet, fed with what changes, in nobody's way."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kimi_lsp.server.progress import Progress
    from kimi_lsp.server.session import Session
    from kimi_lsp.workspace.index.service import IndexService, State
    from kimi_lsp.workspace.index.values import Index

logger = logging.getLogger(__name__)
JOB_WAITS_S = 0.5
"""How long a job waits for the index to catch up; with what it then knows the job goes on."""
RECENT_S = 2.0
"""A look at the disk that is no older is as good as a new one, which is begun nonetheless."""
SHOWN_FROM_S = 0.7
"""A first build that is over sooner is not worth a progress."""


class CodeIndex:
    """At most one index service, for the folders of the session; without folders there is none."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._service: IndexService | None = None
        self._of: tuple[Path, ...] = ()
        self._counts = (0, 0)
        self._looked = -RECENT_S
        self._fresh = asyncio.Event()
        self._starting = asyncio.Lock()
        self._wanted = False

    @property
    def state(self) -> State:
        """``off`` until it is started, and where there is nothing to index."""
        return self._service.state if self._service is not None else "off"

    @property
    def files(self) -> int:
        """How many files it knows."""
        return self._service.files if self._service is not None else 0

    async def start(self) -> None:
        """Begin to index the folders of the session, or begin anew where they are others now."""
        self._wanted = True
        async with self._starting:
            await self._start()

    async def folders_changed(self) -> None:
        """Begin anew, if it was begun at all."""
        if self._wanted:
            await self.start()

    async def _start(self) -> None:
        roots = tuple(root for root in self._session.roots if _is_project(root))
        if roots == self._of:
            return
        await self.close()
        self._of = roots
        if not roots or not self._session.settings.context.index:
            return
        from kimi_lsp.workspace.index.service import IndexService

        folder = self._session.cache / "index"
        limit = self._session.settings.edits.max_file_kb * 1024
        self._service = IndexService(roots, folder, limit, self._progressed)
        await self._service.start()
        self._session.spawn(self._show_progress())

    async def for_job(self) -> Index:
        """The index as up to date as a short wait makes it; one that knows nothing where there is none."""
        from kimi_lsp.workspace.index.values import EMPTY

        await self.start()
        service = self._service
        if service is None:
            return EMPTY
        documents = self._session.documents
        recent = time.monotonic() - self._looked < RECENT_S
        await service.refresh(documents, 0 if recent else JOB_WAITS_S)
        if service is not self._service:  # the folders are others now
            return EMPTY
        self._looked = self._looked if recent else time.monotonic()
        return service.reader(documents)

    def changed_on_disk(self, paths: Iterable[Path]) -> None:
        """The client's watchers, or a save, say that files have changed."""
        if self._service is not None:
            self._looked = -RECENT_S
            self._service.note_changed(paths)

    async def close(self) -> None:
        """End it within a second."""
        service, self._service, self._of = self._service, None, ()
        if service is not None:
            await service.close()

    def _progressed(self, done: int, total: int) -> None:
        self._counts = done, total
        self._fresh.set()

    async def _show_progress(self) -> None:
        """One progress for the first build, if it takes long enough to be noticed."""
        service = self._service
        await asyncio.sleep(SHOWN_FROM_S)
        if service is None or service.state != "building" or self._counts[1] == 0:
            return
        from kimi_lsp.server.progress import progress

        async with progress(self._session.server, "Kimi: index the workspace", cancellable=False) as shown:
            await self._report(service, shown)
            self._session.status.changed()

    async def _report(self, service: IndexService, shown: Progress) -> None:
        while service is self._service and service.state == "building":
            done, total = self._counts
            shown.report(f"{done:,} of {total:,} files", percentage=100 * done // max(total, 1))
            self._fresh.clear()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._fresh.wait(), 1.0)
        shown.final = f"{service.files:,} files"


def _is_project(root: Path) -> bool:
    """Whether a folder may be one project: not the whole disk, nor all that a user has (clients.md: Kate)."""
    try:
        return root.is_dir() and root != Path(root.anchor) and root != Path.home().resolve()
    except (OSError, RuntimeError) as error:
        logger.info("%s is not indexed: %s", root, error)
        return False
