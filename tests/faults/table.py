"""What we decided for each fault at each position: an error's name, or ``delivered``."""

from __future__ import annotations

from tests.faults.script import POSITIONS

DELIVERED = "delivered"

# Columns as in POSITIONS. After the finish reason the turn is whole, whatever happens to the connection.
_ROWS = {
    "refused": ("unreachable", "unreachable", "disconnected", "disconnected", "disconnected"),
    "reset": ("disconnected",) * 5,
    "stall": ("timed-out",) * 5,
    "clean end": ("disconnected",) * 5,
    "cut inside an event": ("disconnected",) * 5,
    "HTML": ("not-a-stream", "not-a-stream", "disconnected", "disconnected", "disconnected"),
    "JSON error": ("service-error",) * 5,
    "error event": ("service-error",) * 5,
    "429": ("rate-limited",) * 5,
    "402": ("no-credit",) * 5,
    "503": ("saturated",) * 5,
    "500": ("service-error",) * 5,
    "slow drip": ("timed-out",) * 5,
    "10 MB line": ("disconnected", *("line-too-long",) * 4),
    "endless stream": ("disconnected", *("endless",) * 4),
    "invalid UTF-8": ("disconnected", *("garbled",) * 4),
    "gzip": (DELIVERED, *("garbled",) * 4),
}
TABLE = {
    (fault, position): (*row, DELIVERED)[number]
    for fault, row in _ROWS.items()
    for number, position in enumerate(POSITIONS)
}

_FINAL = {"not-a-stream", "no-credit", "line-too-long", "endless", DELIVERED}


def tries(fault: str, position: str) -> int:
    """How many requests are sent when the fault is there every time: none again once something was shown."""
    outcome = TABLE[fault, position]
    if outcome in _FINAL or POSITIONS.index(position) > 1:
        return 1
    if outcome == "timed-out":
        return 1 if (fault, position) == ("slow drip", "before the first event") else 2
    return 4


def healed(fault: str, position: str) -> str:
    """The outcome when the fault is there at the first request only."""
    return DELIVERED if tries(fault, position) > 1 else TABLE[fault, position]
