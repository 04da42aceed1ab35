"""What the server's process and the index's say to each other (``framing.py``)."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from kimi_lsp.syntax.language import Language
from kimi_lsp.workspace.index.extract import Extracted


class Open(Struct, frozen=True, tag=True):
    """The first message: what is to be indexed, where the index is kept, and the languages that the table lacks.

    ``careful``: another child died of it; nothing is parsed in the child itself.
    """

    roots: list[str]
    cache: str
    max_bytes: int
    careful: bool
    languages: tuple[Language, ...] = ()


class Document(Struct, frozen=True, tag=True):
    """Say what is in an open document. ``number`` comes back with the answer."""

    number: int
    location: str
    text: str


class Refresh(Struct, frozen=True, tag=True):
    """Look at all files."""

    number: int


class Seen(Struct, frozen=True, tag=True):
    """What is in a document, and its name in the workspace; empty where the policy refuses it."""

    number: int
    name: str
    extracted: Extracted


class Progressed(Struct, frozen=True, tag=True):
    """So many files of those that changed are done."""

    done: int
    total: int


class Refreshed(Struct, frozen=True, tag=True):
    """The index is up to date, for all requests up to this number."""

    number: int
    files: int


class Failed(Struct, frozen=True, tag=True):
    """There is no index now, and why."""

    number: int
    why: str


Request = Open | Document | Refresh
Reply = Seen | Progressed | Refreshed | Failed

encode = msgspec.msgpack.encode
_REQUESTS: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Open | Document | Refresh)
_REPLIES: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Seen | Progressed | Refreshed | Failed)


def decode_request(message: bytes) -> Request:
    """A message to the child."""
    return _REQUESTS.decode(message)


def decode_reply(message: bytes) -> Reply:
    """A message from the child."""
    return _REPLIES.decode(message)
