"""The open documents of one client, right for every line ending and every encoding.

Our own store: pygls splits lines where LSP does not (clients.md). It takes ``didChange`` as the decoded object.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple
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


class Logged(NamedTuple):
    """One change: the revision that it led to, and the replacement in code points of the text before it."""

    revision: int
    replacement: Replacement


_AMBIGUOUS = -1
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(eq=False)
class OpenDocument:
    """One document as the client has it.

    ``revision`` is our own count of its changes: it grows with each, whatever the client's ``version`` does, which
    is only good for sending edits. ``log`` holds what was changed, oldest first. ``generation`` counts openings, so
    that a reopened document is not taken for the old one. ``lost`` once a change did not fit: what the client has
    is then not known until it sends the whole text.
    """

    uri: str
    location: Path
    snapshot: Snapshot
    generation: int
    revision: int = 0
    log: list[Logged] = field(default_factory=list)
    expected: Expectation | None = None
    lost: bool = False
    _revisions: dict[int, int] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._revisions[self.version] = self.revision

    @property
    def version(self) -> int:
        """The client's version of the text."""
        return self.snapshot.version or 0

    def since(self, version: int) -> tuple[Replacement, ...] | None:
        """What was changed after the client's ``version``, in order.

        None where the log does not reach back so far, and where the client gave that version to several texts.
        """
        revision = self._revisions.get(version, _AMBIGUOUS)
        return None if revision == _AMBIGUOUS else self.since_revision(revision)

    def since_revision(self, revision: int) -> tuple[Replacement, ...] | None:
        """What was changed after ``revision``, in order; None where the log does not reach back so far."""
        if revision > self.revision:
            return None
        changes = tuple(logged.replacement for logged in self.log if logged.revision > revision)
        complete = len(self.log) < LOG_LENGTH or len(changes) < len(self.log)
        return changes if complete else None

    def change(self, changes: Iterable[Change | str], encoding: Encoding, version: int) -> None:
        """Apply one message's changes; they lead to one new revision.

        What does not fit raises; what came before it is applied, and the document is lost.
        """
        self.revision += 1
        self.snapshot = replace(self.snapshot, version=version)
        known = self._revisions.pop(version, None)
        self._revisions[version] = self.revision if known is None else _AMBIGUOUS
        try:
            for change in changes:
                self.snapshot, replacement = self.snapshot.changed(change, encoding, version)
                self.log.append(Logged(self.revision, replacement))
                self.lost = self.lost and not isinstance(change, str)
        except Exception:
            self.lost = True
            raise
        finally:
            self._forget_old()

    def _forget_old(self) -> None:
        if len(self.log) > LOG_LENGTH:
            del self.log[: len(self.log) - LOG_LENGTH]
        if len(self._revisions) > LOG_LENGTH:
            del self._revisions[next(iter(self._revisions))]


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
        """The open document of that very URI, else of another spelling of the same place."""
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
        if not isinstance(version, int) or isinstance(version, bool):
            version = document.version + 1
        try:
            document.change(map(_change, params["contentChanges"]), self.encoding, version)
        except Exception:
            logger.exception("a change of %s does not fit its text", document.uri)
            document.lost = True
        if document.expected is not None and document.snapshot.text == document.expected.text:
            document.expected.met.set()

    def did_close(self, uri: str) -> None:
        """The client no longer keeps this document; another one of the same place comes to the fore again."""
        if (document := self.by_uri(uri)) is None:
            return
        del self._by_uri[document.uri]
        if self._by_location.get(document.location) is document:
            del self._by_location[document.location]
            for other in self._by_uri.values():
                if other.location == document.location:
                    self._by_location[document.location] = other


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
    """The resolved path of a URI; what is no file, or no URI, gets a path that cannot exist on disk. Never raises."""
    try:
        parts = urlsplit(uri)
        if parts.scheme == "file" and "\0" not in unquote(uri):
            local = uri.replace("file://localhost/", "file:///", 1)
            return Path(to_fs_path(local) or parts.path).resolve()
    except (ValueError, OSError, RuntimeError):  # no URI, not for this file system, a circle of links
        pass
    return _elsewhere(uri)


def _elsewhere(uri: str) -> Path:
    scheme, _, rest = uri.partition(":") if _SCHEME.match(uri) else ("untitled", "", uri)
    text = unquote(rest.partition("#")[0].partition("?")[0]).replace("\0", "%00")
    names = text.encode("utf-8", "replace").decode().split("/")
    return Path("/", scheme.lower(), *(name for name in names if name not in ("", ".", "..")))


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
