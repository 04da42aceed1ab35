"""Tool calls out of fragments that may lack an index, repeat ids or come out of order. Sans-I/O.

A fragment belongs to a call by its index; without one by its id; without either it continues the latest
call. Two calls may share an index or an id (both happen), so a fragment that names a tool again begins a new
call where the one before is already whole. Ids are opaque: they tell calls apart, and are echoed.
"""

from __future__ import annotations

import io

from kimi_lsp.model.arguments import StringFields
from kimi_lsp.model.errors import Garbled
from kimi_lsp.model.events import Event, ToolArgument, ToolCall, ToolCallStarted
from kimi_lsp.model.markers import LeakedCall, bare_name
from kimi_lsp.model.strict import BadArguments, Parsed, parse
from kimi_lsp.model.wire import Fragment, Function


class _Slot:
    """One call that is still arriving."""

    __slots__ = ("fields", "id", "name", "position", "raw")

    def __init__(self, position: int, identifier: str = "", name: str = "") -> None:
        self.position = position
        self.id = identifier
        self.name = name
        self.raw = io.StringIO()
        self.fields = StringFields()

    def may_be_followed(self) -> bool:
        """Whether a new call may begin now: this one is whole, or has no arguments at all."""
        return self.fields.complete or not self.raw.tell()


class Calls:
    """The calls of one turn, in order of first appearance."""

    def __init__(self, offered: frozenset[str] = frozenset()) -> None:
        self._offered = offered
        self._slots: list[_Slot] = []
        self._by_index: dict[int, _Slot] = {}

    def __len__(self) -> int:
        return len(self._slots)

    @property
    def unfinished(self) -> str | None:
        """The name of the latest call, where its arguments are not whole."""
        last = self._slots[-1] if self._slots else None
        return (last.name or "a tool") if last and not last.fields.complete else None

    def add(self, fragment: Fragment, events: list[Event]) -> None:
        """Take one fragment; what is to be shown of it goes to ``events``."""
        function = fragment.function or Function()
        slot = (
            self._by_index.get(fragment.index)
            if fragment.index is not None
            else self._without_index(fragment)
        )
        if slot is None or (function.name and _begins(slot, fragment, function.name)):
            slot = _Slot(len(self._slots))
            self._slots.append(slot)
        if fragment.index is not None:
            self._by_index[fragment.index] = slot
        if fragment.id and not slot.id:
            slot.id = fragment.id
        text = function.arguments or ""
        slot.raw.write(text)
        if function.name and not slot.name:
            slot.name = bare_name(function.name, self._offered)
            events.append(ToolCallStarted(slot.position, slot.name))
            text = slot.raw.getvalue()
        if text and slot.name:
            for name, piece in slot.fields.push(text):
                events.append(ToolArgument(slot.position, name, piece))

    def _without_index(self, fragment: Fragment) -> _Slot | None:
        if fragment.id:
            same = [slot for slot in self._slots if slot.id == fragment.id]
            if same:
                return same[-1]
            if fragment.function and fragment.function.name:
                return None
        return self._slots[-1] if self._slots else None

    def recover(self, leaked: list[LeakedCall], events: list[Event]) -> None:
        """Take calls found in text, where the turn has no other: those may be drafts or copies."""
        if self._slots:
            return
        for call in leaked:
            try:
                parse(call.raw, repair=call.ended)
            except BadArguments:
                if not call.ended:
                    continue
            fragment = Fragment(function=Function(call.name, call.raw), id=call.id, index=len(self._slots))
            self.add(fragment, events)

    def finish(self) -> tuple[list[ToolCall], list[dict[str, object]]]:
        """The calls, each parsed strictly, and the same as the history wants them (``tool_calls``).

        Only for turns that ended with ``stop`` or ``tool_calls``.
        """
        calls: list[ToolCall] = []
        history: list[dict[str, object]] = []
        for slot in self._slots:
            call, text = _finished(slot)
            calls.append(call)
            function = {"name": call.name, "arguments": text}
            history.append({"id": call.id, "type": "function", "function": function})
        return calls, history


def _begins(slot: _Slot, fragment: Fragment, name: str) -> bool:
    """Whether a fragment with a name begins a call of its own although ``slot`` has its index or id."""
    if not slot.name:
        return False
    other_id = bool(fragment.id and slot.id and fragment.id != slot.id)
    if slot.fields.complete:
        brings_arguments = bool(fragment.function and fragment.function.arguments)
        anonymous = fragment.index is None and not fragment.id
        return brings_arguments or other_id or anonymous or name != slot.name
    return other_id and slot.may_be_followed()


def _finished(slot: _Slot) -> tuple[ToolCall, str]:
    raw = slot.raw.getvalue()
    if not slot.name:
        raise Garbled("a tool call without a name")
    identifier = slot.id or f"functions.{slot.name}:{slot.position}"
    try:
        parsed = parse(raw)
    except BadArguments as error:
        return ToolCall(slot.position, identifier, slot.name, {}, raw, str(error)), "{}"
    return _call(slot, identifier, raw, parsed), parsed.as_json(raw)


def _call(slot: _Slot, identifier: str, raw: str, parsed: Parsed) -> ToolCall:
    return ToolCall(slot.position, identifier, slot.name, parsed.arguments, raw, repairs=parsed.repairs)
