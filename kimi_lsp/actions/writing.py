"""What is known of a model's calls while they still arrive."""

from __future__ import annotations

from kimi_lsp.actions import updates
from kimi_lsp.model import events


class Writing:
    """The calls of one turn."""

    def __init__(self) -> None:
        self._calls: dict[int, updates.Calling] = {}
        self._fields: dict[tuple[int, str], str] = {}

    def seen(self, event: events.ToolCallStarted | events.ToolArgument) -> updates.Calling:
        """Take in one event; what a watcher may be told of its call."""
        if isinstance(event, events.ToolCallStarted):
            update = updates.Calling(event.name)
        else:
            known = self._calls.get(event.position, updates.Calling(""))
            if event.name in ("path", "symbol"):
                key = (event.position, event.name)
                self._fields[key] = self._fields.get(key, "") + event.text
            update = updates.Calling(
                known.tool,
                self._fields.get((event.position, "path"), ""),
                self._fields.get((event.position, "symbol"), ""),
                known.characters + len(event.text),
            )
        self._calls[event.position] = update
        return update
