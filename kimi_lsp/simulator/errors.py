"""How the gateway says no: a status, a type, a sentence, and when to come back.

* Refusal
  - Invalid        (400: the request breaks one of the model's rules)
  - Unauthorized   (401: no key, or a wrong one)
  - NoCredit       (402: the credits are used up)
  - NotFound       (404: no such model, or no such page)
  - WrongMethod    (405)
  - TooLarge       (413: the body is over the simulator's limit)
  - RateLimited    (429: over the tier's requests a minute; retry_after_s says when)
  - Saturated      (503: too much at once; retry_after_s says when)
* ScenarioError    (a scenario file that does not fit its schema)
* PageError        (a ``read`` tool's result that is not in the agreed format)
* RuffFailed       (ruff is not installed, or gave no answer)

Types are those of the gateway's page (``rate_limit_error``, ``insufficient_credits``,
``service_unavailable``) and of recorded errors (``invalid_request_error``); the rest follow OpenAI's names.
"""

from __future__ import annotations

from typing import Any, ClassVar


class Refusal(Exception):
    """An HTTP error in the gateway's shape: ``{"error": {"message", "type", "code"}}``."""

    status = 500
    kind: ClassVar[str] = "server_error"
    code: ClassVar[str | None] = None

    def __init__(self, message: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after_s = retry_after_s

    def body(self) -> dict[str, Any]:
        """The JSON body."""
        return error_body(self.message, self.kind, self.code)

    def headers(self) -> dict[str, str]:
        """``Retry-After`` in whole seconds, where coming back helps."""
        return {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}


class Invalid(Refusal):
    """400."""

    status = 400
    kind = "invalid_request_error"


class Unauthorized(Refusal):
    """401."""

    status = 401
    kind = "authentication_error"
    code = "invalid_api_key"


class NoCredit(Refusal):
    """402."""

    status = 402
    kind = "insufficient_credits"
    code = "insufficient_credits"


class NotFound(Refusal):
    """404."""

    status = 404
    kind = "not_found_error"
    code = "model_not_found"


class WrongMethod(Refusal):
    """405."""

    status = 405
    kind = "invalid_request_error"
    code = "method_not_allowed"


class TooLarge(Refusal):
    """413."""

    status = 413
    kind = "invalid_request_error"
    code = "request_too_large"


class RateLimited(Refusal):
    """429."""

    status = 429
    kind = "rate_limit_error"
    code = "rate_limit_exceeded"


class Saturated(Refusal):
    """503; the gateway's default is to come back after 2 s."""

    status = 503
    kind = "service_unavailable"
    code = "service_unavailable"


class ScenarioError(ValueError):
    """A scenario that does not fit its schema: one sentence that names the key."""


class PageError(ValueError):
    """A ``read`` result that is not in the agreed format: one sentence that quotes it."""


class RuffFailed(Exception):
    """Ruff could not be run: one sentence that says what to do."""


def refusal_of(status: int, message: str, *, retry_after_s: int | None = None) -> Refusal:
    """The refusal with this status, of its own kind where there is one."""
    kinds = (Invalid, Unauthorized, NoCredit, NotFound, TooLarge, RateLimited, Saturated)
    kind = next((kind for kind in kinds if kind.status == status), Refusal)
    refusal = kind(message, retry_after_s=retry_after_s)
    refusal.status = status
    return refusal


def error_body(message: str, kind: str, code: str | None = None) -> dict[str, Any]:
    """An error's JSON body."""
    return {"error": {"message": message, "type": kind, "code": code}}
