"""One ``workspace/applyEdit``, known to fit the text that the client has now: sent, waited for, and verified.

What does not fit, what the client declines, and what it cannot take is kept as a two-step result (clients.md).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from kimi_lsp.server.documents import Documents, Expectation, OpenDocument
from kimi_lsp.server.fitting import Fitted

if TYPE_CHECKING:
    from kimi_lsp.server.app import KimiServer

logger = logging.getLogger(__name__)
REPLY_TIMEOUT_S = 300.0
"""A preview is modal and a human reads it; but never for ever."""
VERIFY_TIMEOUT_S = 3.0
CONFIRMED_TRIES, CONFIRMED_WAIT_S = 10, 0.1
LATE_REPLY_S = 2.0
"""How long a reply is waited for once the client's text is as it should be."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of an edit: ``applied`` by the client or not, and ``why`` not; ``doubt`` where it only says so."""

    applied: bool
    why: str = ""
    doubt: str = ""


async def deliver(
    server: KimiServer, fitted: Fitted, documents: Documents, label: str, given_up: asyncio.Event
) -> Delivery:
    """Send the edit, wait for the reply, and compare what the client then has with what it should have.

    ``given_up`` ends the waiting; the edit is then on its way all the same. Of files that were not open only those
    are looked at that the user had to confirm: a preview says that it was applied, whatever was ticked in it.
    """
    expectations = [_expect(document, text) for document, text in fitted.texts]
    try:
        delivery = await _apply(server, fitted.edit, label, given_up, expectations)
        if not delivery.applied:
            return delivery
        if await _met(expectations):
            missing = await _unconfirmed(fitted, documents) if fitted.edit.change_annotations else ""
            doubt = f"what was not ticked in the preview is not applied: {missing}" if missing else ""
            return Delivery(True, doubt=doubt)
        if all(
            document.snapshot is text for (document, _), text in zip(fitted.texts, fitted.bases, strict=True)
        ):
            return Delivery(False, "the editor says that it applied the edit, but its text is as before")
        return Delivery(
            True, doubt="the editor says that it applied the edit, but its text differs: please look"
        )
    finally:
        for document, _ in fitted.texts:
            document.expected = None


async def _unconfirmed(fitted: Fitted, documents: Documents) -> str:
    """The names of files that were to be changed and do not seem to be, neither in the editor nor on the disk."""
    missing = list(fitted.unopened)
    for _ in range(CONFIRMED_TRIES):
        missing = [(location, text) for location, text in missing if not _has(documents, location, text)]
        if not missing:
            break
        await asyncio.sleep(CONFIRMED_WAIT_S)
    return ", ".join(location.name for location, _ in missing)


def _has(documents: Documents, location: Path, text: str) -> bool:
    if (document := documents.by_location(location)) is not None:
        return document.snapshot.text == text
    try:
        return location.read_bytes() == text.encode("utf-8", "surrogatepass")
    except OSError:
        return False


async def _apply(
    server: KimiServer,
    edit: types.WorkspaceEdit,
    label: str,
    given_up: asyncio.Event,
    expectations: Sequence[Expectation],
) -> Delivery:
    reply = asyncio.ensure_future(
        server.protocol.send_request_async(
            types.WORKSPACE_APPLY_EDIT, types.ApplyWorkspaceEditParams(edit=edit, label=label)
        )
    )
    giving_up, seeing = asyncio.ensure_future(given_up.wait()), asyncio.ensure_future(_seen(expectations))
    waiting = {reply, giving_up, seeing}
    try:
        await asyncio.wait(waiting, timeout=REPLY_TIMEOUT_S, return_when=asyncio.FIRST_COMPLETED)
        if reply.done():
            return _delivery(reply.result())
        return Delivery(True) if seeing.done() else Delivery(False, "the editor has not answered the edit")
    except JsonRpcException as error:
        return Delivery(False, f"the editor refused the edit: {error.message or 'no reason given'}")
    finally:
        for one in waiting:
            one.cancel()


async def _seen(expectations: Sequence[Expectation]) -> None:
    """Ends a moment after each open document has become what it should be: some clients never reply (ALE)."""
    for expectation in expectations:
        await expectation.met.wait()
    await asyncio.sleep(LATE_REPLY_S if expectations else REPLY_TIMEOUT_S)


def _delivery(result: types.ApplyWorkspaceEditResult | None) -> Delivery:
    """A client that answers ``null`` may have applied it: what it has next decides (clients.md)."""
    if result is None:
        return Delivery(True)
    return Delivery(
        bool(result.applied), "" if result.applied else result.failure_reason or "it gave no reason"
    )


def _expect(document: OpenDocument, text: str) -> Expectation:
    document.expected = Expectation(text)
    return document.expected


async def _met(expectations: Sequence[Expectation]) -> bool:
    waiting = [asyncio.ensure_future(expectation.met.wait()) for expectation in expectations]
    if not waiting:
        return True
    _, pending = await asyncio.wait(waiting, timeout=VERIFY_TIMEOUT_S)
    for task in pending:
        task.cancel()
    return not pending
