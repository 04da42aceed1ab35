"""How a line of the log is written, wherever it goes: no key is in it."""

from __future__ import annotations

import logging
import os
import re

_SECRETS = re.compile(
    r"""(api_?key\\*['"]?\s*[:=]\s*(?:Secret\()?\\*(['"]))(?:\\.|(?!\2).)*"""
    r"""|(\bBearer\s+|\bsk-)[^\s'",)}\]]+""",
    re.IGNORECASE | re.DOTALL,
)
_SHORTEST_KEY = 6
_hidden: set[str] = set()


def hide(key: str) -> None:
    """Show ``***`` for ``key`` from now on; what is too short to be one is no secret."""
    if len(key.strip()) >= _SHORTEST_KEY:
        _hidden.add(key.strip())


class CleanFormatter(logging.Formatter):
    """Shows no key, also where a library logs what it failed on."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, with ``***`` for everything that looks like a key, for the environment's and the settings'."""
        return clean(super().format(record))

    def formatException(self, ei: object) -> str:
        """A traceback, cleaned alike."""
        return clean(super().formatException(ei))  # type: ignore[arg-type]  # typeshed names a private alias


def clean(text: str) -> str:
    """``text`` without what looks like a key."""
    text = _SECRETS.sub(r"\1\3***", text)
    for name in ("AIGATEWAY_API_KEY", "AIG_KEY"):
        hide(os.environ.get(name, ""))
    for key in sorted(_hidden, key=len, reverse=True):  # one key may begin another
        text = text.replace(key, "***")
    return text
