"""A recording without anybody's source text: same shape, same lengths, same places, other words.

Words (of three letters and more, keywords apart) become other words of the same length and case, the same one
wherever it occurs in the file, so that an ``old_string`` still occurs where it did. What was cut into fragments is
cut at the same places again. The system prompt and the tools are ours, and stay.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kimi_lsp.model.recording import entries

_FIELDS = """
type version at action language language_id model preset name role kind outcome encoding severity code id source
tool_call_id finish_reason object fingerprint tag why sentence title_of_action error usage tools eol
"""
KEPT_FIELDS = frozenset(_FIELDS.split())
"""Fields whose texts are names and numbers of ours or of the service."""

_KEYWORDS = """
abstract and any apply argument arguments array as assert async await bool boolean break byte case catch
char class close const constructor continue crate data default def defer del delete delta dict do double
elif else end enum error except export extends extern false False file final finally float fmt fn for from
fun func function get global goto if impl implements import in include init instanceof int integer interface
is item key lambda len let line list long loop main map match message mod module mut namespace new nil None
nonlocal not null number object of open operator or override package pass path print private property
protected protocol pub public raise range read ref replace result return Result root Self self set short
static std str string String struct super switch symbol template test then this throw throws trait true True
try tuple type typedef typeof undefined union unsafe unsigned use using value var virtual void volatile
where while with yield py pyi pyw js jsx mjs cjs ts tsx mts cts rs go java cpp cxx hpp hxx ipp inl cc md txt
json toml yaml yml http https DONE
hint information warning
kimi
"""
KEPT_WORDS = frozenset(_KEYWORDS.split())
"""Words of the languages themselves, so that what was correct syntax stays so."""

_PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)
_TOKEN = re.compile(r"\\.|[^\W\d_]+|\d{3,}", re.DOTALL)
_ATTEMPTS = 20
"""Tries to find a word that no other one has become, and that means nothing in a language."""

_ANSWERS = ("answer", "content")
_DELTA_TEXTS = ("content", "reasoning_content", "reasoning")


def redact(source: Path, target: Path, *, salt: bytes = b"") -> None:
    """Write what ``source`` recorded to ``target`` without its sources' text.

    ``salt`` makes the words the same each time; without it they are other ones each time.

    Raises:
        BadRecording: ``source`` is no recording.
        OSError: a file cannot be read or written.
    """
    words = Words(salt or secrets.token_bytes(16))
    with target.open("w", encoding="utf-8", newline="\n") as file:
        for turn in _turns(entries(source)):
            for entry in _redacted_turn(turn, words):
                file.write(json.dumps(entry) + "\n")


class Words:
    """Replaces words by others of the same shape, always the same way."""

    def __init__(self, salt: bytes) -> None:
        self._salt = salt[:64]
        self._known: dict[str, str] = {}
        self._taken: set[str] = set()

    def text(self, text: str) -> str:
        """``text`` with other words; it is as long as before."""
        return _TOKEN.sub(lambda found: self._word(found.group()), text)

    def value(self, value: Any, field: str = "") -> Any:
        """A JSON value with other words in its texts, but for the fields that are kept."""
        if field in KEPT_FIELDS:
            return value
        if isinstance(value, str):
            return self._named(value, field)
        if isinstance(value, Mapping):
            if value.get("role") == "system":
                return dict(value)
            return {self._key(key): self.value(inner, key) for key, inner in value.items()}
        return [self.value(inner, field) for inner in value] if isinstance(value, (list, tuple)) else value

    def _key(self, key: str) -> str:
        """Names of fields are ours; a key that is a path is not."""
        return self.text(key) if "/" in key or "." in key else key

    def _named(self, text: str, field: str) -> str:
        if field == "arguments":
            return self.json(text)
        if field in _ANSWERS:
            return self.answer(text)
        return _PIXEL if text.startswith("data:image/") else self.text(text)

    def answer(self, text: str) -> str:
        """What the model said: in words, or as a JSON object, whose fields keep their names."""
        start, end = text.find("{"), text.rfind("}") + 1
        try:
            value = json.loads(text[start:end], strict=False)
        except (ValueError, RecursionError):
            return self.text(text)
        whole = json.dumps(self._argument(value), ensure_ascii=False)
        return f"{self.text(text[:start])}{whole}{self.text(text[end:])}"

    def json(self, raw: str) -> str:
        """The JSON of arguments with other words in its texts; as text where it is no JSON."""
        try:
            value = json.loads(raw, strict=False)
        except (ValueError, RecursionError):
            return self.text(raw)
        return json.dumps(self._argument(value), ensure_ascii=False)

    def _argument(self, value: Any, field: str = "") -> Any:
        """What a tool is called with is the sources' own, but for the one choice among words of ours."""
        if isinstance(value, str):
            return value if field == "where" else self.text(value)
        if isinstance(value, dict):
            return {key: self._argument(inner, key) for key, inner in value.items()}
        return [self._argument(inner, field) for inner in value] if isinstance(value, list) else value

    def _word(self, word: str) -> str:
        if word[0] == "\\" or len(word) < 3 or word in KEPT_WORDS:
            return word
        if word not in self._known:
            candidates = (self._other(word, attempt) for attempt in range(_ATTEMPTS))
            unfit = {word, *KEPT_WORDS}
            other = next((c for c in candidates if c not in self._taken and c not in unfit), None)
            self._known[word] = other or self._other(word, 0)
            self._taken.add(self._known[word])
        return self._known[word]

    def _other(self, word: str, attempt: int) -> str:
        numbers: list[int] = []
        while len(numbers) < len(word):
            block = f"{attempt} {len(numbers)} {word}".encode("utf-8", "surrogatepass")
            numbers += hashlib.blake2b(block, key=self._salt).digest()
        return "".join(map(_same_kind, word, numbers))


