"""A job's talk with the model as JSON Lines: requests, what came and when, tool results, the outcome.

Keys and headers are never written: a request is its messages and tools, an answer its server-sent events. One file
is one job, enough to run it again without a network (``replay.py``), or to serve it from the simulator.

Each line is an object with a ``type``:

* ``job``      ``version``, ``about``: what the caller says of the job (action, place, sources)
* ``request``  ``kept``: how many messages are those of the request before; ``messages``: the others; ``tools``
* ``sent``     ``at_s``: seconds since the request; ``data``, and ``name`` unless it is ``message``
* ``waiting``  ``seconds``, ``why``: what was sent before it counts for nothing
* ``failed``   ``name``, ``sentence``: the turn's error
* ``result``   ``id``, ``name``, ``content``: what a tool said
* ``outcome``  ``name``, and whatever the caller adds
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TextIO

from kimi_lsp.model.errors import ModelError
from kimi_lsp.model.events import Event, Waiting
from kimi_lsp.model.port import Message, Request
from kimi_lsp.model.sse import ServerSentEvent

VERSION = 1


class Tappable(Protocol):
    """A model that shows each server-sent event before it is read."""

    def stream(
        self, request: Request, tap: Callable[[ServerSentEvent], None] | None = None
    ) -> AsyncGenerator[Event, None]:
        """As ``port.Model``; ``tap`` is called with everything that came, garbled or not."""
        ...


class Recorder:
    """Writes one job. A file that can no longer be written ends the recording, never the job: see ``error``."""

    def __init__(
        self,
        path: Path,
        about: Mapping[str, Any],
        *,
        hide: Collection[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``hide`` are texts (the key) that are blotted out wherever they occur.

        Raises:
            OSError: the file cannot be made.
        """
        self.error: OSError | None = None
        self.clock = clock
        self._hide = tuple(text for text in hide if text)
        self._before: tuple[Message, ...] = ()
        self._tools: Sequence[Mapping[str, Any]] | None = None
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file: TextIO = os.fdopen(descriptor, "w", encoding="utf-8", newline="\n")
        self.write("job", version=VERSION, about=about)

    def request(self, request: Request) -> None:
        """A turn is asked for; messages that did not change since the last one are only counted."""
        kept = _common(self._before, request.messages)
        fields: dict[str, Any] = {"kept": kept, "messages": request.messages[kept:]}
        if request.tools != self._tools:
            fields["tools"] = request.tools
        fields |= {"max_tokens": request.max_tokens, "json_object": request.json_object, "tag": request.tag}
        self._before, self._tools = request.messages, request.tools
        self.write("request", **fields)

    def sent(self, event: ServerSentEvent, at_s: float) -> None:
        """Something came."""
        name = {} if event.name == b"message" else {"name": event.name.decode("utf-8", "surrogateescape")}
        self.write("sent", at_s=round(at_s, 4), data=event.data.decode("utf-8", "surrogateescape"), **name)

    def result(self, call_id: str, name: str, content: str) -> None:
        """A tool's answer, also where no request follows that would carry it."""
        self.write("result", id=call_id, name=name, content=content)

    def outcome(self, name: str, **details: Any) -> None:
        """How the job ended."""
        self.write("outcome", **{**details, "name": name})

    def write(self, type_: str, **fields: Any) -> None:
        """One line; everything that is to be hidden is."""
        if self.error is not None:
            return
        line = json.dumps({"type": type_, **fields})
        for text in self._hide:
            line = line.replace(json.dumps(text)[1:-1], "***")
        try:
            self._file.write(line + "\n")
            self._file.flush()
        except (OSError, ValueError) as error:
            self.error = error if isinstance(error, OSError) else OSError(str(error))

    def close(self) -> None:
        """The file is complete."""
        with contextlib.suppress(OSError):
            self._file.close()


class Recorded:
    """A ``Model`` that passes another one's turns on and writes them down."""

    def __init__(self, model: Tappable, recorder: Recorder) -> None:
        self._model = model
        self._recorder = recorder

    async def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        """As ``port.Model``."""
        recorder = self._recorder
        recorder.request(request)
        begun = recorder.clock()

        def tap(event: ServerSentEvent) -> None:
            recorder.sent(event, recorder.clock() - begun)

        try:
            async with contextlib.aclosing(self._model.stream(request, tap)) as events:
                async for event in events:
                    if isinstance(event, Waiting):
                        recorder.write("waiting", seconds=round(event.seconds, 3), why=event.why)
                    yield event
        except ModelError as error:
            recorder.write("failed", name=error.name, sentence=str(error))
            raise


