"""The open documents of one client, right for every line ending and every encoding.

Our own store: pygls splits lines where LSP does not (clients.md). It takes ``didChange`` as the decoded object.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pygls.uris import to_fs_path

from kimi_lsp.text.line_index import Encoding, Position
from kimi_lsp.text.replacement import Replacement
from kimi_lsp.text.snapshot import Change, Snapshot
from kimi_lsp.text.span import Span

logger = logging.getLogger(__name__)
LOG_LENGTH = 20_000
"""Changes kept for each document, to carry spans and edits over what was typed; older ones are forgotten."""


@dataclass(eq=False)
class Expectation:
    """A text that the client said it now has; ``met`` once one of its changes leads to it."""

    text: str
    met: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(eq=False)
class OpenDocument:
    """One document as the client has it.

    ``log`` holds what was changed, oldest first: the version reached, and the replacement in code points of the
    text before it. ``generation`` counts openings, so that a reopened document is not taken for the old one.
    ``lost`` once a change did not fit: what the client has is then not known until it sends the whole text.
    """

    uri: str
    location: Path
    snapshot: Snapshot
    generation: int
    log: list[tuple[int, Replacement]] = field(default_factory=list)
    expected: Expectation | None = None
    lost: bool = False

    @property
    def version(self) -> int:
        """The client's version of the text."""
        return self.snapshot.version or 0

    def since(self, version: int) -> tuple[Replacement, ...] | None:
        """What was changed after ``version``, in order; None where the log does not reach back so far."""
        if version > self.version:
            return None
        changes = [replacement for reached, replacement in self.log if reached > version]
        complete = len(self.log) < LOG_LENGTH or len(changes) < len(self.log)
        return tuple(changes) if complete else None


class Documents(Mapping[Path, Snapshot]):
    """All open documents: by URI for the protocol, by resolved path for the workspace."""

    def __init__(self) -> None:
        self.encoding: Encoding = "utf-16"
        self._by_uri: dict[str, OpenDocument] = {}
        self._by_location: dict[Path, OpenDocument] = {}
        self._openings = 0

    def __getitem__(self, location: Path) -> Snapshot:
        return self._by_location[location].snapshot

    def __iter__(self) -> Iterator[Path]:
        return iter(self._by_location)

    def __len__(self) -> int:
        return len(self._by_location)

    def by_uri(self, uri: str) -> OpenDocument | None:
        """The open document of that URI, also where the client spells it in another way."""
        return self._by_uri.get(uri) or self._by_location.get(location_of(uri))

    def by_location(self, location: Path) -> OpenDocument | None:
        """The open document at that resolved path."""
        return self._by_location.get(location)

    def did_open(self, uri: str, language_id: str, version: int, text: str) -> OpenDocument:
        """A document was opened, or opened again."""
        self._openings += 1
        location = location_of(uri)
        snapshot = Snapshot.of(location.name, text, version=version, language_id=language_id)
        document = OpenDocument(uri, location, snapshot, self._openings)
        self._by_uri[uri] = self._by_location[location] = document
        return document

    def did_change(self, params: Mapping[str, Any]) -> None:
        """Apply the changes of a raw ``didChange`` (LSP 3.18, DidChangeTextDocumentParams).

        A change that does not fit loses the document: nothing of it is edited until the client sends all of it.
        """
        identifier = params["textDocument"]
        document = self.by_uri(identifier["uri"])
        if document is None:
            logger.error("a change of a document that is not open: %s", identifier["uri"])
            return
        version = identifier.get("version")
        if version is None:
            version = document.version + 1
        try:
            for change in params["contentChanges"]:
                self._apply(document, _change(change), version)
        except (KeyError, TypeError, ValueError):
            logger.exception("a change of %s does not fit its text", document.uri)
            document.lost = True
        if len(document.log) > LOG_LENGTH:
            del document.log[: len(document.log) - LOG_LENGTH]
        if document.expected is not None and document.snapshot.text == document.expected.text:
            document.expected.met.set()

    def _apply(self, document: OpenDocument, change: Change | str, version: int) -> None:
        document.snapshot, replacement = document.snapshot.changed(change, self.encoding, version)
        document.log.append((version, replacement))
        if isinstance(change, str):
            document.lost = False

    def did_close(self, uri: str) -> None:
        """The client no longer keeps this document."""
        if (document := self.by_uri(uri)) is not None:
            self._by_uri.pop(document.uri, None)
            self._by_location.pop(document.location, None)


def carried(span: Span, changes: tuple[Replacement, ...]) -> Span:
    """Where ``span`` lies after ``changes``, each given in the text before it; touched ends move outwards."""
    start, end = span.start, span.end
    for change in changes:
        growth = len(change.text) - len(change.span)
        if change.span.end <= start and not (start == end == change.span.start):
            start, end = start + growth, end + growth
        elif change.span.start < end:
            start = min(start, change.span.start)
            end = max(end, change.span.end) + growth
    return Span(start, max(start, end))


def location_of(uri: str) -> Path:
    """The resolved path of a URI; a document that is no file gets a path that cannot exist on disk."""
    parts = urlsplit(uri)
    if parts.scheme != "file":
        return Path("/", parts.scheme or "untitled", unquote(f"{parts.netloc}{parts.path}").lstrip("/"))
    local = uri.replace("file://localhost/", "file:///", 1)
    return Path(to_fs_path(local) or parts.path).resolve()


def uri_of(location: Path) -> str:
    """The file URI of an absolute path."""
    return location.as_uri()


def _change(change: Mapping[str, Any]) -> Change | str:
    span = change.get("range")
    text = change["text"]
    if not isinstance(text, str):
        raise TypeError(f"the text of a change is {type(text).__name__}")
    return text if span is None else Change(_position(span["start"]), _position(span["end"]), text)


def _position(position: Mapping[str, int]) -> Position:
    return Position(position["line"], position["character"])
