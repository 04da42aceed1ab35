"""Commands. Each is answered at once; what it leads to comes later, as a job."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcInvalidParams

from kimi_lsp.actions.ids import BUILT_IN
from kimi_lsp.server.documents import OpenDocument, location_of
from kimi_lsp.server.report import message
from kimi_lsp.server.session import Session

if TYPE_CHECKING:
    from kimi_lsp.server.app import KimiServer

logger = logging.getLogger(__name__)


def register_commands(server: KimiServer, session: Session) -> None:
    """Register every command under this instance's names; called once the suffix is known."""

    def command(name: str, handler: Callable[[Mapping[str, Any]], None]) -> None:
        def run(*arguments: object) -> None:
            handler(_first(session.command(name), arguments))

        # pygls passes the server where the type is one of the server's, and asks issubclass of any other type.
        run.__annotations__.clear()
        server.command(session.command(name))(run)

    async def tell_status(*arguments: object) -> dict[str, Any]:
        from kimi_lsp.server.status import status

        return await status(session)

    tell_status.__annotations__.clear()
    server.command(session.command("status"))(tell_status)

    def start_of(action_id: str) -> Callable[[Mapping[str, Any]], None]:
        return lambda arguments: _start(session, action_id, arguments)

    for action_id in BUILT_IN:
        command(action_id, start_of(action_id))
    command("custom", lambda arguments: _start_custom(session, arguments))
    command("cancel", lambda arguments: cancel(session, arguments))
    command("showDiff", lambda arguments: _show_diff(session, arguments))
    command("usage", lambda arguments: _show_usage(session))
    command("applyResult", lambda arguments: _apply_result(session, arguments))
    command("discard", lambda arguments: _discard(session, arguments))
    command("clearReview", lambda arguments: _clear_review(session, arguments))
    command("resultApplied", lambda arguments: _forget(session, arguments))


def _start(session: Session, action_id: str, arguments: Mapping[str, Any]) -> None:
    from kimi_lsp.actions.catalogue import by_id
    from kimi_lsp.server import starting

    document, action = _document(session, arguments), by_id(action_id, session.settings.actions)
    starting.start(session, document, action, arguments)


def _start_custom(session: Session, arguments: Mapping[str, Any]) -> None:
    from kimi_lsp.actions.custom import PREFIX

    name = str(arguments.get("action") or "").removeprefix(PREFIX)
    if name not in session.settings.actions.custom:
        known = ", ".join(session.settings.actions.custom) or "none"
        raise JsonRpcInvalidParams(f"no action {name!r} in the setting actions.custom; there are: {known}")
    _start(session, PREFIX + name, arguments)


def cancel(session: Session, arguments: Mapping[str, Any]) -> None:
    """Cancel the running jobs, or those of the document or the one job that ``arguments`` name."""
    uri, one = arguments.get("uri"), arguments.get("job")
    running = [job for job in session.jobs if uri in (None, job.uri) and one in (None, job.id)]
    for job in running:
        job.cancel()
    if not running:
        message(session.server, "Kimi: nothing is running.")


def _show_diff(session: Session, arguments: Mapping[str, Any]) -> None:
    from kimi_lsp.server import kept

    location = location_of(str(arguments.get("uri", "")))
    if location not in session.kept:
        message(session.server, "Kimi: there is no result to show.")
        return
    session.spawn(kept.show_diff(session, location))


def _apply_result(session: Session, arguments: Mapping[str, Any]) -> None:
    from kimi_lsp.server import kept

    kept.start_applying(session, str(arguments.get("uri", "")))


def _discard(session: Session, arguments: Mapping[str, Any]) -> None:
    from kimi_lsp.server import kept

    if kept.discard(session, location_of(str(arguments.get("uri", "")))) is None:
        message(session.server, "Kimi: there is no result to discard.")


def _show_usage(session: Session) -> None:
    from kimi_lsp.server import usage

    session.spawn(usage.show(session))


def _clear_review(session: Session, arguments: Mapping[str, Any]) -> None:
    if not session.findings.clear(_document(session, arguments)):
        message(session.server, "Kimi: there is no review to clear.")


def _forget(session: Session, arguments: Mapping[str, Any]) -> None:
    from kimi_lsp.server import kept

    kept.forget_applied(session, location_of(str(arguments.get("uri", ""))))


def _first(name: str, arguments: tuple[object, ...]) -> Mapping[str, Any]:
    """The one object that every command takes; none is an empty one."""
    first = arguments[0] if arguments else {}
    if not isinstance(first, Mapping):
        raise JsonRpcInvalidParams(f"{name} takes one object, such as {{uri, range}}")
    return first


def _document(session: Session, arguments: Mapping[str, Any]) -> OpenDocument:
    uri = arguments.get("uri")
    if not isinstance(uri, str):
        raise JsonRpcInvalidParams("the command needs an argument {uri, range}")
    document = session.documents.by_uri(uri)
    if document is None:
        raise JsonRpcInvalidParams(f"{uri} is not open")
    return document
