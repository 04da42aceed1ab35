"""Reads the body of one answer: stream, JSON document or web page, within its deadlines and its largest size."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping

from kimi_lsp.model.assemble import DONE, Assembler
from kimi_lsp.model.config import GatewayConfig
from kimi_lsp.model.errors import Endless, Garbled, ModelError, NotAStream
from kimi_lsp.model.events import Event
from kimi_lsp.model.port import Request
from kimi_lsp.model.sse import ServerSentEvent, Splitter
from kimi_lsp.model.watch import Watch

Tap = Callable[[ServerSentEvent], None]
"""Sees each server-sent event before it is read; for recordings."""


_END_S = 0.05
"""How long the end of a body may take after ``[DONE]``. As a rule it comes with it; else the connection is closed."""


class Reading:
    """One answer with status 2xx. ``headers`` have lower-case names."""

    def __init__(
        self, config: GatewayConfig, request: Request, headers: Mapping[str, str], tap: Tap | None
    ) -> None:
        self._deadlines = config.deadlines
        self._max_bytes = config.max_bytes
        self._tap = tap
        self._kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        self._assembler = Assembler(request, cached=_number(headers.get("x-cached-input-units")))
        self._split = Splitter().push
        self._document: list[bytes] | None = None

    async def events(self, body: AsyncGenerator[bytes, None], watch: Watch) -> AsyncGenerator[Event, None]:
        """The events of the turn; ``body`` is closed at the end, whatever happens.

        Raises:
            ModelError: why the turn is of no use.
        """
        broken: ModelError | None = None
        async with contextlib.aclosing(body), contextlib.aclosing(self._chunks(body, watch)) as chunks:
            try:
                async for chunk in chunks:
                    for event in self._read(chunk):
                        yield event
                    if self._assembler.done:
                        break
                    if self._assembler.finished:
                        watch.end_within(self._deadlines.trailing_s)
            except ModelError as error:
                broken = error
            for event in self._assembler.close(self._judged(broken)):
                yield event
            if broken is None:
                await _ended(chunks, watch)

    def _read(self, chunk: bytes) -> Iterator[Event]:
        whole = self._document is not None
        for sent in [ServerSentEvent(chunk), ServerSentEvent(DONE)] if whole else self._split(chunk):
            if self._tap is not None:
                self._tap(sent)
            yield from self._assembler.push(sent)

    async def _chunks(self, body: AsyncGenerator[bytes, None], watch: Watch) -> AsyncGenerator[bytes, None]:
        """The body as it arrives; all of it at once where it is one JSON document."""
        size = 0
        try:
            chunk = await watch.wait(body.__anext__(), "first byte", self._deadlines.first_byte_s)
            self._look(chunk)
            while True:
                size += len(chunk)
                if size > self._max_bytes:
                    raise Endless(self._max_bytes)
                if self._document is None:
                    yield chunk
                else:
                    self._document.append(chunk)
                chunk = await watch.wait(body.__anext__(), "between bytes", self._deadlines.between_bytes_s)
        except StopAsyncIteration:
            pass
        if self._document:
            yield b"".join(self._document)

    def _look(self, beginning: bytes) -> None:
        """See what the body really is: lines of a stream begin neither with ``<`` nor with ``{``."""
        first = beginning.lstrip()[:1]
        if first == b"<" or "html" in self._kind:
            raise NotAStream("a web page")
        if first == b"{" or self._kind == "application/json":
            self._document = []

    def _judged(self, broken: ModelError | None) -> ModelError | None:
        """What ended the reading, told by what was expected: a foreign body is not a broken stream."""
        if self._kind == "text/event-stream" or self._assembler.began:
            return broken
        if broken is None or isinstance(broken, Garbled):
            return NotAStream(f"a body of type {self._kind or 'unknown'}")
        return broken


async def _ended(chunks: AsyncGenerator[bytes, None], watch: Watch) -> None:
    """Read the little that follows ``[DONE]``: a body that was read to its end leaves its connection for the next."""
    watch.end_within(_END_S)
    with contextlib.suppress(ModelError):
        async for _ in chunks:
            pass


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else 0
