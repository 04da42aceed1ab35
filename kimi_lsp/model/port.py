"""What the rest of the house knows of a model: something that streams events for a request."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kimi_lsp.model.events import Event

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One turn to ask for: the whole history, in the wire's own shape (OpenAI chat completions)."""

    messages: tuple[Message, ...]
    tools: tuple[Mapping[str, Any], ...] = ()
    max_tokens: int = 16_384
    json_object: bool = False
    tag: str = ""


class Model(Protocol):
    """Answers requests.

    Closing the iterator (``contextlib.aclosing``) or cancelling its task closes the socket; leaving the loop
    alone does not.
    """

    def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        """Ask for one turn.

        Raises:
            ModelError: while iterating; it says why the turn is of no use (``model/errors.py``).
        """
        ...