def _same_kind(character: str, number: int) -> str:
    if character.isdigit():
        return str(1 + number % 9)
    letter = chr(ord("a") + number % 26)
    return letter.upper() if character.isupper() else letter


def _turns(lines: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Runs of ``sent`` lines, which belong together, and every other line alone."""
    run: list[dict[str, Any]] = []
    for line in lines:
        if line["type"] == "sent":
            run.append(line)
            continue
        if run:
            yield run
            run = []
        yield [line]
    if run:
        yield run


def _redacted_turn(turn: list[dict[str, Any]], words: Words) -> list[dict[str, Any]]:
    if turn[0]["type"] == "job":
        return [{**turn[0], "about": words.value(turn[0]["about"]), "redacted": True}]
    if turn[0]["type"] != "sent":
        return [words.value(turn[0])]
    payloads = [_parsed(line["data"]) for line in turn]
    pieces: dict[tuple[Any, ...], list[tuple[dict[str, Any], str]]] = {}
    for payload in payloads:
        for channel, holder, key in _texts(payload):
            pieces.setdefault(channel, []).append((holder, key))
    for channel, places in pieces.items():
        whole = "".join(holder[key] for holder, key in places)
        other = words.json(whole) if channel[0] == "call" else words.value(whole, channel[0])
        _cut_again(other, places)
    return [
        {
            **line,
            "data": words.text(line["data"]) if payload is None else json.dumps(payload),
        }
        for line, payload in zip(turn, payloads, strict=True)
    ]


def _parsed(data: str) -> Any:
    """The payload; None where it is no JSON."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _texts(payload: Any) -> Iterator[tuple[tuple[Any, ...], dict[str, Any], str]]:
    """Where a chunk holds text: (what it is a part of, the object, the key)."""
    choices = payload.get("choices") if isinstance(payload, dict) else None
    for choice in choices if isinstance(choices, list) else ():
        delta = (choice.get("delta") or choice.get("message")) if isinstance(choice, dict) else None
        if not isinstance(delta, dict):
            continue
        for key in _DELTA_TEXTS:
            if isinstance(delta.get(key), str):
                yield (key,), delta, key
        for place, call in enumerate(delta.get("tool_calls") or ()):
            function = call.get("function") if isinstance(call, dict) else None
            if isinstance(function, dict) and isinstance(function.get("arguments"), str):
                yield ("call", call.get("index", place)), function, "arguments"


def _cut_again(text: str, places: list[tuple[dict[str, Any], str]]) -> None:
    """Put ``text`` where the old one was, cut where that was cut; the last piece takes what is left."""
    at = 0
    for number, (holder, key) in enumerate(places):
        end = len(text) if number == len(places) - 1 else at + len(holder[key])
        holder[key], at = text[at:end], min(end, len(text))
