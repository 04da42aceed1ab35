"""The brain that plays a recorded job's answers: their bytes as they came, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kimi_lsp.simulator.answer import Answer, Fault, Literally
from kimi_lsp.simulator.errors import Invalid, refusal_of
from kimi_lsp.simulator.request import ChatRequest


@dataclass(frozen=True, slots=True)
class PlayedTurn:
    """One answer: its pieces, and when each came, in seconds from the request.

    ``failed`` is the sentence that the turn ended with, empty where it was whole; ``status`` the HTTP status that
    such an error has, None where the connection was lost or nothing came.
    """

    pieces: tuple[str, ...]
    times_s: tuple[float, ...] = ()
    failed: str = ""
    status: int | None = None


class Playback:
    """Serves each turn once, whatever is asked. Pieces come at their average pace then, or all at once."""

    name = "replay"

    def __init__(self, turns: Sequence[PlayedTurn], *, at_once: bool = False) -> None:
        self._turns = list(turns)
        self._at_once = at_once

    async def answer(self, request: ChatRequest) -> Answer:
        """The next turn.

        Raises:
            Refusal: the turn was one, or none is left.
        """
        if not self._turns:
            raise Invalid("Simulator: the recording has no turn left")
        turn = self._turns.pop(0)
        if turn.failed and not turn.pieces and turn.status is not None:
            raise refusal_of(turn.status, turn.failed)
        first_s, between_s = (0.0, 0.0) if self._at_once else _pace(turn.times_s)
        lost = Fault("disconnect", len(turn.pieces)) if turn.failed and turn.status is None else None
        return Answer(
            literally=Literally((*turn.pieces, "") if lost else turn.pieces),
            first_byte_delay_s=first_s,
            chunk_delay_s=between_s,
            fault=lost,
        )


def _pace(times_s: Sequence[float]) -> tuple[float, float]:
    """Seconds before the first piece, and between two."""
    if not times_s:
        return 0.0, 0.0
    return times_s[0], max(0.0, times_s[-1] - times_s[0]) / max(1, len(times_s) - 1)
