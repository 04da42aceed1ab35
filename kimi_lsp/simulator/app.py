"""The gateway's routes. The only module, beside ``frames`` and ``running``, that knows Starlette."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from kimi_lsp.simulator.account import DEFAULT_KEY, Account
from kimi_lsp.simulator.answer import Answer, Brain, limited, signed
from kimi_lsp.simulator.errors import Invalid, NotFound, Refusal, TooLarge, WrongMethod, error_body
from kimi_lsp.simulator.frames import Outcome, content_type, deliver, frames
from kimi_lsp.simulator.prefix import PrefixCache, canonical, tokens
from kimi_lsp.simulator.request import ChatRequest, decode, parse
from kimi_lsp.simulator.rules import CONTEXT_TOKENS, MODEL, OUTPUT_TOKENS, check
from kimi_lsp.simulator.wire import Envelope

MAX_BODY_BYTES = 32 * 1024 * 1024
CREATED = 1_776_947_082

_DISCARDED_BYTES = 8 * MAX_BODY_BYTES


@dataclass(slots=True)
class Exchange:
    """What one chat request came to; handed to the observer when it has ended. The key is not kept.

    ``request`` is the decoded body; tokens are the simulator's estimates; ``seconds`` runs from the headers'
    arrival.
    """

    status: int = 200
    outcome: Outcome = "whole"
    request: dict[str, Any] = field(default_factory=dict)
    tag: str = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0


Observer = Callable[[Exchange], None]


@dataclass(frozen=True, slots=True)
class Gateway:
    """Everything that the routes share. ``tokens_per_second`` 0 is as fast as possible."""

    brain: Brain
    account: Account
    prefixes: PrefixCache
    tokens_per_second: float
    max_body_bytes: int = MAX_BODY_BYTES
    observer: Observer | None = None

    def application(self) -> Starlette:
        """The ASGI application."""
        routes = [
            Route("/", _greeting),
            Route("/v1/models", self._models),
            Route("/v1/models/{name:path}", self._model),
            Route("/v1/chat/completions", _Chat(self), methods=["POST"]),
        ]
        handlers: dict[Any, Any] = {
            Refusal: _refused,
            HTTPException: _no_such_route,
            Exception: _broken,
        }
        return Starlette(routes=routes, exception_handlers=handlers)

    def _models(self, request: Request) -> Response:
        self.account.authenticate(request.headers.get("authorization"))
        return JSONResponse({"object": "list", "data": [_MODEL_CARD]})

    def _model(self, request: Request) -> Response:
        self.account.authenticate(request.headers.get("authorization"))
        if (name := request.path_params["name"]) != MODEL:
            raise NotFound(f"The model '{name}' does not exist. This simulator serves '{MODEL}'.")
        return JSONResponse(_MODEL_CARD)


_MODEL_CARD = {
    "id": MODEL,
    "object": "model",
    "created": CREATED,
    "owned_by": "moonshot",
    "name": "Kimi K2.7 Code (simulator)",
    "context_window": CONTEXT_TOKENS,
    "max_output_tokens": OUTPUT_TOKENS,
    "modalities": ["text", "vision"],
    "capabilities": ["streaming", "tool_calling", "json_mode", "reasoning", "vision"],
}


class _Chat:
    """``POST /v1/chat/completions`` as an ASGI application, so that it sees the client leave."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange, started = Exchange(), time.monotonic()
        try:
            await self._exchange(exchange, Request(scope, receive), send)
        except ClientDisconnect:
            exchange.outcome = "left"
        except BaseException as error:
            exchange.status = error.status if isinstance(error, Refusal) else 500
            raise
        finally:
            exchange.seconds = time.monotonic() - started
            if self._gateway.observer is not None:
                self._gateway.observer(exchange)

    async def _exchange(self, exchange: Exchange, http: Request, send: Send) -> None:
        gateway = self._gateway
        exchange.tag = http.headers.get("x-aig-tag", "")
        key = gateway.account.authenticate(http.headers.get("authorization"))
        exchange.request = decode(await _body(http, gateway.max_body_bytes))
        gateway.account.admit(key)
        request, prompt = _checked(exchange)
        with gateway.account.slot():
            answer = limited(signed(await gateway.brain.answer(request)), request.output_limit)
            exchange.cached_tokens = gateway.prefixes.cached(prompt, key)
            exchange.output_tokens = answer.output_tokens
            gateway.account.charge(exchange.prompt_tokens, exchange.cached_tokens, exchange.output_tokens)
            exchange.outcome = await self._deliver(exchange, request, answer, http.receive, send)

    async def _deliver(
        self, exchange: Exchange, request: ChatRequest, answer: Answer, receive: Receive, send: Send
    ) -> Outcome:
        stream = bool(request.stream)
        include_usage = request.stream_options is not None and bool(request.stream_options.include_usage)
        pace_s = 1 / self._gateway.tokens_per_second if self._gateway.tokens_per_second else 0.0
        if not stream:  # it is made at the same pace, and sent when it is there
            thinking_s = answer.first_byte_delay_s + pace_s * exchange.output_tokens
            answer, pace_s = replace(answer, first_byte_delay_s=thinking_s), 0.0
        envelope = _envelope(exchange, request)
        body = frames(answer, envelope, stream=stream, include_usage=include_usage, pace_s=pace_s)
        headers = {
            "Content-Type": content_type(answer, stream=stream),
            "Cache-Control": "no-cache",
            "X-Cached-Input-Units": str(exchange.cached_tokens),
        }
        return await deliver(body, headers, receive, send)


