"""Why a turn of the model failed. ``str(error)`` is a sentence for the user, ``error.name`` is for machines.

* ModelError
  - Refused             asking again will not help
    + BadKey            (401, 403; or no key is set)
    + NoCredit          (402)
    + UnknownModel      (404)
    + BadRequest        (400, 422 and other 4xx: ours)
    + TooMuchContext    (413, or a message that says so: shrink the context and try once more)
    + Redirected        (3xx: the key is not carried to another address)
    + Filtered          (finish reason ``content_filter``)
    + OverBudget        (nothing was sent: the user's own limit)
    + PriceUnknown      (nothing was sent: a budget, and no price)
  - Busy                (``retry_after_s`` says when)
    + RateLimited       (429)
    + Saturated         (503)
    + Down              (the last tries all failed: nothing is sent for a while)
  - Broken              the turn ended or went wrong before it was complete
    + Unreachable       (no connection)
    + TimedOut          (``stage``: connect, first byte, between bytes, total)
    + Disconnected      (the connection ended before the answer did)
    + NotAStream        (a web page or a foreign body with status 200)
    + ServiceError      (500, 502, 504, or an error inside the stream)
    + Truncated         (finish reason ``length``)
    + Empty             (reasoning alone, or nothing at all)
    + Garbled           (what came is not what the protocol allows)
      - LineTooLong
      - Endless         (more came than was asked for)

No sentence contains the key: texts that come from a service go through ``quoted`` and the gateway's ``hide``.
"""

from __future__ import annotations

import re
from typing import ClassVar, Literal

from kimi_lsp.model.events import Usage

Stage = Literal["connect", "first byte", "between bytes", "total"]

CREDIT_URL = "https://aigateway.sh"
_KEY = re.compile(r"\bsk-[A-Za-z0-9_\-.*]{4,}|\bBearer\s+\S+", re.IGNORECASE)


class ModelError(Exception):
    """A turn is of no use. ``usage`` is what it cost all the same, where the service said so."""

    name: ClassVar[str] = "model-error"
    retryable: bool = False
    """Whether the very same request may succeed later."""
    usage: Usage | None = None


class Refused(ModelError):
    """Asking again will not help."""

    name = "refused"


class BadKey(Refused):
    """The key is missing, wrong, or not allowed to use this model."""

    name = "bad-key"

    def __init__(self, said: str = "", *, missing: bool = False) -> None:
        what = "No API key is set" if missing else "The model service refuses the API key"
        how = "set AIGATEWAY_API_KEY or the setting model.api_key"
        super().__init__(f"{what}: {how}{_because(said)}.")


class NoCredit(Refused):
    """The credits are used up."""

    name = "no-credit"

    def __init__(self, said: str = "", *, where: str = CREDIT_URL) -> None:
        place = f" at {where}" if where else " where your key comes from"
        super().__init__(f"The credits of this API key are used up: add some{place}{_because(said)}.")


class UnknownModel(Refused):
    """The service has no such model, or no such path."""

    name = "unknown-model"

    def __init__(self, model: str, said: str = "") -> None:
        super().__init__(
            f"The service does not know the model {model!r}: "
            f"check model.name and model.base_url{_because(said)}."
        )


class BadRequest(Refused):
    """The service refuses the request itself; its own words are shown."""

    name = "bad-request"

    def __init__(self, said: str = "", *, status: int = 400) -> None:
        super().__init__(
            f"The service refused the request (status {status}): check model.extra_body{_because(said)}."
        )


class TooMuchContext(Refused):
    """The request is larger than the model's window."""

    name = "too-much-context"

    def __init__(self, said: str = "") -> None:
        super().__init__(
            "The request is too large for the model: "
            f"select less, or lower context.budget_tokens{_because(said)}."
        )


class Redirected(Refused):
    """The service answers with a redirect, which is not followed."""

    name = "redirected"

    def __init__(self, target: str = "") -> None:
        where = f" to {quoted(target)}" if target else ""
        super().__init__(
            f"The service redirects{where}, and the key is sent to the set address only: "
            "correct model.base_url."
        )


class Filtered(Refused):
    """The service's filter ended the answer."""

    name = "filtered"

    def __init__(self) -> None:
        super().__init__(
            "The service's content filter ended the answer: change the request or the selection."
        )


class OverBudget(Refused):
    """The user's own limit is reached; nothing was sent."""

    name = "over-budget"

    def __init__(self, period: str, spent: str, limit: str, setting: str, needed: str = "") -> None:
        more = f", and ${needed} more would be, with what runs now" if needed else ""
        super().__init__(
            f"Nothing was sent: ${spent} of the ${limit} for this {period} are spent{more}; "
            f"raise {setting} to go on."
        )


class PriceUnknown(Refused):
    """A budget is set, and nobody knows what the model costs; nothing was sent."""

    name = "price-unknown"

    def __init__(self, model: str) -> None:
        super().__init__(
            f"Nothing was sent: a budget is set, and the price of {model} is not known; "
            "set prices for it (0 if it is free), or take the budget out."
        )


