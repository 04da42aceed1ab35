"""Everything that the server sends, held against lsprotocol's model of LSP 3.18."""

from __future__ import annotations

import copy
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from lsprotocol import types

from tests.e2e.editor import Editor

OWN = ("kimi/status",)
"""Requests and notifications that are no part of LSP."""
PROGRESS: Mapping[str, type] = {
    "begin": types.WorkDoneProgressBegin,
    "report": types.WorkDoneProgressReport,
    "end": types.WorkDoneProgressEnd,
}


class Tap:
    """Sees each message of a server as it was on the wire, before the client makes anything of it.

    ``seen`` counts them by kind and method; ``wrong`` has a sentence for each that does not fit.
    """

    def __init__(self, editor: Editor) -> None:
        self.seen: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.capabilities: dict[str, Any] = {}
        self._asked: dict[Any, str] = {}
        self._tokens: dict[Any, str] = {}
        protocol: Any = editor.client.protocol
        self._converter = protocol._converter
        structure, send = protocol.structure_message, protocol.send_request

        def structured(data: Any) -> Any:
            if isinstance(data, dict) and "jsonrpc" in data:
                self.look(copy.deepcopy(data))
            return structure(data)

        def sending(method: str, params: Any = None, callback: Any = None, msg_id: Any = None) -> Any:
            msg_id = msg_id or str(uuid.uuid4())
            self._asked[msg_id] = method
            return send(method, params, callback, msg_id)

        protocol.structure_message = structured
        protocol.send_request = sending

    @property
    def unanswered(self) -> list[str]:
        """Requests of the client without an answer."""
        return list(self._asked.values())

    @property
    def open_progress(self) -> list[Any]:
        """Progresses that have not ended."""
        return [token for token, state in self._tokens.items() if state != "end"]

    def look(self, message: dict[str, Any]) -> None:
        """Take note of one message, as plain JSON."""
        method = message.get("method")
        kind = "response" if method is None else "request" if "id" in message else "notification"
        name = method if method is not None else self._asked.pop(message.get("id"), None)
        if name is None:
            self.wrong.append(f"an answer to nothing: {message}")
            return
        self.seen[f"{kind} {name}"] += 1
        self.wrong += [
            f"{kind} {name}: {why}; {str(message)[:600]}" for why in self._faults(kind, name, message)
        ]

    def _faults(self, kind: str, name: str, message: dict[str, Any]) -> Iterator[str]:
        if message.get("jsonrpc") != "2.0":
            yield "jsonrpc is not 2.0"
        if kind == "response" and ("result" in message) == ("error" in message):
            yield "neither or both of result and error"
        if name in OWN and "error" not in message:
            return
        if name not in types.METHOD_TO_TYPES and "error" not in message:
            yield "not a method of LSP"
            return
        shape: Any = types.ResponseErrorMessage
        if "error" not in message:
            shape = types.METHOD_TO_TYPES[name][1 if kind == "response" else 0]
        yield from self._round_trip(message, shape)
        if name == types.PROGRESS:
            yield from self._progress(message["params"])
        if name == types.INITIALIZE and "result" in message:
            self.capabilities = message["result"]["capabilities"]
        if name == types.TEXT_DOCUMENT_CODE_ACTION:
            yield from self._menu(message.get("result") or ())
        yield from _ranges(message)

    def _round_trip(self, message: dict[str, Any], shape: Any) -> Iterator[str]:
        """What is lost or changed on the way through the model is not of it."""
        try:
            again = self._converter.unstructure(
                self._converter.structure(message, shape), unstructure_as=shape
            )
        except Exception as error:
            yield f"does not fit: {type(error).__name__}: {error}"
            return
        if again != message:
            yield f"becomes {again}"

    def _progress(self, params: Mapping[str, Any]) -> Iterator[str]:
        token, value = params["token"], params["value"]
        state, before = value.get("kind"), self._tokens.get(token)
        if state not in PROGRESS:
            yield f"a progress of the kind {state}"
            return
        yield from self._round_trip(value, PROGRESS[state])
        if (before is None) != (state == "begin") or before == "end":
            yield f"{state} after {before}"
        self._tokens[token] = state

    def _menu(self, entries: Any) -> Iterator[str]:
        """Commands must be declared, kinds must be of those that were (clients.md: Zed drops others)."""
        commands = self.capabilities["executeCommandProvider"]["commands"]
        kinds = self.capabilities["codeActionProvider"]["codeActionKinds"]
        for entry in entries:
            command = entry.get("command")
            name = command if isinstance(command, str) else (command or {}).get("command")
            if name is not None and name not in commands:
                yield f"the command {name} is not declared"
            kind = entry.get("kind")
            if kind is not None and not any(kind == one or kind.startswith(f"{one}.") for one in kinds):
                yield f"the kind {kind} is not declared"


def _ranges(value: Any) -> Iterator[str]:
    """Every range begins before it ends, and no number is negative."""
    if isinstance(value, dict):
        if isinstance(value.get("start"), dict) and isinstance(value.get("end"), dict):
            start, end = (
                tuple(value[side].get(key, 0) for key in ("line", "character")) for side in ("start", "end")
            )
            if start > end or min(*start, *end) < 0:
                yield f"the range {value}"
        for inner in value.values():
            yield from _ranges(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _ranges(inner)
