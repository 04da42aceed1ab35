"""The one Model that speaks HTTP, through the openai package, whose bytes are read raw.

openai costs 0.7 s to import, so that happens when it is first needed (``warm_up``), in a thread, and only here.
It is used for transport and authentication; status, events, deadlines and retries are judged by us (kimi.md).
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

from kimi_lsp.model.circuit import Circuit
from kimi_lsp.model.config import GatewayConfig
from kimi_lsp.model.errors import (
    BadKey,
    Disconnected,
    Garbled,
    ModelError,
    RateLimited,
    TimedOut,
    Unreachable,
)
from kimi_lsp.model.events import Event, Waiting
from kimi_lsp.model.pace import Pace, Ticket
from kimi_lsp.model.port import Request
from kimi_lsp.model.reading import Reading, Tap
from kimi_lsp.model.retry import RetryPolicy, why
from kimi_lsp.model.status import error_from_status
from kimi_lsp.model.watch import Watch

if TYPE_CHECKING:
    import httpx2
    import openai

_MAX_ERROR_BODY = 65_536
_ERROR_BODY_S = 2.0
_HARDLY_A_WAIT_S = 0.05
_ACCOUNT_HEADERS = ("OpenAI-Organization", "OpenAI-Project")
"""Which the package would take from the environment, where they are meant for another service."""


class Gateway:
    """A ``Model`` over HTTP. One for all jobs of a process, so that they share pace, circuit and connections."""

    def __init__(
        self,
        config: GatewayConfig,
        *,
        pace: Pace | None = None,
        circuit: Circuit | None = None,
        retry: RetryPolicy | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.config = config
        self._pace = pace or Pace(config.requests_per_minute, clock)
        self._circuit = circuit or Circuit(clock=clock)
        self._retry = retry or RetryPolicy()
        self._sleep = sleep
        self._clock = clock
        self._building: asyncio.Future[openai.AsyncOpenAI] | None = None

    async def warm_up(self) -> None:
        """Import openai and make the client, in a thread; to be called once ``initialize`` was answered."""
        await self._client()

    async def aclose(self) -> None:
        """Close what connections are left open. The gateway may be used again."""
        building, self._building = self._building, None
        if building is not None:
            with contextlib.suppress(Exception):  # a client that could not be made needs no closing
                await (await building).close()

    async def stream(self, request: Request, tap: Tap | None = None) -> AsyncGenerator[Event, None]:
        """Ask for one turn; retries as long as nothing but ``Waiting`` was yielded.

        Raises:
            ModelError: why the turn is of no use; ``retryable`` only where nothing was retried here.
        """
        if self.config.needs_key and not self.config.key:
            raise BadKey(missing=True)
        ends = self._clock() + self.config.deadlines.total_s
        for tried in itertools.count(1):
            begun = False
            async with contextlib.aclosing(self._paced(request, tap, ends)) as events:
                try:
                    async for event in events:
                        begun = begun or not isinstance(event, Waiting)
                        yield event
                    return
                except ModelError as error:
                    failure = self._hidden(error)
            pause = None if begun or self._circuit.open else self._retry.pause(failure, tried)
            if pause is None or self._clock() + pause >= ends:
                failure.retryable = failure.retryable and begun
                raise failure
            yield Waiting(pause, why(failure))
            await self._sleep(pause)

    async def _paced(self, request: Request, tap: Tap | None, ends: float) -> AsyncGenerator[Event, None]:
        """One try, when its turn has come; tells pace and circuit how it went."""
        ticket = self._pace.take()
        try:
            while (wait := self._pace.delay(ticket)) > 0:
                if self._clock() + wait >= ends:
                    raise RateLimited(wait)
                if wait > _HARDLY_A_WAIT_S:
                    yield Waiting(wait, "keeping to the rate limit")
                await self._sleep(wait)
            self._circuit.enter()
        except BaseException:
            self._pace.give_back(ticket)
            raise
        try:
            async with contextlib.aclosing(self._once(request, tap, ends - self._clock())) as events:
                async for event in events:
                    yield event
        except ModelError as error:
            self._failed(error, ticket)
            raise
        except BaseException:
            self._circuit.abandoned()
            raise

    def _failed(self, error: ModelError, ticket: Ticket) -> None:
        self._circuit.failed(error)
        if isinstance(error, RateLimited):
            self._pace.refused(error.retry_after_s)
            self._pace.give_back(ticket)

    async def _once(self, request: Request, tap: Tap | None, total_s: float) -> AsyncGenerator[Event, None]:
        """Send the request once and read its answer."""
        client = await self._client()
        with Watch(total_s) as watch:
            async with contextlib.AsyncExitStack() as stack:
                sending = stack.enter_async_context(self._sent(client, request))
                response = await watch.wait(sending, "first byte", self.config.deadlines.first_byte_s)
                self._circuit.succeeded()
                headers = {name.lower(): value for name, value in response.headers.items()}
                reading = Reading(self.config, request, headers, tap)
                async with contextlib.aclosing(reading.events(_body(response), watch)) as events:
                    async for event in events:
                        yield event

    @contextlib.asynccontextmanager
    async def _sent(self, client: openai.AsyncOpenAI, request: Request) -> AsyncIterator[httpx2.Response]:
        import openai

        body = self.config.body(request)
        create = client.chat.completions.with_streaming_response.create
        sending = create(
            model=self.config.model,
            messages=[],
            stream=True,
            extra_body=body,
            extra_headers={
                **dict.fromkeys(_ACCOUNT_HEADERS, openai.Omit()),
                **self.config.headers_for(request),
            },
        )
        try:
            response = await sending.__aenter__()
        except openai.OpenAIError as error:
            raise self._not_sent(error) from None
        except (ValueError, TypeError, OSError) as error:
            raise Unreachable(self.config.base_url, type(error).__name__) from None
        try:
            yield response.http_response
        finally:
            await sending.__aexit__(None, None, None)

    def _not_sent(self, error: openai.OpenAIError) -> ModelError:
        import httpx2
        import openai

        cause = error.__cause__
        if isinstance(error, openai.APITimeoutError):
            return TimedOut("connect", self.config.deadlines.connect_s)
        if isinstance(cause, (httpx2.ReadError, httpx2.WriteError, httpx2.RemoteProtocolError)):
            return Disconnected("before an answer began")
        if isinstance(cause, httpx2.LocalProtocolError):
            return Unreachable(
                self.config.base_url, "the key or a header holds a character that cannot be sent"
            )
        return Unreachable(self.config.base_url, str(cause or type(error).__name__))

    async def _client(self) -> openai.AsyncOpenAI:
        if self._building is None:
            self._building = asyncio.ensure_future(asyncio.to_thread(_built, self.config))
        try:
            return await asyncio.shield(self._building)
        except Exception as error:
            self._building = None
            raise Unreachable(self.config.base_url, type(error).__name__) from None

    def _hidden(self, error: ModelError) -> ModelError:
        """The error without the key, should the service have echoed it."""
        if self.config.key:
            error.args = tuple(str(text).replace(self.config.key, "***") for text in error.args)
        return error


async def _body(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    """The decompressed body as it arrives, its faults named."""
    import anyio
    import httpx2

    try:
        async for chunk in response.aiter_bytes():
            yield chunk
    except httpx2.DecodingError:
        raise Garbled("a compressed body that cannot be decoded") from None
    except (httpx2.HTTPError, httpx2.StreamError, OSError, anyio.EndOfStream) as error:
        raise Disconnected(str(error)) from None


def _built(config: GatewayConfig) -> openai.AsyncOpenAI:
    """The client: no retries, no redirects, no account of another service from the environment."""
    import httpx2
    import openai

    async def refuse(response: httpx2.Response) -> None:
        if response.status_code >= 300:
            body = await _error_body(response)
            error = error_from_status(
                response.status_code,
                {name.lower(): value for name, value in response.headers.items()},
                body,
                model=config.model,
                credit_url=config.credit_url,
            )
            raise error

    timeout = httpx2.Timeout(None, connect=config.deadlines.connect_s)
    return openai.AsyncOpenAI(
        api_key=config.key or "none",
        base_url=config.base_url,
        max_retries=0,
        timeout=timeout,
        http_client=openai.DefaultAsyncHttpxClient(
            follow_redirects=False, timeout=timeout, event_hooks={"response": [refuse]}
        ),
    )


async def _error_body(response: httpx2.Response) -> bytes:
    """As much of an error's body as comes soon: the status alone says what happened."""
    import httpx2

    body = bytearray()

    async def read() -> None:
        async with contextlib.aclosing(response.aiter_bytes()) as chunks:
            async for chunk in chunks:
                body.extend(chunk)
                if len(body) >= _MAX_ERROR_BODY:
                    break

    with contextlib.suppress(asyncio.TimeoutError, httpx2.HTTPError, httpx2.StreamError, OSError):
        await asyncio.wait_for(read(), _ERROR_BODY_S)
    return bytes(body)