class BadRecording(ValueError):
    """The file is no recording; the sentence names the line."""


@dataclass(slots=True)
class RecordedTurn:
    """One request and its answer. ``failed`` is the error's (name, sentence), if it failed."""

    request: Request
    sent: list[tuple[float, ServerSentEvent]] = field(default_factory=list)
    waited: list[Waiting] = field(default_factory=list)
    failed: tuple[str, str] | None = None

    def frames(self) -> Iterator[bytes]:
        """The answer as bytes of ``text/event-stream``, for the simulator."""
        for _, event in self.sent:
            name = b"" if event.name == b"message" else b"event: " + event.name + b"\n"
            yield name + b"".join(b"data: " + line + b"\n" for line in event.data.split(b"\n")) + b"\n"


@dataclass(frozen=True, slots=True)
class Recording:
    """One job. ``results`` are (call id, tool, content); ``outcome`` is empty where the job was cut off."""

    about: Mapping[str, Any]
    turns: tuple[RecordedTurn, ...]
    results: tuple[tuple[str, str, str], ...] = ()
    outcome: Mapping[str, Any] = field(default_factory=dict)
    redacted: bool = False


def read(path: Path) -> Recording:
    """Read a recording; a last line that was cut off is left out.

    Raises:
        BadRecording: it is none, or of a version that we do not know.
        OSError: it cannot be read.
    """
    lines = list(entries(path))
    if not lines or lines[0].get("type") != "job":
        raise BadRecording(f"{path.name} is no recording: it does not begin with a job.")
    if lines[0].get("version") != VERSION:
        raise BadRecording(f"{path.name} is of version {lines[0].get('version')}, not {VERSION}.")
    if not isinstance(lines[0].get("about"), dict):
        raise BadRecording(f"{path.name} does not say what was asked.")
    turns: list[RecordedTurn] = []
    results: list[tuple[str, str, str]] = []
    outcome: Mapping[str, Any] = {}
    for number, entry in enumerate(lines, 1):
        try:
            _take(entry, turns)
            if entry["type"] == "result":
                results.append((entry["id"], entry["name"], entry["content"]))
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            raise BadRecording(f"{path.name}, line {number}: {type(error).__name__} {error}.") from error
        outcome = entry if entry["type"] == "outcome" else outcome
    return Recording(lines[0]["about"], tuple(turns), tuple(results), outcome, bool(lines[0].get("redacted")))


def entries(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a recording as they are.

    Raises:
        BadRecording: a line, other than a last one that was cut off, is no JSON object.
    """
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            try:
                entry = json.loads(line)
            except (ValueError, RecursionError) as error:
                if not line.endswith("\n"):
                    return
                raise BadRecording(f"{path.name}, line {number} is no JSON: {error}.") from error
            if not isinstance(entry, dict) or "type" not in entry:
                raise BadRecording(f"{path.name}, line {number} has no type.")
            yield entry


def _take(entry: Mapping[str, Any], turns: list[RecordedTurn]) -> None:
    kind = entry["type"]
    if kind == "request":
        turns.append(RecordedTurn(_request(entry, turns)))
    elif kind == "sent":
        data = entry["data"].encode("utf-8", "surrogateescape")
        name = entry.get("name", "message").encode("utf-8", "surrogateescape")
        turns[-1].sent.append((entry["at_s"], ServerSentEvent(data, name)))
    elif kind == "waiting":
        turns[-1].waited.append(Waiting(entry["seconds"], entry["why"]))
        turns[-1].sent.clear()
    elif kind == "failed":
        turns[-1].failed = (entry["name"], entry["sentence"])


def _request(entry: Mapping[str, Any], turns: list[RecordedTurn]) -> Request:
    before = turns[-1].request if turns else Request(())
    return Request(
        messages=(*before.messages[: entry["kept"]], *entry["messages"]),
        tools=tuple(entry["tools"]) if "tools" in entry else before.tools,
        max_tokens=entry["max_tokens"],
        json_object=entry["json_object"],
        tag=entry["tag"],
    )


def _common(before: Sequence[Message], now: Sequence[Message]) -> int:
    for number, (one, other) in enumerate(zip(before, now, strict=False)):
        if one != other:
            return number
    return min(len(before), len(now))
