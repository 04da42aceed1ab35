"""What a running action tells whoever watches it. The last one is always ``Done``."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import msgspec

from kimi_lsp.actions.verify import Verified
from kimi_lsp.edits.changeset import Changeset
from kimi_lsp.model.events import Usage


@dataclass(frozen=True, slots=True)
class Asking:
    """A turn is about to be sent: about ``tokens`` of input, which cost ``cost`` dollars; ``turn`` counts from 1.

    ``cost`` is None where the price of the model is not known.
    """

    turn: int
    tokens: int
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The service is busy or out of reach; the next try comes in ``seconds``."""

    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """More of the chain of thought."""

    text: str


@dataclass(frozen=True, slots=True)
class Answering:
    """More of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Calling:
    """The model writes a call of ``tool``; ``path`` and ``symbol`` as far as they are known already."""

    tool: str
    path: str = ""
    symbol: str = ""
    characters: int = 0


@dataclass(frozen=True, slots=True)
class Called:
    """A call was carried out: ``summary`` for people, such as ``editing Lock.acquire +12 -3``."""

    summary: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A call was refused and goes back to the model; ``summary`` says which, ``reason`` why."""

    summary: str
    reason: str


@dataclass(frozen=True, slots=True)
class Staged:
    """A turn's calls were carried out: all that the job has staged so far."""

    changeset: Changeset


@dataclass(frozen=True, slots=True)
class Checking:
    """The model is done, and the checkers look at these files as they were and as they would be."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spent:
    """What the job used up so far. ``cost`` is in US dollars, None where the price of the model is not known."""

    usage: Usage = field(default_factory=lambda: Usage(0, 0))
    cost: Decimal | None = Decimal(0)


@dataclass(frozen=True, slots=True)
class Done:
    """The end of a run.

    ``complete`` is false where the job was ended early; ``reason`` then says why in one sentence, and what is
    in ``changeset`` is offered, never applied unasked. ``value`` is ``answer`` in the action's shape, where it has
    one and the run is complete. ``verified`` is what the checkers say of ``changeset``, None where it is empty.
    """

    answer: str = ""
    value: msgspec.Struct | None = None
    reasoning: str = ""
    changeset: Changeset = field(default_factory=Changeset)
    spent: Spent = field(default_factory=Spent)
    turns: int = 0
    complete: bool = True
    reason: str = ""
    verified: Verified | None = None


Update = (
    Asking | Waiting | Thinking | Answering | Calling | Called | Rejected | Staged | Checking | Spent | Done
)
