from __future__ import annotations

import re
from datetime import datetime, timezone

import pytest

from kimi_lsp.model import errors
from kimi_lsp.model.errors import ModelError, known_errors, quoted
from kimi_lsp.model.status import error_from_object, error_from_status, retry_after, said_by


def every_kind() -> list[ModelError]:
    return [
        errors.BadKey("no"),
        errors.BadKey(missing=True),
        errors.NoCredit(),
        errors.UnknownModel("m"),
        errors.BadRequest("temperature"),
        errors.TooMuchContext(),
        errors.Redirected("https://x"),
        errors.Filtered(),
        errors.OverBudget("day", "1.00", "1.00", "budget.per_day_usd"),
        errors.RateLimited(6.0),
        errors.RateLimited(),
        errors.Saturated(),
        errors.Down(12.0),
        errors.Unreachable("http://x", "refused"),
        errors.TimedOut("connect", 5),
        errors.TimedOut("first byte", 60),
        errors.TimedOut("between bytes", 60),
        errors.TimedOut("total", 600),
        errors.Disconnected(),
        errors.NotAStream("a web page"),
        errors.ServiceError("boom", status=500),
        errors.Truncated("edit"),
        errors.Empty(reasoned=True),
        errors.Empty(),
        errors.Garbled("x"),
        errors.LineTooLong(10),
        errors.Endless(10),
    ]


@pytest.mark.parametrize("error", every_kind(), ids=lambda e: type(e).__name__)
def test_each_error_is_one_sentence_that_helps(error: ModelError) -> None:
    text = str(error)
    assert text[0].isupper()
    assert text.endswith(".")
    assert "\n" not in text
    assert re.search(r"check|set|add|try|raise|wait|lower|correct|change|ask|possible", text), text
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", error.name)
    assert known_errors()[error.name] is type(error)


def test_every_kind_is_in_the_tree_that_is_drawn() -> None:
    drawn = errors.__doc__ or ""
    for kind in known_errors().values():
        if kind.__module__ == errors.__name__:
            assert re.search(rf"[*+-] {kind.__name__}\b", drawn), kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n  b. ", "a b"),
        ("Incorrect API key provided: sk-aig-abc123.", "Incorrect API key provided: ***"),
        ("Authorization: Bearer abc.def/ghi==", "Authorization: ***"),
        ("x" * 400, "x" * 299 + "…"),
    ],
)
def test_what_a_service_said_is_fit_for_a_sentence(text: str, expected: str) -> None:
    assert quoted(text) == expected


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"error": {"message": "boom"}}', "boom"),
        (b'{"error": "boom"}', "boom"),
        (b'{"message": "boom"}', "boom"),
        (b'{"detail": [{"msg": "boom"}]}', "boom"),
        (b'{"error": {}}', ""),
        (b"[]", ""),
        (b"boom", "boom"),
        (b" <html><body>502", ""),
        (b"", ""),
        (b"\xff\xfe", "\ufffd\ufffd"),
    ],
)
def test_what_a_body_says(body: bytes, said: str) -> None:
    assert said_by(body) == said


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("6", 6.0),
        ("0.5", 0.5),
        (" 2 ", 2.0),
        (3, 3.0),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("-1", None),
        ("soon", None),
        ("nan", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after(value: object, seconds: float | None) -> None:
    assert retry_after(value, datetime(2026, 11, 23, 12, 0, 0, tzinfo=timezone.utc)) == seconds


@pytest.mark.parametrize(
    ("error", "name"),
    [
        ({"message": "boom"}, "service-error"),
        ({"message": "slow", "status": 429}, "rate-limited"),
        ({"message": "slow", "code": "503"}, "saturated"),
        ({"message": "slow", "type": "rate_limit_error"}, "rate-limited"),
        ({"message": "gone", "type": "insufficient_credits"}, "no-credit"),
        ({"message": "gone", "code": "exceeded_current_quota_error"}, "no-credit"),
        ({"message": "x", "type": "service_unavailable"}, "saturated"),
        ({"message": "x", "type": "server_error"}, "service-error"),
        (
            {"message": "x", "code": "context_length_exceeded", "type": "invalid_request_error"},
            "too-much-context",
        ),
        ({"message": "prompt is too long: 300000 tokens"}, "too-much-context"),
        ({"message": "x", "type": "invalid_request_error"}, "bad-request"),
        ({"message": "x", "code": True}, "service-error"),
        ("boom", "service-error"),
        (["boom"], "service-error"),
    ],
)
def test_an_error_inside_a_stream(error: object, name: str) -> None:
    assert error_from_object(error).name == name


def test_a_rate_limit_inside_a_stream_says_when() -> None:
    error = error_from_object({"code": 429, "message": "slow", "retry_after": 7})
    assert isinstance(error, errors.RateLimited)
    assert error.retry_after_s == 7.0


def test_the_vendors_own_words_are_shown() -> None:
    body = b'{"error": {"message": "tool_choice \'required\' is incompatible with thinking enabled"}}'
    assert "tool_choice 'required' is incompatible" in str(error_from_status(400, {}, body))


@pytest.mark.parametrize("status", [408, 409, 425, 500, 501, 502, 504, 520, 529])
def test_the_service_s_own_faults_may_pass(status: int) -> None:
    assert error_from_status(status, {}, b"").retryable