def _checked(exchange: Exchange) -> tuple[ChatRequest, bytes]:
    """The request and its prompt's bytes, counted, if no rule is broken."""
    try:
        request, prompt = parse(exchange.request), canonical(exchange.request)
        exchange.prompt_tokens = tokens(len(prompt))
        check(request, exchange.prompt_tokens)
    except RecursionError:
        raise Invalid("Invalid request: the body is nested too deeply") from None
    return request, prompt


def _envelope(exchange: Exchange, request: ChatRequest) -> Envelope:
    return Envelope(
        id=f"chatcmpl-simulator-{secrets.token_hex(8)}",
        created=int(time.time()),
        model=request.model,
        prompt_tokens=exchange.prompt_tokens,
        cached_tokens=exchange.cached_tokens,
        first_call=sum(len(message.tool_calls or ()) for message in request.messages),
    )


async def _body(http: Request, limit: int) -> bytes:
    """The body, at most ``limit`` bytes; what is over is read and dropped, so that the client can listen."""
    pieces: list[bytes] = []
    size = 0
    async for piece in http.stream():
        size += len(piece)
        if size > _DISCARDED_BYTES:
            break
        if size <= limit:
            pieces.append(piece)
    if size > limit:
        raise TooLarge(f"The request's body is over the limit of {limit} bytes")
    return b"".join(pieces)


def _greeting(request: Request) -> Response:
    return PlainTextResponse(
        "This is a simulator of an AI gateway (kimi-lsp). It listens on this machine only.\n"
        "There is no model behind it: what it answers is computed or scripted, and costs nothing.\n\n"
        f"Base URL: {request.base_url}v1\nModel:    {MODEL}\nKey:      {DEFAULT_KEY}\n"
    )


def _refused(_: Request, error: Refusal) -> Response:
    return JSONResponse(error.body(), status_code=error.status, headers=error.headers())


def _no_such_route(request: Request, error: HTTPException) -> Response:
    kind = WrongMethod.kind if error.status_code == 405 else NotFound.kind
    body = error_body(f"{request.method} {request.url.path}: {error.detail}", kind)
    return JSONResponse(body, status_code=error.status_code, headers=error.headers)


def _broken(_: Request, error: Exception) -> Response:
    return JSONResponse(error_body(f"Simulator: internal error: {error!r}", "server_error"), status_code=500)
