"""From a recording to the brain that plays it: the simulator itself knows nothing of recordings."""

from __future__ import annotations

from pathlib import Path

from kimi_lsp.model.recording import BadRecording, RecordedTurn, read
from kimi_lsp.simulator.replayed import Playback, PlayedTurn

STATUS_OF = {
    "bad-key": 401,
    "no-credit": 402,
    "unknown-model": 404,
    "bad-request": 400,
    "too-much-context": 413,
    "rate-limited": 429,
    "saturated": 503,
    "service-error": 500,
}
"""The HTTP status of a model error by its name (model/errors.py); the others are lost connections."""


def brain_of(path: Path, *, at_once: bool = False) -> Playback:
    """The answers of the recording at ``path``, at the pace they came with or at once.

    Raises:
        BadRecording: it is none, or holds no answer.
        OSError: it cannot be read.
    """
    turns = [_played(turn) for turn in read(path).turns]
    if not turns:
        raise BadRecording(f"{path.name} holds no answer.")
    return Playback(turns, at_once=at_once)


def _played(turn: RecordedTurn) -> PlayedTurn:
    name, sentence = turn.failed or ("", "")
    return PlayedTurn(
        pieces=tuple(frame.decode("utf-8", "surrogateescape") for frame in turn.frames()),
        times_s=tuple(at_s for at_s, _ in turn.sent),
        failed=sentence,
        status=STATUS_OF.get(name),
    )
