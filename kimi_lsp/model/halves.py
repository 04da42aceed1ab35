"""Surrogate pairs that a service cut between two chunks, put together again. Sans-I/O.

Services written in JavaScript cut strings by UTF-16 units and send each half escaped in a chunk of its own.
"""

from __future__ import annotations

from kimi_lsp.model.errors import Garbled
from kimi_lsp.model.wire import Fragment

_REPLACEMENT = "\ufffd"


class Halves:
    """Holds the first half of a pair back until the second comes, for each channel of text."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}

    def text(self, channel: str, text: str | None) -> str | None:
        """``text`` without lone halves; a half without its other becomes U+FFFD."""
        if not text:
            return text
        text = self.held.pop(channel, "") + text
        if "\ud800" <= text[-1] <= "\udbff":
            self.held[channel], text = text[-1], text[:-1]
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def fragments(self, fragments: list[Fragment] | None) -> None:
        """The same for the arguments of calls, in place.

        Raises:
            Garbled: a half without its other: nobody knows what the argument was.
        """
        for fragment in fragments or ():
            function = fragment.function
            if function is None or not function.arguments:
                continue
            channel = f"call {fragment.index}"
            before = self.held.get(channel, "") + function.arguments
            function.arguments = self.text(channel, function.arguments)
            if before.count(_REPLACEMENT) != (function.arguments or "").count(_REPLACEMENT):
                raise Garbled("half a character in an argument")

    def close(self) -> list[tuple[str, str]]:
        """What is still held at the end, by channel, as U+FFFD.

        Raises:
            Garbled: it was held for an argument.
        """
        held, self.held = list(self.held), {}
        if any(channel.startswith("call") for channel in held):
            raise Garbled("half a character in an argument")
        return [(channel, _REPLACEMENT) for channel in held]