class Busy(ModelError):
    """The service wants a pause of ``retry_after_s`` seconds (None: it did not say how long)."""

    name = "busy"
    retryable = True

    def __init__(self, sentence: str, retry_after_s: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s


class RateLimited(Busy):
    """More requests a minute than the key's tier allows."""

    name = "rate-limited"

    def __init__(self, retry_after_s: float | None = None, said: str = "") -> None:
        wait = f"wait {_seconds(retry_after_s)}" if retry_after_s is not None else "wait a minute"
        super().__init__(
            f"Too many requests for this API key: {wait} and try again{_because(said)}.", retry_after_s
        )


class Saturated(Busy):
    """The service has no capacity at the moment."""

    name = "saturated"

    def __init__(self, retry_after_s: float | None = None, said: str = "") -> None:
        super().__init__(f"The service is saturated: try again in a moment{_because(said)}.", retry_after_s)


class Down(Busy):
    """The last tries all failed, so that nothing is sent for a while."""

    name = "down"
    retryable = False

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(
            "The service did not answer the last tries: "
            f"the next one is possible in {_seconds(retry_after_s)}.",
            retry_after_s,
        )


class Broken(ModelError):
    """The turn ended or went wrong before it was complete."""

    name = "broken"
    retryable = True


class Unreachable(Broken):
    """No connection could be made."""

    name = "unreachable"

    def __init__(self, base_url: str, why: str = "") -> None:
        super().__init__(
            f"The service at {base_url} cannot be reached: "
            f"check the network and model.base_url{_detail(why)}."
        )


class TimedOut(Broken):
    """Nothing came in time; ``stage`` says what was waited for."""

    name = "timed-out"

    def __init__(self, stage: Stage, seconds: float) -> None:
        super().__init__(_TIMED_OUT[stage].format(_seconds(seconds)))
        self.stage = stage


_TIMED_OUT: dict[Stage, str] = {
    "connect": "No connection to the service within {}: check the network, or raise model.connect_timeout_s.",
    "first byte": "The service began no answer within {}: try again, or raise model.first_byte_timeout_s.",
    "between bytes": "The answer stopped for {}: try again, or raise model.read_timeout_s.",
    "total": "The answer was not complete after {}: ask for less, or raise model.total_timeout_s.",
}


class Disconnected(Broken):
    """The connection ended before the answer did."""

    name = "disconnected"

    def __init__(self, why: str = "") -> None:
        super().__init__(f"The connection ended before the answer was complete: try again{_detail(why)}.")


class NotAStream(Broken):
    """A web page or a foreign body came with status 200."""

    name = "not-a-stream"
    retryable = False

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The service answered with {what} instead of a stream: check model.base_url, "
            "and that no proxy or login page is in between."
        )


class ServiceError(Broken):
    """The service reports a fault of its own, by status or inside the stream."""

    name = "service-error"

    def __init__(self, said: str = "", *, status: int | None = None) -> None:
        number = f" (status {status})" if status else ""
        super().__init__(f"The service failed{number}: try again later{_because(said)}.")
        self.status = status


class Truncated(Broken):
    """The answer was cut at the output limit; ``call`` names the tool whose call is not usable."""

    name = "truncated"
    retryable = False

    def __init__(self, call: str | None = None) -> None:
        where = f" in the middle of a call of {call}, which was not executed" if call else ""
        super().__init__(
            f"The answer reached the output limit{where}: "
            "ask for a smaller change, or raise model.max_tokens."
        )
        self.call = call


class Empty(Broken):
    """The turn holds neither text nor a call; the model may only have thought."""

    name = "empty"

    def __init__(self, *, reasoned: bool = False) -> None:
        what = "The model thought but did not answer" if reasoned else "The model answered nothing"
        super().__init__(f"{what}: try again.")


class Garbled(Broken):
    """What came is not what the protocol allows, so that nothing of it is trusted."""

    name = "garbled"

    def __init__(self, why: str) -> None:
        super().__init__(f"The answer of the service cannot be read ({quoted(why)}): try again.")


class LineTooLong(Garbled):
    """One line of the stream is longer than any honest one."""

    name = "line-too-long"
    retryable = False

    def __init__(self, limit: int) -> None:
        super().__init__(f"a line of the stream is longer than {limit} bytes")


class Endless(Garbled):
    """More came than can belong to an answer of the size asked for."""

    name = "endless"
    retryable = False

    def __init__(self, limit: int) -> None:
        super().__init__(f"it went on beyond {limit} bytes")


def known_errors() -> dict[str, type[ModelError]]:
    """Every kind of the tree by its name."""
    found: dict[str, type[ModelError]] = {}
    pending: list[type[ModelError]] = [ModelError]
    while pending:
        kind = pending.pop()
        found[kind.name] = kind
        pending += kind.__subclasses__()
    return found


def quoted(text: str, limit: int = 300) -> str:
    """What a service said, fit for a sentence: one line, no keys, at most ``limit`` characters."""
    line = " ".join(_KEY.sub("***", text).split()).strip(" .")
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _because(said: str) -> str:
    return f" (it said: {line})" if (line := quoted(said)) else ""


def _detail(why: str) -> str:
    return f" ({line})" if (line := quoted(why)) else ""


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.2g} s"
