"""One thing that ``kimi-lsp doctor`` looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warn", "fail", "skipped"]


@dataclass(frozen=True, slots=True)
class Check:
    """What was found, and how to mend it; ``mend`` is empty where there is nothing to mend.

    ``warn``: kimi-lsp works, but not as well as it could. ``fail``: it does not. ``skipped``: not looked at, and why.
    """

    name: str
    status: Status
    found: str
    mend: str = ""
