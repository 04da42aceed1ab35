"""What a service says of an error, by status or as an object in the stream, as a ``ModelError``. Sans-I/O."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from kimi_lsp.model.errors import (
    CREDIT_URL,
    BadKey,
    BadRequest,
    Garbled,
    ModelError,
    NoCredit,
    RateLimited,
    Redirected,
    Saturated,
    ServiceError,
    TooMuchContext,
    UnknownModel,
)

_CONTEXT = re.compile(
    r"context[ _-]?(?:length|window|size)|maximum context|too many (?:input )?tokens|prompt is too long"
    r"|exceeds? .{0,40}\btokens|token limit",
    re.IGNORECASE,
)
_BY_NAME: tuple[tuple[str, int], ...] = (
    ("context_length_exceeded", 413),
    ("rate_limit", 429),
    ("too_many_requests", 429),
    ("insufficient", 402),
    ("exceeded_current_quota", 402),
    ("service_unavailable", 503),
    ("overloaded", 503),
    ("saturat", 503),
    ("authentication", 401),
    ("invalid_api_key", 401),
    ("permission", 403),
    ("model_not_found", 404),
    ("not_found", 404),
    ("invalid_request", 400),
)


def error_from_status(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    model: str = "",
    credit_url: str = CREDIT_URL,
    now: datetime | None = None,
) -> ModelError:
    """The error that a response with ``status`` (anything but 2xx) means.

    ``headers`` are looked up in lower case; ``now`` is only for a ``Retry-After`` that is a date.
    """
    said = said_by(body)
    wait = retry_after(headers.get("retry-after"), now)
    if 300 <= status < 400:
        return Redirected(headers.get("location", ""))
    if status >= 500 and status != 503:
        return ServiceError(said, status=status)
    named = _named_status(body)
    if status in (400, 403, 422, 429) and named in (402, 413):
        status = named
    return _error(status, said, wait, model, credit_url)


def error_from_object(error: Any) -> ModelError:
    """The error that an ``error`` object inside a stream (or in a body with status 200) means."""
    if not isinstance(error, Mapping):
        return ServiceError(str(error))
    said = str(error.get("message") or error.get("detail") or error.get("type") or "")
    status = _status_of(error)
    if status is None:
        return TooMuchContext(said) if _CONTEXT.search(said) else ServiceError(said)
    return _error(status, said, retry_after(error.get("retry_after")), "", CREDIT_URL)


def said_by(body: bytes) -> str:
    """The message in the body of an error: of its JSON, or its beginning where that is plain text."""
    text = body.decode("utf-8", "replace")
    value = _json(text)
    if value is not None:
        return _message(value)
    return "" if text.lstrip().startswith("<") else text[:300]


def retry_after(value: object, now: datetime | None = None) -> float | None:
    """Seconds that a ``Retry-After`` header asks for: a number, or an HTTP date (RFC 9110, 10.2.3)."""
    text = str(value).strip() if value is not None else ""
    try:
        seconds = float(text)
    except ValueError:
        pass
    else:
        return seconds if 0 <= seconds < 1e9 else None
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=timezone.utc)
    return max(0.0, (when - (now or datetime.now(timezone.utc))).total_seconds())


def _error(status: int, said: str, wait: float | None, model: str, credit_url: str) -> ModelError:
    if status in (401, 403):
        return BadKey(said)
    if status == 402:
        return NoCredit(said, where=credit_url)
    if status == 413 or (status in (400, 422) and _CONTEXT.search(said)):
        return TooMuchContext(said)
    if status == 404:
        return UnknownModel(model, said)
    if status == 429:
        return RateLimited(wait, said)
    if status == 503:
        return Saturated(wait, said)
    if status >= 500:
        return ServiceError(said, status=status)
    if status in (408, 409, 425):
        return ServiceError(said, status=status)
    return BadRequest(said, status=status) if 400 <= status < 500 else Garbled(f"status {status}")


def _named_status(body: bytes) -> int | None:
    """The status that the body's own code or type amounts to: 429 may mean that the credit is gone."""
    value = _json(body.decode("utf-8", "replace"))
    error = value.get("error", value) if isinstance(value, Mapping) else None
    words = f"{error.get('code', '')} {error.get('type', '')}".lower() if isinstance(error, Mapping) else ""
    return next((status for word, status in _BY_NAME if word in words), None)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _status_of(error: Mapping[str, Any]) -> int | None:
    for key in ("status", "status_code", "http_status", "code"):
        value = error.get(key)
        if isinstance(value, str) and value.isascii() and value.isdigit():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and 400 <= value < 600:
            return value
    words = f"{error.get('code', '')} {error.get('type', '')}".lower()
    return next((status for word, status in _BY_NAME if word in words), None)


def _message(value: Any) -> str:
    if isinstance(value, Mapping):
        for key in ("error", "message", "detail", "msg"):
            if value.get(key):
                return _message(value[key])
        return ""
    if isinstance(value, list):
        return _message(value[0]) if value else ""
    return str(value)
